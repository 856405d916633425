// SPDX-License-Identifier: GPL-2.0
#include "handlers.h"

#include "syscall_name.h"

#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

/* System calls whose function bears another name. */
static const struct alias {
	const char *name;
	const char *function;
} native_aliases[] = {
	{ "stat", "newstat" },
	{ "fstat", "newfstat" },
	{ "lstat", "newlstat" },
	{ "uname", "newuname" },
	{ "umount2", "umount" },
	{ "sendfile", "sendfile64" },
}, compat_aliases[] = {
	{ "chown", "chown16" },
	{ "chown32", "chown" },
	{ "fchown", "fchown16" },
	{ "fchown32", "fchown" },
	{ "fstat", "newfstat" },
	{ "fstat64", "ia32_fstat64" },
	{ "fstatat64", "ia32_fstatat64" },
	{ "ftruncate64", "ia32_ftruncate64" },
	{ "futimesat", "futimesat_time32" },
	{ "lchown", "lchown16" },
	{ "lchown32", "lchown" },
	{ "lstat", "newlstat" },
	{ "lstat64", "ia32_lstat64" },
	{ "oldfstat", "fstat" },
	{ "oldlstat", "lstat" },
	{ "oldstat", "stat" },
	{ "stat", "newstat" },
	{ "stat64", "ia32_stat64" },
	{ "truncate64", "ia32_truncate64" },
	{ "umount", "oldumount" },
	{ "umount2", "umount" },
	{ "utime", "utime32" },
	{ "utimensat", "utimensat_time32" },
	{ "utimensat_time64", "utimensat" },
	{ "utimes", "utimes_time32" },
};

int kanary_handlers_init(struct kanary_handlers *handlers, u32 room)
{
	handlers->number = 0;
	handlers->room = room;
	handlers->handler = kvcalloc(room, sizeof(*handlers->handler), GFP_KERNEL);
	handlers->probes = kcalloc(room, sizeof(*handlers->probes), GFP_KERNEL);
	if (handlers->handler && handlers->probes)
		return 0;
	kanary_handlers_remove(handlers);
	return -ENOMEM;
}

static int try(struct kanary_handlers *handlers, const char *prefix, const char *name, u32 bin,
	       kprobe_pre_handler_t pre_handler)
{
	struct kanary_handler *handler;
	int ret;

	if (handlers->number == handlers->room)
		return -ENOSPC;
	handler = &handlers->handler[handlers->number];
	memset(handler, 0, sizeof(*handler));
	scnprintf(handler->symbol, sizeof(handler->symbol), "%s%s", prefix, name);
	handler->bin = bin;
	handler->probe.symbol_name = handler->symbol;
	handler->probe.pre_handler = pre_handler;
	ret = register_kprobe(&handler->probe);
	if (!ret)
		handlers->probes[handlers->number++] = &handler->probe;
	return ret;
}

static const char *function_of(const struct alias *alias, u32 aliases, const char *name)
{
	u32 i;

	for (i = 0; i < aliases; i++) {
		if (!strcmp(alias[i].name, name))
			return alias[i].function;
	}
	return name;
}

int kanary_handlers_add(struct kanary_handlers *handlers, u32 bin,
			kprobe_pre_handler_t pre_handler)
{
	const char *name;
	int ret;

	if (bin < KANARY_BINS_BANK) {
		name = kanary_syscall_native(bin);
		if (!name)
			return -ENOENT;
		name = function_of(native_aliases, ARRAY_SIZE(native_aliases), name);
		return try(handlers, "__x64_sys_", name, bin, pre_handler);
	}
	name = kanary_syscall_compat(bin - KANARY_BINS_BANK);
	if (!name)
		return -ENOENT;
	name = function_of(compat_aliases, ARRAY_SIZE(compat_aliases), name);
	ret = try(handlers, "__ia32_compat_sys_", name, bin, pre_handler);
	if (!ret || ret == -ENOMEM)
		return ret;
	return try(handlers, "__ia32_sys_", name, bin, pre_handler);
}

void kanary_handlers_remove(struct kanary_handlers *handlers)
{
	if (handlers->number)
		unregister_kprobes(handlers->probes, handlers->number);
	handlers->number = 0;
	kfree(handlers->probes);
	kvfree(handlers->handler);
	handlers->probes = NULL;
	handlers->handler = NULL;
}

unsigned long kanary_handlers_address(const struct kanary_handlers *handlers, const char *symbol)
{
	u32 i;

	for (i = 0; i < handlers->number; i++) {
		if (!strcmp(handlers->handler[i].symbol, symbol))
			return (unsigned long)handlers->handler[i].probe.addr;
	}
	return 0;
}

u64 kanary_handlers_missed(const struct kanary_handlers *handlers)
{
	u64 missed = 0;
	u32 i;

	for (i = 0; i < handlers->number; i++)
		missed += handlers->handler[i].probe.nmissed;
	return missed;
}
