// SPDX-License-Identifier: GPL-2.0
#include "trace_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Where one call of a known name has so many of others beside it, it is there by chance. */
#define UNNAMED_MAX 9

void kanary_trace_text_locate(struct kanary_trace_text *text, uint64_t *counter)
{
	kanary_trace_locate(text->import, counter, text->name, text->line.number,
			    text->line.head);
}

int kanary_trace_text_no_memory(struct kanary_trace_text *text)
{
	return kanary_trace_fail(text->import, "%s: %s", text->name, strerror(ENOMEM));
}

static int probe(struct kanary_trace_text *text, const struct kanary_trace_text_format *format)
{
	const char *first;
	size_t size;

	if (!format->probe)
		return 0;
	first = kanary_trace_line_peek(&text->line, &size);
	return format->probe(text, first, size);
}

static int read_lines(struct kanary_trace_text *text,
		      const struct kanary_trace_text_format *format)
{
	int error = probe(text, format);

	if (error)
		return error;
	while ((error = kanary_trace_line_next(&text->line)) > 0) {
		error = format->take(text);
		if (error)
			return error;
	}
	if (error)
		kanary_trace_fail(text->import, "%s: line %llu: %s", text->name,
				  (unsigned long long)text->line.number + 1, strerror(-error));
	return error;
}

static int check_calls(struct kanary_trace_text *text,
		       const struct kanary_trace_text_format *format)
{
	u64 unnamed_max = format->unnamed_max ? format->unnamed_max : UNNAMED_MAX;
	const char *origin = format->origin;

	/* A process may end, or wait for its end, without a call: strace -ff may write nothing. */
	if (!text->calls && (text->events || !text->line.number))
		return 0;
	if (!text->calls)
		return kanary_trace_fail(text->import,
			"%s: line %llu: no system call up to here: is it %s?", text->name,
			(unsigned long long)text->line.number, origin);
	if (!text->named)
		return kanary_trace_fail(text->import,
			"%s: %llu lines, and not one call of a known name: is it %s?", text->name,
			(unsigned long long)text->line.number, origin);
	if (text->calls - text->named > unnamed_max * text->named)
		return kanary_trace_fail(text->import,
			"%s: %llu calls, and %llu of a known name: is it %s?", text->name,
			(unsigned long long)text->calls, (unsigned long long)text->named, origin);
	return 0;
}

int kanary_trace_text_read(const struct kanary_trace_text_format *format,
			   struct kanary_import *import, const char *name, FILE *file)
{
	struct kanary_trace_text *text = calloc(1, format->size);
	int error;

	if (!text)
		return kanary_trace_fail(import, "%s: %s", name, strerror(ENOMEM));
	text->import = import;
	text->name = name;
	kanary_trace_line_begin(&text->line, file);
	if (format->begin)
		format->begin(text);
	error = kanary_trace_table_begin(&text->threads, format->thread_size);
	if (error)
		kanary_trace_fail(import, "%s: no random numbers: %s", name, strerror(-error));
	else
		error = read_lines(text, format);
	if (!error)
		error = check_calls(text, format);
	if (!error)
		error = kanary_trace_table_end(&text->threads);
	kanary_trace_table_free(&text->threads);
	if (format->end)
		format->end(text);
	free(text);
	import->files += !error;
	return error;
}
