// SPDX-License-Identifier: GPL-2.0
/* The worker: vectors in the order of their times, sparse, and one fate for each. */
#include "worker.c"

#include "crowd.h"
#include "path_queue.h"

#include <kunit/test.h>
#include <linux/sched.h>

/* Many times what a round takes: the last are far from taken when the first have been. */
enum { LENGTH = 64, MANY = 4096 };

/* Of all vectors of this test: nobody's, and never freed. */
static struct kanary_task owner;
static u64 unclaimed, full, delivered;
static struct kanary_queue_account before;

static u64 gained(enum kanary_counter counter, u64 then)
{
	return kanary_counters_read(counter) - then;
}

static int begin(struct kunit *test)
{
	int ret = kanary_worker_init(LENGTH);

	if (ret)
		return ret;
	memset(&owner, 0, sizeof(owner));
	refcount_set(&owner.references, 1);
	unclaimed = kanary_counters_read(KANARY_A_COUNTER_DROPPED_UNCLAIMED);
	full = kanary_counters_read(KANARY_A_COUNTER_DROPPED_RECORDER_FULL);
	delivered = kanary_counters_read(KANARY_A_COUNTER_DELIVERED);
	kanary_queue_read(&before);
	return 0;
}

static void end(struct kunit *test)
{
	kanary_worker_uninit();
	/* Each vector has given its reference back. */
	KUNIT_EXPECT_EQ(test, refcount_read(&owner.references), 1U);
}

static void put_on(int cpu, u64 time, u64 cgroup)
{
	struct kanary_queue_slot *slot;

	set_cpus_allowed_ptr(current, cpumask_of(cpu));
	preempt_disable();
	slot = kanary_queue_reserve();
	if (slot) {
		slot->task = &owner;
		slot->time = time;
		slot->cgroup = cgroup;
		slot->calls = 1;
		slot->compat = false;
		slot->reason = KANARY_REASON_PERIOD;
		slot->counts[1] = 1;
		refcount_inc(&owner.references);
		kanary_queue_commit();
	}
	preempt_enable();
}

static void finds_a_container_s_tally(struct kunit *test)
{
	struct tally *tally;
	u64 cgroup;

	KUNIT_EXPECT_NULL(test, find_tally(5, false));
	tally = find_tally(5, true);
	KUNIT_ASSERT_NOT_NULL(test, tally);
	tally->vectors = 3;
	tally->last = U64_MAX;
	KUNIT_EXPECT_PTR_EQ(test, find_tally(5, false), tally);
	KUNIT_EXPECT_EQ(test, kanary_worker_vectors(5), 3ULL);
	KUNIT_EXPECT_EQ(test, kanary_worker_vectors(6), 0ULL);
	/* However many come: the one that spoke last is not thrown out for them. */
	for (cgroup = 6; cgroup < 6 + (4 << TALLIES_LOG2); cgroup++) {
		tally = find_tally(cgroup, true);
		KUNIT_ASSERT_EQ(test, tally->vectors, 0ULL);
		tally->vectors = 1;
		tally->last = cgroup;
	}
	KUNIT_EXPECT_EQ(test, kanary_worker_vectors(5), 3ULL);
}

static void unpacks_every_bin(struct kunit *test)
{
	static const u16 bins[] = { 0, 1, 15, 16, 478, 479, 480, 500, 959 };
	struct kanary_queue_slot *slot = kunit_kzalloc(test, sizeof(*slot), GFP_KERNEL);
	u32 i, length;
	bool compat;

	KUNIT_ASSERT_NOT_NULL(test, slot);
	for (compat = false;; compat = true) {
		length = 0;
		slot->compat = compat;
		for (i = 0; i < ARRAY_SIZE(bins); i++) {
			if (bins[i] < KANARY_BINS_BANK || compat)
				slot->counts[bins[i]] = 1 + i;
		}
		unpack(slot, NULL, false);
		for (i = 0; i < ARRAY_SIZE(bins); i++) {
			if (bins[i] >= KANARY_BINS_BANK && !compat)
				continue;
			KUNIT_EXPECT_EQ(test, vector->counts[length].bin, bins[i]);
			KUNIT_EXPECT_EQ(test, vector->counts[length].count, 1 + i);
			length++;
		}
		KUNIT_EXPECT_EQ(test, vector->length, length);
		KUNIT_EXPECT_NULL(test, memchr_inv(slot->counts, 0, sizeof(slot->counts)));
		if (compat)
			break;
	}
	for (i = 0; i < KANARY_BINS; i++)
		slot->counts[i] = U16_MAX;
	unpack(slot, NULL, false);
	KUNIT_EXPECT_EQ(test, vector->length, KANARY_BINS);
	KUNIT_EXPECT_NULL(test, memchr_inv(slot->counts, 0, sizeof(slot->counts)));
}

/* What was in the vector's memory before, of whomever, is not sent. */
static void leaves_nothing_of_before(struct kunit *test)
{
	struct kanary_queue_slot *slot = kunit_kzalloc(test, sizeof(*slot), GFP_KERNEL);
	const char *why;

	KUNIT_ASSERT_NOT_NULL(test, slot);
	slot->calls = 1;
	slot->counts[1] = 1;
	slot->reason = KANARY_REASON_PERIOD;
	memset(vector, 0xaa, KANARY_VECTOR_SIZE_MAX);
	unpack(slot, NULL, false);
	why = kanary_vector_check(vector, kanary_vector_size(vector));
	KUNIT_EXPECT_TRUE_MSG(test, !why, "%s", why);
}

