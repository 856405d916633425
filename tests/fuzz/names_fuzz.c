// SPDX-License-Identifier: GPL-2.0
/* Names of system calls: words of any length, and what is no word. */
#include <stdint.h>

#include "fuzz_import.h"
#include "import/import_names.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kanary_import import;

	fuzz_import_begin(&import);
	fuzz_import_stream(&import, kanary_import_names_stream, data, size);
	return 0;
}
