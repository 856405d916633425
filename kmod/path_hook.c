// SPDX-License-Identifier: GPL-2.0
#include "path_hook.h"

#include "breakpoint.h"
#include "counters.h"
#include "handlers.h"
#include "path_cache.h"
#include "path_call.h"
#include "path_queue.h"
#include "path_read.h"
#include "syscall_name.h"
#include "task.h"

#include <linux/auxvec.h>
#include <linux/fcntl.h>
#include <linux/jiffies.h>
#include <linux/mm_types.h>
#include <linux/ptrace.h>
#include <linux/sizes.h>
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

/**
 * struct where - where a call's paths are, as offsets into struct pt_regs
 * @path: of the pointers, up to the first that is 0: that register has no argument
 * @directory: of what each is relative to, or 0
 */
struct where {
	u8 path[KANARY_PATH_CALL_PATHS + 1];
	u8 directory[KANARY_PATH_CALL_PATHS];
};

static_assert(!offsetof(struct pt_regs, r15));

/* No interpreter is larger: glibc's takes 0.2 MiB, musl's 0.7. */
enum { LOADER_BYTES = SZ_1M };

static struct kanary_handlers handlers;
static struct where where[KANARY_BINS];
/* The hook's alone, with preemption off: too large for the stack of a stranger. */
static DEFINE_PER_CPU(struct kanary_path_name, names);

/* Number @i of those that the kernel told a program, which may be one of 32 bits. */
static unsigned long told(const unsigned long *word, u32 i, bool narrow)
{
	return narrow ? ((const u32 *)word)[i] : word[i];
}

/*
 * Whether a call that is made at @from is the dynamic loader's own: it comes out of the
 * program's interpreter, of which the kernel tells the program in @word, pairs of numbers.
 * Where that is the C library as well (musl), all calls are.
 */
static bool is_of_loader(const unsigned long *word, bool narrow, unsigned long from)
{
	unsigned long base;
	u32 i;

	for (i = 0; i < AT_VECTOR_SIZE - 1 && told(word, i, narrow) != AT_NULL; i += 2) {
		if (told(word, i, narrow) != AT_BASE)
			continue;
		base = told(word, i + 1, narrow);
		return base && from - base < LOADER_BYTES;
	}
	return false;
}

/* Of a program of 32 bits, x32's included, all that it is told has 32. */
static bool is_loading(void)
{
	return current->mm && is_of_loader(current->mm->saved_auxv, test_thread_flag(TIF_ADDR32),
					   instruction_pointer(task_pt_regs(current)));
}

/* To the worker: the path is news. Whether it got into the ring. */
static bool send(struct kanary_task *task, struct kanary_path_entry *entry,
		 const struct kanary_path_name *name, u16 call, u16 flags)
{
	struct kanary_path_queued *queued;

	entry->time = jiffies;
	queued = kanary_path_queue_reserve(name->length);
	if (!queued)
		return false;
	refcount_inc(&task->references);
	queued->task = task;
	queued->hash = name->hash;
	queued->index = task->index;
	queued->loader = is_loading();
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
	return true;
}

/*
 * The same name is another path elsewhere. An absolute one is not, but that is known only
 * once it is read: given with a directory it is news once more.
 */
static __always_inline u64 seed_of(const struct kanary_task *task, u16 flags)
{
	return kanary_path_cache_seed(task->stream) + (flags & KANARY_PATH_DIRFD);
}

static struct kanary_path_entry *insert(const struct kanary_path_name *name, u16 flags)
{
	struct kanary_path_entry *entry = kanary_path_cache_insert(name->hash);
	u32 i;

	entry->bins = kanary_path_bins(name->bytes, name->length, flags, entry->bin);
	for (i = 0; i < entry->bins; i++)
		entry->bin[i] -= KANARY_PATH_FIRST;
	return entry;
}

/*
 * All that is not a matter of course: the path is news, or unusual and has to be
 * answered for as long as it is used, or some of its last word is not in memory.
 * @flags: what is known of it without having seen it
 *
 * Return: its entry, or NULL where there is no path.
 */
static noinline const struct kanary_path_entry *
take_slowly(struct kanary_task *task, const char __user *from, u16 call, u16 flags)
{
	struct kanary_path_name *name = this_cpu_ptr(&names);
	struct kanary_path_entry *entry;

	if (kanary_path_read(from, seed_of(task, flags), name)) {
		kanary_counters_add(KANARY_A_COUNTER_PATHS_UNREAD, 1);
		return NULL;
	}
	if (!name->length)
		return NULL;
	if (name->bytes[0] == '/')
		flags &= ~KANARY_PATH_DIRFD;
	else
		flags |= KANARY_PATH_RELATIVE;
	if (name->truncated)
		flags |= KANARY_PATH_TRUNCATED;
	entry = kanary_path_cache_find(name->hash);
	if (!entry) {
		entry = insert(name, flags);
		/* What the worker does not get to see is no matter of course: it stays news. */
		if (!send(task, entry, name, call, flags))
			entry->hash = 0;
	} else if (kanary_path_cache_is_watched(name->hash) && (u32)jiffies - entry->time >= HZ) {
		send(task, entry, name, call, flags);
	}
	return entry;
}

