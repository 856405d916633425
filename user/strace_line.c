// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "strace_line.h"

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

const char *kanary_strace_line_skip(const char *text, u32 *pid)
{
	const char *end;

	*pid = 0;
	text = skip_blanks(text);
	if (!strncmp(text, "[pid", 4)) {
		*pid = (u32)strtoul(text + 4, (char **)&end, 10);
		text = skip_blanks(*end == ']' ? end + 1 : text);
	} else if (isdigit((unsigned char)*text)) {
		end = text + strspn(text, "0123456789");
		if (*end == ' ' || *end == '\t') {
			*pid = (u32)strtoul(text, NULL, 10);
			text = skip_blanks(end);
		}
	}
	for (;;) {
		if (isdigit((unsigned char)*text) || *text == '+') {
			end = text + strspn(text, "0123456789:.+-T");
		} else if (*text == '(' && text[1] == '+') {
			end = text + strcspn(text, ")");
			end += *end == ')';
		} else if (*text == '[' && (isxdigit((unsigned char)text[1]) || text[1] == ' ' ||
					       text[1] == '?')) {
			end = text + strcspn(text, "]");
			end += *end == ']';
		} else {
			return text;
		}
		if (*end != ' ' && *end != '\t')
			return text;
		/* "+++ exited" and "--- SIG" are no times */
		if (!strncmp(text, "+++", 3))
			return text;
		text = skip_blanks(end);
	}
}

static bool ends_with(const char *tail, const char *suffix)
{
	size_t length = strlen(tail), wanted = strlen(suffix);

	while (length && isspace((unsigned char)tail[length - 1]))
		length--;
	return length >= wanted && !memcmp(tail + length - wanted, suffix, wanted);
}

bool kanary_strace_line_succeeded(const struct kanary_trace_line *line)
{
	const char *result = NULL, *next = line->tail;

	if (ends_with(line->tail, "<unfinished ...>"))
		return false;
	while ((next = strstr(next, " = "))) {
		result = next;
		next += 3;
	}
	return result && result[3] == '0' && (result[4] == 0 || isspace((unsigned char)result[4]));
}

bool kanary_strace_line_is_remark(const char *text)
{
	static const char *const remarks[] = {
		"strace:", "Process ", "[ Process", " > ", "> ", "--- ", "???", "<detached",
		"<... ", "+++ ",
	};
	size_t i;

	for (i = 0; i < sizeof(remarks) / sizeof(*remarks); i++)
		if (!strncmp(text, remarks[i], strlen(remarks[i])))
			return true;
	return !*text;
}
