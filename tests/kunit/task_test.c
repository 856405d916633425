// SPDX-License-Identifier: GPL-2.0
/*
 * The task table: what is counted, when a vector is taken, and that no entry, no
 * reference and no vector is lost, whoever creates, exits, execs or unloads.
 *
 * Kernel threads stand for a container's tasks. They are none to the module, so
 * their entries are made here; from there on they count, exec and exit as tasks do.
 */
#include "task.c"

#include "crowd.h"
#include "table.h"
#include "worker.h"

#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/kthread.h>

enum { PERIOD = 16, QUEUE = 16, TASKS = 64, ROUNDS = 400 };

/* Counters as they were when the test began. */
static u64 unclaimed, table_full;
static struct kanary_queue_account before;

static u64 gained(enum kanary_counter counter, u64 then)
{
	return kanary_counters_read(counter) - then;
}

static struct kanary_queue_account account(void)
{
	struct kanary_queue_account now;

	mutex_lock(&kanary_worker_lock);
	kanary_queue_read(&now);
	mutex_unlock(&kanary_worker_lock);
	now.seen -= before.seen;
	now.full -= before.full;
	return now;
}

static int begin(struct kunit *test)
{
	int ret;

	set_cpus_allowed_ptr(current, cpumask_of(0));
	kanary_container_all = true;
	ret = kanary_table_begin(QUEUE, TASKS, PERIOD);
	if (ret)
		return ret;
	kanary_queue_read(&before);
	unclaimed = kanary_counters_read(KANARY_A_COUNTER_DROPPED_UNCLAIMED);
	table_full = kanary_counters_read(KANARY_A_COUNTER_CALLS_TABLE_FULL);
	return 0;
}

static void end(struct kunit *test)
{
	kanary_table_end();
	KUNIT_EXPECT_EQ(test, kanary_task_tasks(), 0U);
	KUNIT_EXPECT_EQ(test, atomic_read(&compats), 0);
}

static struct kanary_task *enter(void)
{
	struct kanary_task *task;

	preempt_disable();
	task = create(current, 0, false);
	preempt_enable();
	return task;
}

static void leave(void)
{
	exit_probe(NULL, current);
}

static void call(u32 number, u32 times)
{
	while (times--) {
		preempt_disable();
		kanary_task_count(number);
		preempt_enable();
	}
}

static void call_compat(u32 number, u32 times)
{
	while (times--) {
		preempt_disable();
		kanary_task_count_compat(number);
		preempt_enable();
	}
}

static u32 sum(const u16 *count, u32 length)
{
	u32 total = 0;

	while (length--)
		total += count[length];
	return total;
}

/* The oldest vector of this CPU; the worker's lock is held, so that it stays there. */
static const struct kanary_queue_slot *oldest(void)
{
	return kanary_queue_peek(0);
}

static void counts_calls_by_number(struct kunit *test)
{
	struct kanary_task *task = enter();

	KUNIT_ASSERT_NOT_NULL(test, task);
	call(0, 3);
	call(KANARY_BINS_BANK - 2, 1);
	call(KANARY_BINS_BANK - 1, 1);
	call(KANARY_BINS_BANK, 1);
	call(U32_MAX, 1);
	KUNIT_EXPECT_NULL(test, task->compat);
	call_compat(5, 2);
	KUNIT_EXPECT_EQ(test, task->native[0], 3);
	KUNIT_EXPECT_EQ(test, task->native[KANARY_BINS_BANK - 2], 1);
	KUNIT_EXPECT_EQ(test, task->native[KANARY_BINS_BANK - 1], 3);
	KUNIT_EXPECT_EQ(test, sum(task->native, KANARY_BINS_BANK), 7U);
	KUNIT_ASSERT_NOT_NULL(test, task->compat);
	KUNIT_EXPECT_EQ(test, task->compat[5], 2);
	KUNIT_EXPECT_EQ(test, sum(task->compat, KANARY_BINS_BANK), 2U);
	KUNIT_EXPECT_EQ(test, task->log[kanary_log_at(PERIOD - 1)], 0);
	KUNIT_EXPECT_EQ(test, task->log[kanary_log_at(PERIOD - 9)], KANARY_BINS_BANK + 5);
	KUNIT_EXPECT_EQ(test, task->left, (u32)PERIOD - 9);
	leave();
}

