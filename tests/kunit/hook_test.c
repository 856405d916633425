// SPDX-License-Identifier: GPL-2.0
/* The hook where a breakpoint is executed that no patching of code accounts for any more. */
#include "hook.c"

#include "table.h"

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>
#include <asm/sync_core.h>
#include <asm/text-patching.h>

enum { PERIOD = 1000, QUEUE = 16, TASKS = 64, NUMBER = 7 };

static const struct handler_case {
	kprobe_pre_handler_t pre_handler;
	u32 bin;
} handler_cases[] = {
	{ hear_native, NUMBER },
	{ hear_compat, KANARY_BINS_BANK + NUMBER },
	{ hear_x32, KANARY_BINS_BANK - 1 },
	{ hear_handler, NUMBER },
	{ hear_compat_handler, KANARY_BINS_BANK + NUMBER },
};

/* Stands for the dispatcher, and for a system call's function. */
static noinline u32 hooked(const struct pt_regs *regs, u32 number)
{
	/* Or the compiler takes one call's answer for the next one's. */
	barrier();
	return number + 1;
}

/* Text is read-only, its pages are not: through another mapping of them. */
static u8 *writable(struct kunit *test, const void *text)
{
	struct page *page = vmalloc_to_page(text);
	u8 *mapping;

	KUNIT_ASSERT_NOT_NULL(test, page);
	mapping = vmap(&page, 1, VM_MAP, PAGE_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, mapping);
	return mapping + offset_in_page(text);
}

/* Calls hooked() with a breakpoint in the place of the first byte of ftrace's call. */
static u32 call_through_breakpoint(u8 *first, const struct pt_regs *regs)
{
	u8 call = *first;
	u32 ret;

	preempt_disable();
	WRITE_ONCE(*first, INT3_INSN_OPCODE);
	sync_core();
	ret = hooked(regs, NUMBER);
	WRITE_ONCE(*first, call);
	sync_core();
	preempt_enable();
	return ret;
}

static void survives_a_breakpoint(struct kunit *test)
{
	struct pt_regs regs = { .orig_ax = NUMBER };
	u32 i, before;
	u8 *first;

	for (i = 0; i < ARRAY_SIZE(handler_cases); i++) {
		struct kprobe probe = {
			.addr = (kprobe_opcode_t *)hooked,
			.pre_handler = handler_cases[i].pre_handler,
		};

		KUNIT_ASSERT_EQ(test, register_kprobe(&probe), 0);
		KUNIT_EXPECT_TRUE(test, probe.flags & KPROBE_FLAG_FTRACE);
		first = writable(test, probe.addr);
		KUNIT_ASSERT_EQ(test, kanary_task_probe_begin(), 0);

		before = kanary_task_probe_read(handler_cases[i].bin);
		KUNIT_EXPECT_EQ(test, hooked(&regs, NUMBER), NUMBER + 1U);
		KUNIT_EXPECT_EQ(test, kanary_task_probe_read(handler_cases[i].bin), before + 1);
		KUNIT_EXPECT_EQ(test, call_through_breakpoint(first, &regs), NUMBER + 1U);
		KUNIT_EXPECT_EQ(test, kanary_task_probe_read(handler_cases[i].bin), before + 2);

		kanary_task_probe_end();
		vunmap((void *)((unsigned long)first & PAGE_MASK));
		unregister_kprobe(&probe);
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
