// SPDX-License-Identifier: GPL-2.0
#include "task.h"

#include "container.h"
#include "counters.h"
#include "judge.h"
#include "notable.h"
#include "pool.h"
#include "queue.h"
#include "task_slot.h"
#include "tracepoint.h"

#include <linux/cgroup.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/tracepoint.h>

#define BANK_BYTES (KANARY_BINS_BANK * sizeof(u16))
#define PATH_BYTES (KANARY_PATH_BINS * sizeof(u16))

DEFINE_PER_CPU_ALIGNED(struct kanary_task_cache, kanary_task_cache);

static_assert(sizeof(struct kanary_task) + BANK_BYTES + PATH_BYTES <= 5376);

/* Tasks that may begin on a CPU, make 32-bit calls and use paths, before a store is filled up. */
enum { TASKS_IN_STORE = 64, COMPATS_IN_STORE = 16, PATHS_IN_STORE = 64 };

static u32 period __read_mostly;
static u32 limit __read_mostly;
static struct kanary_pool task_pool;
static struct kanary_pool compat_pool;
static struct kanary_pool path_pool;
static atomic_t tasks = ATOMIC_INIT(0);
static atomic_t compats = ATOMIC_INIT(0);
static atomic_t paths = ATOMIC_INIT(0);
static atomic64_t streams = ATOMIC64_INIT(0);
/* Whether there is an entry for a test of the hook only. */
static bool probing __read_mostly;

static void release(struct rcu_head *rcu)
{
	struct kanary_task *task = container_of(rcu, struct kanary_task, rcu);

	kanary_judge_forget(task->judge);
	kanary_notable_forget(task->notable);
	put_pid(task->process);
	if (task->compat) {
		kmem_cache_free(compat_pool.cache, task->compat);
		atomic_sub(!task->test, &compats);
	}
	if (task->paths) {
		kmem_cache_free(path_pool.cache, task->paths);
		atomic_dec(&paths);
	}
	atomic_sub(!task->test, &tasks);
	kmem_cache_free(task_pool.cache, task);
}

void kanary_task_put(struct kanary_task *task)
{
	if (refcount_dec_and_test(&task->references))
		call_rcu(&task->rcu, release);
}

/* What may have changed since the last vector; @self is the owner, or cannot run yet. */
static void refresh(struct kanary_task *task, struct task_struct *self)
{
	task->cgroup = kanary_container_cgroup(self);
	memcpy(task->comm, self->comm, sizeof(task->comm));
	task->comm[sizeof(task->comm) - 1] = '\0';
}

static void begin_stream(struct kanary_task *task, struct task_struct *self)
{
	task->stream = atomic64_inc_return(&streams);
	task->left = period;
	task->index = 0;
	kanary_log_begin(task->before);
	task->pid = task_pid_nr(self);
	task->tgid = task_tgid_nr(self);
	refresh(task, self);
}

/* Those that a full table refuses, call after call, do not fight for its counter: they read it. */
static bool reserve(void)
{
	if ((u32)atomic_read(&tasks) >= limit)
		return false;
	if ((u32)atomic_inc_return(&tasks) <= limit)
		return true;
	atomic_dec(&tasks);
	return false;
}

/*
 * Creates and inserts the entry of @self, which is current with preemption off, its child that
 * cannot run yet, or found under RCU while nothing counts yet. @flags are 0 with preemption off,
 * where only the pool may be asked.
 * One for a @test takes no place from those that count.
 */
static struct kanary_task *create(struct task_struct *self, gfp_t flags, bool test)
{
	struct kanary_task *task;

	if (!test && !reserve()) {
		kanary_counters_add(KANARY_A_COUNTER_CALLS_TABLE_FULL, 1);
		return NULL;
	}
	task = flags ? kmem_cache_zalloc(task_pool.cache, flags) : kanary_pool_get(&task_pool);
	if (!task) {
		kanary_counters_add(KANARY_A_COUNTER_CALLS_NO_MEMORY, 1);
		atomic_sub(!test, &tasks);
		return NULL;
	}
	task->owner = self;
	task->test = test;
	task->pidns = kanary_container_pidns(self);
	/* The process's, which no exec changes, whichever of its threads that may be. */
	task->process = get_pid(task_tgid(self));
	refcount_set(&task->references, 1);
	begin_stream(task, self);
	if (!kanary_task_slot_insert(self, task)) {
		kanary_counters_add(KANARY_A_COUNTER_CALLS_TABLE_FULL, 1);
		/* Here, too, nothing may be freed. */
		kanary_task_put(task);
		return NULL;
	}
	return task;
}

