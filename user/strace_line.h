/* SPDX-License-Identifier: GPL-2.0 */
/* A line of strace's output as text; what it means for whom is import_strace.c's business. */
#ifndef KANARY_STRACE_LINE_H
#define KANARY_STRACE_LINE_H

#include <stdbool.h>

#include "trace_line.h"

/**
 * kanary_strace_line_skip() - find the call behind what may stand before it
 * @text: of the line: a pid, a time, a syscall's number, an instruction pointer, in this order
 * @pid: set, 0 where there is none
 */
const char *kanary_strace_line_skip(const char *text, u32 *pid);

/**
 * kanary_strace_line_succeeded() - whether the call returned 0
 *
 * Not if it is unfinished; -T may have added a time.
 */
bool kanary_strace_line_succeeded(const struct kanary_trace_line *line);

/** kanary_strace_line_is_remark() - whether strace only says something, from @text on */
bool kanary_strace_line_is_remark(const char *text);

#endif /* KANARY_STRACE_LINE_H */
