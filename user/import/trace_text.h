/* SPDX-License-Identifier: GPL-2.0 */
/* Reading a trace that is text: what the importers of such have in common. */
#ifndef KANARY_TRACE_TEXT_H
#define KANARY_TRACE_TEXT_H

#include "recording/trace.h"
#include "trace_line.h"
#include "trace_table.h"

/**
 * struct kanary_trace_text - one file, the first member of what an importer keeps of it
 * @import: what it is imported for
 * @name: of the file
 * @calls: found so far
 * @named: of them, those with a name that is known
 * @events: lines of no call that such text has nevertheless
 * @threads: that live, by number
 * @line: that is read
 */
struct kanary_trace_text {
	struct kanary_import *import;
	const char *name;
	u64 calls;
	u64 named;
	u64 events;
	struct kanary_trace_table threads;
	struct kanary_trace_line line;
};

/**
 * struct kanary_trace_text_format - what an importer does with text
 * @size: bytes of what it keeps of a file
 * @thread_size: of a thread
 * @origin: what such text is: "the output of strace"
 * @begin: before the first line, or NULL
 * @end: when all is over, or NULL
 * @probe: looks at what comes first, which is not terminated, or NULL; as @take
 * @take: takes a line; 0 or -errno with import->why set
 * @unnamed_max: calls of unknown name for each of a known one, at most; 0 for as many as
 *	a call that is there by chance has beside it
 */
struct kanary_trace_text_format {
	size_t size;
	size_t thread_size;
	const char *origin;
	void (*begin)(struct kanary_trace_text *text);
	void (*end)(struct kanary_trace_text *text);
	int (*probe)(struct kanary_trace_text *text, const char *first, size_t size);
	int (*take)(struct kanary_trace_text *text);
	u32 unnamed_max;
};

/**
 * kanary_trace_text_read() - import an open file
 * @name: for messages
 *
 * Threads that were still running when the trace ended do so, too. A file without a call, or
 * with none of a known name, is an error.
 *
 * Return: 0 or -errno, with import->why set.
 */
int kanary_trace_text_read(const struct kanary_trace_text_format *format,
			   struct kanary_import *import, const char *name, FILE *file);

/** kanary_trace_text_locate() - count a line that is not understood, one of @import's counters */
void kanary_trace_text_locate(struct kanary_trace_text *text, uint64_t *counter);

/** kanary_trace_text_no_memory() - set import->why; returns -errno */
int kanary_trace_text_no_memory(struct kanary_trace_text *text);

#endif /* KANARY_TRACE_TEXT_H */
