// SPDX-License-Identifier: GPL-2.0
/* Model slots: whole or not at all, swapped under readers, and nothing left behind. */
#include "profile.c"

#include "checksum.h"
#include "crowd.h"
#include "reference.h"

#include <kunit/test.h>
#include <linux/kthread.h>

enum { CONTAINER = 42, SWAPS = 60 };

static const char *why;

static int set(u64 cgroup, u32 model)
{
	void *file = kanary_reference_copy(model);
	int ret;

	if (!file)
		return -ENOMEM;
	ret = kanary_profile_set(cgroup, NULL, file, kanary_reference[model].size, REFERENCE_PERIOD,
				 &why);
	if (ret)
		kvfree(file);
	return ret;
}

static void end(struct kunit *test)
{
	kanary_profile_uninit();
	KUNIT_EXPECT_EQ(test, kanary_profile_memory(), 0ULL);
	KUNIT_EXPECT_EQ(test, number, 0U);
}

static u32 checksum_of(u64 cgroup)
{
	struct kanary_profile *profile;
	u32 checksum = 0;
	int reader;

	reader = kanary_profile_read_lock();
	profile = kanary_profile_find(cgroup);
	if (profile)
		checksum = profile->model.header->checksum;
	kanary_profile_read_unlock(reader);
	return checksum;
}

static u32 checksum_in(u32 model)
{
	return ((const struct kanary_model_header *)kanary_reference[model].file)->checksum;
}

static void each_container_has_its_own(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, checksum_of(CONTAINER), 0U);
	KUNIT_EXPECT_EQ(test, kanary_profile_clear(CONTAINER), -ENOENT);
	KUNIT_EXPECT_EQ(test, kanary_profile_set_mode(CONTAINER, KANARY_MODE_LEARN), -ENOENT);
	KUNIT_ASSERT_EQ(test, set(CONTAINER, 0), 0);
	/* In the same bucket or not. */
	KUNIT_ASSERT_EQ(test, set(CONTAINER + (1ULL << 32), 1), 0);
	KUNIT_ASSERT_EQ(test, set(U64_MAX, 2), 0);
	KUNIT_EXPECT_EQ(test, checksum_of(CONTAINER), checksum_in(0));
	KUNIT_EXPECT_EQ(test, checksum_of(CONTAINER + (1ULL << 32)), checksum_in(1));
	KUNIT_EXPECT_EQ(test, checksum_of(U64_MAX), checksum_in(2));
	KUNIT_EXPECT_EQ(test, kanary_profile_clear(CONTAINER), 0);
	KUNIT_EXPECT_EQ(test, checksum_of(CONTAINER), 0U);
	KUNIT_EXPECT_EQ(test, checksum_of(U64_MAX), checksum_in(2));
}

static void lists_who_has_one(struct kunit *test)
{
	u64 cgroups[3] = {};

	KUNIT_EXPECT_EQ(test, kanary_profile_cgroups(cgroups, 3), 0U);
	KUNIT_ASSERT_EQ(test, set(CONTAINER, 0), 0);
	KUNIT_ASSERT_EQ(test, set(U64_MAX, 1), 0);
	KUNIT_EXPECT_EQ(test, kanary_profile_cgroups(cgroups, 3), 2U);
	KUNIT_EXPECT_EQ(test, min(cgroups[0], cgroups[1]), (u64)CONTAINER);
	KUNIT_EXPECT_EQ(test, max(cgroups[0], cgroups[1]), U64_MAX);
	KUNIT_EXPECT_EQ(test, kanary_profile_cgroups(cgroups + 2, 1), 1U);
	KUNIT_EXPECT_EQ(test, kanary_profile_cgroups(NULL, 0), 0U);
}

