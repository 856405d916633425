// SPDX-License-Identifier: GPL-2.0
/* The paths that an alert names: the most surprising ones, in whatever order they come. */
#include "notable.c"

#include <kunit/test.h>

enum { STREAM = 7, SERIAL = 3 };

static void add(struct kanary_task *task, const char *name, u64 time, u32 surprise)
{
	union {
		struct kanary_path path;
		u8 bytes[KANARY_PATH_RECORD_SIZE_MAX];
	} record = { .path = { .stream = STREAM, .time = time, .length = strlen(name) } };

	memcpy(record.path.name, name, record.path.length);
	kanary_notable_add(task, SERIAL, &record.path, surprise);
}

static u32 first_surprise(const struct kanary_task *task)
{
	const struct kanary_notable *notable = kanary_notable_of(task, STREAM, SERIAL);

	return notable && notable->length ? notable->path[0].surprise : 0;
}

/* Rings of several CPUs are emptied one after the other, so that an older one may come later. */
static void an_older_path_is_not_a_later_one(struct kunit *test)
{
	struct kanary_task *task = kunit_kzalloc(test, sizeof(*task), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, task);
	add(task, "/a", 2 * STALE, 40);
	add(task, "/b", 2 * STALE, 30);
	add(task, "/c", 2 * STALE, 20);
	add(task, "/d", 2 * STALE, 10);
	add(task, "/older", 2 * STALE - 1, 1);
	KUNIT_EXPECT_EQ(test, first_surprise(task), 40U);
	add(task, "/more", 2 * STALE, 50);
	KUNIT_EXPECT_EQ(test, first_surprise(task), 50U);
	/* After so long any will do. */
	add(task, "/later", 3 * STALE + 1, 1);
	KUNIT_EXPECT_EQ(test, first_surprise(task), 40U);
	kanary_notable_forget(task->notable);
	KUNIT_EXPECT_EQ(test, kanary_notable_memory(), 0ULL);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(an_older_path_is_not_a_later_one),
	{}
};

static struct kunit_suite suite = {
	.name = "notable",
	.test_cases = cases,
};

kunit_test_suite(suite);
