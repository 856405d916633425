/* SPDX-License-Identifier: GPL-2.0 */
/* Which system calls take paths, and where: one table for both ABIs. */
#ifndef _KANARY_PATH_CALL_H
#define _KANARY_PATH_CALL_H

#include "types.h"

/* Paths that a call takes, at most. */
#define KANARY_PATH_CALL_PATHS 2
/* No such argument. */
#define KANARY_PATH_CALL_NONE 0xff

/**
 * struct kanary_path_call - a system call that takes paths
 * @name: as kanary_syscall_native() or kanary_syscall_compat() has it
 * @path: arguments, from 0, that point to a path; or KANARY_PATH_CALL_NONE
 * @directory: of each, the argument with the directory that it is relative to
 */
struct kanary_path_call {
	const char *name;
	u8 path[KANARY_PATH_CALL_PATHS];
	u8 directory[KANARY_PATH_CALL_PATHS];
};

/**
 * kanary_path_call_find() - where a system call takes its paths
 * @name: of the call, without the prefix of the 32-bit ABI
 * @compat: of the 32-bit ABI
 *
 * Return: NULL where it takes none.
 */
const struct kanary_path_call *kanary_path_call_find(const char *name, bool compat);

#endif /* _KANARY_PATH_CALL_H */
