/* SPDX-License-Identifier: GPL-2.0 */
/* A line of strace's output as text; what it means for whom is import_strace.c's business. */
#ifndef KANARY_STRACE_LINE_H
#define KANARY_STRACE_LINE_H

#include <stdbool.h>
#include <stdio.h>

#include "types.h"

#define KANARY_STRACE_LINE_HEAD 4096
#define KANARY_STRACE_LINE_TAIL 256

/**
 * struct kanary_strace_line - the two ends of a line, as an argument may be megabytes long
 * @head: its beginning
 * @tail: its last bytes, which @head may hold as well
 */
struct kanary_strace_line {
	char head[KANARY_STRACE_LINE_HEAD];
	char tail[KANARY_STRACE_LINE_TAIL];
};

/** kanary_strace_line_read() - the next line; 1, 0 at the end of the file, or -errno */
int kanary_strace_line_read(struct kanary_strace_line *line, FILE *file);

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
bool kanary_strace_line_succeeded(const struct kanary_strace_line *line);

/** kanary_strace_line_is_remark() - whether strace only says something, from @text on */
bool kanary_strace_line_is_remark(const char *text);

#endif /* KANARY_STRACE_LINE_H */
