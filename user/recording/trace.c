// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "terminal/message.h"
#include "path.h"
#include "path_record.h"
#include "trace.h"
#include "vector.h"

#define ROOM_FIRST 16

int kanary_trace_fail(struct kanary_import *import, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(import->why, sizeof(import->why), format, arguments);
	va_end(arguments);
	return -EINVAL;
}

void kanary_trace_begin(struct kanary_trace *trace, struct kanary_import *import, uint32_t pid,
			const char *comm, size_t comm_length)
{
	memset(trace, 0, sizeof(*trace));
	trace->import = import;
	kanary_log_begin(trace->before);
	trace->vector.pid = pid;
	trace->vector.tgid = pid;
	if (comm_length >= KANARY_COMM_SIZE)
		comm_length = KANARY_COMM_SIZE - 1;
	memcpy(trace->vector.comm, comm, comm_length);
}

void kanary_trace_locate(struct kanary_import *import, uint64_t *counter, const char *file,
			 uint64_t line, const char *text)
{
	char escaped[KANARY_MESSAGE_ESCAPED_SIZE(40)];

	if (!(*counter)++ && !*import->first_skipped)
		snprintf(import->first_skipped, sizeof(import->first_skipped), "%s:%llu: %s", file,
			 (unsigned long long)line, kanary_message_escape(text, 40, escaped));
}

/* Only when there is something to say of it: an image without a call takes no number. */
static void name_stream(struct kanary_trace *trace)
{
	if (!trace->vector.stream)
		trace->vector.stream = ++trace->import->streams;
}

static void append_paths(struct kanary_vector *vector, const struct kanary_path_tally *tally)
{
	u16 counts[KANARY_PATH_BINS];
	u32 bin;

	if (!tally->used)
		return;
	kanary_path_tally_spread(tally, counts);
	for (bin = 0; bin < KANARY_PATH_BINS; bin++) {
		if (!counts[bin])
			continue;
		vector->counts[vector->length].bin = (u16)(KANARY_PATH_FIRST + bin);
		vector->counts[vector->length++].count = counts[bin];
	}
}

static void append_calls(struct kanary_vector *vector, const struct kanary_trace *trace)
{
	u32 kept = vector->calls < KANARY_LOG_CALLS ? vector->calls : KANARY_LOG_CALLS;
	u16 counts[KANARY_BINS] = { 0 };
	u32 bin, i;

	if (trace->forgotten)
		memcpy(counts, trace->forgotten, sizeof(counts));
	for (i = 0; i < kept; i++)
		counts[trace->call[i]]++;
	for (bin = 0; bin < KANARY_BINS; bin++) {
		if (!counts[bin])
			continue;
		vector->counts[vector->length].bin = (u16)bin;
		vector->counts[vector->length++].count = counts[bin];
	}
}

/* As log.h has it: from the end down. */
static void make_ring(const struct kanary_trace *trace, u32 left, u16 ring[KANARY_LOG_CALLS])
{
	u32 calls = trace->vector.calls;
	u32 kept = calls < KANARY_LOG_CALLS ? calls : KANARY_LOG_CALLS;
	u32 i;

	for (i = 0; i < kept; i++)
		ring[kanary_log_at(left + i)] = trace->call[kanary_log_at(calls - 1 - i)];
}

/* Nothing follows but what comes after a full period, and that has its last calls before it. */
static void begin_next(struct kanary_trace *trace, const u16 *ring)
{
	trace->vector.index++;
	trace->vector.calls = 0;
	memcpy(trace->before, ring, sizeof(trace->before));
	if (trace->forgotten)
		memset(trace->forgotten, 0, KANARY_BINS * sizeof(*trace->forgotten));
	kanary_path_tally_clear(&trace->paths);
}

static int make_vector(struct kanary_trace *trace, enum kanary_reason reason)
{
	struct kanary_import *import = trace->import;
	_Alignas(8) u8 memory[KANARY_VECTOR_SIZE_MAX];
	struct kanary_vector *vector = (void *)memory;
	u16 ring[KANARY_LOG_CALLS] = { 0 }, calls[KANARY_LOG_MAX];
	struct kanary_log log;
	u32 left;
	int error;

	name_stream(trace);
	*vector = trace->vector;
	vector->reason = reason;
	left = import->period - vector->calls;
	make_ring(trace, left, ring);
	append_calls(vector, trace);
	append_paths(vector, &trace->paths);
	kanary_log_unroll(&log, calls, ring, left, vector->calls, trace->before);
	kanary_vector_append_log(vector, &log);
	error = import->take(import->taker, vector);
	if (error) {
		kanary_trace_fail(import, "the vectors cannot be written: %s", strerror(-error));
		return error;
	}
	import->vectors++;
	if (reason == KANARY_REASON_PERIOD)
		begin_next(trace, ring);
	return 0;
}

