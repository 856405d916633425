// SPDX-License-Identifier: GPL-2.0
#include "queue.h"

#include "compat.h"

#include <linux/irq_work.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/seqlock.h>
#include <linux/workqueue.h>

/**
 * struct ring - the vectors of one CPU
 * @head: vectors ever put in; written by the hook
 * @full: vectors ever dropped; written by the hook
 * @seen: vectors ever offered; written by the hook
 * @consistent: held by the hook while the three above change
 * @tail: vectors ever taken out; written by the worker
 * @slot: @length of them
 * @wake: leaves the hook's context, where no lock may be taken, to queue the work;
 *	with the next timer tick, so that an interrupt and a switch to the worker
 *	are paid once for all vectors of a tick
 * @wake_now: the same at once
 */
struct ring {
	u32 head;
	u64 full;
	u64 seen;
	seqcount_t consistent;
	struct kanary_queue_slot *slot;
	struct irq_work wake;
	struct irq_work wake_now;
	u32 tail ____cacheline_aligned_in_smp;
};

static DEFINE_PER_CPU_ALIGNED(struct ring, rings);
static u32 length;
static struct workqueue_struct *worker_queue;
static struct work_struct *worker;

static void wake_worker(struct irq_work *wake)
{
	queue_work(worker_queue, worker);
}

int kanary_queue_init(u32 slots, struct workqueue_struct *workqueue, struct work_struct *work)
{
	int cpu;

	length = slots;
	worker_queue = workqueue;
	worker = work;
	for_each_possible_cpu(cpu) {
		struct ring *ring = per_cpu_ptr(&rings, cpu);

		seqcount_init(&ring->consistent);
		kanary_compat_irq_work_init(&ring->wake, wake_worker, true);
		kanary_compat_irq_work_init(&ring->wake_now, wake_worker, false);
		ring->slot = kvcalloc(length, sizeof(*ring->slot), GFP_KERNEL);
		if (!ring->slot) {
			kanary_queue_uninit();
			return -ENOMEM;
		}
	}
	return 0;
}

void kanary_queue_quiesce(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		irq_work_sync(&per_cpu_ptr(&rings, cpu)->wake);
		irq_work_sync(&per_cpu_ptr(&rings, cpu)->wake_now);
	}
}

void kanary_queue_uninit(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct ring *ring = per_cpu_ptr(&rings, cpu);

		kvfree(ring->slot);
		ring->slot = NULL;
	}
}

struct kanary_queue_slot *kanary_queue_reserve(void)
{
	struct ring *ring = this_cpu_ptr(&rings);

	raw_write_seqcount_begin(&ring->consistent);
	ring->seen++;
	/* Pairs with the release of a consumed slot: it is ours to overwrite. */
	if (ring->head - smp_load_acquire(&ring->tail) < length)
		return &ring->slot[ring->head & (length - 1)];
	ring->full++;
	raw_write_seqcount_end(&ring->consistent);
	return NULL;
}

void kanary_queue_commit(void)
{
	struct ring *ring = this_cpu_ptr(&rings);

	/* Pairs with the worker's acquire: it sees the whole slot. */
	smp_store_release(&ring->head, ring->head + 1);
	raw_write_seqcount_end(&ring->consistent);
	/* Half full it must not wait. */
	kanary_queue_wake(ring->head - READ_ONCE(ring->tail) >= length / 2);
}

void kanary_queue_wake(bool now)
{
	struct ring *ring = this_cpu_ptr(&rings);

	irq_work_queue(now ? &ring->wake_now : &ring->wake);
}

struct kanary_queue_slot *kanary_queue_peek(int cpu)
{
	struct ring *ring = per_cpu_ptr(&rings, cpu);

	if (ring->tail == smp_load_acquire(&ring->head))
		return NULL;
	return &ring->slot[ring->tail & (length - 1)];
}

void kanary_queue_consume(int cpu)
{
	struct ring *ring = per_cpu_ptr(&rings, cpu);

	smp_store_release(&ring->tail, ring->tail + 1);
}

void kanary_queue_read(struct kanary_queue_account *account)
{
	int cpu;

	memset(account, 0, sizeof(*account));
	for_each_possible_cpu(cpu) {
		struct ring *ring = per_cpu_ptr(&rings, cpu);
		unsigned int start;
		u64 seen, full;
		u32 head;

		do {
			start = read_seqcount_begin(&ring->consistent);
			seen = ring->seen;
			full = ring->full;
			head = ring->head;
		} while (read_seqcount_retry(&ring->consistent, start));
		account->seen += seen;
		account->full += full;
		account->queued += head - ring->tail;
	}
}

u32 kanary_queue_slots(void)
{
	return num_possible_cpus() * length;
}

u64 kanary_queue_memory(void)
{
	return (u64)kanary_queue_slots() * sizeof(struct kanary_queue_slot);
}
