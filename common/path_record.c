/* SPDX-License-Identifier: GPL-2.0 */
#include "path_record.h"

static const char *check_flags(const struct kanary_path *path)
{
	bool relative = path->name[0] != '/';

	if (path->flags & ~KANARY_PATH_FLAGS)
		return "path has an unknown flag";
	if (relative != !!(path->flags & KANARY_PATH_RELATIVE))
		return "path is not relative as its flag says";
	if (!relative && (path->flags & KANARY_PATH_DIRFD))
		return "absolute path has a directory";
	return NULL;
}

const char *kanary_path_record_check(const struct kanary_path *path, size_t size)
{
	u32 i;

	if (size < sizeof(*path))
		return "path is shorter than its fixed part";
	if (!path->length || path->length > KANARY_PATH_SIZE_MAX)
		return "length of the path is out of range (1 to 256)";
	if (size != kanary_path_record_size(path->length))
		return "size of the path does not follow from its length";
	if (path->call >= KANARY_BINS)
		return "path has a system call out of range";
	if (path->reserved[0] || path->reserved[1] || path->reserved[2])
		return "reserved bytes of the path are not 0";
	for (i = 0; i < path->length; i++)
		if (!path->name[i])
			return "path has a byte of 0";
	return check_flags(path);
}
