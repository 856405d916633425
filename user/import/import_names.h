/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of system calls with white space between, one process a file.
 *
 * What comes after "exit" or "exit_group" is a further process.
 */
#ifndef KANARY_IMPORT_NAMES_H
#define KANARY_IMPORT_NAMES_H

#include <stdio.h>

#include "recording/trace.h"

/**
 * kanary_import_names() - import what kanary_trace_input_read() finds
 *
 * import->abi says whose names these are. Unknown ones are counted, and the first is located;
 * a file with more unknown than known names is an error.
 *
 * Return: 0 or -errno, with import->why set.
 */
int kanary_import_names(struct kanary_import *import, const char *path);

/** kanary_import_names_stream() - the same of an open file; @name is for messages */
int kanary_import_names_stream(struct kanary_import *import, const char *name, FILE *file);

#endif /* KANARY_IMPORT_NAMES_H */
