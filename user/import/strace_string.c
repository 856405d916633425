// SPDX-License-Identifier: GPL-2.0
#include "strace_string.h"

#include <ctype.h>
#include <string.h>

#include "types.h"

const char *kanary_strace_string_skip(const char *text)
{
	for (text++; *text && *text != '"'; text++)
		if (*text == '\\' && text[1])
			text++;
	return *text ? text + 1 : text;
}

static int hex_value(char digit)
{
	if (isdigit((unsigned char)digit))
		return digit - '0';
	return isxdigit((unsigned char)digit) ? tolower((unsigned char)digit) - 'a' + 10 : -1;
}

char kanary_strace_string_decode(const char **text)
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

size_t kanary_strace_string_take(const char **text, char close, char *decoded, size_t size)
{
	size_t length = 0;
	char byte;

	while (**text && **text != close) {
		byte = kanary_strace_string_decode(text);
		if (length < size)
			decoded[length++] = byte;
	}
	return length;
}

void kanary_strace_string_base(const char *text, char *base, size_t size)
{
	size_t length = 0;
	char byte;

	memset(base, 0, size);
	while (*text && *text != '"') {
		byte = kanary_strace_string_decode(&text);
		if (byte == '/') {
			memset(base, 0, size);
			length = 0;
		} else if (length < size - 1) {
			base[length++] = byte;
		}
	}
}

/* "3</srv/a>", "AT_FDCWD</srv>", "637<ls>", "3<TCP:[::1:80->::1:99]>" open one; "1<<3" does not */
static bool opens_bracket(const char *text, const char *start)
{
	return *text == '<' && text > start && text[1] != '<' &&
	       (isdigit((unsigned char)text[-1]) || text[-1] == 'D');
}

static const char *skip_bracket(const char *text)
{
	const char *end = text;

	while ((end = strchr(end + 1, '>')))
		if (end[-1] != '-')
			return end + 1;
	return text + 1;
}

const char *kanary_strace_string_skip_quoted(const char *text, const char *start)
{
	if (*text == '"')
		return kanary_strace_string_skip(text);
	return opens_bracket(text, start) ? skip_bracket(text) : text;
}

bool kanary_strace_string_skip_call(const char *text, const char **end)
{
	const char *start = text, *behind;
	u32 depth = 0;

	while (*(text += strcspn(text, "\"<([{)]}"))) {
		behind = kanary_strace_string_skip_quoted(text, start);
		if (behind > text) {
			text = behind;
			continue;
		}
		if (*text == '(' || *text == '[' || *text == '{')
			depth++;
		else if (*text != '<' && depth)
			depth--;
		text++;
		if (!depth)
			break;
	}
	*end = text;
	return text > start && text[-1] == ')' && !depth;
}

bool kanary_strace_string_is_open(const char *text, const char *at)
{
	const char *start = text, *behind;

	while ((text += strcspn(text, "\"<")) < at) {
		behind = kanary_strace_string_skip_quoted(text, start);
		if (behind > at)
			return true;
		text = behind > text ? behind : text + 1;
	}
	return false;
}
