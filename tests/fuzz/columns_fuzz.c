// SPDX-License-Identifier: GPL-2.0
/* Lines of columns; the first two bytes choose which count, and of which system the calls are. */
#include <stdint.h>

#include "fuzz_import.h"
#include "import/import_columns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kanary_import import;

	if (size < 2)
		return 0;
	fuzz_import_begin(&import);
	import.columns.pid = 1 + data[0] % 4;
	import.columns.call = 1 + (data[0] + 1) % 4;
	import.abi = data[1] % 3;
	fuzz_import_stream(&import, kanary_import_columns_stream, data + 2, size - 2);
	return 0;
}
