// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "sysdig_call.h"
#include "sysdig_probe.h"
#include "trace_line.h"

/* A capture of sysdig -w, which is a file of pcapng. */
#define CAPTURE "\x0A\x0D\x0D\x0A"

/* A number, a date, a time with its zone and a processor are five. */
#define NUMBERS_MAX 16

/* Lines by what they look like, and what is remarkable about the names of processes. */
struct lines {
	u64 plain;		/* begin with the event */
	u64 plain_direction;	/* with '>' or '<' */
	u64 columns;		/* have a process and a thread */
	u64 direction;		/* and '>' or '<' */
	u64 numbers[NUMBERS_MAX];	/* and so many columns in front */
	u64 names;		/* have as many as most lines */
	u64 blank;		/* and a blank in the process's name */
	u64 thread;		/* or what looks like a thread */
	bool several;		/* processes of different names */
	char name[KANARY_COMM_SIZE];
};

struct walk {
	const char *at;
	const char *end;
	char line[KANARY_TRACE_LINE_HEAD];
};

static bool next_line(struct walk *walk)
{
	const char *end;
	size_t length;

	if (walk->at == walk->end)
		return false;
	end = memchr(walk->at, '\n', (size_t)(walk->end - walk->at));
	length = (size_t)((end ? end : walk->end) - walk->at);
	if (length >= sizeof(walk->line))
		length = sizeof(walk->line) - 1;
	memcpy(walk->line, walk->at, length);
	length -= length && walk->line[length - 1] == '\r';
	walk->line[length] = 0;
	walk->at = end ? end + 1 : walk->end;
	kanary_sysdig_line_uncolour(walk->line);
	return true;
}

static bool has_thread(const char *name)
{
	const char *open = strstr(name, " (");

	return open && isdigit((unsigned char)open[2]);
}

static void note_columns(struct lines *lines, const struct kanary_sysdig_line *line, u32 numbers)
{
	lines->columns++;
	lines->direction += line->direction != KANARY_SYSDIG_UNTOLD;
	lines->numbers[numbers < NUMBERS_MAX ? numbers : NUMBERS_MAX - 1]++;
}

static u32 most_frequent(const u64 *numbers)
{
	u32 most = 0, i;

	for (i = 1; i < NUMBERS_MAX; i++)
		if (numbers[i] > numbers[most])
			most = i;
	return most;
}

static void note_line(struct lines *lines, const char *text)
{
	struct kanary_sysdig_layout layout = {
		.columns = true, .direction = true, .numbers = kanary_sysdig_line_numbers(text),
	};
	struct kanary_sysdig_line line;
	int direction;

	for (direction = 1; direction >= 0; direction--) {
		layout.direction = direction;
		layout.columns = true;
		if (kanary_sysdig_line_take(text, &layout, &line)) {
			note_columns(lines, &line, layout.numbers);
			return;
		}
		layout.columns = false;
		if (kanary_sysdig_line_take(text, &layout, &line)) {
			lines->plain++;
			lines->plain_direction += direction;
			return;
		}
	}
}

/* Once it is known how many columns are in front. */
static void note_name(struct lines *lines, const char *text,
		      const struct kanary_sysdig_layout *layout)
{
	struct kanary_sysdig_line line;

	if (!kanary_sysdig_line_take(text, layout, &line))
		return;
	lines->names++;
	lines->blank += strchr(line.comm, ' ') != NULL;
	lines->thread += has_thread(line.comm);
	if (*lines->name && strcmp(lines->name, line.comm))
		lines->several = true;
	memcpy(lines->name, line.comm, sizeof(lines->name));
}

/* Calls that end with a result have begun without one, if they have at all. */
static bool has_pairs(const struct kanary_sysdig_call *calls)
{
	static const char *const always[] = { "open", "openat", "openat2", "creat", "connect" };
	u64 begun = 0, unbegun = 0;
	size_t i;

	for (; calls; calls = calls->handle.next) {
		for (i = 0; i < sizeof(always) / sizeof(*always); i++)
			if (!strcmp(calls->name, always[i]))
				break;
		/* Some versions begin these, and no others. */
		if (i < sizeof(always) / sizeof(*always) || !calls->result)
			continue;
		begun += calls->begins;
		unbegun += !calls->begins && calls->open;
	}
	return begun >= unbegun;
}

static bool find_pairs(struct walk walk, const struct kanary_sysdig_layout *layout)
{
	struct kanary_sysdig_calls calls = { 0 };
	struct kanary_sysdig_call *call;
	struct kanary_sysdig_line line;
	bool pairs;

	while (next_line(&walk)) {
		if (!kanary_sysdig_line_take(walk.line, layout, &line))
			continue;
		call = kanary_sysdig_call_find(&calls, &line);
		if (!call || call->event || !call->returns)
			continue;
		if (kanary_sysdig_call_has_result(call, line.arguments)) {
			call->result = true;
			call->open++;
		} else {
			call->begins = true;
		}
	}
	pairs = has_pairs(calls.first);
	kanary_sysdig_call_free(&calls);
	return pairs;
}

static const char *find_names(struct walk walk, const struct kanary_sysdig_layout *layout,
			      struct lines *lines)
{
	while (next_line(&walk))
		note_name(lines, walk.line, layout);
	if (!lines->names)
		return NULL;
	if (lines->thread == lines->names || (lines->blank == lines->names && lines->several))
		return "columns that sysdig does not write by itself: leave its option -p out, or say -pc";
	return NULL;
}

static const char *find_else(const char *text, size_t size)
{
	size_t mark = sizeof(CAPTURE) - 1;

	if (size >= mark && !memcmp(text, CAPTURE, mark))
		return "a capture file: import what sysdig -r FILE writes";
	while (size && isspace((unsigned char)*text)) {
		text++;
		size--;
	}
	if (size && *text == '{')
		return "JSON: import what sysdig writes without its option -j";
	return NULL;
}

const char *kanary_sysdig_probe_take(struct kanary_sysdig_probe *probe, const char *text,
				     size_t size)
{
	struct kanary_sysdig_layout *layout = &probe->layout;
	struct walk walk = { .at = text, .end = text + size };
	const char *why = find_else(text, size);
	struct lines lines = { 0 };
	struct walk first = walk;

	memset(probe, 0, sizeof(*probe));
	probe->pairs = true;
	if (why)
		return why;
	while (next_line(&walk))
		note_line(&lines, walk.line);
	layout->columns = lines.columns && lines.columns >= lines.plain;
	if (layout->columns) {
		layout->direction = 2 * lines.direction >= lines.columns;
		layout->numbers = most_frequent(lines.numbers);
		why = find_names(first, layout, &lines);
	} else {
		layout->direction = lines.plain_direction &&
				    2 * lines.plain_direction >= lines.plain;
	}
	if (!layout->direction)
		probe->pairs = find_pairs(first, layout);
	return why;
}
