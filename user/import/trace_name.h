/* SPDX-License-Identifier: GPL-2.0 */
/* What the name of a trace file says. */
#ifndef KANARY_TRACE_NAME_H
#define KANARY_TRACE_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "types.h"

/* Standard input, which has none. */
#define KANARY_TRACE_NAME_STANDARD "standard input"

/** kanary_trace_name_base() - behind the last slash of a path */
const char *kanary_trace_name_base(const char *path);

/** kanary_trace_name_is_hidden() - whether archivers and editors leave such files beside others */
bool kanary_trace_name_is_hidden(const char *path);

/**
 * kanary_trace_name_is_trace() - whether a file is called like a trace
 *
 * It ends in .log, .txt, .strace, .sysdig, .trace, .int or, as those of "strace -ff", in a
 * number; .gz, .xz, .zst, .bz2, .lz4 or .Z may come behind that.
 */
bool kanary_trace_name_is_trace(const char *path);

/**
 * kanary_trace_name_comm() - what a process is called whose file this is: "redis" of "a/redis.txt"
 * @length: of it, 0 for standard input
 */
const char *kanary_trace_name_comm(const char *path, size_t *length);

/** kanary_trace_name_pid() - that of "trace.1234", "trace.1234.gz" and "1234.txt", or 0 */
u32 kanary_trace_name_pid(const char *path);

#endif /* KANARY_TRACE_NAME_H */
