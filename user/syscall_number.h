/* SPDX-License-Identifier: GPL-2.0 */
/* Bins for names of system calls: the way back from common/syscall_name.h, for importers. */
#ifndef KANARY_SYSCALL_NUMBER_H
#define KANARY_SYSCALL_NUMBER_H

#include "types.h"

/**
 * kanary_syscall_number_bin() - bin of a system call's name
 * @name: as the kernel or strace writes it, "syscall_0x1ff" included
 * @compat: of the 32-bit ABI
 * @known: unset for a name that nobody knows
 *
 * Return: the bin; for an unknown name the last of the ABI's bank.
 */
u32 kanary_syscall_number_bin(const char *name, bool compat, bool *known);

#endif /* KANARY_SYSCALL_NUMBER_H */
