// SPDX-License-Identifier: GPL-2.0
/* The paths that an alert names: the most telling ones, in whatever order they come. */
#include "notable.c"

#include <kunit/test.h>

enum { STREAM = 7, SERIAL = 3 };

static void add_ranked(struct kanary_task *task, const char *name, u64 time,
		       const struct kanary_notable_rank *rank)
{
	union {
		struct kanary_path path;
		u8 bytes[KANARY_PATH_RECORD_SIZE_MAX];
	} record = { .path = { .stream = STREAM, .time = time, .length = strlen(name) } };

	memcpy(record.path.name, name, record.path.length);
	kanary_notable_add(task, SERIAL, &record.path, rank);
}

static void add(struct kanary_task *task, const char *name, u64 time, u32 surprise)
{
	const struct kanary_notable_rank rank = { .surprise = surprise };

	add_ranked(task, name, time, &rank);
}

/* Used by the program, and by its loader. */
static void use(struct kanary_task *task, const char *name, u64 time, u32 departure)
{
	const struct kanary_notable_rank rank = { .surprise = 100, .departure = departure };

	add_ranked(task, name, time, &rank);
}

static void load(struct kanary_task *task, const char *name, u64 time, u32 departure)
{
	const struct kanary_notable_rank rank = {
		.surprise = 1000, .departure = departure, .loader = true,
	};

	add_ranked(task, name, time, &rank);
}

/* names() - all that is remembered, most telling first, with blanks in between */
static const char *names(struct kunit *test, const struct kanary_task *task)
{
	const struct kanary_notable *notable = kanary_notable_of(task, STREAM, SERIAL);
	char *list = kunit_kzalloc(test, 1024, GFP_KERNEL);
	u32 i, used = 0;

	for (i = 0; list && notable && i < notable->length; i++) {
		const struct kanary_path *path = &notable->path[i].record.path;

		used += scnprintf(list + used, 1024 - used, "%s%.*s", i ? " " : "",
				  path->length, path->name);
	}
	return list ?: "";
}

static u32 first_surprise(const struct kanary_task *task)
{
	const struct kanary_notable *notable = kanary_notable_of(task, STREAM, SERIAL);

	return notable && notable->length ? notable->path[0].rank.surprise : 0;
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

/* Each program begins with its loader's paths, and a model without any program knows none. */
static void programs_tell_more_than_their_loader(struct kunit *test)
{
	struct kanary_task *task = kunit_kzalloc(test, sizeof(*task), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, task);
	load(task, "/etc/ld.so.preload", 1, 11);
	load(task, "/etc/ld.so.cache", 2, 12);
	load(task, "/lib/libselinux.so.1", 3, 13);
	load(task, "/lib/libc.so.6", 4, 13);
	use(task, "/etc/shadow", 5, 14);
	/* The libraries lie in one place that is not known: the later one stands for both. */
	KUNIT_EXPECT_STREQ(test, names(test, task),
			   "/etc/shadow /lib/libc.so.6 /etc/ld.so.cache /etc/ld.so.preload");
	/* What the program writes is the program's, though its loader reads it. */
	use(task, "/etc/ld.so.cache", 6, 12);
	load(task, "/etc/ld.so.cache", 7, 12);
	KUNIT_EXPECT_STREQ(test, names(test, task),
			   "/etc/ld.so.cache /etc/shadow /lib/libc.so.6 /etc/ld.so.preload");
	kanary_notable_forget(task->notable);
}

/* Of what surprises alike: the unknown before the rare, then the later. */
static void the_unknown_and_the_later_tell_more(struct kunit *test)
{
	struct kanary_task *task = kunit_kzalloc(test, sizeof(*task), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, task);
	use(task, "/rare", 5, 0);
	use(task, "/one", 2, 1);
	use(task, "/two", 1, 2);
	use(task, "/three", 3, 3);
	KUNIT_EXPECT_STREQ(test, names(test, task), "/three /one /two /rare");
	use(task, "/four", 4, 4);
	KUNIT_EXPECT_STREQ(test, names(test, task), "/four /three /one /two");
	use(task, "/known", 9, 0);
	KUNIT_EXPECT_STREQ(test, names(test, task), "/four /three /one /two");
	kanary_notable_forget(task->notable);
}

/* A tree of files in a directory that is news does not push out what lies elsewhere. */
static void an_unknown_directory_is_told_once(struct kunit *test)
{
	struct kanary_task *task = kunit_kzalloc(test, sizeof(*task), GFP_KERNEL);
	char name[] = "/opt/x/a";
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, task);
	use(task, "/root/.ssh/id_rsa", 1, 1);
	for (i = 0; i < 20; i++) {
		name[7] = 'a' + i;
		use(task, name, 2 + i, 2);
	}
	KUNIT_EXPECT_STREQ(test, names(test, task),
			   "/opt/x/t /opt/x/s /opt/x/r /root/.ssh/id_rsa");
	use(task, "/etc/shadow", 30, 3);
	KUNIT_EXPECT_STREQ(test, names(test, task),
			   "/etc/shadow /opt/x/t /opt/x/s /root/.ssh/id_rsa");
	kanary_notable_forget(task->notable);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(programs_tell_more_than_their_loader),
	KUNIT_CASE(the_unknown_and_the_later_tell_more),
	KUNIT_CASE(an_unknown_directory_is_told_once),
	KUNIT_CASE(an_older_path_is_not_a_later_one),
	{}
};

static struct kunit_suite suite = {
	.name = "notable",
	.test_cases = cases,
};

kunit_test_suite(suite);
