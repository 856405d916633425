/* SPDX-License-Identifier: GPL-2.0 */
/* Rounds of work that do not depend on each other, each in a process of its own. */
#ifndef KANARY_PARALLEL_H
#define KANARY_PARALLEL_H

#include <stddef.h>
#include <stdint.h>

#define KANARY_PARALLEL_MAX 64

/**
 * kanary_parallel_memory() - zeroed memory that all processes share
 *
 * Return: NULL where it is short.
 */
void *kanary_parallel_memory(size_t size);

void kanary_parallel_free(void *memory, size_t size);

/**
 * kanary_parallel_run() - do all rounds
 * @rounds: from 0 on
 * @jobs: at a time, 1 .. KANARY_PARALLEL_MAX
 * @run: one of them; what it writes is lost but for what is in shared memory. Returns 0, or
 *	1 after a line on stderr.
 * @done: called after each that has ended, with how many that are, or NULL
 *
 * Return: 0, or 1 where one has failed; rounds that were not begun by then are not done.
 */
int kanary_parallel_run(uint32_t rounds, uint32_t jobs,
			int (*run)(void *context, uint32_t round),
			void (*done)(void *context, uint32_t rounds), void *context);

#endif /* KANARY_PARALLEL_H */
