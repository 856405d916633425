/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What strace says of its own in between: "strace: Process 7 attached". On a terminal such a
 * remark may stand within the line of a call, which goes on in the next line.
 */
#ifndef KANARY_STRACE_REMARK_H
#define KANARY_STRACE_REMARK_H

#include <stdbool.h>

#include "trace_line.h"

/**
 * enum kanary_strace_remark_kind - what a remark says of a process
 * @KANARY_STRACE_REMARK_NONE: there is no remark
 * @KANARY_STRACE_REMARK_ATTACHED: it is traced from now on
 * @KANARY_STRACE_REMARK_DETACHED: it is not any more
 * @KANARY_STRACE_REMARK_PAUSED: it waits, or goes on
 * @KANARY_STRACE_REMARK_COMPAT: its calls are those of 32-bit programs
 * @KANARY_STRACE_REMARK_NATIVE: or not
 */
enum kanary_strace_remark_kind {
	KANARY_STRACE_REMARK_NONE,
	KANARY_STRACE_REMARK_ATTACHED,
	KANARY_STRACE_REMARK_DETACHED,
	KANARY_STRACE_REMARK_PAUSED,
	KANARY_STRACE_REMARK_COMPAT,
	KANARY_STRACE_REMARK_NATIVE,
};

struct kanary_strace_remark {
	enum kanary_strace_remark_kind kind;
	u32 pid;
};

/**
 * kanary_strace_remark_cut() - take the remark at the end of a line off it
 * @line: that is read; what is left of it is the beginning of a call, or nothing
 * @remark: set
 *
 * Remarks of all versions since 4.5 are known. What a program reads or writes is no remark.
 *
 * Return: whether there is one.
 */
bool kanary_strace_remark_cut(struct kanary_trace_line *line, struct kanary_strace_remark *remark);

/**
 * kanary_strace_remark_is_noise() - whether a line is of strace, and of no call
 * @text: from behind the prefix on
 *
 * Signals, stack traces, bytes of -e read, and other words of strace.
 */
bool kanary_strace_remark_is_noise(const char *text);

/**
 * struct kanary_strace_summary - the table of -c and -C
 * @rules: lines of it that part its rows, so far
 */
struct kanary_strace_summary {
	u32 rules;
};

/** kanary_strace_remark_is_summary() - whether a line is of that table; lines come in order */
bool kanary_strace_remark_is_summary(struct kanary_strace_summary *summary, const char *text);

#endif /* KANARY_STRACE_REMARK_H */
