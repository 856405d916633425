// SPDX-License-Identifier: GPL-2.0
/* The text of sysdig, whose paths and names of threads are whatever a traced program liked. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz_import.h"
#include "import_sysdig.h"

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
	fuzz_import_end(&import, kanary_import_sysdig_stream(&import, "input", file));
	fclose(file);
	return 0;
}
