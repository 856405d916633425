/* SPDX-License-Identifier: GPL-2.0 */
/* What any importer must hold to, whatever it reads. */
#ifndef FUZZ_IMPORT_H
#define FUZZ_IMPORT_H

#include "import/trace_input.h"

/**
 * fuzz_import_begin() - an import whose vectors are checked, each as the kernel's would be
 *
 * Its period is small, so that little text makes several vectors.
 */
void fuzz_import_begin(struct kanary_import *import);

/** fuzz_import_end() - @error is what the importer returned: it has to say why, or else not */
void fuzz_import_end(const struct kanary_import *import, int error);

/** fuzz_import_stream() - let an importer read @data, and hold it to all that */
void fuzz_import_stream(struct kanary_import *import, kanary_trace_input_reader *reader,
			const uint8_t *data, size_t size);

#endif /* FUZZ_IMPORT_H */