/* Vectors of two CPUs, whose times are mixed, are taken by time. */
static void takes_the_oldest_first(struct kunit *test)
{
	static const u64 times[2][6] = { { 1, 4, 5, 9, 10, 30 }, { 2, 3, 6, 7, 8, 20 } };
	u64 last = 0, until;
	u32 i, j, taken = 0;
	int cpu;

	mutex_lock(&kanary_worker_lock);
	for (i = 0; i < 2; i++) {
		for (j = 0; j < 6; j++)
			put_on(i && cpu_online(1), times[i][j], 9);
	}
	for (; (cpu = find_oldest(&until)) >= 0; taken++) {
		struct kanary_queue_slot *slot = kanary_queue_peek(cpu);

		if (cpu_online(1)) {
			KUNIT_EXPECT_GT(test, slot->time, last);
			KUNIT_EXPECT_GE(test, until, slot->time);
		}
		last = slot->time;
		take(cpu, slot);
	}
	mutex_unlock(&kanary_worker_lock);
	KUNIT_EXPECT_EQ(test, taken, 12U);
	KUNIT_EXPECT_EQ(test, kanary_worker_vectors(9), 12ULL);
	KUNIT_EXPECT_EQ(test, gained(KANARY_A_COUNTER_DROPPED_UNCLAIMED, unclaimed), 12ULL);
}

/* A recorder that does not exist: a socket's number that nobody has. */
static void gives_each_vector_one_fate(struct kunit *test)
{
	struct kanary_queue_account now;
	u32 i;

	for (i = 0; i < 20; i++)
		put_on(0, i, 9);
	kanary_worker_flush();
	mutex_lock(&kanary_worker_lock);
	KUNIT_EXPECT_EQ(test, kanary_recorder_start(4000000000U, 9), 0);
	KUNIT_EXPECT_EQ(test, kanary_recorder_start(4000000001U, 0), -EBUSY);
	KUNIT_EXPECT_TRUE(test, kanary_recorder_wants(9));
	KUNIT_EXPECT_FALSE(test, kanary_recorder_wants(10));
	mutex_unlock(&kanary_worker_lock);
	for (i = 0; i < 20; i++)
		put_on(0, 100 + i, 9 + i % 2);
	kanary_worker_flush();
	mutex_lock(&kanary_worker_lock);
	kanary_queue_read(&now);
	KUNIT_EXPECT_EQ(test, kanary_recorder_stop(4000000001U), -ENOENT);
	KUNIT_EXPECT_EQ(test, kanary_recorder_stop(4000000000U), 0);
	mutex_unlock(&kanary_worker_lock);
	KUNIT_EXPECT_EQ(test, now.seen - before.seen, 40ULL);
	KUNIT_EXPECT_EQ(test, now.full, before.full);
	KUNIT_EXPECT_EQ(test, gained(KANARY_A_COUNTER_DROPPED_UNCLAIMED, unclaimed), 30ULL);
	KUNIT_EXPECT_EQ(test, gained(KANARY_A_COUNTER_DROPPED_RECORDER_FULL, full), 10ULL);
	KUNIT_EXPECT_EQ(test, gained(KANARY_A_COUNTER_DELIVERED, delivered), 0ULL);
}

/* More than a round takes at once, and who waits for all of it waits once. */
static void drains_round_after_round(struct kunit *test)
{
	u32 i, put = 0;
	int cpu;

	kanary_worker_uninit();
	KUNIT_ASSERT_EQ(test, kanary_worker_init(MANY), 0);
	mutex_lock(&kanary_worker_lock);
	for_each_online_cpu(cpu) {
		for (i = 0; i < MANY; i++, put++)
			put_on(cpu, put, 9);
	}
	mutex_unlock(&kanary_worker_lock);
	kanary_worker_flush();
	KUNIT_EXPECT_EQ(test, gained(KANARY_A_COUNTER_DROPPED_UNCLAIMED, unclaimed), (u64)put);
}

static void put_path(struct kunit *test, u64 time)
{
	struct kanary_path_queued *queued;

	preempt_disable();
	queued = kanary_path_queue_reserve(1);
	if (queued) {
		queued->task = &owner;
		queued->path = (struct kanary_path) { .stream = 1, .time = time, .length = 1 };
		queued->path.name[0] = '/';
		refcount_inc(&owner.references);
		kanary_path_queue_commit(1);
	}
	preempt_enable();
	KUNIT_ASSERT_NOT_NULL(test, queued);
}

static u64 paths_queued(void)
{
	struct kanary_path_queue_account account;

	kanary_path_queue_read(&account);
	return account.queued;
}

/* Behind a path that is younger than the last look at the rings there may be a vector before it. */
static void younger_paths_wait(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, kanary_path_queue_init(), 0);
	set_cpus_allowed_ptr(current, cpumask_of(0));
	put_path(test, ktime_get_boottime_ns());
	put_path(test, U64_MAX - 1);
	kanary_worker_flush();
	KUNIT_EXPECT_EQ(test, paths_queued(), 1ULL);
	/* Its vector comes, and takes it along. */
	put_on(0, U64_MAX, 1);
	kanary_worker_flush();
	KUNIT_EXPECT_EQ(test, paths_queued(), 0ULL);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	kanary_path_queue_uninit();
}

static struct kunit_case cases[] = {
	KUNIT_CASE(finds_a_container_s_tally),
	KUNIT_CASE(unpacks_every_bin),
	KUNIT_CASE(leaves_nothing_of_before),
	KUNIT_CASE(takes_the_oldest_first),
	KUNIT_CASE(gives_each_vector_one_fate),
	KUNIT_CASE(drains_round_after_round),
	KUNIT_CASE(younger_paths_wait),
	{}
};

static struct kunit_suite suite = {
	.name = "worker",
	.init = begin,
	.exit = end,
	.test_cases = cases,
};

kunit_test_suite(suite);
