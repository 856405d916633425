// SPDX-License-Identifier: GPL-2.0
/* The output of strace: all that a traced program writes is in it. */
#include <stdint.h>

#include "fuzz_import.h"
#include "import/import_strace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kanary_import import;

	fuzz_import_begin(&import);
	fuzz_import_stream(&import, kanary_import_strace_stream, data, size);
	return 0;
}
