// SPDX-License-Identifier: GPL-2.0
#include "path_hook.h"

#include "counters.h"
#include "handlers.h"
#include "path_cache.h"
#include "path_call.h"
#include "path_queue.h"
#include "path_read.h"
#include "syscall_name.h"
#include "task.h"

#include <linux/fcntl.h>
#include <linux/jiffies.h>
#include <linux/ptrace.h>
#include <linux/timekeeping.h>

/* Arguments of the native ABI in struct pt_regs, and of the 32-bit one. */
static const u8 native_arguments[] = {
	offsetof(struct pt_regs, di), offsetof(struct pt_regs, si), offsetof(struct pt_regs, dx),
	offsetof(struct pt_regs, r10), offsetof(struct pt_regs, r8), offsetof(struct pt_regs, r9),
};
static const u8 compat_arguments[] = {
	offsetof(struct pt_regs, bx), offsetof(struct pt_regs, cx), offsetof(struct pt_regs, dx),
	offsetof(struct pt_regs, si), offsetof(struct pt_regs, di), offsetof(struct pt_regs, bp),
};

static struct kanary_handlers handlers;
static const struct kanary_path_call *call_of[KANARY_BINS];
/* The hook's alone, with preemption off: too large for the stack of a stranger. */
static DEFINE_PER_CPU(struct kanary_path_name, names);

static __always_inline unsigned long argument(const struct pt_regs *regs, const u8 *arguments,
					      u8 number)
{
	return *(const unsigned long *)((const u8 *)regs + arguments[number]);
}

static void send(struct kanary_task *task, struct kanary_path_entry *entry,
		 const struct kanary_path_name *name, u16 call, u16 flags)
{
	struct kanary_path_queued *queued;

	entry->time = jiffies;
	queued = kanary_path_queue_reserve(name->length);
	if (!queued)
		return;
	refcount_inc(&task->references);
	queued->task = task;
	queued->hash = name->hash;
	queued->index = task->index;
	queued->path = (struct kanary_path) {
		.stream = task->stream,
		.cgroup = task->cgroup,
		.time = ktime_get_boottime_ns(),
		.pid = task->pid,
		.call = call,
		.flags = flags,
		.length = name->length,
	};
	memcpy(queued->path.name, name->bytes, name->length);
	kanary_path_queue_commit(name->length);
}

static noinline struct kanary_path_entry *
learn(struct kanary_task *task, const struct kanary_path_name *name, u16 call, u16 flags)
{
	struct kanary_path_entry *entry = kanary_path_cache_insert(name->hash);
	u32 i;

	entry->bins = kanary_path_bins(name->bytes, name->length, flags, entry->bin);
	for (i = 0; i < entry->bins; i++)
		entry->bin[i] -= KANARY_PATH_FIRST;
	send(task, entry, name, call, flags);
	return entry;
}

/* Unusual ones have to be answered for as long as they are used. */
static noinline void send_again(struct kanary_task *task, struct kanary_path_entry *entry,
				const struct kanary_path_name *name, u16 call, u16 flags)
{
	if ((u32)jiffies - entry->time >= HZ)
		send(task, entry, name, call, flags);
}

/* @flags: what is known of the path without having read it */
static void take(struct kanary_task *task, unsigned long address, u16 call, u16 flags)
{
	struct kanary_path_name *name = this_cpu_ptr(&names);
	struct kanary_path_entry *entry;
	u16 *counts;
	u32 i;

	/* The directory itself is meant, or nothing: there is no path. */
	if (!address)
		return;
	if (kanary_path_read((const char __user *)address, kanary_path_cache_seed(task->stream),
			     name)) {
		kanary_counters_add(KANARY_A_COUNTER_PATHS_UNREAD, 1);
		return;
	}
	if (!name->length)
		return;
	if (name->bytes[0] != '/') {
		flags |= KANARY_PATH_RELATIVE;
		/* The same name is another path there. */
		name->hash += flags & KANARY_PATH_DIRFD;
	} else {
		flags &= ~KANARY_PATH_DIRFD;
	}
	if (name->truncated)
		flags |= KANARY_PATH_TRUNCATED;
	counts = kanary_task_paths(task);
	if (unlikely(!counts)) {
		kanary_counters_add(KANARY_A_COUNTER_PATHS_NO_MEMORY, 1);
		return;
	}
	entry = kanary_path_cache_find(name->hash);
	if (unlikely(!entry))
		entry = learn(task, name, call, flags);
	else if (unlikely(kanary_path_cache_is_watched(name->hash)))
		send_again(task, entry, name, call, flags);
	for (i = 0; i < entry->bins; i++) {
		u16 *count = &counts[entry->bin[i]];

		*count += *count != U16_MAX;
	}
	kanary_counters_add(KANARY_A_COUNTER_PATHS_COUNTED, 1);
}

