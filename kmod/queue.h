/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the hook to the worker: one ring of vectors a CPU, one producer and one
 * consumer each, no lock. A full ring drops the newest, counted.
 */
#ifndef _KANARY_QUEUE_H
#define _KANARY_QUEUE_H

#include "log.h"

struct kanary_task;
struct work_struct;
struct workqueue_struct;

/**
 * struct kanary_queue_slot - a vector on its way to the worker
 * @task: holds a reference
 * @stream: this and what follows: as in struct kanary_vector, as of the snapshot
 * @compat: whether the second bank of @counts is set
 * @left: calls that were missing to a whole period
 * @counts: both banks; all 0 in a free slot
 * @paths: of bins of paths; all 0 in a free slot
 * @paths_used: whether any of them is set
 * @before: calls before those in @log, latest first
 * @log: ring of the calls, of which those of the vector are set
 */
struct kanary_queue_slot {
	struct kanary_task *task;
	u64 stream;
	u64 cgroup;
	u64 time;
	u32 pidns;
	u32 pid;
	u32 tgid;
	u32 index;
	u32 calls;
	u32 left;
	u16 reason;
	bool compat;
	bool paths_used;
	char comm[KANARY_COMM_SIZE];
	u16 counts[KANARY_BINS] __aligned(8);
	u16 paths[KANARY_PATH_BINS] __aligned(8);
	u16 before[KANARY_LOG_CONTEXT] __aligned(8);
	u16 log[KANARY_LOG_CALLS] __aligned(8);
};

/**
 * struct kanary_queue_account - where the vectors of all CPUs are
 * @seen: offered to the queue
 * @full: dropped because a ring was full
 * @queued: in a ring
 *
 * Read under the worker's lock it is exact at any time:
 * @seen = @full + @queued + those that the worker has taken.
 */
struct kanary_queue_account {
	u64 seen;
	u64 full;
	u64 queued;
};

/**
 * kanary_queue_init() - make the rings
 * @length: vectors a CPU, a power of two
 * @workqueue: runs
 * @work: whenever there is something to take
 */
int kanary_queue_init(u32 length, struct workqueue_struct *workqueue, struct work_struct *work);

/** kanary_queue_quiesce() - wait until no wake-up of the worker is under way; sleeps */
void kanary_queue_quiesce(void);
void kanary_queue_uninit(void);

/**
 * kanary_queue_reserve() - room for one more vector of this CPU
 *
 * Counts it as seen, and as dropped where there is no room.
 * Context: preemption off, not in an interrupt, and so until the commit.
 *
 * Return: a slot to be filled in, or NULL.
 */
struct kanary_queue_slot *kanary_queue_reserve(void);

/** kanary_queue_commit() - hand the reserved slot to the worker, which wakes within a tick */
void kanary_queue_commit(void);

/** kanary_queue_wake() - wake the worker, now or within a tick; context as above */
void kanary_queue_wake(bool now);

/**
 * kanary_queue_peek() - oldest vector of a CPU, or NULL; the worker only
 * kanary_queue_consume() - done with it, and its counts set to 0
 */
struct kanary_queue_slot *kanary_queue_peek(int cpu);
void kanary_queue_consume(int cpu);

void kanary_queue_read(struct kanary_queue_account *account);
u64 kanary_queue_memory(void);

/** kanary_queue_slots() - vectors that all rings together take */
u32 kanary_queue_slots(void);

#endif /* _KANARY_QUEUE_H */