/* A thread of the kernel, and what has no entry, must not get one by a call. */
static void counts_nobody_else(struct kunit *test)
{
	call(0, 3);
	call_compat(0, 3);
	KUNIT_EXPECT_EQ(test, kanary_task_tasks(), 0U);
	kanary_container_all = false;
	KUNIT_EXPECT_FALSE(test, kanary_container_eligible(current));
	call(0, 3);
	KUNIT_EXPECT_EQ(test, kanary_task_tasks(), 0U);
}

static void takes_a_vector_each_period(struct kunit *test)
{
	const struct kanary_queue_slot *slot;
	struct kanary_task *task = enter();
	u64 stream;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, task);
	stream = task->stream;
	mutex_lock(&kanary_worker_lock);
	call(1, PERIOD - 1);
	call(2, 1);
	KUNIT_EXPECT_NULL(test, oldest());
	call(2, PERIOD + 3);
	leave();
	for (i = 0; i < 3; i++) {
		slot = oldest();
		KUNIT_ASSERT_NOT_NULL(test, slot);
		KUNIT_EXPECT_EQ(test, slot->index, i);
		KUNIT_EXPECT_EQ(test, slot->stream, stream);
		KUNIT_EXPECT_EQ(test, slot->reason, i < 2 ? KANARY_REASON_PERIOD :
							    KANARY_REASON_EXIT);
		KUNIT_EXPECT_EQ(test, slot->calls, i < 2 ? PERIOD : 3U);
		KUNIT_EXPECT_EQ(test, sum(slot->counts, KANARY_BINS), slot->calls);
		KUNIT_EXPECT_EQ(test, slot->counts[1], i ? 0 : PERIOD - 1);
		KUNIT_EXPECT_EQ(test, slot->pid, (u32)current->pid);
		KUNIT_EXPECT_STREQ(test, slot->comm, current->comm);
		/* What the worker does with it. */
		memset((void *)slot->counts, 0, sizeof(slot->counts));
		kanary_task_put(slot->task);
		kanary_queue_consume(0);
	}
	KUNIT_EXPECT_NULL(test, oldest());
	mutex_unlock(&kanary_worker_lock);
	KUNIT_EXPECT_NULL(test, kanary_task_slot_find(current));
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, kanary_task_tasks(), 0U);
}

static void begins_a_stream_at_exec(struct kunit *test)
{
	const struct kanary_queue_slot *slot;
	struct kanary_task *task = enter();
	char comm[TASK_COMM_LEN];
	u64 stream;

	KUNIT_ASSERT_NOT_NULL(test, task);
	stream = task->stream;
	strscpy(comm, current->comm, sizeof(comm));
	mutex_lock(&kanary_worker_lock);
	call(7, 5);
	task_lock(current);
	strscpy(current->comm, "another", sizeof(current->comm));
	task_unlock(current);
	exec_probe(NULL, current);
	call(8, 2);
	slot = oldest();
	KUNIT_ASSERT_NOT_NULL(test, slot);
	KUNIT_EXPECT_EQ(test, slot->reason, KANARY_REASON_EXEC);
	KUNIT_EXPECT_EQ(test, slot->calls, 5U);
	KUNIT_EXPECT_EQ(test, slot->stream, stream);
	KUNIT_EXPECT_STREQ(test, slot->comm, comm);
	KUNIT_EXPECT_PTR_EQ(test, slot->task, task);
	mutex_unlock(&kanary_worker_lock);
	KUNIT_EXPECT_NE(test, task->stream, stream);
	KUNIT_EXPECT_EQ(test, task->index, 0U);
	KUNIT_EXPECT_EQ(test, task->left, (u32)PERIOD - 2);
	KUNIT_EXPECT_EQ(test, task->native[7], 0);
	KUNIT_EXPECT_STREQ(test, task->comm, "another");
	/* Nothing counted, nothing said. */
	exec_probe(NULL, current);
	exec_probe(NULL, current);
	leave();
	kanary_worker_flush();
	KUNIT_EXPECT_EQ(test, account().seen, 2ULL);
}

