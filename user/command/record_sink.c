// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "record_sink.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "path_record.h"
#include "vector.h"

#define WAITING_MAX 65536
/* Of what is kept until its container has a name. */
#define KEPT_MAX (64 * 1024 * 1024)

/* Before each record that is kept; its bytes are padded to a multiple of 8. */
struct kept {
	uint32_t size;
	uint32_t is_path;
};

static int compare_numbers(const void *left, const void *right)
{
	return left < right ? -1 : left > right;
}

static void forget_number(void *number)
{
}

static void note_stream(struct kanary_record_sink *sink, uint64_t stream)
{
	void *key = (void *)(uintptr_t)stream;

	if (tfind(key, &sink->seen, compare_numbers))
		return;
	if (tsearch(key, &sink->seen, compare_numbers))
		sink->streams++;
}

static void fail(struct kanary_record_sink *sink, int error)
{
	if (!sink->error)
		sink->error = error;
}

/* @cgroup: of its container, whichever cgroup within it the task was in */
static void write_vector(struct kanary_record_sink *sink, const struct kanary_vector *vector,
			 uint64_t cgroup)
{
	_Alignas(8) uint8_t copy[KANARY_VECTOR_SIZE_MAX];

	note_stream(sink, vector->stream);
	sink->vectors++;
	sink->calls += vector->calls;
	if (vector->cgroup != cgroup) {
		memcpy(copy, vector, kanary_vector_size(vector));
		vector = (const struct kanary_vector *)copy;
		((struct kanary_vector *)copy)->cgroup = cgroup;
	}
	fail(sink, kanary_recording_write(sink->writer, vector));
}

static void write_path(struct kanary_record_sink *sink, const struct kanary_path *path,
		       uint64_t cgroup)
{
	_Alignas(8) uint8_t copy[KANARY_PATH_RECORD_SIZE_MAX];

	sink->paths++;
	memcpy(copy, path, kanary_path_record_size(path->length));
	((struct kanary_path *)copy)->cgroup = cgroup;
	fail(sink, kanary_recording_write_path(sink->writer, (const struct kanary_path *)copy));
}

static bool keep(struct kanary_record_kept *kept, const void *bytes, uint32_t size, bool is_path)
{
	size_t padded = sizeof(struct kept) + ((size + 7) & ~7u), room;
	struct kept *head;
	uint8_t *larger;

	if (kept->used + padded > KEPT_MAX)
		return false;
	if (kept->used + padded > kept->room) {
		room = 2 * kept->room + padded + 65536;
		larger = realloc(kept->bytes, room);
		if (!larger)
			return false;
		kept->bytes = larger;
		kept->room = room;
	}
	head = (struct kept *)(kept->bytes + kept->used);
	head->size = size;
	head->is_path = is_path;
	memcpy(head + 1, bytes, size);
	kept->used += padded;
	return true;
}

static void pass_vector(struct kanary_record_sink *sink, const struct kanary_vector *vector)
{
	uint64_t cgroup = vector->cgroup;

	switch (kanary_roster_judge(&sink->roster, &cgroup, vector->pidns)) {
	case KANARY_ROSTER_WANTED:
		write_vector(sink, vector, cgroup);
		return;
	case KANARY_ROSTER_OTHER:
		sink->others++;
		return;
	case KANARY_ROSTER_UNSETTLED:
		if (keep(&sink->kept, vector, (uint32_t)kanary_vector_size(vector), false))
			return;
		break;
	case KANARY_ROSTER_UNNAMED:
		break;
	}
	sink->unnamed++;
}

static int pass_path(const struct kanary_path *path, void *context)
{
	struct kanary_record_sink *sink = context;
	uint64_t cgroup = path->cgroup;
	enum kanary_roster_fate fate = kanary_roster_judge(&sink->roster, &cgroup, 0);

	if (fate == KANARY_ROSTER_WANTED)
		write_path(sink, path, cgroup);
	else if (fate == KANARY_ROSTER_UNSETTLED)
		keep(&sink->kept, path, (uint32_t)kanary_path_record_size(path->length), true);
	return sink->error;
}

