// SPDX-License-Identifier: GPL-2.0
/* The output of strace: all that a traced program writes is in it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz_import.h"
#include "import_strace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kanary_import import;
	FILE *file;

	/* There is no memory stream of nothing. */
	if (!size)
		return 0;
	file = fmemopen((void *)data, size, "r");
	if (!file)
		abort();
	fuzz_import_begin(&import);
	fuzz_import_end(&import, kanary_import_strace_stream(&import, "input", file));
	fclose(file);
	return 0;
}
