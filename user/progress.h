/* SPDX-License-Identifier: GPL-2.0 */
/* How far a long command is: a bar on a terminal, a line now and then elsewhere. */
#ifndef KANARY_PROGRESS_H
#define KANARY_PROGRESS_H

#include <stdbool.h>

/**
 * struct kanary_progress - on stderr
 * @quiet: print nothing
 * @terminal: draw over the line before
 * @drawn: a line is waiting to be drawn over
 * @last: when it was drawn, seconds
 */
struct kanary_progress {
	bool quiet;
	bool terminal;
	bool drawn;
	double last;
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

/** kanary_progress_clear() - before anything else is printed */
void kanary_progress_clear(struct kanary_progress *progress);

#endif /* KANARY_PROGRESS_H */
