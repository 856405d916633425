/* SPDX-License-Identifier: GPL-2.0 */
/* Calls of one process, one by one, into vectors: what importers share. */
#ifndef KANARY_TRACE_H
#define KANARY_TRACE_H

#include <stddef.h>
#include <stdint.h>

#include "log.h"
#include "path_news.h"
#include "path_tally.h"
#include "syscall_number.h"

/** struct kanary_import_columns - where a line has its pid and its call, from 1 */
struct kanary_import_columns {
	u32 pid;
	u32 call;
};

/**
 * struct kanary_import - one run of "kanary import"
 * @take: called for each vector; returns 0 or -errno
 * @take_path: called for each path that is news, before the vector that counts it; or NULL
 * @taker: for both
 * @news: of paths; NULL without @take_path
 * @period: calls per vector
 * @only: takes only trace files whose path within the input matches this
 *	fnmatch() pattern, NULL for all
 * @abi: whose calls those of a trace are that does not tell it itself
 * @columns: where they stand in traces of columns
 * @context: of the importer at work
 * @source: name of the file that is being read, for @take and @take_path
 * @streams: made so far; the last of them has this number
 * @vectors: made so far
 * @calls: counted so far
 * @paths: taken so far
 * @files: read so far
 * @files_left_out: of a directory or an archive, as they are not called like traces
 * @lines_skipped: lines that were not understood (strace, sysdig)
 * @lines_foreign: of them, those that look like no line of a trace: a program's own output
 * @calls_unnamed: calls of a name that is not known here (strace, sysdig)
 * @first_skipped: where the first of either was: "FILE:LINE: text", or empty
 * @why: one sentence with file and place, set by whoever fails
 */
struct kanary_import {
	int (*take)(void *taker, const struct kanary_vector *vector);
	int (*take_path)(void *taker, const struct kanary_path *path);
	void *taker;
	struct kanary_path_news *news;
	uint32_t period;
	const char *only;
	enum kanary_syscall_abi abi;
	struct kanary_import_columns columns;
	void *context;
	const char *source;
	uint64_t streams;
	uint64_t vectors;
	uint64_t calls;
	uint64_t paths;
	uint64_t files;
	uint64_t files_left_out;
	uint64_t lines_skipped;
	uint64_t lines_foreign;
	uint64_t calls_unnamed;
	char first_skipped[256];
	char why[512];
};

/**
 * struct kanary_trace - a process image whose calls are being counted
 * @import: who gets its vectors
 * @vector: identity; stream, index and the number of calls are kept here
 * @call: [@room] of the vector in the making, the last KANARY_LOG_CALLS at most: the one
 *	that n calls came before stands at n modulo KANARY_LOG_CALLS
 * @room: grows with the calls
 * @forgotten: [KANARY_BINS], counts of the calls that are no longer in @call; NULL without any
 * @paths: of the vector in the making
 * @before: the calls before it, latest first
 *
 * A trace may hold 100,000 processes at once, most of which make a few calls: all that grows.
 */
struct kanary_trace {
	struct kanary_import *import;
	struct kanary_vector vector;
	uint16_t *call;
	uint16_t *forgotten;
	struct kanary_path_tally paths;
	uint16_t room;
	uint16_t before[KANARY_LOG_CONTEXT];
};

/** kanary_trace_begin() - start a stream; @comm is cut to its size */
void kanary_trace_begin(struct kanary_trace *trace, struct kanary_import *import, uint32_t pid,
			const char *comm, size_t comm_length);

/**
 * kanary_trace_call() - count a call, and note it in the log
 *
 * A full vector is made when the call after it comes, so that a stream
 * always ends with a vector that says why.
 *
 * Return: 0 or -errno, with import->why set.
 */
int kanary_trace_call(struct kanary_trace *trace, uint32_t bin);

/**
 * kanary_trace_path() - count a path of the call that was counted last
 * @call: bin of the call
 * @name: any bytes; what comes after a zero is not read
 * @length: of @name; nothing is counted where it is 0
 * @flags: KANARY_PATH_DIRFD and _SECOND, as they apply; the others are made here
 *
 * Return: 0 or -errno, with import->why set.
 */
int kanary_trace_path(struct kanary_trace *trace, uint32_t call, const char *name, size_t length,
		      uint16_t flags);

/** kanary_trace_locate() - count a line that is not understood, and note where the first was */
void kanary_trace_locate(struct kanary_import *import, uint64_t *counter, const char *file,
			 uint64_t line, const char *text);

/**
 * kanary_trace_end() - make the stream's last vector
 *
 * Nothing of the trace is left, whether it went well or not.
 *
 * Return: 0 or -errno, with import->why set.
 */
int kanary_trace_end(struct kanary_trace *trace, enum kanary_reason reason);

/** kanary_trace_move() - let @to, of which nothing is left, go on with what @from has begun */
void kanary_trace_move(struct kanary_trace *to, struct kanary_trace *from);

/** kanary_trace_discard() - leave nothing of a trace, and make no vector */
void kanary_trace_discard(struct kanary_trace *trace);

/** kanary_trace_fail() - set import->why; returns -EINVAL */
int kanary_trace_fail(struct kanary_import *import, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* KANARY_TRACE_H */
