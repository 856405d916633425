// SPDX-License-Identifier: GPL-2.0
#include "worker.h"

#include "alert.h"
#include "counters.h"
#include "judge.h"
#include "path_fate.h"
#include "profile.h"
#include "recorder.h"
#include "task.h"
#include "vector.h"

#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

/* A round takes so many vectors at most: others want the lock too. */
enum { ROUND = 256, TALLIES_LOG2 = 10, TALLY_PROBES = 16 };

/**
 * struct tally - vectors of one container, for the list of containers
 * @cgroup: cgroup v2 id, 0 for a free one
 * @vectors: taken
 * @last: time of the last one, CLOCK_BOOTTIME nanoseconds
 */
struct tally {
	u64 cgroup;
	u64 vectors;
	u64 last;
};

static void drain(struct work_struct *work);

DEFINE_MUTEX(kanary_worker_lock);
static DECLARE_WORK(work, drain);
/* Whether the round before took as many as it may, so that another one follows. */
static bool more;
static struct workqueue_struct *workqueue;
static struct tally *tallies;
static struct kanary_vector *vector;
/* The vector's calls in their order. */
static u16 calls[KANARY_LOG_MAX];

/* The tally of a container, or in a full neighbourhood that of the one silent for longest. */
static struct tally *find_tally(u64 cgroup, bool may_create)
{
	struct tally *oldest = NULL;
	u32 probe;

	for (probe = 0; probe < TALLY_PROBES; probe++) {
		u32 index = hash_64(cgroup, TALLIES_LOG2) + probe;
		struct tally *tally = &tallies[index & ((1 << TALLIES_LOG2) - 1)];

		if (tally->cgroup == cgroup)
			return tally;
		if (!oldest || tally->last < oldest->last)
			oldest = tally;
	}
	if (!may_create)
		return NULL;
	oldest->cgroup = cgroup;
	oldest->vectors = 0;
	return oldest;
}

/* Bins that are looked at together: nearly all are 0. */
enum { TOGETHER = 16 };

static_assert(KANARY_BINS_BANK % TOGETHER == 0 && KANARY_PATH_BINS % TOGETHER == 0);
static_assert(TOGETHER * sizeof(u16) == 4 * sizeof(u64));

/* Moves @bins counts, the first of them of bin @first, behind those of the vector. */
static void gather(u16 *counts, u32 bins, u32 first)
{
	u32 length = vector->length;
	u32 bin, i;

	for (bin = 0; bin < bins; bin += TOGETHER) {
		u64 *word = (u64 *)&counts[bin];

		if (!(word[0] | word[1] | word[2] | word[3]))
			continue;
		for (i = bin; i < bin + TOGETHER; i++) {
			if (!counts[i])
				continue;
			vector->counts[length].bin = first + i;
			vector->counts[length].count = counts[i];
			length++;
		}
		memset(word, 0, TOGETHER * sizeof(u16));
	}
	vector->length = length;
}

/*
 * The sparse form that is sent, stored and scored; leaves the slot as it is to be found.
 * The calls in their order only for who reads them.
 */
static void unpack(struct kanary_queue_slot *slot, const struct kanary_model *model, bool wanted)
{
	struct kanary_log log;

	vector->stream = slot->stream;
	vector->cgroup = slot->cgroup;
	vector->time = slot->time;
	vector->pidns = slot->pidns;
	vector->pid = slot->pid;
	vector->tgid = slot->tgid;
	vector->index = slot->index;
	vector->calls = slot->calls;
	vector->reason = slot->reason;
	vector->length = 0;
	vector->context = 0;
	vector->logged = 0;
	vector->reserved = 0;
	memcpy(vector->comm, slot->comm, sizeof(vector->comm));
	gather(slot->counts, slot->compat ? KANARY_BINS : KANARY_BINS_BANK, 0);
	if (slot->paths_used)
		gather(slot->paths, KANARY_PATH_BINS, KANARY_PATH_FIRST);
	if (wanted || (model && kanary_score_reads_log(model))) {
		kanary_log_unroll(&log, calls, slot->log, slot->left, slot->calls, slot->before);
		kanary_vector_append_log(vector, &log);
	}
}

