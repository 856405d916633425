// SPDX-License-Identifier: GPL-2.0
#include "strace_path.h"

#include <ctype.h>
#include <string.h>

#include "kanary_netlink.h"

/* Behind the string that begins at @text, or at the end. */
static const char *skip_string(const char *text)
{
	for (text++; *text && *text != '"'; text++)
		if (*text == '\\' && text[1])
			text++;
	return *text ? text + 1 : text;
}

/* The comma or parenthesis behind the argument at @text, or the end. */
static const char *skip_argument(const char *text)
{
	u32 depth = 0;

	while (*text) {
		if (*text == '"') {
			text = skip_string(text);
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

static int hex_value(char digit)
{
	if (isdigit((unsigned char)digit))
		return digit - '0';
	return isxdigit((unsigned char)digit) ? tolower((unsigned char)digit) - 'a' + 10 : -1;
}

/* One character of a C string; @text is moved behind it. */
static char decode(const char **text)
{
	static const char letters[] = "abfnrtv", values[] = "\a\b\f\n\r\t\v";
	const char *at = *text, *letter;
	u32 value = 0, digits = 0;

	if (*at != '\\' || !at[1]) {
		*text = at + 1;
		return *at;
	}
	at++;
	letter = strchr(letters, *at);
	if (letter) {
		value = (unsigned char)values[letter - letters];
		at++;
	} else if (*at == 'x' && hex_value(at[1]) >= 0) {
		for (at++; digits < 2 && hex_value(*at) >= 0; digits++)
			value = 16 * value + (u32)hex_value(*at++);
	} else if (*at >= '0' && *at <= '7') {
		for (; digits < 3 && *at >= '0' && *at <= '7'; digits++)
			value = 8 * value + (u32)(*at++ - '0');
	} else {
		value = (unsigned char)*at++;
	}
	*text = at;
	return (char)value;
}

/* "3</srv>" or "AT_FDCWD</home>": what is between the brackets, and a slash. */
static size_t take_directory(const char *text, const char *end, char *path)
{
	const char *open = memchr(text, '<', (size_t)(end - text));
	size_t length = 0;

	if (!open || open[1] != '/')
		return 0;
	for (open++; open < end && *open != '>' && length < KANARY_STRACE_PATH_SIZE - 1;)
		path[length++] = decode(&open);
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
	for (text++; *text && *text != '"' && length < KANARY_STRACE_PATH_SIZE;)
		path[length++] = decode(&text);
	return length > start ? length : 0;
}
