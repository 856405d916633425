/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A function to put kprobes on, and calls of it that get to them in two ways: by ftrace's
 * call, as ever, and by a breakpoint in its place that no patching of code accounts for.
 */
#ifndef _KANARY_KUNIT_HOOKED_H
#define _KANARY_KUNIT_HOOKED_H

#include <linux/types.h>

struct kprobe;
struct kunit;
struct pt_regs;

/**
 * kanary_hooked_function() - stands for the dispatcher, and for a system call's function
 *
 * Return: @number + 1
 */
u32 kanary_hooked_function(const struct pt_regs *regs, u32 number);

/**
 * kanary_hooked_register() - put a kprobe on it
 * @probe: with a pre_handler
 *
 * Fails the test where it is no kprobe by ftrace.
 */
void kanary_hooked_register(struct kunit *test, struct kprobe *probe);

/** kanary_hooked_call_breakpoint() - call it with a breakpoint instead of ftrace's call */
u32 kanary_hooked_call_breakpoint(const struct pt_regs *regs, u32 number);

/** kanary_hooked_unregister() - take the kprobe off */
void kanary_hooked_unregister(struct kprobe *probe);

#endif /* _KANARY_KUNIT_HOOKED_H */
