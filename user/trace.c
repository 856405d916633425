// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "order.h"
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
	trace->order = KANARY_ORDER_START;
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
	struct kanary_vector *vector = (void *)memory;
	u32 bin;
	int error;

	/* Only here, so that an image without a call takes no number. */
	if (!trace->vector.stream)
		trace->vector.stream = ++import->streams;
	*vector = trace->vector;
	vector->reason = reason;
	for (bin = 0; bin < KANARY_VECTOR_BINS; bin++) {
		if (!trace->counts[bin])
			continue;
		vector->counts[vector->length].bin = bin;
		vector->counts[vector->length++].count = trace->counts[bin];
	}
	error = import->take(import->taker, vector);
	if (error) {
		kanary_trace_fail(import, "the vectors cannot be written: %s", strerror(-error));
		return error;
	}
	import->vectors++;
	trace->vector.index++;
	trace->vector.calls = 0;
	memset(trace->counts, 0, sizeof(trace->counts));
	return 0;
}

int kanary_trace_call(struct kanary_trace *trace, uint32_t bin)
{
	int error = 0;

	if (trace->vector.calls == trace->import->period)
		error = make_vector(trace, KANARY_REASON_PERIOD);
	trace->order = kanary_order_next(trace->order, bin);
	trace->counts[bin]++;
	trace->counts[kanary_order_bin(trace->order)]++;
	trace->vector.calls++;
	trace->import->calls++;
	return error;
}

int kanary_trace_end(struct kanary_trace *trace, enum kanary_reason reason)
{
	return trace->vector.calls ? make_vector(trace, reason) : 0;
}