/* Where an exec or the exit follows a whole period, that is what the last vector says. */
static void ends_a_stream_with_its_reason(struct kunit *test)
{
	static const enum kanary_reason reasons[] = {
		KANARY_REASON_PERIOD, KANARY_REASON_EXEC, KANARY_REASON_EXIT,
	};
	const struct kanary_queue_slot *slot;
	struct kanary_task *task = enter();
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, task);
	preempt_disable();
	kanary_task_paths(task);
	preempt_enable();
	KUNIT_ASSERT_NOT_NULL(test, task->paths);
	mutex_lock(&kanary_worker_lock);
	call(1, 2 * PERIOD);
	/* As of an execve() that is the period's last call: its path is read after the count. */
	task->paths[5] = 1;
	exec_probe(NULL, current);
	call(1, PERIOD);
	leave();
	for (i = 0; i < ARRAY_SIZE(reasons); i++) {
		slot = oldest();
		KUNIT_ASSERT_NOT_NULL(test, slot);
		KUNIT_EXPECT_EQ(test, slot->reason, reasons[i]);
		KUNIT_EXPECT_EQ(test, slot->calls, (u32)PERIOD);
		KUNIT_EXPECT_EQ(test, slot->index, (u32)(reasons[i] == KANARY_REASON_EXEC));
		KUNIT_EXPECT_EQ(test, slot->paths[5], reasons[i] == KANARY_REASON_EXEC);
		memset((void *)slot->counts, 0, sizeof(slot->counts));
		memset((void *)slot->paths, 0, sizeof(slot->paths));
		kanary_task_put(slot->task);
		kanary_queue_consume(0);
	}
	KUNIT_EXPECT_NULL(test, oldest());
	mutex_unlock(&kanary_worker_lock);
}

static void forgets_what_finds_the_queue_full(struct kunit *test)
{
	struct kanary_task *task = enter();
	struct kanary_queue_account now;

	KUNIT_ASSERT_NOT_NULL(test, task);
	mutex_lock(&kanary_worker_lock);
	call_compat(3, 1);
	call(3, (QUEUE + 1) * PERIOD - 2);
	kanary_queue_read(&now);
	KUNIT_EXPECT_EQ(test, now.full, before.full);
	call_compat(3, 1);
	KUNIT_EXPECT_EQ(test, sum(task->compat, KANARY_BINS_BANK), 1U);
	call(3, 1);
	kanary_queue_read(&now);
	KUNIT_EXPECT_EQ(test, now.full, before.full + 1);
	KUNIT_EXPECT_EQ(test, now.queued, (u64)QUEUE);
	KUNIT_EXPECT_EQ(test, sum(task->native, KANARY_BINS_BANK), 1U);
	KUNIT_EXPECT_EQ(test, sum(task->compat, KANARY_BINS_BANK), 0U);
	KUNIT_EXPECT_EQ(test, task->index, (u32)QUEUE + 1);
	mutex_unlock(&kanary_worker_lock);
	/* Or the last vector might find the queue full as well. */
	kanary_worker_flush();
	leave();
	kanary_worker_flush();
	KUNIT_EXPECT_EQ(test, account().seen, (u64)QUEUE + 2);
	KUNIT_EXPECT_EQ(test, gained(KANARY_A_COUNTER_DROPPED_UNCLAIMED, unclaimed),
			QUEUE + 1ULL);
}

