/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where traces lie: a file, a directory of them, an archive, or standard input; each of
 * them compressed or not. What a file is, its bytes tell, and not its name.
 */
#ifndef KANARY_TRACE_INPUT_H
#define KANARY_TRACE_INPUT_H

#include <stdio.h>

#include "recording/trace.h"

/* The path that means standard input. */
#define KANARY_TRACE_INPUT_STANDARD "-"

/** typedef kanary_trace_input_reader - imports one open file; 0 or -errno with import->why set */
typedef int kanary_trace_input_reader(struct kanary_import *import, const char *name, FILE *file);

/** kanary_trace_input_is_lasting() - whether it can be read twice: nobody reads a pipe so */
bool kanary_trace_input_is_lasting(const char *path);

/**
 * kanary_trace_input_read() - import what lies at a path
 * @path: of a file; or of a directory or an archive, of which all files that import->only
 *	matches and that are called like traces (trace_name.h) are read: those of a directory
 *	by name, those of an archive as they come. If none is called so, all are read.
 *	KANARY_TRACE_INPUT_STANDARD: standard input.
 *
 * An archive is read as it is unpacked: nothing of it is written anywhere. Archives are
 * .tar and .zip; gzip, bzip2, xz, zstd, lz4 and compress are undone. Which paths are news
 * is forgotten between files.
 *
 * Return: 0 or -errno, with import->why set; a directory or archive without any such
 * file is an error.
 */
int kanary_trace_input_read(struct kanary_import *import, const char *path,
			    kanary_trace_input_reader *reader);

#endif /* KANARY_TRACE_INPUT_H */
