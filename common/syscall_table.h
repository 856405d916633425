/* SPDX-License-Identifier: GPL-2.0 */
/* Names of system calls by number, x86; NULL where a number is not assigned. */
#ifndef _KANARY_SYSCALL_TABLE_H
#define _KANARY_SYSCALL_TABLE_H

#include "kanary_netlink.h"
#include "types.h"

/* What every name of the 32-bit ABI's table begins with. */
#define KANARY_SYSCALL_COMPAT_PREFIX "i386:"

extern const char *const kanary_syscall_table_native[KANARY_BINS_BANK];
extern const char *const kanary_syscall_table_compat[KANARY_BINS_BANK];
extern const char *const kanary_syscall_table_io_uring[KANARY_IO_URING_BINS];

#endif /* _KANARY_SYSCALL_TABLE_H */
