// SPDX-License-Identifier: GPL-2.0
#include "dataset.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "evidence.h"
#include "terminal/message.h"
#include "recording.h"
#include "vector.h"

/* A vector, before and after it is sorted. */
struct kanary_dataset_entry {
	size_t offset;
	uint64_t cgroup;
	uint64_t stream;
	uint32_t file;
	uint32_t index;
	uint32_t arrival;
};

const struct kanary_vector *kanary_dataset_vector(const struct kanary_dataset *dataset,
						  uint32_t number)
{
	return (const struct kanary_vector *)(dataset->bytes + dataset->entry[number].offset);
}

uint32_t kanary_dataset_file(const struct kanary_dataset *dataset, uint32_t number)
{
	return dataset->entry[number].file;
}

bool kanary_dataset_add(struct kanary_dataset *dataset, uint32_t file,
			const struct kanary_vector *vector)
{
	struct kanary_evidence_memory memory;
	struct kanary_dataset_entry *entry;
	struct kanary_vector *kept;

	if (dataset->used + KANARY_VECTOR_SIZE_MAX > dataset->size) {
		size_t larger = 2 * dataset->size + KANARY_VECTOR_SIZE_MAX + 65536;
		uint8_t *bytes = realloc(dataset->bytes, larger);

		if (!bytes)
			return false;
		dataset->bytes = bytes;
		dataset->size = larger;
	}
	if (dataset->entries == dataset->room) {
		uint32_t larger = 2 * dataset->room + 1024;

		entry = realloc(dataset->entry, larger * sizeof(*entry));
		if (!entry)
			return false;
		dataset->entry = entry;
		dataset->room = larger;
	}
	entry = &dataset->entry[dataset->entries];
	entry->offset = dataset->used;
	entry->cgroup = vector->cgroup;
	entry->stream = vector->stream;
	entry->file = file;
	entry->index = vector->index;
	entry->arrival = dataset->entries++;
	kept = (struct kanary_vector *)(dataset->bytes + dataset->used);
	if (dataset->clock == KANARY_DATASET_CLOCK_DROP)
		kanary_evidence_vector(kept, vector, &memory);
	else
		memcpy(kept, vector, kanary_vector_size(vector));
	dataset->used += (kanary_vector_size(kept) + 7) & ~(size_t)7;
	return true;
}

bool kanary_dataset_add_path(struct kanary_dataset *dataset, uint32_t file,
			     const struct kanary_path *path)
{
	return kanary_path_list_add(&dataset->paths, file, dataset->entries, path);
}

static bool add_record(struct kanary_dataset *dataset,
		       const struct kanary_recording_record *record,
		       const struct kanary_selection *selection)
{
	if (record->path)
		return !kanary_selection_wants(selection, record->path->cgroup) ||
		       kanary_dataset_add_path(dataset, dataset->files, record->path);
	return !kanary_selection_wants(selection, record->vector->cgroup) ||
	       kanary_dataset_add(dataset, dataset->files, record->vector);
}

/* What was recorded may be judged on another kernel; what was imported has none. */
static bool settle_clock(struct kanary_dataset *dataset, const char *path, const char *source)
{
	bool recorded = !strcmp(source, "kernel");

	if (!dataset->files && dataset->clock == KANARY_DATASET_CLOCK_BY_SOURCE) {
		dataset->by_source = true;
		dataset->clock = recorded ? KANARY_DATASET_CLOCK_DROP : KANARY_DATASET_CLOCK_KEEP;
	}
	if (!dataset->by_source || recorded == (dataset->clock == KANARY_DATASET_CLOCK_DROP))
		return true;
	kanary_message_error("%s was %s, the recordings before it %s: say --clock drop or --clock keep",
			     path, recorded ? "recorded" : "imported",
			     recorded ? "imported" : "recorded");
	return false;
}

bool kanary_dataset_read(struct kanary_dataset *dataset, const char *path,
			 struct kanary_selection *selection)
{
	struct kanary_recording_reader *reader;
	struct kanary_recording_record record;
	const char *why = NULL;
	bool done = false;
	uint32_t period;

	if (kanary_selection_resolve(selection, path))
		return false;
	reader = kanary_recording_open(path, &why);
	if (!reader) {
		kanary_message_error("cannot read %s: %s", path, why);
		return false;
	}
	period = kanary_recording_describe(reader)->period;
	if (dataset->period && dataset->period != period) {
		kanary_message_error("%s has a period of %u calls, the recordings before it %u: "
				     "train on recordings of one period", path, period,
				     dataset->period);
		goto close;
	}
	dataset->period = period;
	if (!settle_clock(dataset, path, kanary_recording_describe(reader)->source))
		goto close;
	while (kanary_recording_read(reader, &record)) {
		if (!add_record(dataset, &record, selection)) {
			kanary_message_error("%s does not fit into memory: give fewer recordings",
					     path);
			goto close;
		}
	}
	why = kanary_recording_damage(reader);
	if (why)
		kanary_message_note("%s: %s: going on with what was read", path, why);
	dataset->files++;
	done = true;
close:
	kanary_recording_close(reader);
	return done;
}