static void replacement_keeps_the_mode(struct kunit *test)
{
	struct kanary_profile *profile;
	u64 serial;

	KUNIT_ASSERT_EQ(test, set(CONTAINER, 0), 0);
	mutex_lock(&writers);
	profile = kanary_profile_find(CONTAINER);
	KUNIT_EXPECT_EQ(test, profile->mode, (u32)KANARY_MODE_MONITOR);
	serial = profile->serial;
	mutex_unlock(&writers);
	KUNIT_EXPECT_EQ(test, kanary_profile_set_mode(CONTAINER, KANARY_MODE_ENFORCE), 0);
	KUNIT_ASSERT_EQ(test, set(CONTAINER, 3), 0);
	mutex_lock(&writers);
	profile = kanary_profile_find(CONTAINER);
	KUNIT_EXPECT_EQ(test, profile->mode, (u32)KANARY_MODE_ENFORCE);
	KUNIT_EXPECT_NE(test, profile->serial, serial);
	mutex_unlock(&writers);
	KUNIT_EXPECT_EQ(test, number, 1U);
}

static u64 serial_judging(u64 cgroup)
{
	struct kanary_profile *profile;
	u64 serial;
	int reader;

	reader = kanary_profile_read_lock();
	profile = kanary_profile_judging(cgroup);
	serial = profile ? profile->serial : 0;
	kanary_profile_read_unlock(reader);
	return serial;
}

/* After a time in which it judged nothing it begins anew, or it would put together what was not. */
static void forgets_where_it_saw_nothing(struct kunit *test)
{
	u64 serial;

	KUNIT_EXPECT_EQ(test, serial_judging(CONTAINER), 0ULL);
	KUNIT_ASSERT_EQ(test, set(CONTAINER, 0), 0);
	serial = serial_judging(CONTAINER);
	KUNIT_EXPECT_NE(test, serial, 0ULL);
	KUNIT_EXPECT_EQ(test, serial_judging(CONTAINER), serial);
	/* Nothing came while it learned, so nothing was missed. */
	KUNIT_EXPECT_EQ(test, kanary_profile_set_mode(CONTAINER, KANARY_MODE_LEARN), 0);
	KUNIT_EXPECT_EQ(test, kanary_profile_set_mode(CONTAINER, KANARY_MODE_MONITOR), 0);
	KUNIT_EXPECT_EQ(test, serial_judging(CONTAINER), serial);
	KUNIT_EXPECT_EQ(test, kanary_profile_set_mode(CONTAINER, KANARY_MODE_LEARN), 0);
	KUNIT_EXPECT_EQ(test, serial_judging(CONTAINER), 0ULL);
	KUNIT_EXPECT_EQ(test, kanary_profile_set_mode(CONTAINER, KANARY_MODE_ENFORCE), 0);
	KUNIT_EXPECT_NE(test, serial_judging(CONTAINER), serial);
	serial = serial_judging(CONTAINER);
	KUNIT_EXPECT_NE(test, serial, 0ULL);
	KUNIT_EXPECT_EQ(test, serial_judging(CONTAINER), serial);
}

/* Each damaged model is refused with a sentence, and the one in force stays. */
static void refusal_changes_nothing(struct kunit *test)
{
	u32 i, size = kanary_reference[1].size;
	struct kanary_model_header *header;
	u64 held;
	u8 *file;

	KUNIT_ASSERT_EQ(test, set(CONTAINER, 0), 0);
	held = kanary_profile_memory();
	for (i = 0; i < size; i += 1 + size / 97) {
		file = kanary_reference_copy(1);
		KUNIT_ASSERT_NOT_NULL(test, file);
		file[i] ^= 1 << i % 8;
		why = NULL;
		KUNIT_EXPECT_EQ(test, kanary_profile_set(CONTAINER, NULL, file, size,
							 REFERENCE_PERIOD, &why), -EINVAL);
		KUNIT_EXPECT_NOT_NULL(test, why);
		kvfree(file);
	}
	file = kanary_reference_copy(1);
	KUNIT_ASSERT_NOT_NULL(test, file);
	KUNIT_EXPECT_EQ(test, kanary_profile_set(CONTAINER, NULL, file, size - 1, REFERENCE_PERIOD,
						 &why), -EINVAL);
	KUNIT_EXPECT_EQ(test, kanary_profile_set(CONTAINER, NULL, file, 8, REFERENCE_PERIOD, &why),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, kanary_profile_set(CONTAINER, NULL, file, size,
						 REFERENCE_PERIOD + 1, &why), -EINVAL);
	/* Sealed anew, but not what it was trained to say. */
	header = (void *)file;
	header->threshold++;
	header->checksum = 0;
	header->checksum = kanary_checksum_update(0, file, size);
	KUNIT_EXPECT_EQ(test, kanary_profile_set(CONTAINER, NULL, file, size, REFERENCE_PERIOD,
						 &why), 0);
	KUNIT_EXPECT_NE(test, checksum_of(CONTAINER), checksum_in(0));
	KUNIT_ASSERT_EQ(test, set(CONTAINER, 0), 0);
	KUNIT_EXPECT_EQ(test, kanary_profile_memory(), held);
	KUNIT_EXPECT_EQ(test, checksum_of(CONTAINER), checksum_in(0));
}

