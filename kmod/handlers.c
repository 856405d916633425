// SPDX-License-Identifier: GPL-2.0
#include "handlers.h"

#include "syscall_name.h"

#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

enum {
	SYMBOL_SIZE = 48,
	/* As many must be there, or the kernel names its handlers otherwise. */
	HANDLERS_MIN = 200,
};

/**
 * struct handler - a kprobe and the name it needs to keep
 * @probe: registered
 * @symbol: the function
 */
struct handler {
	struct kprobe probe;
	char symbol[SYMBOL_SIZE];
};

/* System calls whose function bears another name. */
static const struct {
	const char *name;
	const char *function;
} aliases[] = {
	{ "stat", "newstat" },
	{ "fstat", "newfstat" },
	{ "lstat", "newlstat" },
	{ "uname", "newuname" },
	{ "umount2", "umount" },
	{ "sendfile", "sendfile64" },
};

static struct handler *handlers;
/* All of them at once are taken off with one grace period. */
static struct kprobe **probes;
static u32 number;

static const char *function_of(const char *name)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(aliases); i++) {
		if (!strcmp(aliases[i].name, name))
			return aliases[i].function;
	}
	return name;
}

static bool try(const char *prefix, const char *name, kprobe_pre_handler_t pre_handler)
{
	struct handler *handler = &handlers[number];

	memset(handler, 0, sizeof(*handler));
	scnprintf(handler->symbol, sizeof(handler->symbol), "%s%s", prefix, name);
	handler->probe.symbol_name = handler->symbol;
	handler->probe.pre_handler = pre_handler;
	if (register_kprobe(&handler->probe))
		return false;
	probes[number++] = &handler->probe;
	return true;
}

int kanary_handlers_attach(kprobe_pre_handler_t native, kprobe_pre_handler_t compat)
{
	const char *name;
	u32 call;

	handlers = kvcalloc(KANARY_BINS, sizeof(*handlers), GFP_KERNEL);
	probes = kcalloc(KANARY_BINS, sizeof(*probes), GFP_KERNEL);
	if (!handlers || !probes) {
		kanary_handlers_detach();
		return -ENOMEM;
	}
	for (call = 0; call < KANARY_BINS_BANK; call++) {
		name = kanary_syscall_native(call);
		if (name)
			try("__x64_sys_", function_of(name), native);
	}
	if (number < HANDLERS_MIN) {
		kanary_handlers_detach();
		return -ENOENT;
	}
	for (call = 0; call < KANARY_BINS_BANK; call++) {
		name = kanary_syscall_compat(call);
		if (name && !try("__ia32_compat_sys_", name, compat))
			try("__ia32_sys_", name, compat);
	}
	return 0;
}

void kanary_handlers_detach(void)
{
	unregister_kprobes(probes, number);
	number = 0;
	kfree(probes);
	kvfree(handlers);
}

unsigned long kanary_handlers_address(const char *symbol)
{
	u32 i;

	for (i = 0; i < number; i++) {
		if (!strcmp(handlers[i].symbol, symbol))
			return (unsigned long)handlers[i].probe.addr;
	}
	return 0;
}

u64 kanary_handlers_missed(void)
{
	u64 missed = 0;
	u32 i;

	for (i = 0; i < number; i++)
		missed += handlers[i].probe.nmissed;
	return missed;
}