#define ORDER(a, b) ((a) < (b) ? -1 : (a) > (b))

static int compare_entries(const void *left, const void *right)
{
	const struct kanary_dataset_entry *a = left, *b = right;
	int order = ORDER(a->file, b->file);

	if (!order)
		order = ORDER(a->cgroup, b->cgroup);
	if (!order)
		order = ORDER(a->stream, b->stream);
	if (!order)
		order = ORDER(a->index, b->index);
	return order ? order : ORDER(a->arrival, b->arrival);
}

/* Whether @b goes on where @a ends. */
static bool follows(const struct kanary_dataset_entry *a, const struct kanary_dataset_entry *b)
{
	return a->file == b->file && a->cgroup == b->cgroup && a->stream == b->stream &&
	       a->index + 1 == b->index;
}

/*
 * A vector without evidence is no vector: those that come after it in its stream follow those
 * before it, and what ended with it ends with the one before it.
 */
static void drop_empty(struct kanary_dataset *dataset)
{
	struct kanary_vector *vector, *before = NULL;
	struct kanary_dataset_entry previous = { 0 };
	uint32_t kept = 0, gone = 0, i;

	for (i = 0; i < dataset->count; i++) {
		struct kanary_dataset_entry entry = dataset->entry[i];

		vector = (struct kanary_vector *)(dataset->bytes + entry.offset);
		if (!i || !follows(&previous, &entry)) {
			before = NULL;
			gone = 0;
		}
		previous = entry;
		if (vector->length) {
			before = vector;
			vector->index = entry.index -= gone;
			dataset->entry[kept++] = entry;
			continue;
		}
		gone++;
		if (before)
			before->reason = vector->reason;
	}
	dataset->count = kept;
}

static void measure_time(struct kanary_dataset *dataset)
{
	const struct kanary_dataset_entry *entry = dataset->entry;
	uint64_t first = UINT64_MAX, last = 0;
	uint32_t i;

	for (i = 0; i < dataset->count; i++) {
		uint64_t time = kanary_dataset_vector(dataset, i)->time;

		first = time < first ? time : first;
		last = time > last ? time : last;
		if (i + 1 < dataset->count && entry[i].file == entry[i + 1].file &&
		    entry[i].cgroup == entry[i + 1].cgroup)
			continue;
		dataset->containers++;
		dataset->seconds += (last - first) * 1e-9;
		first = UINT64_MAX;
		last = 0;
	}
}

static bool same_stream(const struct kanary_dataset_entry *entry,
			const struct kanary_path_list_entry *path)
{
	return entry->file == path->file && entry->cgroup == path->cgroup &&
	       entry->stream == path->stream;
}

/* Of one stream, vectors came in the order of their index. */
static bool is_before(const struct kanary_dataset_entry *entry,
		      const struct kanary_path_list_entry *path)
{
	int order = ORDER(entry->file, path->file);

	if (!order)
		order = ORDER(entry->cgroup, path->cgroup);
	if (!order)
		order = ORDER(entry->stream, path->stream);
	return order < 0 || (!order && entry->arrival < path->arrival);
}

/* A path belongs to the first vector of its stream that came after it. */
static bool find_vectors(struct kanary_dataset *dataset)
{
	uint32_t i, low, high, middle;

	for (i = 0; i < dataset->paths.count; i++) {
		struct kanary_path_list_entry *path = &dataset->paths.entry[i];

		for (low = 0, high = dataset->count; low < high;) {
			middle = low + (high - low) / 2;
			if (is_before(&dataset->entry[middle], path))
				low = middle + 1;
			else
				high = middle;
		}
		if (low < dataset->count && same_stream(&dataset->entry[low], path))
			path->vector = low;
	}
	return kanary_path_list_sort(&dataset->paths, dataset->count);
}

bool kanary_dataset_finish(struct kanary_dataset *dataset)
{
	struct kanary_dataset_stream *stream;
	uint32_t i;

	dataset->count = dataset->entries;
	if (dataset->count)
		qsort(dataset->entry, dataset->count, sizeof(*dataset->entry), compare_entries);
	drop_empty(dataset);
	if (!dataset->count)
		return true;
	measure_time(dataset);
	if (!find_vectors(dataset))
		return false;
	for (i = 0; i < dataset->count; i++)
		if (!i || !follows(&dataset->entry[i - 1], &dataset->entry[i]))
			dataset->streams++;
	dataset->stream = calloc(dataset->streams, sizeof(*dataset->stream));
	if (!dataset->stream)
		return false;
	stream = dataset->stream - 1;
	for (i = 0; i < dataset->count; i++) {
		if (!i || !follows(&dataset->entry[i - 1], &dataset->entry[i]))
			(++stream)->first = i;
		stream->length++;
	}
	return true;
}

void kanary_dataset_free(struct kanary_dataset *dataset)
{
	free(dataset->bytes);
	free(dataset->entry);
	free(dataset->stream);
	free(dataset->run);
	kanary_path_list_free(&dataset->paths);
	memset(dataset, 0, sizeof(*dataset));
}
