// SPDX-License-Identifier: GPL-2.0
/* The hook where a breakpoint is executed that no patching of code accounts for any more. */
#include "hook.c"

#include "hooked.h"
#include "table.h"

#include <kunit/test.h>

enum { PERIOD = 1000, QUEUE = 16, TASKS = 64, NUMBER = 7 };

static const struct handler_case {
	kprobe_pre_handler_t pre_handler;
	u32 bin;
	/* One of those that are for the other ABI, too. */
	kprobe_pre_handler_t other;
} handler_cases[] = {
	{ hear_native, NUMBER },
	{ hear_compat, KANARY_BINS_BANK + NUMBER },
	{ hear_x32, KANARY_BINS_BANK - 1 },
	{ hear_handler, NUMBER, hear_compat_handler },
	{ hear_compat_handler, KANARY_BINS_BANK + NUMBER, hear_handler },
};

/* Of a number's bins in both banks, whichever it was counted in. */
static u32 counted(void)
{
	return kanary_task_probe_read(NUMBER) + kanary_task_probe_read(KANARY_BINS_BANK + NUMBER);
}

static void survives_a_breakpoint(struct kunit *test)
{
	struct pt_regs regs = { .orig_ax = NUMBER };
	u32 i, before;

	for (i = 0; i < ARRAY_SIZE(handler_cases); i++) {
		struct kprobe probe = { .pre_handler = handler_cases[i].pre_handler };
		u32 bin = handler_cases[i].bin;

		kanary_hooked_register(test, &probe);
		KUNIT_ASSERT_EQ(test, kanary_task_probe_begin(), 0);

		/* As the entry of a 32-bit call leaves it. */
		if (handler_cases[i].pre_handler == hear_compat_handler)
			current_thread_info()->status |= TS_COMPAT;
		before = kanary_task_probe_read(bin);
		KUNIT_EXPECT_EQ(test, kanary_hooked_function(&regs, NUMBER), NUMBER + 1U);
		KUNIT_EXPECT_EQ(test, kanary_task_probe_read(bin), before + 1);
		KUNIT_EXPECT_EQ(test, kanary_hooked_call_breakpoint(&regs, NUMBER), NUMBER + 1U);
		KUNIT_EXPECT_EQ(test, kanary_task_probe_read(bin), before + 2);

		if (handler_cases[i].other) {
			before = counted();
			probe.pre_handler = handler_cases[i].other;
			kanary_hooked_function(&regs, NUMBER);
			KUNIT_EXPECT_EQ(test, counted(), before);
		}
		current_thread_info()->status &= ~TS_COMPAT;
		kanary_task_probe_end();
		kanary_hooked_unregister(&probe);
	}
}

static int begin(struct kunit *test)
{
	return kanary_table_begin(QUEUE, TASKS, PERIOD);
}

static void end(struct kunit *test)
{
	kanary_table_end();
}

static struct kunit_case cases[] = {
	KUNIT_CASE(survives_a_breakpoint),
	{}
};

static struct kunit_suite suite = {
	.name = "hook",
	.init = begin,
	.exit = end,
	.test_cases = cases,
};

kunit_test_suite(suite);
