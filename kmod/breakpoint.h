/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A breakpoint where a kprobe is a call by ftrace.
 *
 * At a function's first instruction a kprobe is no breakpoint but ftrace's call, and has no
 * copy of an instruction to step over. While ftrace puts such a call in or takes it out there
 * is a breakpoint in its place, which the kernel knows of until every CPU has seen that it
 * is gone. A CPU that executes it later all the same (emulators that cache translated code
 * do, once in thousands of changes) is given to the kprobe, and then jumps to the copy that
 * is not there: address 0. A pre_handler can keep the kernel from that.
 */
#ifndef _KANARY_BREAKPOINT_H
#define _KANARY_BREAKPOINT_H

#include <linux/hardirq.h>
#include <linux/kprobes.h>

/**
 * kanary_breakpoint_leave() - what a pre_handler returns that ran in a breakpoint
 * @probe: its kprobe
 * @regs: as it was given them
 *
 * Context: any.
 *
 * Return: for the kernel: 0, and it goes on as it will; or 1, when @regs go on behind the call.
 */
int kanary_breakpoint_leave(const struct kprobe *probe, struct pt_regs *regs);

/*
 * Defines the pre_handler @name, which is to @work: a function of a const struct kprobe * and a
 * const struct pt_regs *, inlined. A breakpoint's context is that of an NMI, ftrace's is that of
 * the system call. The work is there twice, so that nothing has to be kept over the usual one.
 */
#define KANARY_BREAKPOINT_PRE_HANDLER(name, work)					\
	static noinline notrace int name##_in_breakpoint(struct kprobe *probe,		\
							 struct pt_regs *regs)		\
	{										\
		work(probe, regs);							\
		return kanary_breakpoint_leave(probe, regs);				\
	}										\
	NOKPROBE_SYMBOL(name##_in_breakpoint);						\
											\
	static notrace int name(struct kprobe *probe, struct pt_regs *regs)		\
	{										\
		if (unlikely(in_nmi()))							\
			return name##_in_breakpoint(probe, regs);			\
		work(probe, regs);							\
		return 0;								\
	}										\
	NOKPROBE_SYMBOL(name)

#endif /* _KANARY_BREAKPOINT_H */