/* Names may be known now; what still has none is kept on. */
static void pass_kept(struct kanary_record_sink *sink)
{
	struct kanary_record_kept before = sink->kept;
	size_t offset = 0;

	memset(&sink->kept, 0, sizeof(sink->kept));
	while (offset < before.used) {
		const struct kept *head = (const struct kept *)(before.bytes + offset);

		if (head->is_path)
			pass_path((const struct kanary_path *)(head + 1), sink);
		else
			pass_vector(sink, (const struct kanary_vector *)(head + 1));
		offset += sizeof(*head) + ((head->size + 7) & ~7u);
	}
	free(before.bytes);
}

/* In the file a path stands before the vector that it came before, as the worker was told of it. */
static int take_vector(const struct kanary_vector *vector, void *context)
{
	struct kanary_record_sink *sink = context;

	if (!kanary_path_wait_pass(&sink->waiting, vector->time, pass_path, sink))
		pass_vector(sink, vector);
	return sink->error;
}

static int take_path(const struct kanary_path *path, void *context)
{
	struct kanary_record_sink *sink = context;

	if (!kanary_path_wait_add(&sink->waiting, path))
		fail(sink, -ENOMEM);
	/* Tasks that make no vector must not fill our memory. */
	if (!sink->error && sink->waiting.count == WAITING_MAX)
		kanary_path_wait_pass(&sink->waiting, UINT64_MAX, pass_path, sink);
	return sink->error;
}

int kanary_record_sink_take(const struct nlmsghdr *message, void *context)
{
	struct kanary_record_sink *sink = context;
	uint32_t command = kanary_protocol_command(message);
	bool is_path = command == KANARY_CMD_PATHS;
	struct kanary_vectors head;
	int error;

	if (!is_path && command != KANARY_CMD_VECTORS)
		return 0;
	error = is_path ? kanary_protocol_paths(message, &head, take_path, sink) :
			  kanary_protocol_vectors(message, &head, take_vector, sink);
	if (error)
		return error;
	if (sink->started[is_path])
		sink->gaps += head.sequence - sink->last[is_path].sequence - 1;
	sink->started[is_path] = true;
	sink->last[is_path] = head;
	if (is_path)
		sink->paths_lost = head.lost;
	else
		sink->lost = head.lost;
	return 0;
}

void kanary_record_sink_tick(struct kanary_record_sink *sink)
{
	kanary_roster_refresh(&sink->roster);
	pass_kept(sink);
	fail(sink, kanary_recording_flush(sink->writer));
}

void kanary_record_sink_note(struct kanary_record_sink *sink, uint64_t dropped,
			     enum kanary_recording_end end)
{
	const struct kanary_recording_loss loss = {
		.time = kanary_roster_now(),
		.vectors = sink->lost,
		.paths = sink->paths_lost,
		.messages = sink->gaps,
		.dropped = dropped,
		.unnamed = sink->unnamed,
		.end = end,
	};

	fail(sink, kanary_recording_write_loss(sink->writer, &loss));
}

void kanary_record_sink_drain(struct kanary_record_sink *sink)
{
	struct kanary_record_kept *kept = &sink->kept;
	size_t offset = 0;

	/* What still waits has no vector behind it. */
	kanary_path_wait_pass(&sink->waiting, UINT64_MAX, pass_path, sink);
	kanary_roster_refresh(&sink->roster);
	pass_kept(sink);
	while (offset < kept->used) {
		const struct kept *head = (const struct kept *)(kept->bytes + offset);

		sink->unnamed += !head->is_path;
		offset += sizeof(*head) + ((head->size + 7) & ~7u);
	}
	kept->used = 0;
}

void kanary_record_sink_free(struct kanary_record_sink *sink)
{
	kanary_path_wait_free(&sink->waiting);
	kanary_roster_close(&sink->roster);
	tdestroy(sink->seen, forget_number);
	free(sink->kept.bytes);
}