/* Neither the limit nor a crowded neighbourhood leaves anything behind. */
static void refuses_beyond_its_bounds(struct kunit *test)
{
	u32 probe, references = refcount_read(&task_pid(current)->count);
	struct kanary_task_slot *slot;

	limit = 0;
	KUNIT_EXPECT_NULL(test, enter());
	limit = TASKS;
	for (probe = 0; probe < KANARY_TASK_SLOT_PROBES; probe++)
		kanary_task_slot_at(current, probe)->owner = KANARY_TASK_SLOT_CLAIMED;
	KUNIT_EXPECT_NULL(test, enter());
	KUNIT_EXPECT_EQ(test, gained(KANARY_A_COUNTER_CALLS_TABLE_FULL, table_full), 2ULL);
	/* What was refused is freed after a grace period. */
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, kanary_task_tasks(), 0U);
	KUNIT_EXPECT_EQ(test, refcount_read(&task_pid(current)->count), references);
	/* One place, as far away as it may be. */
	kanary_task_slot_at(current, KANARY_TASK_SLOT_PROBES - 1)->owner = NULL;
	KUNIT_EXPECT_NOT_NULL(test, enter());
	slot = kanary_task_slot_find(current);
	KUNIT_EXPECT_PTR_EQ(test, slot, kanary_task_slot_at(current, KANARY_TASK_SLOT_PROBES - 1));
	leave();
	for (probe = 0; probe < KANARY_TASK_SLOT_PROBES; probe++)
		kanary_task_slot_at(current, probe)->owner = NULL;
}

/* What a clone with CLONE_PARENT makes may have its parent outside. */
static void counts_who_is_made(struct kunit *test)
{
	/* Nobody that would be counted by itself, and nobody that makes calls. */
	struct task_struct *child = &init_task;

	fork_probe(NULL, current, child);
	KUNIT_EXPECT_NULL(test, kanary_task_slot_find(child));
	KUNIT_ASSERT_NOT_NULL(test, enter());
	fork_probe(NULL, current, child);
	KUNIT_EXPECT_NOT_NULL(test, kanary_task_slot_find(child));
	exit_probe(NULL, child);
	KUNIT_EXPECT_NULL(test, kanary_task_slot_find(child));
	leave();
}

static void keeps_no_pid(struct kunit *test)
{
	u32 references = refcount_read(&task_pid(current)->count);
	u32 i;

	for (i = 0; i < 10; i++) {
		KUNIT_ASSERT_NOT_NULL(test, enter());
		call(1, PERIOD + 3);
		exec_probe(NULL, current);
		call(1, 3);
		leave();
	}
	kanary_worker_flush();
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, refcount_read(&task_pid(current)->count), references);
}

/* A task that ran elsewhere must not be found there by its successor at the same address. */
static void leaves_no_cache(struct kunit *test)
{
	int cpu;

	KUNIT_ASSERT_NOT_NULL(test, enter());
	for_each_online_cpu(cpu) {
		set_cpus_allowed_ptr(current, cpumask_of(cpu));
		call(1, 1);
		KUNIT_EXPECT_PTR_EQ(test, per_cpu(kanary_task_cache, cpu).owner, current);
	}
	leave();
	for_each_possible_cpu(cpu)
		KUNIT_EXPECT_PTR_NE(test, per_cpu(kanary_task_cache, cpu).owner, current);
}

