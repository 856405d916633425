// SPDX-License-Identifier: GPL-2.0
#include "progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
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
	progress->parts = 0;
	memset(progress->done, 0, sizeof(progress->done));
	pthread_mutex_init(&progress->lock, NULL);
	/* a command that is done within an interval prints no line at all */
	progress->last = kanary_progress_now();
}

/* Whether nothing was shown a moment ago. */
static bool is_due(struct kanary_progress *progress)
{
	double now = kanary_progress_now();

	if (progress->quiet ||
	    now - progress->last < (progress->terminal ? TERMINAL_INTERVAL : LINE_INTERVAL))
		return false;
	progress->last = now;
	return true;
}

static void draw(struct kanary_progress *progress, double fraction, const char *text)
{
	int i;

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

void kanary_progress_show(struct kanary_progress *progress, double fraction, const char *format,
			  ...)
{
	char text[128];
	va_list arguments;

	if (!is_due(progress))
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	draw(progress, fraction, text);
}

static double share_done(const struct kanary_progress *progress)
{
	double done = 0;
	uint32_t i;

	for (i = 0; i < progress->parts; i++)
		done += progress->done[i];
	return done / progress->parts;
}

void kanary_progress_part(const struct kanary_progress_part *part, double fraction,
			  const char *format, ...)
{
	struct kanary_progress *progress = part->whole;
	char text[128];
	va_list arguments;
	int length;

	pthread_mutex_lock(&progress->lock);
	progress->done[part->number] = fraction;
	if (format && is_due(progress)) {
		length = snprintf(text, sizeof(text), "%s: ", part->name);
		va_start(arguments, format);
		vsnprintf(text + length, sizeof(text) - (size_t)length, format, arguments);
		va_end(arguments);
		draw(progress, share_done(progress), text);
	}
	pthread_mutex_unlock(&progress->lock);
}

void kanary_progress_clear(struct kanary_progress *progress)
{
	if (progress->drawn)
		fputs("\r\033[K", stderr);
	progress->drawn = false;
}
