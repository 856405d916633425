// SPDX-License-Identifier: GPL-2.0
#include "lock.h"

#include "breakpoint.h"
#include "netlink.h"
#include "notice.h"
#include "profile.h"
#include "tamper.h"

#include <linux/freezer.h>
#include <linux/jiffies.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

/* Of locking and of an unload by force, one comes first. */
static DEFINE_MUTEX(turn);
static bool engaged;

/* The kernel refuses to unload what is in use and asks no module: to hear of it takes a probe. */
static void tell(const void __user *name)
{
	static const char ours[] = KBUILD_MODNAME;
	char letter;
	u32 i;

	for (i = 0; i < sizeof(ours); i++) {
		/* A name that cannot be read without a fault is taken for ours. */
		if (copy_from_user_nofault(&letter, (const char __user *)name + i, 1))
			break;
		if (letter != ours[i])
			return;
	}
	kanary_tamper_tell_later("rmmod");
}

/* __x64_sys_delete_module(const struct pt_regs *regs) and the same of 32-bit callers */
static __always_inline void tell_native(const struct kprobe *probe, const struct pt_regs *regs)
{
	tell((const void __user *)((const struct pt_regs *)regs->di)->di);
}

static __always_inline void tell_compat(const struct kprobe *probe, const struct pt_regs *regs)
{
	tell((const void __user *)(unsigned long)(u32)((const struct pt_regs *)regs->di)->bx);
}

KANARY_BREAKPOINT_PRE_HANDLER(hear_native, tell_native);
KANARY_BREAKPOINT_PRE_HANDLER(hear_compat, tell_compat);

static struct kprobe ears[] = {
	{ .symbol_name = "__x64_sys_delete_module", .pre_handler = hear_native },
	{ .symbol_name = "__ia32_sys_delete_module", .pre_handler = hear_compat },
};

static void listen(void)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(ears); i++) {
		/* They stay for as long as the lock, which is for ever. */
		if (register_kprobe(&ears[i]) && !i)
			pr_notice("cannot hear of attempts to unload: no kprobe on %s\n",
				  ears[i].symbol_name);
	}
}

int kanary_lock_engage(void)
{
	int ret = 0;

	mutex_lock(&turn);
	if (engaged)
		goto out;
	ret = -EBUSY;
	if (!try_module_get(THIS_MODULE))
		goto out;
	listen();
	WRITE_ONCE(engaged, true);
	kanary_notice_lock(kanary_profile_number());
	ret = 0;
out:
	mutex_unlock(&turn);
	return ret;
}

bool kanary_lock_engaged(void)
{
	return READ_ONCE(engaged);
}

void kanary_lock_hold(void)
{
	bool holds;

	/* From here on no lock can be engaged: the module is on its way out. */
	mutex_lock(&turn);
	holds = engaged;
	mutex_unlock(&turn);
	if (!holds)
		return;
	/* Nobody gets hold of a module on its way out, as every list wants to. */
	kanary_netlink_stay();
	kanary_tamper_tell("rmmod-force");
	for (;;) {
		schedule_timeout_idle(HZ);
		try_to_freeze();
	}
}