static void tests_its_hook(struct kunit *test)
{
	u64 memory = kanary_task_memory();

	/* A full table does not stop a test, nor take anyone else in because of it. */
	limit = 0;
	KUNIT_ASSERT_EQ(test, kanary_task_probe_begin(), 0);
	KUNIT_EXPECT_FALSE(test, reserve());
	limit = TASKS;
	KUNIT_EXPECT_EQ(test, kanary_task_tasks(), 0U);
	KUNIT_EXPECT_EQ(test, kanary_task_memory(), memory);
	KUNIT_EXPECT_EQ(test, kanary_task_probe_read(39), 0U);
	/* What the calls need is there: for want of memory the hook would seem to be off. */
	KUNIT_EXPECT_NOT_NULL(test, kanary_task_slot_find(current)->task->compat);
	call(39, 1);
	call_compat(20, 1);
	KUNIT_EXPECT_EQ(test, kanary_task_probe_read(39), 1U);
	KUNIT_EXPECT_EQ(test, kanary_task_probe_read(KANARY_BINS_BANK + 20), 1U);
	kanary_task_probe_end();
	KUNIT_EXPECT_NULL(test, kanary_task_slot_find(current));
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, kanary_task_tasks(), 0U);
	/* Where there is an entry already, it stays. */
	KUNIT_ASSERT_NOT_NULL(test, enter());
	KUNIT_ASSERT_EQ(test, kanary_task_probe_begin(), 0);
	kanary_task_probe_end();
	KUNIT_EXPECT_NOT_NULL(test, kanary_task_slot_find(current));
	leave();
}

static void adopts_who_runs(struct kunit *test)
{
	struct task_struct *process, *self;
	u32 users = 0, found = 0, kernel = 0;

	kanary_task_adopt();
	rcu_read_lock();
	for_each_process_thread(process, self) {
		bool there = kanary_task_slot_find(self);

		if (self->flags & PF_EXITING)
			continue;
		if (self->flags & PF_KTHREAD) {
			kernel += there;
			continue;
		}
		users++;
		found += there;
	}
	rcu_read_unlock();
	KUNIT_EXPECT_GT(test, users, 1U);
	KUNIT_EXPECT_EQ(test, found, users);
	KUNIT_EXPECT_EQ(test, kernel, 0U);
	found = kanary_task_tasks();
	kanary_task_adopt();
	KUNIT_EXPECT_LE(test, kanary_task_tasks(), found);
}

static void moves_all_counts(struct kunit *test)
{
	u16 *from = kunit_kzalloc(test, BANK_BYTES, GFP_KERNEL);
	u16 *to = kunit_kzalloc(test, BANK_BYTES, GFP_KERNEL);
	u32 i, round;

	KUNIT_ASSERT_NOT_NULL(test, from);
	KUNIT_ASSERT_NOT_NULL(test, to);
	for (round = 1; round < 40; round++) {
		memset(to, 0, BANK_BYTES);
		for (i = 0; i < KANARY_BINS_BANK; i += round)
			from[i] = 1 + i;
		move(to, from, BANK_BYTES);
		for (i = 0; i < KANARY_BINS_BANK; i++) {
			KUNIT_ASSERT_EQ(test, to[i], i % round ? 0 : 1 + i);
			KUNIT_ASSERT_EQ(test, from[i], 0);
		}
	}
}

/* Vectors that the threads of a race know to have taken. */
static atomic64_t expected;
static atomic_t refused;

/* Lives many lives: enters, calls, execs, calls, exits; the last exit is the thread's own. */
static int live(void *data, u32 number)
{
	u64 vectors = 0;
	u32 i;

	for (i = 0; i < ROUNDS; i++) {
		u32 calls = 1 + (i * 7 + number) % (2 * PERIOD);

		if (!enter()) {
			atomic_inc(&refused);
			continue;
		}
		call(number, calls);
		vectors += calls / PERIOD + !!(calls % PERIOD);
		exec_probe(NULL, current);
		call_compat(number, 3);
		vectors++;
		if (i < ROUNDS - 1)
			leave();
		cond_resched();
	}
	atomic64_add(vectors, &expected);
	return 0;
}

static int look(void *data, u32 number)
{
	struct kanary_task_summary summary[4];
	u32 i, found;

	while (!kthread_should_stop()) {
		found = kanary_task_summarise(summary, ARRAY_SIZE(summary));
		for (i = 0; i < found; i++) {
			if (strnlen(summary[i].comm, KANARY_COMM_SIZE) == KANARY_COMM_SIZE)
				return -EILSEQ;
		}
		kanary_task_memory();
		cond_resched();
	}
	return 0;
}

