// SPDX-License-Identifier: GPL-2.0
#include "trace_name.h"

#include <stdlib.h>
#include <string.h>

#define PID_MAX 4194304

const char *kanary_trace_name_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Bytes of @name in front of one of @endings, or 0 */
static size_t cut_ending(const char *name, size_t length, const char *const *endings, size_t count)
{
	size_t size, i;

	for (i = 0; i < count; i++) {
		size = strlen(endings[i]);
		if (length > size && !memcmp(name + length - size, endings[i], size))
			return length - size;
	}
	return 0;
}

/* Bytes of @name without what a compressor has put behind it */
static size_t uncompressed_length(const char *name)
{
	static const char *const endings[] = { ".gz", ".xz", ".zst", ".bz2", ".lz4", ".Z" };
	size_t length = strlen(name);
	size_t cut = cut_ending(name, length, endings, sizeof(endings) / sizeof(*endings));

	return cut ? cut : length;
}

bool kanary_trace_name_is_hidden(const char *path)
{
	const char *base = kanary_trace_name_base(path);

	return *base == '.' || strstr(path, "__MACOSX/");
}

const char *kanary_trace_name_comm(const char *path, size_t *length)
{
	const char *base = kanary_trace_name_base(path);

	*length = strcmp(path, KANARY_TRACE_NAME_STANDARD) ? strcspn(base, ".") : 0;
	return base;
}

static u32 take_pid(const char *digits)
{
	unsigned long pid = strtoul(digits, NULL, 10);

	return pid <= PID_MAX ? (u32)pid : 0;
}

/* "trace.1234", "trace.1234.gz" */
static u32 take_ending(const char *base)
{
	const char *end = base + uncompressed_length(base), *start = end;

	while (start > base && start[-1] >= '0' && start[-1] <= '9')
		start--;
	if (start == end || start == base || start[-1] != '.' || *start == '0')
		return 0;
	return take_pid(start);
}

u32 kanary_trace_name_pid(const char *path)
{
	const char *base = kanary_trace_name_base(path);

	return base[strspn(base, "0123456789")] == '.' ? take_pid(base) : take_ending(base);
}

bool kanary_trace_name_is_trace(const char *path)
{
	static const char *const endings[] = {
		".log", ".txt", ".strace", ".sysdig", ".trace", ".int",
	};
	const char *base = kanary_trace_name_base(path);

	return take_ending(base) ||
	       cut_ending(base, uncompressed_length(base), endings,
			  sizeof(endings) / sizeof(*endings));
}
