/* SPDX-License-Identifier: GPL-2.0 */
/* A recording from its first message to its last. */
#ifndef KANARY_RECORD_RUN_H
#define KANARY_RECORD_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct kanary_record_options - what a user wants to be recorded
 * @container: [@containers], as for kanary_roster_follow(); none for all
 * @containers: how many
 * @output: file
 * @wait: the containers need not run yet
 * @force: @output may be replaced
 * @all: all containers, said in so many words
 * @json: say at the end as JSON what was recorded
 * @duration: nanoseconds, 0 until a signal
 */
struct kanary_record_options {
	const char **container;
	size_t containers;
	const char *output;
	bool wait;
	bool force;
	bool all;
	bool json;
	uint64_t duration;
};

/**
 * kanary_record_run() - record
 * @interrupt: from kanary_interrupt_open()
 *
 * Return: exit status; 1 after a line on stderr, with what there is in the file.
 */
int kanary_record_run(const struct kanary_record_options *options, int interrupt);

#endif /* KANARY_RECORD_RUN_H */