/* Exactly one fate for each vector, plus a copy of a scored one for the recorder. */
static void settle(struct kanary_queue_slot *slot)
{
	bool wanted = kanary_recorder_wants(slot->cgroup);
	struct kanary_task *task = slot->task;
	struct kanary_unusual unusual[KANARY_UNUSUAL_MAX];
	struct kanary_profile *profile;
	struct kanary_verdict verdict;
	u32 reasons;
	int reader;

	reader = kanary_profile_read_lock();
	profile = kanary_profile_judging(slot->cgroup);
	unpack(slot, profile ? &profile->model : NULL, wanted);
	if (!profile) {
		if (wanted)
			kanary_recorder_take(vector, false);
		else
			kanary_counters_add(KANARY_A_COUNTER_DROPPED_UNCLAIMED, 1);
	} else if (kanary_judge_vector(profile, task, vector, &verdict, unusual, &reasons)) {
		kanary_counters_add(KANARY_A_COUNTER_DROPPED_NO_MEMORY, 1);
	} else {
		WRITE_ONCE(profile->scored, profile->scored + 1);
		kanary_counters_add(KANARY_A_COUNTER_SCORED, 1);
		if (wanted)
			kanary_recorder_take(vector, true);
		if (verdict.flags & KANARY_VERDICT_ALERT)
			kanary_alert_raise(profile, task, vector, &verdict, unusual, reasons);
	}
	kanary_profile_read_unlock(reader);
}

/*
 * The CPU with the oldest vector of all, or -1; and the time until which it stays
 * that. Rings are in order in themselves, so the vectors of all CPUs are taken in
 * the order of their times, but for one that is still on its way into its ring:
 * the order of a container's processes, for one, must not depend on which CPU
 * they ran on.
 */
static int find_oldest(u64 *until)
{
	u64 oldest = 0;
	int cpu, found = -1;

	/* What comes into an empty ring from now on is later. */
	*until = ktime_get_boottime_ns();
	for_each_possible_cpu(cpu) {
		const struct kanary_queue_slot *slot = kanary_queue_peek(cpu);

		if (!slot)
			continue;
		if (found >= 0)
			*until = min(*until, max(oldest, slot->time));
		if (found >= 0 && slot->time >= oldest)
			continue;
		oldest = slot->time;
		found = cpu;
	}
	return found;
}

/* One vector of @cpu, whose slot is then free. */
static void take(int cpu, struct kanary_queue_slot *slot)
{
	struct kanary_task *task = slot->task;
	struct tally *tally;

	kanary_path_fate_drain(slot->time);
	tally = find_tally(slot->cgroup, true);
	tally->vectors++;
	tally->last = slot->time;
	settle(slot);
	kanary_queue_consume(cpu);
	kanary_task_put(task);
}

static void drain(struct work_struct *unused)
{
	struct kanary_queue_slot *slot;
	u32 taken = 0;
	u64 until;
	int cpu;

	mutex_lock(&kanary_worker_lock);
	while (taken < ROUND && (cpu = find_oldest(&until)) >= 0) {
		slot = kanary_queue_peek(cpu);
		do {
			take(cpu, slot);
			taken++;
			cond_resched();
			slot = kanary_queue_peek(cpu);
		} while (taken < ROUND && slot && slot->time <= until);
	}
	/*
	 * A path that is younger may have a vector of its stream before it, still in a ring.
	 * At the end of a round there are more vectors, and each takes the paths before it.
	 */
	if (taken < ROUND)
		kanary_path_fate_drain(until);
	kanary_recorder_flush();
	WRITE_ONCE(more, taken == ROUND);
	mutex_unlock(&kanary_worker_lock);
	if (taken == ROUND)
		queue_work(workqueue, &work);
}

int kanary_worker_init(u32 queue_length)
{
	int ret = -ENOMEM;

	/* Should a field be left out, no memory of the kernel's goes to the recorder. */
	vector = kzalloc(KANARY_VECTOR_SIZE_MAX, GFP_KERNEL);
	if (!vector)
		goto err;
	tallies = kvcalloc(1 << TALLIES_LOG2, sizeof(*tallies), GFP_KERNEL);
	if (!tallies)
		goto err_vector;
	/* One at a time, on whatever CPU is idle: a stream's state has one writer. */
	workqueue = alloc_workqueue("kanary", WQ_UNBOUND, 1);
	if (!workqueue)
		goto err_tallies;
	ret = kanary_queue_init(queue_length, workqueue, &work);
	if (ret)
		goto err_workqueue;
	return 0;

err_workqueue:
	destroy_workqueue(workqueue);
err_tallies:
	kvfree(tallies);
err_vector:
	kfree(vector);
err:
	pr_err("no memory for the queues: lower queue_length\n");
	return ret;
}

void kanary_worker_flush(void)
{
	u32 rounds = kanary_queue_slots() / ROUND + 1;

	/* The wait is for one round; those that follow are queued by it. */
	do {
		queue_work(workqueue, &work);
		flush_work(&work);
	} while (READ_ONCE(more) && rounds--);
}

void kanary_worker_uninit(void)
{
	kanary_queue_quiesce();
	queue_work(workqueue, &work);
	/* Waits for the rounds that queue another one, too. */
	destroy_workqueue(workqueue);
	kanary_queue_uninit();
	kvfree(tallies);
	kfree(vector);
}

u64 kanary_worker_vectors(u64 cgroup)
{
	struct tally *tally = find_tally(cgroup, false);

	return tally ? tally->vectors : 0;
}
