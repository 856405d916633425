/* SPDX-License-Identifier: GPL-2.0 */
/* How far a long command is: a bar on a terminal, a line now and then elsewhere. */
#ifndef KANARY_PROGRESS_H
#define KANARY_PROGRESS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Parts that a command may have at most. */
#define KANARY_PROGRESS_PARTS 8

/**
 * struct kanary_progress - on stderr
 * @quiet: print nothing
 * @terminal: draw over the line before
 * @drawn: a line is waiting to be drawn over
 * @last: when it was drawn, seconds
 * @parts: of the work, of one size; 0 where it has none
 * @done: [@parts], how much of each is done, 0 .. 1
 * @lock: of @done and what is drawn: each part may have a thread of its own
 */
struct kanary_progress {
	bool quiet;
	bool terminal;
	bool drawn;
	double last;
	uint32_t parts;
	double done[KANARY_PROGRESS_PARTS];
	pthread_mutex_t lock;
};

/**
 * struct kanary_progress_part - one part of a command's work
 * @whole: all of it
 * @number: of this one, below the whole's @parts
 * @name: what it does
 */
struct kanary_progress_part {
	struct kanary_progress *whole;
	uint32_t number;
	const char *name;
};

/** kanary_progress_now() - seconds, monotonic */
double kanary_progress_now(void);

void kanary_progress_init(struct kanary_progress *progress, bool quiet);

/**
 * kanary_progress_show() - where the command is, unless it said so a moment ago
 * @fraction: 0 .. 1
 */
void kanary_progress_show(struct kanary_progress *progress, double fraction, const char *format,
			  ...) __attribute__((format(printf, 3, 4)));

/**
 * kanary_progress_part() - where one part is
 * @fraction: of it, 0 .. 1; what is shown is how much of all parts is done
 * @format: of what follows the part's name; NULL to show nothing
 */
void kanary_progress_part(const struct kanary_progress_part *part, double fraction,
			  const char *format, ...) __attribute__((format(printf, 3, 4)));

/** kanary_progress_clear() - before anything else is printed */
void kanary_progress_clear(struct kanary_progress *progress);

#endif /* KANARY_PROGRESS_H */
