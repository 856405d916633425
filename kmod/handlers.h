/* SPDX-License-Identifier: GPL-2.0 */
/* kprobes on each system call's own function, for kernels without a dispatcher. */
#ifndef _KANARY_HANDLERS_H
#define _KANARY_HANDLERS_H

#include <linux/kprobes.h>

/**
 * kanary_handlers_attach() - hook every handler that the kernel has
 * @native: pre-handler for __x64_sys_*
 * @compat: pre-handler for __ia32_*
 *
 * Return: 0, or -ENOENT where hardly any handler could be hooked, or -errno.
 */
int kanary_handlers_attach(kprobe_pre_handler_t native, kprobe_pre_handler_t compat);

/** kanary_handlers_detach() - when it returns, none runs any more; sleeps */
void kanary_handlers_detach(void);

/** kanary_handlers_address() - of a hooked function, or 0 */
unsigned long kanary_handlers_address(const char *symbol);

/** kanary_handlers_missed() - hits that kprobes did not report */
u64 kanary_handlers_missed(void);

#endif /* _KANARY_HANDLERS_H */
