// SPDX-License-Identifier: GPL-2.0
#include "import_adfa.h"

#include <stdio.h>
#include <string.h>

#include "adfa.h"
#include "syscall_name.h"
#include "trace_name.h"

static int take_call(struct kanary_trace *trace, const char *name, uint16_t number)
{
	char text[16];

	if (!kanary_syscall_compat(number)) {
		snprintf(text, sizeof(text), "%u", number);
		kanary_trace_locate(trace->import, &trace->import->calls_unnamed, name, 1, text);
	}
	return kanary_trace_call(trace, KANARY_BINS_BANK + number);
}

static int take_trace(void *context, const char *name, const uint16_t *call, uint32_t length)
{
	struct kanary_import *import = context;
	struct kanary_trace trace;
	const char *comm;
	int error = 0;
	size_t size;
	uint32_t i;

	import->source = name;
	comm = kanary_trace_name_comm(name, &size);
	kanary_trace_begin(&trace, import, (uint32_t)import->streams + 1, comm, size);
	for (i = 0; !error && i < length; i++)
		error = take_call(&trace, name, call[i]);
	if (!error)
		error = kanary_trace_end(&trace, KANARY_REASON_EXIT);
	kanary_trace_discard(&trace);
	import->files += !error;
	return error;
}

int kanary_import_adfa(struct kanary_import *import, const char *path)
{
	struct kanary_adfa adfa = {
		.only = import->only, .trace = take_trace, .context = import,
	};
	int error = kanary_adfa_read(&adfa, path);

	if (*adfa.why)
		return kanary_trace_fail(import, "%s", adfa.why);
	return error;
}
