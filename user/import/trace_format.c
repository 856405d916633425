// SPDX-License-Identifier: GPL-2.0
#include "trace_format.h"

#include <string.h>

#include "import_adfa.h"
#include "import_columns.h"
#include "import_names.h"
#include "import_strace.h"
#include "import_sysdig.h"

#define ABI(name) (1u << KANARY_SYSCALL_ABI_##name)

static const struct kanary_trace_format formats[] = {
	{ "adfa", "ADFA-LD: numbers of calls of i386, one process a file",
	  .abi = KANARY_SYSCALL_ABI_I386, .import = kanary_import_adfa },
	{ "columns", "lines with a pid and a call, a number or a name: see --columns, --abi",
	  .abis = ABI(X86_64) | ABI(I386) | ABI(RAW), .columns = true,
	  .import = kanary_import_columns },
	{ "names", "names of calls with blanks between, one process a file",
	  .abis = ABI(X86_64) | ABI(I386), .import = kanary_import_names },
	{ "strace", "output of strace, best with -f, -y and -o; or the folder of -ff",
	  .import = kanary_import_strace },
	{ "sysdig", "text of sysdig, with or without columns",
	  .import = kanary_import_sysdig },
	{ 0 },
};

const struct kanary_trace_format *kanary_trace_format_find(const char *name)
{
	const struct kanary_trace_format *format;

	for (format = formats; format->name; format++)
		if (!strcmp(format->name, name))
			return format;
	return NULL;
}

const struct kanary_trace_format *kanary_trace_format_list(void)
{
	return formats;
}
