/* SPDX-License-Identifier: GPL-2.0 */
/* Bins for names of system calls: the way back from common/syscall_name.h, for importers. */
#ifndef KANARY_SYSCALL_NUMBER_H
#define KANARY_SYSCALL_NUMBER_H

#include <stdbool.h>

#include "types.h"

/**
 * enum kanary_syscall_abi - whose numbers and names those of a trace are
 * @KANARY_SYSCALL_ABI_X86_64: of 64-bit programs
 * @KANARY_SYSCALL_ABI_I386: of 32-bit programs: the second bank of bins
 * @KANARY_SYSCALL_ABI_RAW: of another system: numbers stay what they are, without a name
 */
enum kanary_syscall_abi {
	KANARY_SYSCALL_ABI_X86_64,
	KANARY_SYSCALL_ABI_I386,
	KANARY_SYSCALL_ABI_RAW,
};

/**
 * kanary_syscall_number_bin() - bin of a system call's name
 * @name: as the kernel or strace writes it, "syscall_0x1ff" and "SYS_319" included
 * @compat: of the 32-bit ABI
 * @known: unset for a name that nobody knows
 *
 * Return: the bin; for an unknown name the last of the ABI's bank.
 */
u32 kanary_syscall_number_bin(const char *name, bool compat, bool *known);

/** kanary_syscall_number_is_i386() - whether a name is of 32-bit programs alone, as "mmap2" */
bool kanary_syscall_number_is_i386(const char *name);

/**
 * kanary_syscall_number_word() - bin of a system call's name or decimal number
 * @word: as it stands in a trace
 * @abi: whose it is; one of KANARY_SYSCALL_ABI_RAW is a number
 * @known: unset for a name or number that the ABI does not have
 *
 * Return: the bin; for unknown ones and for numbers beyond the bank its last.
 */
u32 kanary_syscall_number_word(const char *word, enum kanary_syscall_abi abi, bool *known);

/** kanary_syscall_number_is_exit() - whether a bin is "exit" or "exit_group" of the ABI */
bool kanary_syscall_number_is_exit(u32 bin, enum kanary_syscall_abi abi);

/** kanary_syscall_number_abi() - the ABI that "x86-64", "i386" or "raw" means; false for others */
bool kanary_syscall_number_abi(const char *name, enum kanary_syscall_abi *abi);

#endif /* KANARY_SYSCALL_NUMBER_H */
