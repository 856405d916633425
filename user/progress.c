// SPDX-License-Identifier: GPL-2.0
#include "progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define BAR 30
/* Seconds between two of them. */
#define TERMINAL_INTERVAL 0.1
#define LINE_INTERVAL 5.0

double kanary_progress_now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec * 1e-9;
}

void kanary_progress_init(struct kanary_progress *progress, bool quiet)
{
	progress->quiet = quiet;
	progress->terminal = isatty(STDERR_FILENO);
	progress->drawn = false;
	/* a command that is done within an interval prints no line at all */
	progress->last = kanary_progress_now();
}

void kanary_progress_show(struct kanary_progress *progress, double fraction, const char *format,
			  ...)
{
	double now = kanary_progress_now();
	char text[128];
	va_list arguments;
	int i;

	if (progress->quiet ||
	    now - progress->last < (progress->terminal ? TERMINAL_INTERVAL : LINE_INTERVAL))
		return;
	progress->last = now;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (!progress->terminal) {
		fprintf(stderr, "%3.0f %%  %s\n", 100 * fraction, text);
		return;
	}
	fputs("\r[", stderr);
	for (i = 0; i < BAR; i++)
		fputc(i < fraction * BAR ? '#' : '.', stderr);
	fprintf(stderr, "] %3.0f %%  %s\033[K", 100 * fraction, text);
	progress->drawn = true;
}

void kanary_progress_clear(struct kanary_progress *progress)
{
	if (progress->drawn)
		fputs("\r\033[K", stderr);
	progress->drawn = false;
}
