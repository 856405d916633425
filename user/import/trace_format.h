/* SPDX-License-Identifier: GPL-2.0 */
/* The formats of traces that "kanary import" reads: a row each. */
#ifndef KANARY_TRACE_FORMAT_H
#define KANARY_TRACE_FORMAT_H

#include "recording/trace.h"

/**
 * struct kanary_trace_format - a format
 * @name: as the user says it
 * @help: what it is, in a line
 * @abis: bits of enum kanary_syscall_abi that --abi may say; 0 where a trace tells it itself
 * @abi: which it is where nothing is said
 * @columns: --columns may be said
 * @import: imports what lies at a path; 0 or -errno, with import->why set
 */
struct kanary_trace_format {
	const char *name;
	const char *help;
	u32 abis;
	enum kanary_syscall_abi abi;
	bool columns;
	int (*import)(struct kanary_import *import, const char *path);
};

/** kanary_trace_format_find() - by its name, or NULL */
const struct kanary_trace_format *kanary_trace_format_find(const char *name);

/** kanary_trace_format_list() - the formats, up to one without a name */
const struct kanary_trace_format *kanary_trace_format_list(void);

#endif /* KANARY_TRACE_FORMAT_H */
