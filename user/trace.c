// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

static int make_vector(struct kanary_trace *trace, enum kanary_reason reason)
{
	struct kanary_import *import = trace->import;
	_Alignas(8) u8 memory[KANARY_VECTOR_SIZE_MAX];
	_Alignas(8) u16 order[KANARY_ORDER_BINS] = { 0 };
	struct kanary_vector *vector = (void *)memory;
	u16 calls[KANARY_LOG_MAX];
	struct kanary_log log;
	u32 bin;
	int error;

	/* Only here, so that an image without a call takes no number. */
	if (!trace->vector.stream)
		trace->vector.stream = ++import->streams;
	*vector = trace->vector;
	vector->reason = reason;
	for (bin = 0; bin < KANARY_BINS; bin++) {
		if (!trace->counts[bin])
			continue;
		vector->counts[vector->length].bin = bin;
		vector->counts[vector->length++].count = trace->counts[bin];
	}
	kanary_log_unroll(&log, calls, trace->ring, import->period - vector->calls, vector->calls,
			  trace->before);
	kanary_vector_append_order(vector, &log, order);
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

int kanary_trace_end(struct kanary_trace *trace, enum kanary_reason reason)
{
	return trace->vector.calls ? make_vector(trace, reason) : 0;
}
