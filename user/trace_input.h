/* SPDX-License-Identifier: GPL-2.0 */
/* Where traces lie: a file, a directory of them, or an archive such as .tar.zst or .zip. */
#ifndef KANARY_TRACE_INPUT_H
#define KANARY_TRACE_INPUT_H

#include <stdio.h>

#include "trace.h"

/** typedef kanary_trace_input_reader - imports one open file; 0 or -errno with import->why set */
typedef int kanary_trace_input_reader(struct kanary_import *import, const char *name, FILE *file);

/**
 * kanary_trace_input_read() - import what lies at a path
 * @path: of a file; or of a directory or an archive, of which all files that end in .log,
 *	.txt, .strace or .sysdig and that import->only matches are read: those of a
 *	directory by name, those of an archive as they come
 *
 * An archive is read as it is unpacked: nothing of it is written anywhere. Which paths
 * are news is forgotten between files.
 *
 * Return: 0 or -errno, with import->why set; a directory or archive without any such
 * file is an error.
 */
int kanary_trace_input_read(struct kanary_import *import, const char *path,
			    kanary_trace_input_reader *reader);

#endif /* KANARY_TRACE_INPUT_H */
