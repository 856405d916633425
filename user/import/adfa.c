// SPDX-License-Identifier: GPL-2.0
#include "adfa.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kanary_netlink.h"
#include "syscall_name.h"
#include "trace_input.h"
#include "trace_line.h"
#include "trace_name.h"

/* No 32-bit call has a number of six digits: what is longer is no number of ours. */
#define NUMBER_MAX 99999

struct trace {
	char *name;
	uint16_t *call;
	uint32_t length;
};

/* All traces of an input, until they are in order. */
struct reading {
	struct kanary_import import;
	struct trace *trace;
	size_t count;
	size_t room;
};

/*
 * The lines of a trace. ADFA-LD has all numbers on one, and some tools write one a line.
 * @columns: numbers on the first line
 * @numbers: on this line so far
 * @even: all lines before this have as many
 * @pids: all lines begin with what is no system call
 */
struct lines {
	uint64_t count;
	uint32_t columns;
	uint32_t numbers;
	bool even;
	bool pids;
};

/* The calls of a trace, as they are read. */
struct calls {
	uint16_t *call;
	uint32_t length;
	uint32_t room;
	uint32_t known;
	struct lines lines;
};

static bool add_number(struct calls *calls, uint32_t number)
{
	if (calls->length == calls->room) {
		uint32_t larger = 2 * calls->room + 1024;
		uint16_t *call = NULL;

		if (larger > calls->room)
			call = realloc(calls->call, larger * sizeof(*call));
		if (!call)
			return false;
		calls->call = call;
		calls->room = larger;
	}
	if (!calls->lines.numbers++)
		calls->lines.pids &= number >= KANARY_BINS_BANK;
	calls->known += !!kanary_syscall_compat(number);
	if (number >= KANARY_BINS_BANK)
		number = KANARY_BINS_BANK - 1;
	calls->call[calls->length++] = (uint16_t)number;
	return true;
}

static void end_line(struct lines *lines)
{
	if (!lines->numbers)
		return;
	if (!lines->count++)
		lines->columns = lines->numbers;
	lines->even &= lines->numbers == lines->columns;
	lines->numbers = 0;
}

/* "22799 4" on line after line, whatever the columns behind the first two are */
static bool is_table(const struct lines *lines)
{
	return lines->even && lines->columns > 1 &&
	       (lines->pids || (lines->columns == 2 && lines->count > 1));
}

static int check_calls(struct kanary_import *import, const char *name, struct calls *calls)
{
	end_line(&calls->lines);
	if (!calls->length)
		return kanary_trace_fail(import, "%s: no system call in the whole file: leave it out",
					 name);
	if (is_table(&calls->lines))
		return kanary_trace_fail(import,
			"%s: all %llu lines have %u numbers, the first a pid, it seems: 'import columns --abi i386' reads those",
			name, (unsigned long long)calls->lines.count, calls->lines.columns);
	if (!calls->known)
		return kanary_trace_fail(import,
			"%s: not one of its %u numbers is a system call of i386: is it a trace of ADFA-LD?",
			name, calls->length);
	return 0;
}

static int read_calls(struct kanary_import *import, const char *name, FILE *file,
		      struct calls *calls)
{
	uint64_t offset = kanary_trace_line_skip_mark(file);
	bool in_number = false, fits = true;
	uint32_t number = 0;
	int byte;

	for (; fits && (byte = getc_unlocked(file)) != EOF; offset++) {
		if (byte >= '0' && byte <= '9') {
			number = 10 * (in_number ? number : 0) + (uint32_t)(byte - '0');
			in_number = true;
			if (number > NUMBER_MAX)
				return kanary_trace_fail(import,
					"%s: byte %llu: a number too large for a system call", name,
					(unsigned long long)offset);
		} else if (byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t') {
			fits = !in_number || add_number(calls, number);
			in_number = false;
			if (byte == '\n')
				end_line(&calls->lines);
		} else {
			return kanary_trace_fail(import,
				"%s: byte %llu: not a number: ADFA traces are system call numbers with blanks between",
				name, (unsigned long long)offset);
		}
	}
	if (!fits || (in_number && !add_number(calls, number)))
		return kanary_trace_fail(import, "%s: %s", name, strerror(ENOMEM));
	if (ferror(file))
		return kanary_trace_fail(import, "%s: byte %llu: cannot be read: is it damaged?",
					 name, (unsigned long long)offset);
	return check_calls(import, name, calls);
}

static bool keep_trace(struct reading *reading, const char *name, struct calls *calls)
{
	size_t room = reading->count < reading->room ? reading->room : 2 * reading->room + 64;
	struct trace *trace = reading->trace;
	char *copy = strdup(name);

	if (room > reading->room)
		trace = realloc(trace, room * sizeof(*trace));
	if (trace) {
		reading->trace = trace;
		reading->room = room;
	}
	if (!trace || !copy) {
		free(copy);
		return false;
	}
	trace[reading->count++] = (struct trace){ copy, calls->call, calls->length };
	return true;
}

/* The archive of ADFA-LD carries a list of system calls as well. */
static int read_trace(struct kanary_import *import, const char *name, FILE *file)
{
	struct calls calls = { .lines = { .even = true, .pids = true } };
	bool kept = false;
	int error;

	if (!strcmp(kanary_trace_name_base(name), "ADFA-LD+Syscall+List.txt"))
		return 0;
	error = read_calls(import, name, file, &calls);
	if (!error)
		kept = keep_trace((struct reading *)import, name, &calls);
	if (!error && !kept)
		error = kanary_trace_fail(import, "%s: %s", name, strerror(ENOMEM));
	if (!kept)
		free(calls.call);
	return error;
}

static int compare_traces(const void *left, const void *right)
{
	const struct trace *a = left, *b = right;

	return strcmp(a->name, b->name);
}

static int hand_over(struct kanary_adfa *adfa, struct reading *reading)
{
	const struct trace *trace = reading->trace;
	int error = 0;
	size_t i;

	if (reading->count)
		qsort(reading->trace, reading->count, sizeof(*trace), compare_traces);
	for (i = 0; !error && i < reading->count; i++) {
		error = adfa->trace(adfa->context, trace[i].name, trace[i].call, trace[i].length);
		adfa->traces += !error;
	}
	return error;
}

int kanary_adfa_read(struct kanary_adfa *adfa, const char *path)
{
	struct reading reading = { .import = { .only = adfa->only } };
	int error = kanary_trace_input_read(&reading.import, path, read_trace);
	size_t i;

	if (!error && !reading.count)
		error = kanary_trace_fail(&reading.import, "%s: no trace in it", path);
	if (error)
		memcpy(adfa->why, reading.import.why, sizeof(adfa->why));
	else
		error = hand_over(adfa, &reading);
	for (i = 0; i < reading.count; i++) {
		free(reading.trace[i].name);
		free(reading.trace[i].call);
	}
	free(reading.trace);
	return error;
}
