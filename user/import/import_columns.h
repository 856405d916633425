/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lines with a pid in one column and a system call in another, a number or a name.
 *
 * Columns are parted by blanks, commas or semicolons. A process ends where it calls "exit" or
 * "exit_group", or with the file.
 */
#ifndef KANARY_IMPORT_COLUMNS_H
#define KANARY_IMPORT_COLUMNS_H

#include <stdbool.h>
#include <stdio.h>

#include "recording/trace.h"

/* Column of the call where nothing else is said; the pid's is the first. */
#define KANARY_IMPORT_COLUMNS_CALL 2
#define KANARY_IMPORT_COLUMNS_MAX 99

/** kanary_import_columns_parse() - "1,2": that of the pid and that of the call, from 1 */
bool kanary_import_columns_parse(const char *text, struct kanary_import_columns *columns);

/**
 * kanary_import_columns() - import what kanary_trace_input_read() finds
 *
 * import->columns says which two count, and import->abi whose numbers and names those of the
 * calls are. Lines that have no such columns are counted, and the first is located; a file
 * with more of them than of others is an error.
 *
 * Return: 0 or -errno, with import->why set.
 */
int kanary_import_columns(struct kanary_import *import, const char *path);

/** kanary_import_columns_stream() - the same of an open file; @name is for messages */
int kanary_import_columns_stream(struct kanary_import *import, const char *name, FILE *file);

#endif /* KANARY_IMPORT_COLUMNS_H */