static void survives_lives_and_deaths(struct kunit *test)
{
	struct crowd *lives = kunit_kzalloc(test, sizeof(*lives), GFP_KERNEL);
	struct crowd *looks = kunit_kzalloc(test, sizeof(*looks), GFP_KERNEL);
	struct kanary_queue_account now;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, lives);
	KUNIT_ASSERT_NOT_NULL(test, looks);
	atomic64_set(&expected, 0);
	atomic_set(&refused, 0);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	kanary_crowd_add(test, looks, -1, look, NULL);
	for (i = 0; i < 8; i++)
		kanary_crowd_add(test, lives, -1, live, NULL);
	KUNIT_EXPECT_EQ(test, kanary_crowd_join(lives), 0);
	KUNIT_EXPECT_EQ(test, kanary_crowd_join(looks), 0);
	kanary_worker_flush();
	now = account();
	/* Entries wait for their grace period, so that some lives may find the table full. */
	KUNIT_EXPECT_LT(test, atomic_read(&refused), 8 * ROUNDS);
	KUNIT_EXPECT_EQ(test, gained(KANARY_A_COUNTER_CALLS_TABLE_FULL, table_full),
			(u64)atomic_read(&refused));
	KUNIT_EXPECT_EQ(test, now.seen, (u64)atomic64_read(&expected));
	KUNIT_EXPECT_EQ(test, now.queued, 0ULL);
	KUNIT_EXPECT_EQ(test, now.seen, now.full +
			gained(KANARY_A_COUNTER_DROPPED_UNCLAIMED, unclaimed));
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, kanary_task_tasks(), 0U);
}

static atomic_t hooked;

static int call_while_hooked(void *data, u32 number)
{
	if (!enter())
		return -ENOMEM;
	while (!kthread_should_stop()) {
		preempt_disable();
		if (atomic_read_acquire(&hooked))
			kanary_task_count(number);
		preempt_enable();
		cond_resched();
	}
	return 0;
}

/* As the module's exit does it, while tasks that have entries go on living. */
static void unloads_under_load(struct kunit *test)
{
	struct crowd *crowd = kunit_kzalloc(test, sizeof(*crowd), GFP_KERNEL);
	u32 i, round;

	KUNIT_ASSERT_NOT_NULL(test, crowd);
	for (round = 0; round < 5; round++) {
		atomic_set(&hooked, 1);
		for (i = 0; i < 6; i++)
			kanary_crowd_add(test, crowd, -1, call_while_hooked, NULL);
		while (account().seen < 200 * (round + 1))
			cond_resched();
		/* What unregister_kprobe() does: none begins any more, and all have ended. */
		atomic_set(&hooked, 0);
		synchronize_rcu();
		kanary_table_end();
		KUNIT_EXPECT_EQ(test, kanary_task_tasks(), 0U);
		KUNIT_EXPECT_EQ(test, kanary_crowd_join(crowd), 0);
		KUNIT_ASSERT_EQ(test, kanary_table_begin(QUEUE, TASKS, PERIOD), 0);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(counts_calls_by_number),
	KUNIT_CASE(counts_nobody_else),
	KUNIT_CASE(takes_a_vector_each_period),
	KUNIT_CASE(begins_a_stream_at_exec),
	KUNIT_CASE(ends_a_stream_with_its_reason),
	KUNIT_CASE(forgets_what_finds_the_queue_full),
	KUNIT_CASE(refuses_beyond_its_bounds),
	KUNIT_CASE(counts_who_is_made),
	KUNIT_CASE(keeps_no_pid),
	KUNIT_CASE(leaves_no_cache),
	KUNIT_CASE(tests_its_hook),
	KUNIT_CASE(adopts_who_runs),
	KUNIT_CASE(moves_all_counts),
	KUNIT_CASE(survives_lives_and_deaths),
	KUNIT_CASE(unloads_under_load),
	{}
};

static struct kunit_suite suite = {
	.name = "task",
	.init = begin,
	.exit = end,
	.test_cases = cases,
};

kunit_test_suite(suite);
