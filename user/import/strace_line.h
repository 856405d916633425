/* SPDX-License-Identifier: GPL-2.0 */
/* A line of strace's output as text; what it means for whom is import_strace.c's business. */
#ifndef KANARY_STRACE_LINE_H
#define KANARY_STRACE_LINE_H

#include <stdbool.h>

#include "kanary_netlink.h"
#include "trace_line.h"

#define KANARY_STRACE_LINE_CALL 64

/**
 * struct kanary_strace_prefix - what stands before a call
 * @pid: 0 where there is none
 * @comm: of -Y, "637<ls>"; zero-padded, empty where there is none
 */
struct kanary_strace_prefix {
	u32 pid;
	char comm[KANARY_COMM_SIZE];
};

/**
 * enum kanary_strace_shape - what a line is from behind its prefix on
 * @KANARY_STRACE_OTHER: no call
 * @KANARY_STRACE_TORN: the beginning of a call: "read(3, " or "close(3)"
 * @KANARY_STRACE_UNFINISHED: a call whose result is told later
 * @KANARY_STRACE_WHOLE: a call and its result
 */
enum kanary_strace_shape {
	KANARY_STRACE_OTHER,
	KANARY_STRACE_TORN,
	KANARY_STRACE_UNFINISHED,
	KANARY_STRACE_WHOLE,
};

/**
 * struct kanary_strace_call - a call of a line
 * @name: of it
 * @arguments: within the line, behind the parenthesis
 */
struct kanary_strace_call {
	char name[KANARY_STRACE_LINE_CALL];
	const char *arguments;
};

/**
 * kanary_strace_line_skip() - find the call behind what may stand before it
 * @text: of the line: a pid, a security context, a time, a syscall's number, an instruction
 *	pointer, in this order
 * @prefix: set
 */
const char *kanary_strace_line_skip(const char *text, struct kanary_strace_prefix *prefix);

/**
 * kanary_strace_line_call() - take a call apart
 * @line: that is read
 * @text: of it, from behind the prefix on
 * @call: set, unless there is none
 */
enum kanary_strace_shape kanary_strace_line_call(const struct kanary_trace_line *line,
						 const char *text, struct kanary_strace_call *call);

/**
 * kanary_strace_line_result() - what the call returned whose end this line has
 * @value: set; of a pid in another namespace, the one that strace sees
 *
 * Return: false where the line has no result, such as "= ?".
 */
bool kanary_strace_line_result(const struct kanary_trace_line *line, long long *value);

/** kanary_strace_line_is_rest() - whether this may be the end of a call that something cut into */
bool kanary_strace_line_is_rest(const struct kanary_trace_line *line);

#endif /* KANARY_STRACE_LINE_H */
