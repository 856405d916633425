/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ADFA-LD: one process a file, i386 system call numbers as text.
 *
 * Every trace file of an input is a stream, in the order of the paths. The numbers land in
 * the 32-bit bank of bins.
 */
#ifndef KANARY_IMPORT_ADFA_H
#define KANARY_IMPORT_ADFA_H

#include "recording/trace.h"

/**
 * kanary_import_adfa() - import what kanary_trace_input_read() finds
 *
 * Return: 0 or -errno, with import->why set.
 */
int kanary_import_adfa(struct kanary_import *import, const char *path);

#endif /* KANARY_IMPORT_ADFA_H */
