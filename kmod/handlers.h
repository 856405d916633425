/* SPDX-License-Identifier: GPL-2.0 */
/* kprobes on the system calls' own functions, many at once. */
#ifndef _KANARY_HANDLERS_H
#define _KANARY_HANDLERS_H

#include <linux/kprobes.h>
#include <linux/types.h>

enum { KANARY_HANDLERS_SYMBOL_SIZE = 48 };

/**
 * struct kanary_handler - a kprobe on a system call's function
 * @probe: registered
 * @bin: of the call
 * @symbol: the function
 */
struct kanary_handler {
	struct kprobe probe;
	u32 bin;
	char symbol[KANARY_HANDLERS_SYMBOL_SIZE];
};

/**
 * struct kanary_handlers - a set of them
 * @handler: @number are in use
 * @probes: of each: all of them at once are taken off with one grace period
 * @number: registered
 * @room: in both arrays
 */
struct kanary_handlers {
	struct kanary_handler *handler;
	struct kprobe **probes;
	u32 number;
	u32 room;
};

/** kanary_handlers_init() - an empty set with room for some; 0 or -ENOMEM */
int kanary_handlers_init(struct kanary_handlers *handlers, u32 room);

/**
 * kanary_handlers_add() - hook one system call
 * @bin: of the call; of the second bank, the 32-bit ABI's function is meant
 * @pre_handler: of it; its kprobe is the member of a struct kanary_handler
 *
 * Return: 0; -ENOMEM; another -errno where the kernel does not have the call, or does not let it
 * be hooked.
 */
int kanary_handlers_add(struct kanary_handlers *handlers, u32 bin,
			kprobe_pre_handler_t pre_handler);

/** kanary_handlers_remove() - all off, the set freed; sleeps; of an empty set nothing */
void kanary_handlers_remove(struct kanary_handlers *handlers);

/** kanary_handlers_address() - of a hooked function, or 0 */
unsigned long kanary_handlers_address(const struct kanary_handlers *handlers,
				      const char *symbol);

/** kanary_handlers_missed() - calls that kprobes did not report */
u64 kanary_handlers_missed(const struct kanary_handlers *handlers);

#endif /* _KANARY_HANDLERS_H */
