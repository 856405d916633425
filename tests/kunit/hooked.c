// SPDX-License-Identifier: GPL-2.0
#include "hooked.h"

#include <kunit/test.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>
#include <asm/sync_core.h>
#include <asm/text-patching.h>

/* The first byte of the function, where it may be written. */
static u8 *first;

noinline u32 kanary_hooked_function(const struct pt_regs *regs, u32 number)
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

void kanary_hooked_register(struct kunit *test, struct kprobe *probe)
{
	probe->addr = (kprobe_opcode_t *)kanary_hooked_function;
	KUNIT_ASSERT_EQ(test, register_kprobe(probe), 0);
	KUNIT_EXPECT_TRUE(test, probe->flags & KPROBE_FLAG_FTRACE);
	first = writable(test, probe->addr);
}

u32 kanary_hooked_call_breakpoint(const struct pt_regs *regs, u32 number)
{
	u8 call = *first;
	u32 ret;

	preempt_disable();
	WRITE_ONCE(*first, INT3_INSN_OPCODE);
	sync_core();
	ret = kanary_hooked_function(regs, number);
	WRITE_ONCE(*first, call);
	sync_core();
	preempt_enable();
	return ret;
}

void kanary_hooked_unregister(struct kprobe *probe)
{
	vunmap((void *)((unsigned long)first & PAGE_MASK));
	unregister_kprobe(probe);
}
