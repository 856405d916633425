// SPDX-License-Identifier: GPL-2.0
#include "hook.h"

#include "breakpoint.h"
#include "handlers.h"
#include "io_uring.h"
#include "syscall_name.h"
#include "task.h"
#include "tracepoint.h"

#include <linux/kprobes.h>
#include <linux/ptrace.h>
#include <linux/slab.h>
#include <linux/tracepoint.h>
#include <asm/unistd.h>

#ifndef CONFIG_X86_64
#error "Kanary knows the system call entry of x86-64 only"
#endif

enum {
	/* getpid() of the 32-bit ABI. */
	COMPAT_GETPID = 20,
	/* As many must be there, or the kernel names its handlers otherwise. */
	HANDLERS_MIN = 200,
};

long kanary_call(unsigned long target, const struct pt_regs *regs, unsigned int number);

/**
 * struct method - a way to see system calls
 * @name: as the hook is called in the log and in the status
 * @wanted: as it is asked for
 * @attach: 0 or -errno
 * @detach: waits until no hook runs
 * @test: 0, -errno, or 1 where it cannot be tested at load
 */
struct method {
	const char *name;
	const char *wanted;
	int (*attach)(void);
	void (*detach)(void);
	int (*test)(void);
};

static const struct method *method;
static struct kanary_handlers handlers;
static bool tested;

/* x64_sys_call(const struct pt_regs *regs, unsigned int nr) and its kin. */
static __always_inline void count_native(const struct kprobe *probe, const struct pt_regs *regs)
{
	kanary_task_count(regs->si);
}

KANARY_BREAKPOINT_PRE_HANDLER(hear_native, count_native);

static __always_inline void count_compat(const struct kprobe *probe, const struct pt_regs *regs)
{
	kanary_task_count_compat(regs->si);
}

KANARY_BREAKPOINT_PRE_HANDLER(hear_compat, count_compat);

/* Hardly anything uses x32: its calls are one bin, and news wherever they occur. */
static __always_inline void count_x32(const struct kprobe *probe, const struct pt_regs *regs)
{
	kanary_task_count(KANARY_BINS_BANK - 1);
}

KANARY_BREAKPOINT_PRE_HANDLER(hear_x32, count_x32);

/* The first must exist; the others are inlined, or left out, in some kernels. */
static struct kprobe dispatchers[] = {
	{ .symbol_name = "x64_sys_call", .pre_handler = hear_native },
	{ .symbol_name = "ia32_sys_call", .pre_handler = hear_compat },
	{ .symbol_name = "x32_sys_call", .pre_handler = hear_x32 },
};

static bool attached(const struct kprobe *probe)
{
	return probe->addr;
}

static void detach_dispatchers(void)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(dispatchers); i++) {
		if (attached(&dispatchers[i]))
			unregister_kprobe(&dispatchers[i]);
	}
}

static int attach_dispatchers(void)
{
	u32 i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(dispatchers); i++) {
		ret = register_kprobe(&dispatchers[i]);
		if (!ret)
			continue;
		dispatchers[i].addr = NULL;
		if (!i || ret == -ENOMEM) {
			detach_dispatchers();
			return ret;
		}
	}
	if (!attached(&dispatchers[1]) && IS_ENABLED(CONFIG_IA32_EMULATION))
		pr_notice("cannot see 32-bit system calls: no kprobe on %s\n",
			  dispatchers[1].symbol_name);
	return 0;
}

/* Calls @target as the dispatcher would for getpid(), and looks whether it was counted. */
static int test_getpid(unsigned long target, u32 number, u32 bin)
{
	struct pt_regs regs = { .orig_ax = number };
	u32 before, after;

	before = kanary_task_probe_read(bin);
	kanary_call(target, &regs, number);
	after = kanary_task_probe_read(bin);
	return after == before + 1 ? 0 : -ENODEV;
}

static int test_dispatchers(void)
{
	int ret;

	ret = test_getpid((unsigned long)dispatchers[0].addr, __NR_getpid, __NR_getpid);
	if (!ret && attached(&dispatchers[1]))
		ret = test_getpid((unsigned long)dispatchers[1].addr, COMPAT_GETPID,
				  KANARY_BINS_BANK + COMPAT_GETPID);
	return ret;
}

/*
 * __x64_sys_*(const struct pt_regs *regs). Of a call without arguments the 32-bit one is the same
 * function: both kprobes are on it, and each counts its own.
 */
static __always_inline void count_handler(const struct kprobe *probe, const struct pt_regs *regs)
{
	if (!in_ia32_syscall())
		kanary_task_count(((struct pt_regs *)regs->di)->orig_ax);
}

KANARY_BREAKPOINT_PRE_HANDLER(hear_handler, count_handler);

