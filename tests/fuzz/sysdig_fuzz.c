// SPDX-License-Identifier: GPL-2.0
/* The text of sysdig, whose paths and names of threads are whatever a traced program liked. */
#include <stdint.h>

#include "fuzz_import.h"
#include "import/import_sysdig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kanary_import import;

	fuzz_import_begin(&import);
	fuzz_import_stream(&import, kanary_import_sysdig_stream, data, size);
	return 0;
}
