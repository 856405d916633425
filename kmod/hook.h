/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where system calls are seen. In this order, or the one asked for:
 *
 *	x64_sys_call	kprobes on the dispatcher (and on that of 32-bit calls)
 *	handlers	kprobes on each __x64_sys_*, where there is no dispatcher
 *	sys_enter	the tracepoint, where kprobes are not to be had
 *
 * All run after seccomp and ptrace: a call that those deny is not seen. Operations
 * of io_uring are seen by a tracepoint of their own beside it.
 */
#ifndef _KANARY_HOOK_H
#define _KANARY_HOOK_H

#include <linux/types.h>

/**
 * kanary_hook_init() - see system calls from here on
 * @wanted: "auto", "dispatcher", "handlers" or "tracepoint"
 *
 * Proves that the hook fires: makes a getpid() through the hooked function and
 * finds it counted. Sleeps.
 *
 * Return: 0 or -errno, with a sentence in the log.
 */
int kanary_hook_init(const char *wanted);

/** kanary_hook_uninit() - when it returns, no hook runs any more; sleeps */
void kanary_hook_uninit(void);

/**
 * kanary_hook_prove() - whether the hook still fires
 *
 * Context: process, one at a time. Sleeps.
 *
 * Return: 0, -ENODEV if it is silent, 1 where that cannot be told, or -ENOMEM.
 */
int kanary_hook_prove(void);

/** kanary_hook_name() - which of the above is in use */
const char *kanary_hook_name(void);

/** kanary_hook_self_test() - "passed", or "pending" until the first call is seen where none could be made */
const char *kanary_hook_self_test(void);

/** kanary_hook_missed() - calls that kprobes did not report to us */
u64 kanary_hook_missed(void);

#endif /* _KANARY_HOOK_H */