static __always_inline void count_compat_handler(const struct kprobe *probe,
						 const struct pt_regs *regs)
{
	if (in_ia32_syscall())
		kanary_task_count_compat(((struct pt_regs *)regs->di)->orig_ax);
}

KANARY_BREAKPOINT_PRE_HANDLER(hear_compat_handler, count_compat_handler);

static void detach_handlers(void)
{
	kanary_handlers_remove(&handlers);
}

static int attach_handlers(void)
{
	u32 bin, native = 0;
	int ret;

	ret = kanary_handlers_init(&handlers, KANARY_BINS);
	if (ret)
		return ret;
	for (bin = 0; bin < KANARY_BINS && ret != -ENOMEM; bin++) {
		ret = kanary_handlers_add(&handlers, bin, bin < KANARY_BINS_BANK ?
					  hear_handler : hear_compat_handler);
		if (bin == KANARY_BINS_BANK - 1)
			native = handlers.number;
	}
	/* One that lacks some for want of memory would be silent about their calls. */
	if (ret != -ENOMEM)
		ret = native < HANDLERS_MIN ? -ENOENT : 0;
	if (ret)
		detach_handlers();
	return ret;
}

static int test_handlers(void)
{
	unsigned long target = kanary_handlers_address(&handlers, "__x64_sys_getpid");

	return target ? test_getpid(target, __NR_getpid, __NR_getpid) : -ENODEV;
}

static void count_entry(void *data, struct pt_regs *regs, long number)
{
	if (unlikely(!READ_ONCE(tested)))
		WRITE_ONCE(tested, true);
	preempt_disable();
	/* in_compat_syscall() is true of x32, too. */
	if (in_ia32_syscall())
		kanary_task_count_compat(number);
	else
		kanary_task_count(number);
	preempt_enable();
}

static int attach_tracepoint(void)
{
	return kanary_tracepoint_attach("sys_enter", count_entry);
}

static void detach_tracepoint(void)
{
	kanary_tracepoint_detach("sys_enter", count_entry);
	tracepoint_synchronize_unregister();
}

/* Only a real system call passes the tracepoint, and a kernel thread makes none. */
static int test_nothing(void)
{
	return 1;
}

static const struct method methods[] = {
	{ "x64_sys_call", "dispatcher", attach_dispatchers, detach_dispatchers, test_dispatchers },
	{ "handlers", "handlers", attach_handlers, detach_handlers, test_handlers },
	{ "sys_enter", "tracepoint", attach_tracepoint, detach_tracepoint, test_nothing },
};

static int prove(const struct method *candidate)
{
	int ret = kanary_task_probe_begin();

	if (!ret) {
		ret = candidate->test();
		kanary_task_probe_end();
	}
	return ret;
}

static int try(const struct method *candidate)
{
	int ret;

	ret = candidate->attach();
	if (ret) {
		pr_notice("hook %s is not to be had: error %d%s\n", candidate->name, ret,
			  ret == -EPERM ? " (lockdown restricts kprobes)" :
			  ret == -ENOENT ? " (this kernel has no such symbol)" : "");
		return ret;
	}
	ret = prove(candidate);
	if (ret < 0) {
		if (ret == -ENODEV)
			pr_notice("hook %s does not fire: are kprobes or ftrace switched off? (debugfs kprobes/enabled, kernel.ftrace_enabled)\n",
				  candidate->name);
		else
			pr_notice("hook %s cannot be tested: error %d\n", candidate->name, ret);
		candidate->detach();
		return ret;
	}
	method = candidate;
	if (!ret)
		WRITE_ONCE(tested, true);
	return 0;
}

int kanary_hook_init(const char *wanted)
{
	bool any = !strcmp(wanted, "auto"), known = any;
	int ret = -EINVAL;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(methods); i++) {
		if (!any && strcmp(wanted, methods[i].wanted))
			continue;
		known = true;
		ret = try(&methods[i]);
		if (ret)
			continue;
		kanary_io_uring_init();
		return 0;
	}
	if (known && ret == -ENOMEM)
		pr_err("not loaded: no memory for a hook\n");
	else if (known)
		pr_err("not loaded: no hook that sees system calls works on this kernel\n");
	else
		pr_err("hook is none of auto, dispatcher, handlers and tracepoint\n");
	return ret;
}

void kanary_hook_uninit(void)
{
	kanary_io_uring_uninit();
	method->detach();
}

int kanary_hook_prove(void)
{
	return prove(method);
}

const char *kanary_hook_name(void)
{
	return method->name;
}

const char *kanary_hook_self_test(void)
{
	return READ_ONCE(tested) ? "passed" : "pending";
}

u64 kanary_hook_missed(void)
{
	u64 missed = kanary_handlers_missed(&handlers);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(dispatchers); i++)
		missed += dispatchers[i].nmissed;
	return missed;
}
