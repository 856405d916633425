// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "sysdig_line.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool take_call(const char *text, struct kanary_sysdig_line *line)
{
	size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");

	if (!length || length >= sizeof(line->call) || !islower((unsigned char)*text) ||
	    (text[length] && text[length] != ' '))
		return false;
	memcpy(line->call, text, length);
	line->call[length] = 0;
	line->arguments = text + length;
	return true;
}

/* "(812)", "(812.813)" with the process first, "(812:1)" with the namespace's last */
static bool take_thread(const char *open, const char *close, struct kanary_sysdig_line *line)
{
	unsigned long tid;
	char *end;

	if (!isdigit((unsigned char)open[1]))
		return false;
	tid = strtoul(open + 1, &end, 10);
	if (*end == '.')
		tid = strtoul(end + 1, &end, 10);
	else if (*end == ':')
		strtoul(end + 1, &end, 10);
	line->tid = (u32)tid;
	return end == close;
}

/* The last word but for what "12 10:20:30.123456789 0 web (0123456789ab) " may stand before. */
static void take_comm(const char *text, const char *end, struct kanary_sysdig_line *line)
{
	const char *start = text, *at;
	int column;

	for (at = text; at + 1 < end; at++)
		if (at[0] == ')' && at[1] == ' ')
			start = at + 2;
	for (column = 0; start == text && column < 3; column++) {
		at = text + strcspn(text, " ");
		if (!isdigit((unsigned char)*text) || at >= end)
			break;
		text = at + 1;
		start = text;
	}
	while (end > start && end[-1] == ' ')
		end--;
	if (end - start >= KANARY_COMM_SIZE)
		end = start + KANARY_COMM_SIZE - 1;
	memcpy(line->comm, start, (size_t)(end - start));
}

bool kanary_sysdig_line_take(const char *text, struct kanary_sysdig_line *line)
{
	const char *arrow, *open;

	memset(line, 0, sizeof(*line));
	if (take_call(text, line))
		return true;
	for (arrow = text; (arrow = strchr(arrow, ' ')); arrow++) {
		if ((arrow[1] != '>' && arrow[1] != '<') || arrow[2] != ' ')
			continue;
		if (arrow == text || arrow[-1] != ')')
			continue;
		for (open = arrow - 1; open > text && *open != '('; open--)
			;
		if (*open != '(' || !take_thread(open, arrow - 1, line))
			continue;
		line->direction = arrow[1] == '>' ? KANARY_SYSDIG_ENTER : KANARY_SYSDIG_EXIT;
		take_comm(text, open, line);
		return take_call(arrow + 3, line);
	}
	return false;
}

/* Where "key=" begins at or after @text, with a blank before it. */
static const char *next_key(const char *text, const char *key, size_t length)
{
	while ((text = strchr(text, ' '))) {
		text++;
		if (!strncmp(text, key, length) && text[length] == '=')
			return text;
	}
	return NULL;
}

const char *kanary_sysdig_line_value(const char *arguments, const char *key, size_t *length)
{
	size_t size = strlen(key), word;
	const char *value, *end;

	value = next_key(arguments, key, size);
	if (!value)
		return NULL;
	value += size + 1;
	for (end = value; (end = strchr(end, ' ')); end++) {
		word = strspn(end + 1, "abcdefghijklmnopqrstuvwxyz_");
		if (word && end[1 + word] == '=')
			break;
	}
	if (!end)
		end = value + strlen(value);
	while (end > value && (end[-1] == ' ' || end[-1] == '\r'))
		end--;
	*length = (size_t)(end - value);
	return value;
}

const char *kanary_sysdig_line_path(const char *value, size_t *length)
{
	const char *open;

	if (!*length || !strncmp(value, "<NA>", 4) || !strncmp(value, "(NULL)", 6))
		return NULL;
	if (*value == '/' || value[*length - 1] != ')')
		return value;
	open = memmem(value, *length, "(/", 2);
	if (!open)
		return value;
	*length -= (size_t)(open + 1 - value) + 1;
	return open + 1;
}
