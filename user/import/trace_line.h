/* SPDX-License-Identifier: GPL-2.0 */
/* A trace as text, line by line, whatever it holds and however long its lines are. */
#ifndef KANARY_TRACE_LINE_H
#define KANARY_TRACE_LINE_H

#include <stdio.h>

#include "types.h"

#define KANARY_TRACE_LINE_HEAD 4096
#define KANARY_TRACE_LINE_TAIL 256
#define KANARY_TRACE_LINE_BLOCK 65536

/**
 * struct kanary_trace_line - the two ends of a line, as an argument may be megabytes long
 * @head: its beginning
 * @tail: its last KANARY_TRACE_LINE_TAIL - 1 bytes at most, which @head may hold as well
 * @number: of the line, from 1
 * @file: where the next one comes from
 * @at: the next byte of @block
 * @end: behind its last
 * @long_tail: where @tail stands if @head does not hold it, a carriage return behind it
 * @block: what was read last
 *
 * Both ends are terminated, have '?' for bytes of zero, and neither a mark of UTF-8 in the
 * first line nor a carriage return at the end.
 */
struct kanary_trace_line {
	char head[KANARY_TRACE_LINE_HEAD];
	const char *tail;
	u64 number;
	FILE *file;
	size_t at;
	size_t end;
	char long_tail[KANARY_TRACE_LINE_TAIL + 1];
	char block[KANARY_TRACE_LINE_BLOCK];
};

/** kanary_trace_line_begin() - before the first line of a file */
void kanary_trace_line_begin(struct kanary_trace_line *line, FILE *file);

/**
 * kanary_trace_line_peek() - what comes first, as far as a block holds it
 * @size: set
 *
 * Before the first line alone.
 */
const char *kanary_trace_line_peek(struct kanary_trace_line *line, size_t *size);

/** kanary_trace_line_next() - go to the next line; 1, 0 at the end of the file, or -errno */
int kanary_trace_line_next(struct kanary_trace_line *line);

/**
 * kanary_trace_line_skip_mark() - past a mark of UTF-8, in a file that is not read by lines
 * @file: nothing of it is read yet
 *
 * Return: bytes of the mark.
 */
size_t kanary_trace_line_skip_mark(FILE *file);

#endif /* KANARY_TRACE_LINE_H */
