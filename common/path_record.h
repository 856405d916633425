/* SPDX-License-Identifier: GPL-2.0 */
/* Paths on the wire and in a recording: size and validity. */
#ifndef _KANARY_PATH_RECORD_H
#define _KANARY_PATH_RECORD_H

#include "kanary_netlink.h"
#include "types.h"

/* Bytes of the longest record. */
#define KANARY_PATH_RECORD_SIZE_MAX (sizeof(struct kanary_path) + KANARY_PATH_SIZE_MAX)

/** kanary_path_record_size() - bytes of the record of a path of @length bytes */
static inline size_t kanary_path_record_size(u32 length)
{
	return sizeof(struct kanary_path) + length;
}

/**
 * kanary_path_record_check() - whether untrusted bytes are a whole, valid record
 * @path: 8-byte aligned
 * @size: bytes there are
 *
 * The name is checked for what a name cannot have, not for what is good to print:
 * escape it before that.
 *
 * Return: NULL, or one sentence that says what is wrong.
 */
const char *kanary_path_record_check(const struct kanary_path *path, size_t size);

#endif /* _KANARY_PATH_RECORD_H */