static __always_inline void take_all(const struct kanary_handler *handler,
				     const struct pt_regs *regs, const u8 *arguments,
				     unsigned long mask)
{
	const struct kanary_path_call *call = call_of[handler->bin];
	struct kanary_task *task = kanary_task_current();
	u32 i;

	if (!task)
		return;
	for (i = 0; i < KANARY_PATH_CALL_PATHS; i++) {
		u16 flags = i ? KANARY_PATH_SECOND : 0;

		if (call->path[i] == KANARY_PATH_CALL_NONE)
			break;
		if (call->directory[i] != KANARY_PATH_CALL_NONE &&
		    (int)argument(regs, arguments, call->directory[i]) != AT_FDCWD)
			flags |= KANARY_PATH_DIRFD;
		take(task, argument(regs, arguments, call->path[i]) & mask, handler->bin, flags);
	}
}

/* __x64_sys_*(const struct pt_regs *regs) */
static int take_native(struct kprobe *probe, struct pt_regs *regs)
{
	take_all(container_of(probe, struct kanary_handler, probe),
		 (const struct pt_regs *)regs->di, native_arguments, ULONG_MAX);
	return 0;
}
NOKPROBE_SYMBOL(take_native);

/* __ia32_*(const struct pt_regs *regs) */
static int take_compat(struct kprobe *probe, struct pt_regs *regs)
{
	take_all(container_of(probe, struct kanary_handler, probe),
		 (const struct pt_regs *)regs->di, compat_arguments, U32_MAX);
	return 0;
}
NOKPROBE_SYMBOL(take_compat);

static void hook_call(u32 bin)
{
	bool compat = bin >= KANARY_BINS_BANK;
	const char *name;

	name = compat ? kanary_syscall_compat(bin - KANARY_BINS_BANK) : kanary_syscall_native(bin);
	if (!name)
		return;
	call_of[bin] = kanary_path_call_find(name, compat);
	if (call_of[bin])
		kanary_handlers_add(&handlers, bin, compat ? take_compat : take_native);
}

int kanary_path_hook_init(void)
{
	u32 bin;
	int ret;

	kanary_path_read_init();
	ret = kanary_path_cache_init();
	if (ret)
		goto err;
	ret = kanary_path_queue_init();
	if (ret)
		goto err_cache;
	ret = kanary_handlers_init(&handlers, KANARY_BINS);
	if (ret)
		goto err_queue;
	for (bin = 0; bin < KANARY_BINS; bin++)
		hook_call(bin);
	if (!handlers.number)
		pr_notice("cannot see paths: no kprobe on the system calls that take them\n");
	return 0;

err_queue:
	kanary_path_queue_uninit();
err_cache:
	kanary_path_cache_uninit();
err:
	pr_err("no memory for paths: load with paths=0\n");
	return ret;
}

void kanary_path_hook_unhook(void)
{
	kanary_handlers_remove(&handlers);
}

void kanary_path_hook_uninit(void)
{
	kanary_path_queue_uninit();
	kanary_path_cache_uninit();
}

u32 kanary_path_hook_calls(void)
{
	return handlers.number;
}

u64 kanary_path_hook_missed(void)
{
	return kanary_handlers_missed(&handlers);
}
