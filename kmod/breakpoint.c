// SPDX-License-Identifier: GPL-2.0
#include "breakpoint.h"

#include <linux/ftrace.h>
#include <linux/ptrace.h>

noinline notrace int kanary_breakpoint_leave(const struct kprobe *probe, struct pt_regs *regs)
{
#ifdef CONFIG_KPROBES_ON_FTRACE
	if (probe->flags & KPROBE_FLAG_FTRACE) {
		regs->ip = (unsigned long)probe->addr + MCOUNT_INSN_SIZE;
		return 1;
	}
#endif
	return 0;
}
NOKPROBE_SYMBOL(kanary_breakpoint_leave);
