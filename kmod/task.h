/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The task table: a histogram of each task's calls and one of the paths that they
 * were given, and a log of the last calls in their order, found without a lock.
 *
 * The task itself is the only writer of its histogram, with preemption off.
 * Entries are found by the address of the task_struct in an open-addressing
 * table of bounded probes; they leave it in the task's own exit and are freed
 * after a grace period. A per-CPU cache holds the task that ran here last.
 */
#ifndef _KANARY_TASK_H
#define _KANARY_TASK_H

#include <linux/percpu.h>
#include <linux/refcount.h>
#include <linux/sched.h>

#include "log.h"

struct kanary_judge_state;
struct kanary_notable;

/**
 * struct kanary_task - what is known of one task, at most 5.25 KiB with all banks
 * @owner: the task; a key, never followed once the task may be gone
 * @left: calls to a whole period; the vector of one is taken when the call after it comes
 * @index: vectors taken of this stream
 * @stream: unique for each program image of each task
 * @cgroup: cgroup v2 id as of the last vector
 * @pidns: inode number of the pid namespace
 * @pid: thread id in the initial pid namespace
 * @tgid: process id there
 * @references: the table's and one for each queued vector
 * @comm: as of the last vector or exec
 * @cpus: CPUs, modulo BITS_PER_LONG, whose cache may hold this
 * @process: its process, for a signal that cannot hit a successor with the same number
 * @judge: the worker's alone: what the container's model remembers of the stream
 * @notable: the worker's alone: paths that were surprising, or NULL
 * @compat: counts of 32-bit calls, or NULL until there is one
 * @paths: counts of prefixes of paths, KANARY_PATH_BINS, or NULL until there is one
 * @test: there for a test of the hook only, in none of the numbers of tasks and of bytes
 * @rcu: frees it
 * @native: counts of native calls since the last vector
 * @before: what came before the calls in @log, latest first
 * @log: ring of the calls since the last vector, as log.h has it
 */
struct kanary_task {
	struct task_struct *owner;
	u32 left;
	u32 index;
	u64 stream;
	u64 cgroup;
	u32 pidns;
	u32 pid;
	u32 tgid;
	refcount_t references;
	char comm[KANARY_COMM_SIZE];
	unsigned long cpus;
	struct pid *process;
	struct kanary_judge_state *judge;
	struct kanary_notable *notable;
	u16 *compat;
	u16 *paths;
	bool test;
	struct rcu_head rcu;
	u16 native[KANARY_BINS_BANK] __aligned(8);
	u16 before[KANARY_LOG_CONTEXT] __aligned(8);
	u16 log[KANARY_LOG_CALLS] __aligned(8);
};

/**
 * struct kanary_task_cache - the task that made the last counted call on this CPU
 * @owner: compared with current; cleared by the owner's exit, from any CPU
 * @task: its entry
 */
struct kanary_task_cache {
	struct task_struct *owner;
	struct kanary_task *task;
};

DECLARE_PER_CPU_ALIGNED(struct kanary_task_cache, kanary_task_cache);

/**
 * struct kanary_task_summary - one container, as the task table sees it
 * @cgroup: cgroup v2 id
 * @pidns: inode number of the first task's pid namespace
 * @tasks: number of tasks
 * @pid: lowest process id
 * @comm: of that process
 */
struct kanary_task_summary {
	u64 cgroup;
	u32 pidns;
	u32 tasks;
	u32 pid;
	char comm[KANARY_COMM_SIZE];
};

/**
 * kanary_task_init() - make the table and watch exec and exit
 * @max_tasks: entries at most
 * @period: calls between two vectors
 *
 * Return: 0 or -errno, with a sentence in the log.
 */
int kanary_task_init(u32 max_tasks, u32 period);

/** kanary_task_unwatch() - no exec or exit will call us any more; sleeps */
void kanary_task_unwatch(void);

/** kanary_task_uninit() - free everything; after the hook is off and the queue drained; sleeps */
void kanary_task_uninit(void);

/** kanary_task_adopt() - take in the containers' tasks that already run; before the hook */
void kanary_task_adopt(void);

