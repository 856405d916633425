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
 * struct kanary_sysdig_layout - how the lines of a file begin
 * @columns: with a process and its thread in parentheses; else with the event itself
 * @direction: '>' or '<' stands before the event
 * @numbers: columns before the process that are numbers or times
 */
struct kanary_sysdig_layout {
	bool columns;
	bool direction;
	u32 numbers;
};

/**
 * struct kanary_sysdig_line - an event
 * @direction: '>' or '<'
 * @tid: of the thread, 0 without a column
 * @comm: of the process, zero-padded, empty without a column
 * @call: name of the event, of a system call mostly
 * @arguments: within the line, " fd=3 name=/etc/passwd "
 */
struct kanary_sysdig_line {
	enum kanary_sysdig_direction direction;
	u32 tid;
	char comm[KANARY_COMM_SIZE];
	char call[KANARY_SYSDIG_LINE_CALL];
	const char *arguments;
};

/** kanary_sysdig_line_uncolour() - take out the colours that sysdig writes to a terminal */
void kanary_sysdig_line_uncolour(char *text);

/** kanary_sysdig_line_numbers() - how many words are numbers or times, up to the process */
u32 kanary_sysdig_line_numbers(const char *text);

/**
 * kanary_sysdig_line_take() - take a line apart
 * @text: terminated, without the newline
 *
 * With columns: "12 10:20:30.123456789 0 web (812) > read fd=3", where a container may stand
 * before the process, "web (0123456789ab)", and the thread may be "(812.813)" with the process
 * first, or "(813:1)" with the namespace's last. Without, the arguments have to look like such.
 *
 * Return: false for a line of another layout.
 */
bool kanary_sysdig_line_take(const char *text, const struct kanary_sysdig_layout *layout,
			     struct kanary_sysdig_line *line);

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