static int no_memory(struct kanary_trace *trace)
{
	kanary_trace_fail(trace->import, "%s", strerror(ENOMEM));
	return -ENOMEM;
}

static int grow(struct kanary_trace *trace)
{
	u16 room = trace->room ? (u16)(2 * trace->room) : ROOM_FIRST;
	u16 *call = realloc(trace->call, room * sizeof(*call));

	if (!call)
		return no_memory(trace);
	trace->call = call;
	trace->room = room;
	return 0;
}

static int forget(struct kanary_trace *trace, u32 at)
{
	if (!trace->forgotten)
		trace->forgotten = calloc(KANARY_BINS, sizeof(*trace->forgotten));
	if (!trace->forgotten)
		return no_memory(trace);
	trace->forgotten[trace->call[at]]++;
	return 0;
}

int kanary_trace_call(struct kanary_trace *trace, uint32_t bin)
{
	int error = 0;
	u32 at;

	if (trace->vector.calls == trace->import->period)
		error = make_vector(trace, KANARY_REASON_PERIOD);
	at = kanary_log_at(trace->vector.calls);
	if (!error && trace->vector.calls >= KANARY_LOG_CALLS)
		error = forget(trace, at);
	else if (!error && at == trace->room)
		error = grow(trace);
	if (error)
		return error;
	trace->call[at] = (uint16_t)bin;
	trace->vector.calls++;
	trace->import->calls++;
	return 0;
}

static int tell(struct kanary_trace *trace, uint32_t call, const char *name, size_t length,
		uint16_t flags)
{
	_Alignas(8) u8 memory[KANARY_PATH_RECORD_SIZE_MAX] = { 0 };
	struct kanary_import *import = trace->import;
	struct kanary_path *path = (void *)memory;
	int error;

	path->stream = trace->vector.stream;
	path->cgroup = trace->vector.cgroup;
	path->pid = trace->vector.pid;
	path->call = (u16)call;
	path->flags = flags;
	path->length = (u16)length;
	memcpy(path->name, name, length);
	error = import->take_path(import->taker, path);
	if (error) {
		kanary_trace_fail(import, "the paths cannot be written: %s", strerror(-error));
		return error;
	}
	import->paths++;
	return 0;
}

int kanary_trace_path(struct kanary_trace *trace, uint32_t call, const char *name, size_t length,
		      uint16_t flags)
{
	u16 bins[KANARY_PATH_DEPTH_MAX];
	u32 count;

	length = strnlen(name, length);
	if (!length)
		return 0;
	if (*name == '/')
		flags &= (u16)~KANARY_PATH_DIRFD;
	else
		flags |= KANARY_PATH_RELATIVE;
	if (length > KANARY_PATH_SIZE_MAX) {
		length = KANARY_PATH_SIZE_MAX;
		flags |= KANARY_PATH_TRUNCATED;
	}
	count = kanary_path_bins((const u8 *)name, length, flags, bins);
	if (kanary_path_tally_add(&trace->paths, bins, count))
		return no_memory(trace);
	name_stream(trace);
	if (!trace->import->take_path ||
	    !kanary_path_news_tell(trace->import->news, trace->vector.stream, name, length))
		return 0;
	return tell(trace, call, name, length, flags);
}

int kanary_trace_end(struct kanary_trace *trace, enum kanary_reason reason)
{
	int error = trace->vector.calls ? make_vector(trace, reason) : 0;

	kanary_trace_discard(trace);
	return error;
}

void kanary_trace_move(struct kanary_trace *to, struct kanary_trace *from)
{
	*to = *from;
	memset(from, 0, sizeof(*from));
}

void kanary_trace_discard(struct kanary_trace *trace)
{
	free(trace->call);
	free(trace->forgotten);
	kanary_path_tally_free(&trace->paths);
	trace->call = NULL;
	trace->forgotten = NULL;
	trace->room = 0;
	trace->vector.calls = 0;
}