static void only_so_many(struct kunit *test)
{
	u32 i;

	for (i = 0; i < KANARY_PROFILE_MAX; i++)
		KUNIT_ASSERT_EQ(test, set(1 + i, 0), 0);
	KUNIT_EXPECT_EQ(test, set(1 + i, 0), -ENOSPC);
	/* A replacement needs no place. */
	KUNIT_EXPECT_EQ(test, set(1, 1), 0);
	KUNIT_EXPECT_EQ(test, kanary_profile_clear(2), 0);
	KUNIT_EXPECT_EQ(test, set(1 + i, 0), 0);
}

/* What has gone makes room, the first to go first; what lives never does. */
static void the_dead_make_room(struct kunit *test)
{
	u64 evicted = kanary_counters_read(KANARY_A_COUNTER_MODELS_EVICTED);
	u32 i;

	for (i = 0; i < KANARY_PROFILE_MAX; i++)
		KUNIT_ASSERT_EQ(test, set(1 + i, 0), 0);
	/* Nobody has a model there. */
	KUNIT_EXPECT_FALSE(test, kanary_profile_depart(9999));
	KUNIT_EXPECT_TRUE(test, kanary_profile_depart(20));
	KUNIT_EXPECT_FALSE(test, kanary_profile_depart(20));
	KUNIT_EXPECT_TRUE(test, kanary_profile_depart(10));
	/* Its last verdict is still to come. */
	KUNIT_EXPECT_EQ(test, set(1000, 0), -ENOSPC);
	kanary_profile_settle(kanary_profile_departures() - 1);
	KUNIT_EXPECT_EQ(test, set(1000, 0), 0);
	KUNIT_EXPECT_EQ(test, checksum_of(20), 0U);
	KUNIT_EXPECT_NE(test, checksum_of(10), 0U);
	KUNIT_EXPECT_EQ(test, set(1001, 0), -ENOSPC);
	kanary_profile_settle(kanary_profile_departures());
	/* A new model for what has gone needs no room, and gives none up. */
	KUNIT_EXPECT_EQ(test, set(10, 1), 0);
	KUNIT_EXPECT_EQ(test, set(1001, 0), 0);
	KUNIT_EXPECT_EQ(test, checksum_of(10), 0U);
	KUNIT_EXPECT_EQ(test, set(1002, 0), -ENOSPC);
	KUNIT_EXPECT_EQ(test, kanary_counters_read(KANARY_A_COUNTER_MODELS_EVICTED) - evicted,
			2ULL);
	for (i = 0; i < KANARY_PROFILE_MAX; i++)
		if (1 + i != 10 && 1 + i != 20)
			KUNIT_EXPECT_NE_MSG(test, checksum_of(1 + i), 0U, "container %u", 1 + i);
}

static int set_another(void *data, u32 thread)
{
	return set(CONTAINER, 1);
}