/* No CPU may take a later task at the same address for @task's owner. */
static void drop_from_caches(struct kanary_task *task)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		if (task->cpus & BIT(cpu % BITS_PER_LONG))
			cmpxchg(&per_cpu(kanary_task_cache, cpu).owner, task->owner, NULL);
	}
}

static struct kanary_task *lookup(bool may_create)
{
	struct kanary_task_cache *cache = this_cpu_ptr(&kanary_task_cache);
	struct task_struct *self = current;
	struct kanary_task *task = NULL;
	struct kanary_task_slot *slot;

	if (READ_ONCE(cache->owner) == self)
		return cache->task;
	slot = kanary_task_slot_find(self);
	if (slot)
		task = slot->task;
	else if (may_create && kanary_container_eligible(self))
		task = create(self, 0, false);
	if (!task)
		return NULL;
	task->cpus |= BIT(smp_processor_id() % BITS_PER_LONG);
	cache->task = task;
	WRITE_ONCE(cache->owner, self);
	return task;
}

/* @first: bin of the bank's first call */
static void note(struct kanary_task *task, u16 *bank, u32 first, u32 number)
{
	unsigned long place = kanary_task_clamp(number);

	kanary_task_note(task, bank, place, first + place);
}

noinline notrace struct kanary_task *kanary_task_current_slow(void)
{
	/* All that is not in a container: it must not pay for a search that finds nothing. */
	if (kanary_container_outside(current) && !READ_ONCE(probing))
		return NULL;
	return lookup(true);
}

noinline notrace u16 *kanary_task_paths_slow(struct kanary_task *task)
{
	task->paths = kanary_pool_get(&path_pool);
	if (task->paths)
		atomic_inc(&paths);
	return task->paths;
}

noinline notrace void kanary_task_count_slow(u32 number)
{
	struct kanary_task *task = kanary_task_current_slow();

	if (task)
		note(task, task->native, 0, number);
}

notrace void kanary_task_count_compat(u32 number)
{
	struct kanary_task *task = kanary_task_current_slow();

	if (!task)
		return;
	if (unlikely(!task->compat)) {
		task->compat = kanary_pool_get(&compat_pool);
		if (!task->compat) {
			kanary_counters_add(KANARY_A_COUNTER_CALLS_NO_MEMORY, 1);
			return;
		}
		atomic_inc(&compats);
	}
	note(task, task->compat, KANARY_BINS_BANK, number);
}

/*
 * Moves @bytes of counts to where all is 0 yet, leaving 0. Nearly all is: reading
 * it, and writing the rest only, is half the work of copying and clearing.
 */
static void move(u16 *to, u16 *from, u32 bytes)
{
	u64 *target = (u64 *)to, *source = (u64 *)from;
	u32 i, j;

	for (i = 0; i < bytes / sizeof(u64); i += 4) {
		if (!(source[i] | source[i + 1] | source[i + 2] | source[i + 3]))
			continue;
		for (j = i; j < i + 4; j++) {
			target[j] = source[j];
			source[j] = 0;
		}
	}
}

static_assert(BANK_BYTES % (4 * sizeof(u64)) == 0 && PATH_BYTES % (4 * sizeof(u64)) == 0);

static_assert(KANARY_LOG_CONTEXT * sizeof(u16) == 2 * sizeof(u64));

static void copy_context(u16 *to, const u16 *from)
{
	((u64 *)to)[0] = ((const u64 *)from)[0];
	((u64 *)to)[1] = ((const u64 *)from)[1];
}

static void clear(struct kanary_task *task)
{
	memset(task->native, 0, BANK_BYTES);
	if (task->compat)
		memset(task->compat, 0, BANK_BYTES);
	if (task->paths)
		memset(task->paths, 0, PATH_BYTES);
}

static notrace void emit(struct kanary_task *task, enum kanary_reason reason)
{
	u32 calls = period - task->left;
	struct kanary_queue_slot *slot;

	if (!calls)
		return;
	/* At exec the task already bears its new name; this vector is the old program's. */
	if (reason != KANARY_REASON_EXEC)
		refresh(task, current);
	slot = kanary_queue_reserve();
	if (slot) {
		slot->task = task;
		slot->stream = task->stream;
		slot->cgroup = task->cgroup;
		slot->time = ktime_get_boottime_ns();
		slot->pidns = task->pidns;
		slot->pid = task->pid;
		slot->tgid = task->tgid;
		slot->index = task->index;
		slot->calls = calls;
		slot->reason = reason;
		slot->compat = task->compat;
		slot->paths_used = task->paths;
		memcpy(slot->comm, task->comm, sizeof(slot->comm));
		move(slot->counts, task->native, BANK_BYTES);
		if (task->compat)
			move(slot->counts + KANARY_BINS_BANK, task->compat, BANK_BYTES);
		if (task->paths)
			move(slot->paths, task->paths, PATH_BYTES);
		slot->left = task->left;
		copy_context(slot->before, task->before);
		kanary_log_copy(slot->log, task->log, task->left, calls);
		refcount_inc(&task->references);
		kanary_queue_commit();
	} else {
		clear(task);
	}
	/* What is not whole is the last of its stream. */
	copy_context(task->before, task->log);
	task->left = period;
	task->index++;
}

