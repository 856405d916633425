// SPDX-License-Identifier: GPL-2.0
/* Rings: order, overflow, wrap-around, and an account that is exact at any moment. */
#include "queue.c"

#include "crowd.h"

#include <kunit/test.h>
#include <linux/cpumask.h>
#include <linux/kthread.h>
#include <linux/sched.h>

enum { LENGTH = 16, STORM = 20000 };

static struct workqueue_struct *test_queue;
static struct completion worked;

static void work_done(struct work_struct *work)
{
	complete(&worked);
}

static DECLARE_WORK(test_work, work_done);

/* One more vector, told apart by @index; false where the ring was full. */
static bool put(u32 index)
{
	struct kanary_queue_slot *slot;

	preempt_disable();
	slot = kanary_queue_reserve();
	if (slot) {
		slot->index = index;
		kanary_queue_commit();
	}
	preempt_enable();
	return slot;
}

/* What the account says beyond what it said in @before. */
static struct kanary_queue_account since(const struct kanary_queue_account *before)
{
	struct kanary_queue_account now;

	kanary_queue_read(&now);
	now.seen -= before->seen;
	now.full -= before->full;
	return now;
}

static int begin(struct kunit *test)
{
	/* One CPU's ring is looked at: the test has to stay there. */
	set_cpus_allowed_ptr(current, cpumask_of(0));
	init_completion(&worked);
	test_queue = alloc_workqueue("kanary_kunit", WQ_UNBOUND, 1);
	if (!test_queue)
		return -ENOMEM;
	return kanary_queue_init(LENGTH, test_queue, &test_work);
}

static void end(struct kunit *test)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		while (kanary_queue_peek(cpu))
			kanary_queue_consume(cpu);
	}
	kanary_queue_quiesce();
	destroy_workqueue(test_queue);
	kanary_queue_uninit();
}

static void keeps_order(struct kunit *test)
{
	struct kanary_queue_slot *slot;
	u32 i;

	KUNIT_EXPECT_NULL(test, kanary_queue_peek(0));
	for (i = 0; i < LENGTH; i++)
		KUNIT_EXPECT_TRUE(test, put(i));
	for (i = 0; i < LENGTH; i++) {
		slot = kanary_queue_peek(0);
		KUNIT_ASSERT_NOT_NULL(test, slot);
		KUNIT_EXPECT_EQ(test, slot->index, i);
		kanary_queue_consume(0);
	}
	KUNIT_EXPECT_NULL(test, kanary_queue_peek(0));
}

static void drops_newest_when_full(struct kunit *test)
{
	struct kanary_queue_account before, now;
	u32 i;

	kanary_queue_read(&before);
	for (i = 0; i < LENGTH + 5; i++)
		KUNIT_EXPECT_EQ(test, put(i), i < LENGTH);
	now = since(&before);
	KUNIT_EXPECT_EQ(test, now.seen, (u64)LENGTH + 5);
	KUNIT_EXPECT_EQ(test, now.full, 5ULL);
	KUNIT_EXPECT_EQ(test, now.queued, (u64)LENGTH);
	KUNIT_EXPECT_EQ(test, kanary_queue_peek(0)->index, 0U);
	/* One place is free again, and one only. */
	kanary_queue_consume(0);
	KUNIT_EXPECT_TRUE(test, put(100));
	KUNIT_EXPECT_FALSE(test, put(101));
}

static void survives_wrap(struct kunit *test)
{
	struct ring *ring = per_cpu_ptr(&rings, 0);
	struct kanary_queue_account account;
	u32 i, next = 0;

	ring->head = U32_MAX - LENGTH;
	ring->tail = ring->head;
	for (i = 0; i < 5 * LENGTH; i++) {
		KUNIT_ASSERT_TRUE(test, put(i));
		if (i % LENGTH < LENGTH / 2)
			continue;
		while (kanary_queue_peek(0)) {
			KUNIT_ASSERT_EQ(test, kanary_queue_peek(0)->index, next++);
			kanary_queue_consume(0);
		}
	}
	KUNIT_EXPECT_LT(test, ring->head, (u32)(5 * LENGTH));
	kanary_queue_read(&account);
	KUNIT_EXPECT_EQ(test, account.queued, 0ULL);
}

static void wakes_worker(struct kunit *test)
{
	u32 i;

	KUNIT_EXPECT_TRUE(test, put(0));
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&worked, 10 * HZ), 0UL);
	reinit_completion(&worked);
	for (i = 0; i < LENGTH / 2; i++)
		put(i);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&worked, 10 * HZ), 0UL);
}

static int produce(void *data, u32 number)
{
	u32 i;

	for (i = 0; i < STORM; i++) {
		put(i);
		if (!(i % 64))
			cond_resched();
	}
	return 0;
}

/* This is the worker: what it has taken, it knows. */
static void account_is_exact_under_storm(struct kunit *test)
{
	struct crowd *crowd = kunit_kzalloc(test, sizeof(*crowd), GFP_KERNEL);
	struct kanary_queue_account before, now;
	u64 taken = 0, producers = 0;
	int cpu;

	KUNIT_ASSERT_NOT_NULL(test, crowd);
	kanary_queue_read(&before);
	for_each_online_cpu(cpu) {
		if (crowd->size == CROWD_MAX)
			break;
		kanary_crowd_add(test, crowd, cpu, produce, NULL);
		producers++;
	}
	do {
		for_each_possible_cpu(cpu) {
			if (!kanary_queue_peek(cpu))
				continue;
			kanary_queue_consume(cpu);
			taken++;
		}
		now = since(&before);
		if (now.seen != now.full + now.queued + taken)
			break;
		cond_resched();
	} while (now.queued || now.seen < producers * STORM);
	KUNIT_EXPECT_EQ(test, kanary_crowd_join(crowd), 0);
	KUNIT_EXPECT_EQ(test, now.seen, now.full + now.queued + taken);
	now = since(&before);
	KUNIT_EXPECT_EQ(test, now.seen, producers * STORM);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(keeps_order),
	KUNIT_CASE(drops_newest_when_full),
	KUNIT_CASE(survives_wrap),
	KUNIT_CASE(wakes_worker),
	KUNIT_CASE(account_is_exact_under_storm),
	{}
};

static struct kunit_suite suite = {
	.name = "queue",
	.init = begin,
	.exit = end,
	.test_cases = cases,
};

kunit_test_suite(suite);