/* The parts of what follows that are not taken for each call. */
struct kanary_task *kanary_task_current_slow(void);
u16 *kanary_task_paths_slow(struct kanary_task *task);
void kanary_task_count_slow(u32 number);
void kanary_task_renew(struct kanary_task *task, u16 *bank, unsigned long place, u32 bin);

/** kanary_task_current() - entry of current, or NULL where it is not counted; the hook */
static __always_inline struct kanary_task *kanary_task_current(void)
{
	if (likely(this_cpu_read(kanary_task_cache.owner) == current))
		return this_cpu_read(kanary_task_cache.task);
	return kanary_task_current_slow();
}

/** kanary_task_paths() - current's counts of prefixes of paths, or NULL without memory */
static __always_inline u16 *kanary_task_paths(struct kanary_task *task)
{
	return likely(task->paths) ? task->paths : kanary_task_paths_slow(task);
}

/**
 * kanary_task_clamp() - the bin of a number within its bank, under speculation too
 *
 * A conditional move is not predicted: no mask is needed behind it, as
 * array_index_nospec() puts one behind whatever the compiler makes of min().
 */
static __always_inline unsigned long kanary_task_clamp(u32 number)
{
	unsigned long bin = number;

	asm("cmp %1, %0\n\tcmova %1, %0" : "+r" (bin) : "r" (KANARY_BINS_BANK - 1UL) : "cc");
	return bin;
}

/**
 * kanary_task_note() - count a call of @bin in its place in @bank, and log it; the hook
 * @task: of current
 * @bank: of @task
 * @place: in it
 * @bin: of the call
 *
 * A whole period's vector is taken only here, before the call that follows it: so the paths of
 * its last call are in it, and what ends a stream is always the reason of its last vector.
 */
static __always_inline void kanary_task_note(struct kanary_task *task, u16 *bank,
					     unsigned long place, u32 bin)
{
	bool full;

	/* Fewer instructions than the compiler's, which compares first. */
	asm("subl $1, %0" : "+m" (task->left), "=@ccc" (full));
	if (unlikely(full)) {
		/* The last thing done here, so that nothing has to be kept over it. */
		kanary_task_renew(task, bank, place, bin);
		return;
	}
	bank[place]++;
	task->log[kanary_log_at(task->left)] = bin;
}

/**
 * kanary_task_count() - count one native call of current
 * @number: of the system call
 *
 * Context: the hook: preemption off, current in a system call.
 */
static __always_inline void kanary_task_count(u32 number)
{
	struct kanary_task *task;
	unsigned long bin;

	if (unlikely(this_cpu_read(kanary_task_cache.owner) != current)) {
		kanary_task_count_slow(number);
		return;
	}
	task = this_cpu_read(kanary_task_cache.task);
	bin = kanary_task_clamp(number);
	kanary_task_note(task, task->native, bin, bin);
}

/** kanary_task_count_compat() - the same for a call of the 32-bit ABI */
void kanary_task_count_compat(u32 number);

/** kanary_task_put() - give back a reference; any context */
void kanary_task_put(struct kanary_task *task);

/**
 * kanary_task_probe_begin() - count the calls of current, wherever it is
 * kanary_task_probe_read() - calls counted in a bin since
 * kanary_task_probe_end() - stop
 *
 * For the test of the hook, one at a time; begin may sleep. Return: 0 or -errno.
 */
int kanary_task_probe_begin(void);
u32 kanary_task_probe_read(u32 bin);
void kanary_task_probe_end(void);

/** kanary_task_tasks() - entries in use, but for those of tests of the hook */
u32 kanary_task_tasks(void);

/** kanary_task_memory() - bytes held for the table and its entries */
u64 kanary_task_memory(void);

/**
 * kanary_task_summarise() - the containers that tasks are in
 * @summary: filled in
 * @max: of entries in @summary; more containers than that are left out
 *
 * Return: entries set.
 */
u32 kanary_task_summarise(struct kanary_task_summary *summary, u32 max);

#endif /* _KANARY_TASK_H */