/* Who looked for the model before its successor took over tells the one before of the removal. */
static void a_successor_hears_what_came_late(struct kunit *test)
{
	struct crowd *crowd = kunit_kzalloc(test, sizeof(*crowd), GFP_KERNEL);
	struct kanary_profile *before;
	u64 departed;
	int reader;

	KUNIT_ASSERT_NOT_NULL(test, crowd);
	KUNIT_ASSERT_EQ(test, set(CONTAINER, 0), 0);
	reader = kanary_profile_read_lock();
	before = kanary_profile_find(CONTAINER);
	kanary_crowd_add(test, crowd, -1, set_another, NULL);
	while (kanary_profile_find(CONTAINER) == before)
		schedule_timeout_uninterruptible(1);
	departed = atomic64_inc_return(&departures);
	KUNIT_EXPECT_EQ(test, cmpxchg64(&before->departed, 0, departed), 0ULL);
	kanary_profile_read_unlock(reader);
	KUNIT_ASSERT_EQ(test, kanary_crowd_join(crowd), 0);
	mutex_lock(&writers);
	KUNIT_EXPECT_EQ(test, kanary_profile_find(CONTAINER)->departed, departed);
	mutex_unlock(&writers);
	/* It is as gone as any: once, and then in nobody's way. */
	KUNIT_EXPECT_FALSE(test, kanary_profile_depart(CONTAINER));
	kanary_profile_settle(kanary_profile_departures());
	mutex_lock(&writers);
	KUNIT_EXPECT_PTR_EQ(test, find_spare(), kanary_profile_find(CONTAINER));
	mutex_unlock(&writers);
}

/* Whatever a reader finds is whole until it lets go of it, sleep as it may. */
static int read_again_and_again(void *data, u32 thread)
{
	struct kanary_profile *profile;
	u32 checksum, found = 0;
	int reader, ret = 0;

	while (!kthread_should_stop() && !ret) {
		reader = kanary_profile_read_lock();
		profile = kanary_profile_find(CONTAINER);
		if (profile) {
			checksum = profile->model.header->checksum;
			if (checksum != checksum_in(0) && checksum != checksum_in(1))
				ret = -EILSEQ;
			cond_resched();
			ret = ret ?: kanary_judge_reference(&profile->model);
			if (profile->model.header->checksum != checksum)
				ret = -ESTALE;
			found++;
		}
		kanary_profile_read_unlock(reader);
		cond_resched();
	}
	return ret ?: found ? 0 : -ENODATA;
}

static void swaps_under_readers(struct kunit *test)
{
	struct crowd *crowd = kunit_kzalloc(test, sizeof(*crowd), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, crowd);
	KUNIT_ASSERT_EQ(test, set(CONTAINER, 0), 0);
	for (i = 0; i < 4; i++)
		kanary_crowd_add(test, crowd, -1, read_again_and_again, NULL);
	for (i = 0; i < SWAPS; i++) {
		if (i % 10 == 9)
			KUNIT_EXPECT_EQ(test, kanary_profile_clear(CONTAINER), 0);
		KUNIT_EXPECT_EQ(test, set(CONTAINER, i % 2), 0);
		KUNIT_EXPECT_EQ(test, kanary_profile_set_mode(CONTAINER, i % 3), 0);
	}
	KUNIT_EXPECT_EQ(test, kanary_crowd_join(crowd), 0);
	KUNIT_EXPECT_EQ(test, number, 1U);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(each_container_has_its_own),
	KUNIT_CASE(lists_who_has_one),
	KUNIT_CASE(replacement_keeps_the_mode),
	KUNIT_CASE(forgets_where_it_saw_nothing),
	KUNIT_CASE(refusal_changes_nothing),
	KUNIT_CASE(only_so_many),
	KUNIT_CASE(the_dead_make_room),
	KUNIT_CASE(a_successor_hears_what_came_late),
	KUNIT_CASE(swaps_under_readers),
	{}
};

static struct kunit_suite suite = {
	.name = "profile",
	.exit = end,
	.test_cases = cases,
};

kunit_test_suite(suite);
