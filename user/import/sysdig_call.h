/* SPDX-License-Identifier: GPL-2.0 */
/* What a file of sysdig's tells of, by name: system calls, and events that are none. */
#ifndef KANARY_SYSDIG_CALL_H
#define KANARY_SYSDIG_CALL_H

#include <uthash.h>

#include "sysdig_line.h"

/* Names that a file can have, at most; what is beyond is one call of no known name. */
#define KANARY_SYSDIG_CALLS_MAX 1024

/**
 * struct kanary_sysdig_call - a name
 * @name: as it stands in the file
 * @bin: of the call
 * @event: no system call
 * @named: the call is known
 * @paths: it takes any
 * @forks: it returns twice, the second time 0 in a child that made no call
 * @execs: it goes on as another program
 * @returns: it does
 * @maker: its ends begin with what it made, or found: "fd", "uid"; NULL for "res"
 * @result: an end of it has told a result
 * @begins: a beginning of it was seen
 * @told: the latest of them named a path
 * @open: beginnings without an end, where threads are not told apart
 * @taken_for_ends: lines without a result that came when one was open, and no end with a
 *	result had come yet
 * @handle: of the names
 */
struct kanary_sysdig_call {
	char name[KANARY_SYSDIG_LINE_CALL];
	u32 bin;
	bool event;
	bool named;
	bool paths;
	bool forks;
	bool execs;
	bool returns;
	const char *maker;
	bool result;
	bool begins;
	bool told;
	u64 open;
	u64 taken_for_ends;
	UT_hash_handle handle;
};

/** struct kanary_sysdig_calls - all names of a file; all zero for none */
struct kanary_sysdig_calls {
	struct kanary_sysdig_call *first;
	u32 count;
	struct kanary_sysdig_call rest;
};

/**
 * kanary_sysdig_call_find() - what a line tells of
 *
 * "syscall ID=39(getpid)" tells of getpid.
 *
 * Return: NULL without memory.
 */
struct kanary_sysdig_call *kanary_sysdig_call_find(struct kanary_sysdig_calls *calls,
						   const struct kanary_sysdig_line *line);

/** kanary_sysdig_call_has_result() - whether a line is an end for what it says */
bool kanary_sysdig_call_has_result(const struct kanary_sysdig_call *call, const char *arguments);

/** kanary_sysdig_call_free() - forget all names */
void kanary_sysdig_call_free(struct kanary_sysdig_calls *calls);

#endif /* KANARY_SYSDIG_CALL_H */
