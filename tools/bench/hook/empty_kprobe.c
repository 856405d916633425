// SPDX-License-Identifier: GPL-2.0
/* The least that a kprobe costs: one on the syscall dispatcher that does nothing. */
#include <linux/kprobes.h>
#include <linux/module.h>

static int nothing(struct kprobe *probe, struct pt_regs *regs)
{
	return 0;
}
NOKPROBE_SYMBOL(nothing);

static struct kprobe probe = { .symbol_name = "x64_sys_call", .pre_handler = nothing };

static int __init empty_kprobe_init(void)
{
	return register_kprobe(&probe);
}

static void __exit empty_kprobe_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(empty_kprobe_init);
module_exit(empty_kprobe_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("An empty kprobe on every system call, to be measured");
