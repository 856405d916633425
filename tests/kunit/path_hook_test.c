// SPDX-License-Identifier: GPL-2.0
/* The hook of the calls that take paths, where a breakpoint is executed, as in hook_test.c. */
#include "path_hook.c"

#include "hooked.h"
#include "table.h"

#include <kunit/test.h>

enum { PERIOD = 1000, QUEUE = 16, TASKS = 64, NUMBER = 7 };

static const struct path_hook_case {
	kprobe_pre_handler_t pre_handler;
	u8 path;
} path_hook_cases[] = {
	{ hear_native, offsetof(struct pt_regs, di) },
	{ hear_compat, offsetof(struct pt_regs, bx) },
};

static u64 unread(void)
{
	return kanary_counters_read(KANARY_A_COUNTER_PATHS_UNREAD);
}

/* The path is where nothing can be read: that it was looked for is counted. */
static void survives_a_breakpoint(struct kunit *test)
{
	struct pt_regs regs = { .di = 1, .bx = 1 };
	u64 before;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(path_hook_cases); i++) {
		struct kanary_handler handler = {
			.probe.pre_handler = path_hook_cases[i].pre_handler,
			.bin = NUMBER,
		};

		where[NUMBER].path[0] = path_hook_cases[i].path;
		kanary_hooked_register(test, &handler.probe);
		KUNIT_ASSERT_EQ(test, kanary_task_probe_begin(), 0);

		before = unread();
		KUNIT_EXPECT_EQ(test, kanary_hooked_function(&regs, NUMBER), NUMBER + 1U);
		KUNIT_EXPECT_EQ(test, unread(), before + 1);
		KUNIT_EXPECT_EQ(test, kanary_hooked_call_breakpoint(&regs, NUMBER), NUMBER + 1U);
		KUNIT_EXPECT_EQ(test, unread(), before + 2);

		kanary_task_probe_end();
		kanary_hooked_unregister(&handler.probe);
	}
	where[NUMBER].path[0] = 0;
}

/* However many names one container makes up, the others' paths stay matters of course. */
static void watches_so_many(struct kunit *test)
{
	u64 hash = 0;
	u32 i;

	for (i = 0; i < 20000; i++) {
		hash += 0x9E3779B97F4A7C15ull;
		kanary_path_cache_watch(hash);
		KUNIT_EXPECT_TRUE(test, kanary_path_cache_is_watched(hash));
		/* Each that is asked for again stays. */
		kanary_path_cache_watch(0);
		KUNIT_EXPECT_TRUE(test, kanary_path_cache_is_watched(0));
	}
	i = bitmap_weight(kanary_path_watched, 1 << KANARY_PATH_CACHE_WATCHED_LOG2);
	KUNIT_EXPECT_GE(test, i, KANARY_PATH_CACHE_WATCHED_MAX / 2U);
	KUNIT_EXPECT_LE(test, i, KANARY_PATH_CACHE_WATCHED_MAX + 0U);
	kanary_path_cache_renew();
	KUNIT_EXPECT_FALSE(test, kanary_path_cache_is_watched(0));
}

/* What finds the ring full is forgotten, and those that are known are not for its sake. */
static void forgets_only_what_was_dropped(struct kunit *test)
{
	u64 hash = KANARY_PATH_CACHE_SETS;
	u32 i;

	preempt_disable();
	kanary_path_cache_insert(hash);
	for (i = 2; i < 6; i++)
		kanary_path_cache_insert(hash * i)->hash = 0;
	KUNIT_EXPECT_NOT_NULL(test, kanary_path_cache_find(hash));
	for (i = 2; i < 6; i++)
		KUNIT_EXPECT_NULL(test, kanary_path_cache_find(hash * i));
	kanary_path_cache_insert(hash * 6);
	KUNIT_EXPECT_NOT_NULL(test, kanary_path_cache_find(hash * 6));
	KUNIT_EXPECT_NOT_NULL(test, kanary_path_cache_find(hash));
	preempt_enable();
}

