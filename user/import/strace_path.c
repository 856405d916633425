// SPDX-License-Identifier: GPL-2.0
#include "strace_path.h"

#include <string.h>

#include "kanary_netlink.h"
#include "strace_string.h"

/* The comma or parenthesis behind the argument at @text, or the end. */
static const char *skip_argument(const char *text)
{
	const char *start = text, *end;
	u32 depth = 0;

	while (*text) {
		end = kanary_strace_string_skip_quoted(text, start);
		if (end > text) {
			text = end;
			continue;
		}
		if (strchr("([{", *text))
			depth++;
		else if (!depth && strchr(",)", *text))
			break;
		else if (strchr(")]}", *text) && depth)
			depth--;
		text++;
	}
	return text;
}

static const char *find_argument(const char *text, u32 number)
{
	while (number--) {
		text = skip_argument(text);
		if (*text != ',')
			return NULL;
		text++;
	}
	while (*text == ' ')
		text++;
	return text;
}

/* "3</srv>" or "AT_FDCWD</home>": what is between the brackets, and a slash. */
static size_t take_directory(const char *text, const char *end, char *path)
{
	const char *open = memchr(text, '<', (size_t)(end - text));
	size_t length = 0;

	if (!open || open[1] != '/')
		return 0;
	open++;
	length = kanary_strace_string_take(&open, '>', path, KANARY_STRACE_PATH_SIZE - 1);
	path[length++] = '/';
	return length;
}

size_t kanary_strace_path_take(const char *arguments, const struct kanary_path_call *call,
			       u32 number, char path[KANARY_STRACE_PATH_SIZE], u16 *flags)
{
	const char *text, *directory = NULL;
	size_t length = 0, start;

	*flags = number ? KANARY_PATH_SECOND : 0;
	if (call->path[number] == KANARY_PATH_CALL_NONE)
		return 0;
	text = find_argument(arguments, call->path[number]);
	if (!text || *text != '"')
		return 0;
	if (call->directory[number] != KANARY_PATH_CALL_NONE)
		directory = find_argument(arguments, call->directory[number]);
	if (directory && text[1] != '/') {
		length = take_directory(directory, skip_argument(directory), path);
		if (!length && strncmp(directory, "AT_FDCWD", 8))
			*flags |= KANARY_PATH_DIRFD;
	}
	start = length;
	text++;
	length += kanary_strace_string_take(&text, '"', path + length,
					    KANARY_STRACE_PATH_SIZE - length);
	if (!*text || !strncmp(text, "\"...", 4))
		*flags |= KANARY_PATH_TRUNCATED;
	return length > start ? length : 0;
}
