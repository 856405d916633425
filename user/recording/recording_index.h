/* SPDX-License-Identifier: GPL-2.0 */
/* What a recording contains: where it was made, and each life of each container in it. */
#ifndef KANARY_RECORDING_INDEX_H
#define KANARY_RECORDING_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "recording.h"

/* Room for a text of each kind, with its zero: /proc's boot id and uname()'s release fit. */
#define KANARY_RECORDING_INDEX_TEXT 72

/**
 * struct kanary_recording_life - what one cgroup did in a recording
 * @cgroup: cgroup v2 id
 * @name: notes on it, as they came: the last is what it was called at last
 * @names: entries of @name; 0 in recordings of traces and of version 3
 * @vectors: of it
 * @paths: of it
 * @streams: of it
 * @calls: sum of its vectors'
 * @missing: vectors that streams lack between those that are there
 * @first: when it was seen or its first vector came, CLOCK_BOOTTIME, nanoseconds
 * @last: when its last vector came, or it went
 * @gone: whether it went within the recording
 */
struct kanary_recording_life {
	uint64_t cgroup;
	struct kanary_recording_container **name;
	size_t names;
	uint64_t vectors;
	uint64_t paths;
	uint64_t streams;
	uint64_t calls;
	uint64_t missing;
	uint64_t first;
	uint64_t last;
	bool gone;
};

/**
 * struct kanary_recording_index - all of a recording
 * @header: of the file
 * @boot: id of the boot it was made in, empty where not known
 * @release: of the kernel, empty where not known
 * @begun: when the recording began, CLOCK_BOOTTIME, nanoseconds; 0 where not known
 * @life: [@lives], by their first time, then by cgroup
 * @loss: what it lacks
 * @has_loss: whether it says so
 * @damage: what ended the file early, or empty
 */
struct kanary_recording_index {
	struct kanary_recording_header header;
	char boot[KANARY_RECORDING_INDEX_TEXT];
	char release[KANARY_RECORDING_INDEX_TEXT];
	uint64_t begun;
	struct kanary_recording_life *life;
	size_t lives;
	struct kanary_recording_loss loss;
	bool has_loss;
	char damage[256];
	/* the rest belongs to recording_index.c */
	size_t room;
	void *by_cgroup;
	void *seen;
};

/**
 * kanary_recording_index_read() - read a whole recording
 * @index: set, to be freed in either case
 *
 * Return: 0, or 1 after a line on stderr.
 */
int kanary_recording_index_read(struct kanary_recording_index *index, const char *path);

/**
 * kanary_recording_index_text() - what a life was called at last
 *
 * Return: empty where that is not known.
 */
const char *kanary_recording_index_text(const struct kanary_recording_life *life,
					enum kanary_recording_text text);

void kanary_recording_index_free(struct kanary_recording_index *index);

#endif /* KANARY_RECORDING_INDEX_H */
