// SPDX-License-Identifier: GPL-2.0
/* A trace of ADFA-LD, or an archive of them where it begins as one. */
#include <stdint.h>
#include <string.h>

#include "fuzz_file.h"
#include "fuzz_import.h"
#include "import/import_adfa.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *suffix = size > 1 && !memcmp(data, "PK", 2) ? ".zip" : ".txt";
	struct kanary_import import;

	fuzz_import_begin(&import);
	fuzz_import_end(&import, kanary_import_adfa(&import, fuzz_file_write(suffix, data, size)));
	return 0;
}
