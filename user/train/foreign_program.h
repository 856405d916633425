/* SPDX-License-Identifier: GPL-2.0 */
/* Programs that are no part of what is learned, as the calls that they make. */
#ifndef KANARY_FOREIGN_PROGRAM_H
#define KANARY_FOREIGN_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "recording/call_list.h"

/**
 * struct kanary_foreign_stream - the calls of one process image
 * @program: number of the program that it is part of, from 0
 * @calls: of it
 */
struct kanary_foreign_stream {
	uint32_t program;
	struct kanary_call_list calls;
	/* the rest belongs to foreign_program.c */
	bool whole;
};

/**
 * struct kanary_foreign_list - programs of some recordings
 * @programs: how many there were. A program is a file that was imported; of what a kernel
 *	recorded, a process with all its threads and all that it executes.
 * @streams: of all programs
 */
struct kanary_foreign_list {
	uint32_t programs;
	size_t streams;
	struct kanary_foreign_stream *stream;
	/* the rest belongs to foreign_program.c */
	size_t room;
};

/**
 * kanary_foreign_program_read() - add the programs of a recording
 * @why: set to one sentence where it fails, or where the file ends early; else to NULL
 *
 * Streams that lack the order of some of their calls, as of a period above 1024, are left out.
 *
 * Return: 0 or -errno.
 */
int kanary_foreign_program_read(struct kanary_foreign_list *list, const char *path,
				const char **why);

/** kanary_foreign_program_free() - free what is inside */
void kanary_foreign_program_free(struct kanary_foreign_list *list);

#endif /* KANARY_FOREIGN_PROGRAM_H */
