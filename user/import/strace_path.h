/* SPDX-License-Identifier: GPL-2.0 */
/* The paths in the arguments of a call as strace writes them. */
#ifndef KANARY_STRACE_PATH_H
#define KANARY_STRACE_PATH_H

#include <stddef.h>

#include "path_call.h"
#include "types.h"

/* Room for a path that is longer than any kept: what is cut off has to show. */
#define KANARY_STRACE_PATH_SIZE 4096

/**
 * kanary_strace_path_take() - decode a path
 * @arguments: from behind the parenthesis, terminated, cut off anywhere
 * @call: whose arguments these are
 * @number: of the path, 0 .. KANARY_PATH_CALL_PATHS - 1
 * @path: [KANARY_STRACE_PATH_SIZE], set; not terminated
 * @flags: KANARY_PATH_DIRFD, _SECOND and, where strace cut the path, _TRUNCATED, set
 *
 * C strings with all escapes that strace writes. Where -y or -yy tells the directory
 * that a relative path is meant in, the path is joined to it.
 *
 * Return: bytes of @path, 0 where there is none, such as NULL or an address.
 */
size_t kanary_strace_path_take(const char *arguments, const struct kanary_path_call *call,
			       u32 number, char path[KANARY_STRACE_PATH_SIZE], u16 *flags);

#endif /* KANARY_STRACE_PATH_H */
