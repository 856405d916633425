/* SPDX-License-Identifier: GPL-2.0 */
/* A line of sysdig's output as text; what it means for whom is import_sysdig.c's business. */
#ifndef KANARY_SYSDIG_LINE_H
#define KANARY_SYSDIG_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "kanary_netlink.h"
#include "types.h"

#define KANARY_SYSDIG_LINE_CALL 48

/**
 * enum kanary_sysdig_direction - which side of a call a line is of
 * @KANARY_SYSDIG_UNTOLD: the output has no such column
 */
enum kanary_sysdig_direction {
	KANARY_SYSDIG_UNTOLD,
	KANARY_SYSDIG_ENTER,
	KANARY_SYSDIG_EXIT,
};

/**
 * struct kanary_sysdig_line - an event
 * @direction: '>' or '<'
 * @tid: of the thread, 0 without a column
 * @comm: of the process, zero-padded, empty without a column
 * @call: name of the event, of a system call mostly
 * @arguments: within the line, "fd=3 name=/etc/passwd "
 */
struct kanary_sysdig_line {
	enum kanary_sysdig_direction direction;
	u32 tid;
	char comm[KANARY_COMM_SIZE];
	char call[KANARY_SYSDIG_LINE_CALL];
	const char *arguments;
};

/**
 * kanary_sysdig_line_take() - take a line apart
 * @text: terminated, without the newline
 *
 * Of sysdig's default output, of -pc, and of "-p '%evt.type %evt.args'": a lone '>' or
 * '<' stands before the name of the event, after the thread in parentheses and the
 * process before that; or the line begins with the name.
 *
 * Return: false for a line of no such form.
 */
bool kanary_sysdig_line_take(const char *text, struct kanary_sysdig_line *line);

/**
 * kanary_sysdig_line_value() - the value of an argument
 * @key: "name"
 * @length: set
 *
 * It goes up to the next argument, blanks and all.
 *
 * Return: NULL where there is none.
 */
const char *kanary_sysdig_line_value(const char *arguments, const char *key, size_t *length);

/**
 * kanary_sysdig_line_path() - the path that a value is
 * @value: "passwd(/etc/passwd)" is the latter: sysdig knows working directories
 * @length: of @value; of the path afterwards
 *
 * Return: NULL for "<NA>", "(NULL)" and nothing.
 */
const char *kanary_sysdig_line_path(const char *value, size_t *length);

#endif /* KANARY_SYSDIG_LINE_H */