/* The call that comes is one more than were missing. */
noinline notrace void kanary_task_renew(struct kanary_task *task, u16 *bank, unsigned long place,
					u32 bin)
{
	task->left = 0;
	emit(task, KANARY_REASON_PERIOD);
	kanary_task_note(task, bank, place, bin);
}

static void exec_probe(void *data, struct task_struct *self)
{
	struct kanary_task *task;

	preempt_disable();
	task = lookup(false);
	if (task) {
		emit(task, KANARY_REASON_EXEC);
		/* A thread that execs takes over its leader's number. */
		begin_stream(task, self);
	}
	preempt_enable();
}

/*
 * What a counted task makes is counted. By itself the child will be where it says whose it
 * is; but one made with CLONE_PARENT is a child of the task's own parent, which may be outside.
 */
static void fork_probe(void *data, struct task_struct *parent, struct task_struct *child)
{
	preempt_disable();
	if (kanary_task_slot_find(parent) && !kanary_container_eligible(child))
		create(child, 0, false);
	preempt_enable();
}

static void exit_probe(void *data, struct task_struct *self)
{
	struct kanary_task *task;
	struct kanary_task_slot *slot;

	preempt_disable();
	slot = kanary_task_slot_find(self);
	if (slot) {
		task = slot->task;
		if (kanary_task_slot_remove(slot, self)) {
			emit(task, KANARY_REASON_EXIT);
			drop_from_caches(task);
			kanary_task_put(task);
		}
	}
	preempt_enable();
}

int kanary_task_init(u32 max_tasks, u32 calls)
{
	int ret;

	limit = max_tasks;
	period = calls;
	ret = kanary_task_slot_init(max_tasks);
	if (ret)
		goto err;
	ret = kanary_pool_init(&task_pool, "kanary_task", sizeof(struct kanary_task),
			       SLAB_HWCACHE_ALIGN, TASKS_IN_STORE);
	if (ret)
		goto err_slots;
	ret = kanary_pool_init(&compat_pool, "kanary_task_compat", BANK_BYTES, 0,
			       COMPATS_IN_STORE);
	if (ret)
		goto err_task_pool;
	ret = kanary_pool_init(&path_pool, "kanary_task_paths", PATH_BYTES, 0, PATHS_IN_STORE);
	if (ret)
		goto err_compat_pool;
	ret = kanary_tracepoint_attach("sched_process_exit", exit_probe);
	if (ret)
		goto err_path_pool;
	ret = kanary_tracepoint_attach("sched_process_exec", exec_probe);
	if (ret)
		goto err_exit_probe;
	ret = kanary_tracepoint_attach("sched_process_fork", fork_probe);
	if (ret)
		goto err_exec_probe;
	return 0;

err_exec_probe:
	kanary_tracepoint_detach("sched_process_exec", exec_probe);
err_exit_probe:
	kanary_tracepoint_detach("sched_process_exit", exit_probe);
	tracepoint_synchronize_unregister();
err_path_pool:
	kanary_pool_uninit(&path_pool);
err_compat_pool:
	kanary_pool_uninit(&compat_pool);
err_task_pool:
	kanary_pool_uninit(&task_pool);
err_slots:
	kanary_task_slot_uninit();
err:
	pr_err("cannot watch tasks: error %d%s\n", ret,
	       ret == -ENOMEM ? ": lower max_tasks" : "");
	return ret;
}

void kanary_task_unwatch(void)
{
	kanary_tracepoint_detach("sched_process_fork", fork_probe);
	kanary_tracepoint_detach("sched_process_exec", exec_probe);
	kanary_tracepoint_detach("sched_process_exit", exit_probe);
	tracepoint_synchronize_unregister();
}

void kanary_task_uninit(void)
{
	u32 i;

	for (i = 0; i < kanary_task_slot_number(); i++) {
		if (kanary_task_slots[i].owner)
			kanary_task_put(kanary_task_slots[i].task);
		cond_resched();
	}
	/* The callbacks free into the caches and run this module's code. */
	rcu_barrier();
	kanary_pool_uninit(&path_pool);
	kanary_pool_uninit(&compat_pool);
	kanary_pool_uninit(&task_pool);
	kanary_task_slot_uninit();
}

