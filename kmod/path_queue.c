// SPDX-License-Identifier: GPL-2.0
#include "path_queue.h"

#include "queue.h"

#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/seqlock.h>
#include <linux/slab.h>

/* Of a ring, a power of two: 500 paths of 70 bytes. */
enum { RING_BYTES = 65536 };

/**
 * struct ring - the paths of one CPU
 * @head: bytes ever put in; written by the hook
 * @number: paths ever put in; written by the hook
 * @full: paths ever dropped; written by the hook
 * @news: paths ever offered; written by the hook
 * @consistent: held by the hook while those above change
 * @memory: RING_BYTES of paths, each in one piece
 * @tail: bytes ever taken out; written by the worker
 * @taken: paths ever taken out; written by the worker
 */
struct ring {
	u32 head;
	u32 number;
	u64 full;
	u64 news;
	seqcount_t consistent;
	u8 *memory;
	u32 tail ____cacheline_aligned_in_smp;
	u32 taken;
};

static DEFINE_PER_CPU_ALIGNED(struct ring, rings);

static u32 size_of(u32 length)
{
	return ALIGN(sizeof(struct kanary_path_queued) + length, sizeof(u64));
}

/* Bytes to the end of the ring's memory that a path of @size does not fit into. */
static u32 gap_before(u32 position, u32 size)
{
	u32 rest = RING_BYTES - position % RING_BYTES;

	return rest < size ? rest : 0;
}

int kanary_path_queue_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct ring *ring = per_cpu_ptr(&rings, cpu);

		seqcount_init(&ring->consistent);
		ring->memory = kvzalloc_node(RING_BYTES, GFP_KERNEL, cpu_to_node(cpu));
		if (!ring->memory) {
			kanary_path_queue_uninit();
			return -ENOMEM;
		}
	}
	return 0;
}

void kanary_path_queue_uninit(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		kvfree(per_cpu(rings, cpu).memory);
		per_cpu(rings, cpu).memory = NULL;
	}
}

struct kanary_path_queued *kanary_path_queue_reserve(u32 length)
{
	struct ring *ring = this_cpu_ptr(&rings);
	u32 size = size_of(length);
	u32 gap = gap_before(ring->head, size);

	raw_write_seqcount_begin(&ring->consistent);
	ring->news++;
	/* Pairs with the release of what was consumed: it is ours to overwrite. */
	if (ring->head + gap + size - smp_load_acquire(&ring->tail) > RING_BYTES) {
		ring->full++;
		raw_write_seqcount_end(&ring->consistent);
		return NULL;
	}
	if (gap) {
		/* A gap is at least a word, and begins with the task that no path has. */
		*(u64 *)&ring->memory[ring->head % RING_BYTES] = 0;
		/* Not yet the worker's to see: that comes with the path behind it. */
	}
	return (void *)&ring->memory[(ring->head + gap) % RING_BYTES];
}

void kanary_path_queue_commit(u32 length)
{
	struct ring *ring = this_cpu_ptr(&rings);
	u32 size = size_of(length);
	u32 head = ring->head + gap_before(ring->head, size) + size;

	ring->number++;
	/* Pairs with the worker's acquire: it sees the whole path. */
	smp_store_release(&ring->head, head);
	raw_write_seqcount_end(&ring->consistent);
	/* Half full it must not wait. */
	kanary_queue_wake(head - READ_ONCE(ring->tail) >= RING_BYTES / 2);
}

struct kanary_path_queued *kanary_path_queue_peek(int cpu)
{
	struct ring *ring = per_cpu_ptr(&rings, cpu);
	struct kanary_path_queued *queued;

	if (ring->tail == smp_load_acquire(&ring->head))
		return NULL;
	queued = (void *)&ring->memory[ring->tail % RING_BYTES];
	if (!queued->task) {
		WRITE_ONCE(ring->tail, ring->tail + RING_BYTES - ring->tail % RING_BYTES);
		queued = (void *)ring->memory;
	}
	return queued;
}

void kanary_path_queue_consume(int cpu)
{
	struct ring *ring = per_cpu_ptr(&rings, cpu);
	struct kanary_path_queued *queued = (void *)&ring->memory[ring->tail % RING_BYTES];

	ring->taken++;
	smp_store_release(&ring->tail, ring->tail + size_of(queued->path.length));
}

void kanary_path_queue_read(struct kanary_path_queue_account *account)
{
	int cpu;

	memset(account, 0, sizeof(*account));
	for_each_possible_cpu(cpu) {
		struct ring *ring = per_cpu_ptr(&rings, cpu);
		unsigned int start;
		u64 news, full;
		u32 number;

		do {
			start = read_seqcount_begin(&ring->consistent);
			news = ring->news;
			full = ring->full;
			number = ring->number;
		} while (read_seqcount_retry(&ring->consistent, start));
		account->news += news;
		account->full += full;
		account->queued += number - ring->taken;
	}
}

u64 kanary_path_queue_memory(void)
{
	return this_cpu_read(rings.memory) ? (u64)num_possible_cpus() * RING_BYTES : 0;
}
