// SPDX-License-Identifier: GPL-2.0
#include "import_adfa.h"

#include <string.h>

#include "adfa.h"

static int take_trace(void *context, const char *name, const uint16_t *call, uint32_t length)
{
	const char *base = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
	struct kanary_import *import = context;
	struct kanary_trace trace;
	int error = 0;
	uint32_t i;

	kanary_trace_begin(&trace, import, (uint32_t)import->streams + 1, base,
			   strcspn(base, "."));
	for (i = 0; !error && i < length; i++)
		error = kanary_trace_call(&trace, KANARY_BINS_BANK + call[i]);
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
