/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ADFA-LD: one process a file, i386 system call numbers as text.
 *
 * Every *.txt below a directory or within a zip archive is a stream, in the
 * order of the names. The numbers land in the 32-bit bank of bins.
 */
#ifndef KANARY_IMPORT_ADFA_H
#define KANARY_IMPORT_ADFA_H

#include "trace.h"

/**
 * kanary_import_adfa() - import a directory, a .zip, or a single trace file
 *
 * Return: 0 or -errno, with import->why set.
 */
int kanary_import_adfa(struct kanary_import *import, const char *path);

#endif /* KANARY_IMPORT_ADFA_H */
