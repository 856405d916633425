/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Output of strace 4.5 to 6 with any of its options, on a terminal or with -o, or the files
 * of -ff, whose names end in pids.
 *
 * A call counts once, where it begins. A successful execve ends a stream and begins another.
 * A process is called after its program, like its parent, as it calls itself by PR_SET_NAME,
 * or as -Y says; its name is empty where nothing tells it. Of a process that turns to 32 bits
 * strace says so, on a terminal at least, or a name that only those have does: its calls go
 * to the 32-bit bank from there on. Paths are counted where a call begins; with -y, relative
 * ones are those of the directory that they are meant in.
 */
#ifndef KANARY_IMPORT_STRACE_H
#define KANARY_IMPORT_STRACE_H

#include <stdio.h>

#include "recording/trace.h"

/**
 * kanary_import_strace() - import a file, or those of a directory or archive
 *
 * Lines that make no sense are counted and the first is located in @import;
 * a file without a single call is an error.
 *
 * Return: 0 or -errno, with import->why set.
 */
int kanary_import_strace(struct kanary_import *import, const char *path);

/** kanary_import_strace_stream() - the same of an open file; @name is for messages */
int kanary_import_strace_stream(struct kanary_import *import, const char *name, FILE *file);

#endif /* KANARY_IMPORT_STRACE_H */