static __always_inline const struct kanary_path_entry *
take(struct kanary_task *task, const char __user *from, u16 call, u16 flags)
{
	u64 hash = kanary_path_read_hash(from, seed_of(task, flags));
	const struct kanary_path_entry *entry = kanary_path_cache_find(hash);

	if (likely(entry && hash && !kanary_path_cache_is_watched(hash)))
		return entry;
	return take_slowly(task, from, call, flags);
}

/* One more, and no more than fit. */
static __always_inline void add_one(u16 *count)
{
	asm("addw $1, %0\n\tsbbw $0, %0" : "+m" (*count) : : "cc");
}

static __always_inline void count(struct kanary_task *task, const struct kanary_path_entry *entry)
{
	const u16 *bin = entry->bin, *end = bin + entry->bins;
	u16 *counts = kanary_task_paths(task);

	if (unlikely(!counts)) {
		kanary_counters_add(KANARY_A_COUNTER_PATHS_NO_MEMORY, 1);
		return;
	}
	for (; bin < end; bin++)
		add_one(&counts[*bin]);
	kanary_counters_add(KANARY_A_COUNTER_PATHS_COUNTED, 1);
}

static __always_inline unsigned long argument(const struct pt_regs *regs, u8 offset)
{
	return *(const unsigned long *)((const u8 *)regs + offset);
}

static __always_inline void take_all(const struct kanary_handler *handler,
				     const struct pt_regs *regs, unsigned long mask)
{
	const struct where *at = &where[handler->bin];
	struct kanary_task *task = kanary_task_current();
	const struct kanary_path_entry *entry;
	unsigned long from;
	u32 i;

	if (!task)
		return;
	for (i = 0; at->path[i]; i++) {
		u16 flags = i ? KANARY_PATH_SECOND : 0;

		if (at->directory[i] && (int)argument(regs, at->directory[i]) != AT_FDCWD)
			flags |= KANARY_PATH_DIRFD;
		from = argument(regs, at->path[i]) & mask;
		/* Without one, the directory itself is meant, or nothing. */
		entry = from ? take(task, (const char __user *)from, handler->bin, flags) : NULL;
		if (entry)
			count(task, entry);
	}
}

/* __x64_sys_*(const struct pt_regs *regs) */
static __always_inline void take_native(const struct kprobe *probe, const struct pt_regs *regs)
{
	take_all(container_of(probe, const struct kanary_handler, probe),
		 (const struct pt_regs *)regs->di, ULONG_MAX);
}

KANARY_BREAKPOINT_PRE_HANDLER(hear_native, take_native);

/* __ia32_*(const struct pt_regs *regs) */
static __always_inline void take_compat(const struct kprobe *probe, const struct pt_regs *regs)
{
	take_all(container_of(probe, const struct kanary_handler, probe),
		 (const struct pt_regs *)regs->di, U32_MAX);
}

KANARY_BREAKPOINT_PRE_HANDLER(hear_compat, take_compat);

static int hook_call(u32 bin)
{
	bool compat = bin >= KANARY_BINS_BANK;
	const u8 *arguments = compat ? compat_arguments : native_arguments;
	const struct kanary_path_call *call;
	const char *name;
	u32 i;

	name = compat ? kanary_syscall_compat(bin - KANARY_BINS_BANK) : kanary_syscall_native(bin);
	call = name ? kanary_path_call_find(name, compat) : NULL;
	if (!call)
		return 0;
	for (i = 0; i < KANARY_PATH_CALL_PATHS; i++) {
		if (call->path[i] != KANARY_PATH_CALL_NONE)
			where[bin].path[i] = arguments[call->path[i]];
		if (call->directory[i] != KANARY_PATH_CALL_NONE)
			where[bin].directory[i] = arguments[call->directory[i]];
	}
	return kanary_handlers_add(&handlers, bin, compat ? hear_compat : hear_native);
}

int kanary_path_hook_init(void)
{
	u32 bin;
	int ret;

	kanary_path_read_init();
	ret = kanary_path_cache_init();
	if (!ret)
		ret = kanary_path_queue_init();
	if (!ret)
		ret = kanary_handlers_init(&handlers, KANARY_BINS);
	/* What the kernel lacks is not called; what there is no memory for would not be seen. */
	for (bin = 0; bin < KANARY_BINS && ret != -ENOMEM; bin++)
		ret = hook_call(bin);
	if (ret == -ENOMEM) {
		pr_err("no memory for paths: load with paths=0\n");
		return ret;
	}
	if (!handlers.number)
		pr_notice("cannot see paths: no kprobe on the system calls that take them\n");
	return 0;
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
