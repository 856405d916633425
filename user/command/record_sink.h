/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the module's messages into a recording: who is recorded, whose cgroup is whose, and
 * what stood before what.
 */
#ifndef KANARY_RECORD_SINK_H
#define KANARY_RECORD_SINK_H

#include "path_wait.h"
#include "module/protocol.h"
#include "recording/recording.h"
#include "recording/roster.h"

/**
 * struct kanary_record_sink - all 0 but for @writer, then kanary_record_sink_open()
 * @writer: of the recording
 * @roster: whom it is about
 * @vectors: written
 * @calls: in them
 * @streams: they are of
 * @paths: written
 * @others: vectors of containers that are not recorded
 * @unnamed: vectors whose cgroup was gone before its name was known, and not written
 * @lost: vectors that the module could not deliver, by its own count
 * @paths_lost: the same of paths
 * @gaps: messages that never came
 * @error: of the file, -errno
 */
struct kanary_record_sink {
	struct kanary_recording_writer *writer;
	struct kanary_roster roster;
	uint64_t vectors;
	uint64_t calls;
	uint64_t streams;
	uint64_t paths;
	uint64_t others;
	uint64_t unnamed;
	uint64_t lost;
	uint64_t paths_lost;
	uint64_t gaps;
	int error;
	/* the rest belongs to record_sink.c */
	void *seen;
	struct kanary_path_wait waiting;
	struct kanary_record_kept {
		uint8_t *bytes;
		size_t used;
		size_t room;
	} kept;
	struct kanary_vectors last[2];
	bool started[2];
};

/** kanary_record_sink_take() - take a KANARY_CMD_VECTORS or _PATHS; for kanary_netlink_events() */
int kanary_record_sink_take(const struct nlmsghdr *message, void *context);

/**
 * kanary_record_sink_tick() - once a second: hand all to the kernel that can be written
 *
 * Whatever becomes of us, a second is the most that is lost, but for cgroups without a name.
 */
void kanary_record_sink_tick(struct kanary_record_sink *sink);

/** kanary_record_sink_note() - note in the recording what it lacks so far */
void kanary_record_sink_note(struct kanary_record_sink *sink, uint64_t dropped,
			     enum kanary_recording_end end);

/** kanary_record_sink_drain() - what waits for others does not wait any more */
void kanary_record_sink_drain(struct kanary_record_sink *sink);

void kanary_record_sink_free(struct kanary_record_sink *sink);

#endif /* KANARY_RECORD_SINK_H */
