// SPDX-License-Identifier: GPL-2.0
#include "strace_line.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "strace_string.h"

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

/* "637", "637<ls>"; behind it, or NULL. strace escapes a '>' in a name. */
static const char *take_pid(const char *text, struct kanary_strace_prefix *prefix)
{
	const char *end = text + strspn(text, "0123456789");

	if (end == text)
		return NULL;
	prefix->pid = (u32)strtoul(text, NULL, 10);
	if (*end != '<')
		return end;
	end++;
	kanary_strace_string_take(&end, '>', prefix->comm, sizeof(prefix->comm) - 1);
	return *end ? end + 1 : NULL;
}

/* "[pid   637] " of a terminal, or "637  " of -o */
static const char *skip_pid(const char *text, struct kanary_strace_prefix *prefix)
{
	bool in_brackets = !strncmp(text, "[pid", 4);
	const char *end = take_pid(skip_blanks(in_brackets ? text + 4 : text), prefix);

	if (end && (in_brackets ? *end == ']' : is_blank(*end)))
		return skip_blanks(end + in_brackets);
	memset(prefix, 0, sizeof(*prefix));
	return text;
}

/* Behind a time, or something in brackets; or @text */
static const char *skip_column(const char *text)
{
	const char *end = text;

	if (isdigit((unsigned char)*text) || (*text == '+' && text[1] != '+'))
		end = text + strspn(text, "0123456789:.+-T");
	else if (*text == '(' && text[1] == '+')
		end = strchr(text, ')');
	else if (*text == '[' && strncmp(text, "[ Process", 9))
		end = strchr(text, ']');
	if (!end)
		return text;
	end += *end == ')' || *end == ']';
	return is_blank(*end) ? skip_blanks(end) : text;
}

const char *kanary_strace_line_skip(const char *text, struct kanary_strace_prefix *prefix)
{
	const char *next;

	memset(prefix, 0, sizeof(*prefix));
	text = skip_pid(skip_blanks(text), prefix);
	while ((next = skip_column(text)) > text)
		text = next;
	return text;
}

static bool ends_with(const char *tail, const char *suffix)
{
	size_t length = strlen(tail), wanted = strlen(suffix);

	while (length && isspace((unsigned char)tail[length - 1]))
		length--;
	return length >= wanted && !memcmp(tail + length - wanted, suffix, wanted);
}

static bool is_unfinished(const char *tail)
{
	return ends_with(tail, "<unfinished ...>") || ends_with(tail, "<detached ...>");
}

/* The last "= " with a result behind it: "= 3", "= -1 EPERM (...)", "= ?", or NULL */
static const char *find_result(const char *tail)
{
	const char *found = NULL;

	while ((tail = strstr(tail, "= "))) {
		tail += 2;
		if (isdigit((unsigned char)*tail) || *tail == '?' ||
		    (*tail == '-' && isdigit((unsigned char)tail[1])))
			found = tail;
	}
	return found;
}

static const char *take_name(const char *text, struct kanary_strace_call *call)
{
	const char *end = text;

	while (isalnum((unsigned char)*end) || *end == '_')
		end++;
	if (end == text || *end != '(' || isdigit((unsigned char)*text) ||
	    (size_t)(end - text) >= sizeof(call->name))
		return NULL;
	memcpy(call->name, text, (size_t)(end - text));
	call->name[end - text] = 0;
	call->arguments = end + 1;
	return end;
}

enum kanary_strace_shape kanary_strace_line_call(const struct kanary_trace_line *line,
						 const char *text, struct kanary_strace_call *call)
{
	const char *open = take_name(text, call), *end;

	if (!open)
		return KANARY_STRACE_OTHER;
	if (is_unfinished(line->tail))
		return KANARY_STRACE_UNFINISHED;
	if (!kanary_strace_string_skip_call(open, &end)) {
		/* the head may end before the call does */
		if (strlen(line->head) < sizeof(line->head) - 1)
			return KANARY_STRACE_TORN;
		return find_result(line->tail) ? KANARY_STRACE_WHOLE : KANARY_STRACE_TORN;
	}
	end = skip_blanks(end);
	if (!*end)
		return KANARY_STRACE_TORN;
	return *end == '=' && find_result(end) ? KANARY_STRACE_WHOLE : KANARY_STRACE_OTHER;
}

bool kanary_strace_line_result(const struct kanary_trace_line *line, long long *value)
{
	const char *result = find_result(line->tail);
	char *end;

	if (is_unfinished(line->tail) || !result || *result == '?')
		return false;
	*value = strtoll(result, &end, 0);
	if (!strncmp(end, " /* ", 4) && strstr(end, " in strace's PID NS"))
		*value = strtoll(end + 4, NULL, 10);
	return true;
}

bool kanary_strace_line_is_rest(const struct kanary_trace_line *line)
{
	return *line->head == ')' || is_unfinished(line->tail) || find_result(line->tail);
}
