// SPDX-License-Identifier: GPL-2.0
#include "strace_remark.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "strace_string.h"

/* What a remark begins with, its pid behind it; the longest first */
static const char *const beginnings[] = {
	"strace: Process ", "strace: [ Process PID=", "Process ", "[ Process PID=",
};

/* What stands behind the pid: all of it, or where @open is set how it begins */
static const struct {
	const char *text;
	bool open;
	enum kanary_strace_remark_kind kind;
} endings[] = {
	{ " attached", false, KANARY_STRACE_REMARK_ATTACHED },
	{ " attached with ", true, KANARY_STRACE_REMARK_ATTACHED },
	{ " attached (waiting for parent)", false, KANARY_STRACE_REMARK_ATTACHED },
	{ " attached - interrupt to quit", false, KANARY_STRACE_REMARK_ATTACHED },
	{ " detached", false, KANARY_STRACE_REMARK_DETACHED },
	{ " suspended", false, KANARY_STRACE_REMARK_PAUSED },
	{ " resumed", false, KANARY_STRACE_REMARK_PAUSED },
	{ " resumed (parent ", true, KANARY_STRACE_REMARK_PAUSED },
	{ " runs in 32 bit mode. ]", false, KANARY_STRACE_REMARK_COMPAT },
	{ " runs in ", true, KANARY_STRACE_REMARK_NATIVE },
};

static bool match_ending(const char *text, size_t length, struct kanary_strace_remark *remark)
{
	size_t i, size;

	for (i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		size = strlen(endings[i].text);
		if (length < size || memcmp(text, endings[i].text, size) ||
		    (!endings[i].open && length != size))
			continue;
		remark->kind = endings[i].kind;
		return true;
	}
	return false;
}

/* A remark that begins at @text and goes on to the line's end */
static bool match(const char *text, struct kanary_strace_remark *remark)
{
	size_t i, length;
	char *end;

	for (i = 0; i < sizeof(beginnings) / sizeof(*beginnings); i++) {
		length = strlen(beginnings[i]);
		if (strncmp(text, beginnings[i], length))
			continue;
		text += length;
		if (!isdigit((unsigned char)*text))
			return false;
		remark->pid = (u32)strtoul(text, &end, 10);
		/* "637<ls>" of -Y */
		if (*end == '<' && strchr(end, '>'))
			end = strchr(end, '>') + 1;
		length = strlen(end);
		while (length && isspace((unsigned char)end[length - 1]))
			length--;
		return match_ending(end, length, remark);
	}
	return false;
}

/* Nothing else ends a remark, and hardly a call ends so: most lines are not searched. */
static bool may_end_remark(const char *tail)
{
	static const char *const ends[] = {
		"attached", "detached", "suspended", "resumed", "thread", "threads", "mode. ]",
		"parent)", "ready)", "quit",
	};
	size_t length = strlen(tail), size, i;

	while (length && isspace((unsigned char)tail[length - 1]))
		length--;
	if (!length || !strchr("ds])t", tail[length - 1]))
		return false;
	for (i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		size = strlen(ends[i]);
		if (length > size && !memcmp(tail + length - size, ends[i], size))
			return true;
	}
	return false;
}

/* The first place from @text on where a remark goes on to the end, or NULL */
static const char *find(const char *text, struct kanary_strace_remark *remark)
{
	const char *found;

	for (found = text; (found = strpbrk(found, "sP[")); found++)
		if (match(found, remark))
			return found;
	return NULL;
}

bool kanary_strace_remark_cut(struct kanary_trace_line *line, struct kanary_strace_remark *remark)
{
	bool is_long = line->tail == line->long_tail;
	const char *found;

	remark->kind = KANARY_STRACE_REMARK_NONE;
	if (!may_end_remark(line->tail))
		return false;
	found = find(is_long ? line->tail : line->head, remark);
	if (!found || (!is_long && kanary_strace_string_is_open(line->head, found))) {
		remark->kind = KANARY_STRACE_REMARK_NONE;
		return false;
	}
	if (is_long) {
		line->tail = "";
		return true;
	}
	line->head[found - line->head] = 0;
	line->tail = line->head;
	return true;
}

/* " | 00000  7f 45 4c", " * 16 bytes in buffer 0" */
static bool is_dump(const char *text)
{
	text += strspn(text, " ");
	if (!strncmp(text, "| ", 2))
		return strspn(text + 2, "0123456789abcdef") >= 5;
	return !strncmp(text, "* ", 2) && isdigit((unsigned char)text[2]) &&
	       strstr(text, " bytes in buffer ");
}

bool kanary_strace_remark_is_noise(const char *text)
{
	static const char *const noise[] = {
		"strace:", "Process ", "[ Process", " > ", "> ", "--- ", "<detached", "+++ ",
		"... [wait for trailing calls]",
	};
	size_t i;

	for (i = 0; i < sizeof(noise) / sizeof(*noise); i++)
		if (!strncmp(text, noise[i], strlen(noise[i])))
			return true;
	return !*text || is_dump(text);
}

static bool is_header(const char *text)
{
	static const char *const words[] = {
		"%", "time", "seconds", "usecs/call", "calls", "errors", "syscall", "total-time",
		"avg-time", "min-time", "max-time", "shortest", "longest", "count", "name",
	};
	size_t length, i;
	u32 found = 0;

	for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
		length = strcspn(text, " ");
		for (i = 0; i < sizeof(words) / sizeof(*words); i++)
			if (strlen(words[i]) == length && !memcmp(text, words[i], length))
				break;
		if (i == sizeof(words) / sizeof(*words))
			return false;
		found++;
		text += length;
	}
	return found > 1;
}

/* "------ ----------- -----------" */
static bool is_rule(const char *text)
{
	return !strncmp(text, "------", 6) && !text[strspn(text, "- ")];
}

/* "100.00    0.013172          33       396        33 total" */
static bool is_row(const char *text)
{
	return text[strcspn(text, "0123456789")] && !text[strcspn(text, "(=\"")];
}

bool kanary_strace_remark_is_summary(struct kanary_strace_summary *summary, const char *text)
{
	if (is_rule(text)) {
		summary->rules++;
		return true;
	}
	if (!summary->rules)
		return is_header(text);
	/* Behind the second rule comes one row, of the sums. */
	if (summary->rules > 1 || !is_row(text)) {
		summary->rules = 0;
		return is_row(text);
	}
	return true;
}
