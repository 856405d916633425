/* SPDX-License-Identifier: GPL-2.0 */
/* Names of bins, for alerts, reports and importers. */
#ifndef _KANARY_SYSCALL_NAME_H
#define _KANARY_SYSCALL_NAME_H

#include "kanary_netlink.h"
#include "types.h"

/**
 * kanary_syscall_name() - name of a bin: "openat", "io_uring:openat", or "i386:openat" in the
 *	second bank
 * @bin: any number
 * @buffer: for a name that has to be made up ("syscall_479", "i386:openat")
 * @size: at least 32
 *
 * Return: a string without blanks, never NULL.
 */
const char *kanary_syscall_name(u32 bin, char *buffer, size_t size);

/**
 * kanary_syscall_native() - name of a native syscall without decoration
 * @number: any number
 *
 * Return: the name, or NULL where the number is not assigned.
 */
const char *kanary_syscall_native(u32 number);

/** kanary_syscall_compat() - the same for the 32-bit ABI */
const char *kanary_syscall_compat(u32 number);

#endif /* _KANARY_SYSCALL_NAME_H */