static int begin(struct kunit *test)
{
	int ret;

	ret = kanary_table_begin(QUEUE, TASKS, PERIOD);
	if (ret)
		return ret;
	ret = kanary_path_cache_init();
	if (ret)
		kanary_table_end();
	return ret;
}

static void end(struct kunit *test)
{
	kanary_table_end();
	kanary_path_cache_uninit();
}

/* As the kernel hands them to a program, with and without an interpreter, and without an end. */
static void tells_the_loader_from_the_program(struct kunit *test)
{
	enum { BASE = 0x7f0000000000 };
	unsigned long dynamic[AT_VECTOR_SIZE] = { AT_PAGESZ, 4096, AT_BASE, BASE, AT_NULL };
	unsigned long fixed[AT_VECTOR_SIZE] = { AT_PAGESZ, 4096, AT_BASE, 0, AT_NULL };
	unsigned long none[AT_VECTOR_SIZE] = { AT_NULL, 0, AT_BASE, BASE };
	unsigned long endless[AT_VECTOR_SIZE];

	KUNIT_EXPECT_TRUE(test, is_of_loader(dynamic, false, BASE));
	KUNIT_EXPECT_TRUE(test, is_of_loader(dynamic, false, BASE + LOADER_BYTES - 1));
	KUNIT_EXPECT_FALSE(test, is_of_loader(dynamic, false, BASE + LOADER_BYTES));
	KUNIT_EXPECT_FALSE(test, is_of_loader(dynamic, false, BASE - 1));
	KUNIT_EXPECT_FALSE(test, is_of_loader(fixed, false, 1));
	KUNIT_EXPECT_FALSE(test, is_of_loader(none, false, BASE));
	memset64((u64 *)endless, AT_PAGESZ, AT_VECTOR_SIZE);
	KUNIT_EXPECT_FALSE(test, is_of_loader(endless, false, BASE));
}

/* The same of a program of 32 bits, whose numbers lie where others have half as many. */
static void tells_the_loader_of_32_bits(struct kunit *test)
{
	enum { BASE = 0xf7f00000u };
	static const union {
		u32 half[2 * AT_VECTOR_SIZE];
		unsigned long word[AT_VECTOR_SIZE];
	} even = { .half = { AT_BASE, BASE, AT_PAGESZ, 4096, AT_NULL } },
	  odd = { .half = { AT_PAGESZ, 4096, AT_BASE, BASE, AT_NULL } },
	  fixed = { .half = { AT_BASE, 0, AT_PAGESZ, 4096, AT_NULL } },
	  none = { .half = { AT_PAGESZ, 4096, AT_NULL, 0, AT_BASE, BASE } };

	KUNIT_EXPECT_TRUE(test, is_of_loader(even.word, true, BASE));
	KUNIT_EXPECT_TRUE(test, is_of_loader(odd.word, true, BASE + LOADER_BYTES - 1u));
	KUNIT_EXPECT_FALSE(test, is_of_loader(odd.word, true, BASE + LOADER_BYTES + 0u));
	KUNIT_EXPECT_FALSE(test, is_of_loader(odd.word, true, BASE - 1u));
	KUNIT_EXPECT_FALSE(test, is_of_loader(fixed.word, true, 1));
	KUNIT_EXPECT_FALSE(test, is_of_loader(none.word, true, BASE));
	/* Nor is it taken for the other kind. */
	KUNIT_EXPECT_FALSE(test, is_of_loader(even.word, false, BASE));
	KUNIT_EXPECT_FALSE(test, is_of_loader(odd.word, false, BASE));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(tells_the_loader_from_the_program),
	KUNIT_CASE(tells_the_loader_of_32_bits),
	KUNIT_CASE(survives_a_breakpoint),
	KUNIT_CASE(watches_so_many),
	KUNIT_CASE(forgets_only_what_was_dropped),
	{}
};

static struct kunit_suite suite = {
	.name = "path_hook",
	.init = begin,
	.exit = end,
	.test_cases = cases,
};

kunit_test_suite(suite);
