/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reading ADFA-LD: one process a file, system call numbers as text.
 *
 * Every trace file of an input (trace_input.h) is a trace, in the order of the paths,
 * whether a directory or an archive holds them.
 */
#ifndef KANARY_ADFA_H
#define KANARY_ADFA_H

#include <stdint.h>

/**
 * struct kanary_adfa - one reading
 * @only: takes only files whose path within the input matches this fnmatch()
 *	pattern, NULL for all
 * @trace: called for each trace
 *	@name: of the file, the path of the input before it
 *	@call: [@length], system call numbers, at least 1, below KANARY_BINS_BANK:
 *	what is larger counts as the largest
 *	returns 0, or -errno to end the reading
 * @context: for @trace
 * @traces: read so far
 * @why: one sentence with file and place, set where the reading itself fails
 */
struct kanary_adfa {
	const char *only;
	int (*trace)(void *context, const char *name, const uint16_t *call, uint32_t length);
	void *context;
	uint64_t traces;
	char why[512];
};

/**
 * kanary_adfa_read() - read a directory, an archive, or a single trace file
 *
 * Return: 0, or -errno: of @adfa->trace, or else with @adfa->why set.
 */
int kanary_adfa_read(struct kanary_adfa *adfa, const char *path);

#endif /* KANARY_ADFA_H */
