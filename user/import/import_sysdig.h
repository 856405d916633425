/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text of sysdig: its default columns, those of -pc, or "-p '%evt.type %evt.args'" alone.
 *
 * A call counts once: where it begins, or where it ends if no beginning came before, as Falco's
 * libraries do not tell of beginnings any more. So do its paths, whichever side tells of them.
 * Without a column for the direction, a line with a result is an end, and of calls whose ends
 * say nothing every other line is. Without one for the thread, a file is one stream. In memory:
 * the threads that live.
 */
#ifndef KANARY_IMPORT_SYSDIG_H
#define KANARY_IMPORT_SYSDIG_H

#include <stdio.h>

#include "recording/trace.h"

/**
 * kanary_import_sysdig() - import a file, or those of a directory or archive
 *
 * Lines that make no sense are counted and the first is located in @import;
 * a file without a single call is an error.
 *
 * Return: 0 or -errno, with import->why set.
 */
int kanary_import_sysdig(struct kanary_import *import, const char *path);

/** kanary_import_sysdig_stream() - the same of an open file; @name is for messages */
int kanary_import_sysdig_stream(struct kanary_import *import, const char *name, FILE *file);

#endif /* KANARY_IMPORT_SYSDIG_H */