void kanary_task_adopt(void)
{
	struct task_struct *process, *self;
	struct kanary_task *task;

	rcu_read_lock();
	for_each_process_thread(process, self) {
		if (!kanary_container_eligible(self) || kanary_task_slot_find(self))
			continue;
		task = create(self, GFP_NOWAIT | __GFP_NOWARN, false);
		if (!task)
			continue;
		/*
		 * A task that began to exit before it was in the table may have run
		 * exit_probe() already. PF_EXITING is set long before that.
		 */
		smp_mb();
		if (READ_ONCE(self->flags) & PF_EXITING) {
			struct kanary_task_slot *slot = kanary_task_slot_find(self);

			if (slot && kanary_task_slot_remove(slot, self)) {
				drop_from_caches(task);
				kanary_task_put(task);
			}
		}
	}
	rcu_read_unlock();
}

int kanary_task_probe_begin(void)
{
	struct kanary_task *task;
	u16 *compat;

	/* Nobody but current itself makes or removes its entry. */
	if (kanary_task_slot_find(current))
		return 0;
	/* All that the test needs: a call that finds no memory is no sign of a hook that is off. */
	compat = kmem_cache_zalloc(compat_pool.cache, GFP_KERNEL | __GFP_NOWARN);
	if (!compat)
		return -ENOMEM;
	WRITE_ONCE(probing, true);
	task = create(current, GFP_KERNEL | __GFP_NOWARN, true);
	if (!task)
		goto err;
	task->compat = compat;
	return 0;

err:
	WRITE_ONCE(probing, false);
	kmem_cache_free(compat_pool.cache, compat);
	return -ENOMEM;
}

u32 kanary_task_probe_read(u32 bin)
{
	struct kanary_task *task;
	u32 calls = 0;

	preempt_disable();
	task = lookup(false);
	if (task && bin < KANARY_BINS_BANK)
		calls = task->native[bin];
	else if (task && task->compat)
		calls = task->compat[bin - KANARY_BINS_BANK];
	preempt_enable();
	return calls;
}

void kanary_task_probe_end(void)
{
	struct kanary_task *task;
	struct kanary_task_slot *slot;

	preempt_disable();
	slot = probing ? kanary_task_slot_find(current) : NULL;
	if (slot) {
		task = slot->task;
		if (kanary_task_slot_remove(slot, current)) {
			drop_from_caches(task);
			kanary_task_put(task);
		}
	}
	WRITE_ONCE(probing, false);
	preempt_enable();
}

u32 kanary_task_tasks(void)
{
	return atomic_read(&tasks);
}

u64 kanary_task_memory(void)
{
	return kanary_task_slot_memory() +
	       (u64)atomic_read(&tasks) * sizeof(struct kanary_task) +
	       (u64)atomic_read(&compats) * BANK_BYTES + (u64)atomic_read(&paths) * PATH_BYTES +
	       kanary_pool_memory(&task_pool) + kanary_pool_memory(&compat_pool) +
	       kanary_pool_memory(&path_pool);
}

u32 kanary_task_summarise(struct kanary_task_summary *summary, u32 max)
{
	u32 i, n, found = 0;

	rcu_read_lock();
	for (i = 0; i < kanary_task_slot_number(); i++) {
		struct task_struct *owner;
		struct kanary_task *task;

		if (!(i % 1024)) {
			rcu_read_unlock();
			cond_resched();
			rcu_read_lock();
		}
		owner = smp_load_acquire(&kanary_task_slots[i].owner);
		if (!owner || owner == KANARY_TASK_SLOT_CLAIMED)
			continue;
		task = READ_ONCE(kanary_task_slots[i].task);
		if (task->test)
			continue;
		for (n = 0; n < found && summary[n].cgroup != task->cgroup; n++)
			;
		if (n == found) {
			if (found == max)
				continue;
			summary[found++] = (struct kanary_task_summary) {
				.cgroup = task->cgroup,
				.pidns = task->pidns,
				.pid = U32_MAX,
			};
		}
		summary[n].tasks++;
		if (task->tgid < summary[n].pid) {
			summary[n].pid = task->tgid;
			memcpy(summary[n].comm, task->comm, KANARY_COMM_SIZE);
			summary[n].comm[KANARY_COMM_SIZE - 1] = '\0';
		}
	}
	rcu_read_unlock();
	return found;
}
