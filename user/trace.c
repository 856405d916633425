// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "message.h"
#include "path.h"
#include "path_record.h"
#include "trace.h"
#include "vector.h"

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

static void append_paths(struct kanary_vector *vector, const uint16_t *paths)
{
	u32 bin;

	for (bin = 0; bin < KANARY_PATH_BINS; bin++) {
		if (!paths[bin])
			continue;
		vector->counts[vector->length].bin = (u16)(KANARY_PATH_FIRST + bin);
		vector->counts[vector->length++].count = paths[bin];
	}
}

static int make_vector(struct kanary_trace *trace, enum kanary_reason reason)
{
	struct kanary_import *import = trace->import;
	_Alignas(8) u8 memory[KANARY_VECTOR_SIZE_MAX];
	_Alignas(8) u16 order[KANARY_ORDER_BINS] = { 0 };
	struct kanary_vector *vector = (void *)memory;
	u16 calls[KANARY_LOG_MAX];
	struct kanary_log log;
	u32 bin, left;
	int error;

	name_stream(trace);
	*vector = trace->vector;
	vector->reason = reason;
	for (bin = 0; bin < KANARY_BINS; bin++) {
		if (!trace->counts[bin])
			continue;
		vector->counts[vector->length].bin = bin;
		vector->counts[vector->length++].count = trace->counts[bin];
	}
	left = import->period - vector->calls;
	kanary_log_order(order, trace->ring, left, vector->calls, trace->before);
	kanary_vector_append_order(vector, order);
	append_paths(vector, trace->paths);
	kanary_log_unroll(&log, calls, trace->ring, left, vector->calls, trace->before);
	kanary_vector_append_log(vector, &log);
	error = import->take(import->taker, vector);
	if (error) {
		kanary_trace_fail(import, "the vectors cannot be written: %s", strerror(-error));
		return error;
	}
	import->vectors++;
	trace->vector.index++;
	trace->vector.calls = 0;
	memcpy(trace->before, trace->ring, sizeof(trace->before));
	memset(trace->counts, 0, sizeof(trace->counts));
	memset(trace->paths, 0, sizeof(trace->paths));
	return 0;
}

int kanary_trace_call(struct kanary_trace *trace, uint32_t bin)
{
	int error = 0;

	if (trace->vector.calls == trace->import->period)
		error = make_vector(trace, KANARY_REASON_PERIOD);
	trace->counts[bin]++;
	trace->vector.calls++;
	trace->ring[kanary_log_at(trace->import->period - trace->vector.calls)] = (uint16_t)bin;
	trace->import->calls++;
	return error;
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
	u16 bins[KANARY_PATH_DEPTH_MAX], *counted;
	u32 count, i;

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
	for (i = 0; i < count; i++) {
		counted = &trace->paths[bins[i] - KANARY_PATH_FIRST];
		*counted += *counted < UINT16_MAX;
	}
	name_stream(trace);
	if (!trace->import->take_path ||
	    !kanary_path_news_tell(trace->import->news, trace->vector.stream, name, length))
		return 0;
	return tell(trace, call, name, length, flags);
}

int kanary_trace_end(struct kanary_trace *trace, enum kanary_reason reason)
{
	return trace->vector.calls ? make_vector(trace, reason) : 0;
}
