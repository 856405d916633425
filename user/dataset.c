// SPDX-License-Identifier: GPL-2.0
#include "dataset.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "recording.h"
#include "vector.h"

/* Vectors from which on a stream is cut into blocks of time. */
#define LONG_STREAM 50
/* Blocks that a long stream is cut into, as far as they do not get too short. */
#define BLOCKS 10
#define BLOCK_MIN 5
/* Vectors that the start of a long stream takes, at least; and its first sequences. */
#define START 8
/* Streams of a program below which all of them are for training. */
#define KIND_MIN 3

/* Whose turn it is: every fifth stream or block is for validation, another for calibration. */
static const enum kanary_dataset_part turns[KANARY_DATASET_TURNS] = {
	KANARY_DATASET_TRAIN, KANARY_DATASET_TRAIN, KANARY_DATASET_CALIBRATION,
	KANARY_DATASET_TRAIN, KANARY_DATASET_VALIDATION,
};

/* A vector, before and after it is sorted. */
struct kanary_dataset_entry {
	size_t offset;
	uint64_t cgroup;
	uint64_t stream;
	uint32_t file;
	uint32_t index;
	uint32_t arrival;
};

/* A short stream and its program. */
struct kind {
	const char *comm;
	uint32_t stream;
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
	size_t size = (kanary_vector_size(vector) + 7) & ~(size_t)7;
	struct kanary_dataset_entry *entry;

	if (dataset->used + size > dataset->size) {
		size_t larger = 2 * dataset->size + size + 65536;
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
	memcpy(dataset->bytes + dataset->used, vector, kanary_vector_size(vector));
	dataset->used += size;
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
	if (!dataset->count)
		return true;
	qsort(dataset->entry, dataset->count, sizeof(*dataset->entry), compare_entries);
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

static int compare_kinds(const void *left, const void *right)
{
	const struct kind *a = left, *b = right;
	int order = strncmp(a->comm, b->comm, KANARY_COMM_SIZE);

	return order ? order : ORDER(a->stream, b->stream);
}

/* Gives each short stream its part. */
static bool split_short(const struct kanary_dataset *dataset, uint32_t turn,
			enum kanary_dataset_part *part, bool *rare_kind)
{
	uint32_t kinds = 0, rare = 0, i, j, k;
	struct kind *kind = malloc((dataset->streams + 1) * sizeof(*kind));

	if (!kind)
		return false;
	for (i = 0; i < dataset->streams; i++) {
		const struct kanary_dataset_stream *stream = &dataset->stream[i];

		if (stream->length >= LONG_STREAM)
			continue;
		kind[kinds].comm = kanary_dataset_vector(dataset, stream->first)->comm;
		kind[kinds++].stream = i;
	}
	qsort(kind, kinds, sizeof(*kind), compare_kinds);
	for (i = 0; i < kinds; i = j) {
		for (j = i; j < kinds; j++)
			if (strncmp(kind[i].comm, kind[j].comm, KANARY_COMM_SIZE))
				break;
		for (k = i; k < j; k++) {
			rare_kind[kind[k].stream] = j - i < KIND_MIN;
			part[kind[k].stream] =
				j - i < KIND_MIN ? KANARY_DATASET_TRAIN :
						   turns[(k - i + turn) % KANARY_DATASET_TURNS];
		}
		rare += j - i < KIND_MIN ? j - i : 0;
	}
	/* Names that are all different tell nothing: then the streams are of one kind. */
	if (2 * rare > kinds)
		for (i = 0, k = turn; i < dataset->streams; i++)
			if (dataset->stream[i].length < LONG_STREAM) {
				rare_kind[i] = false;
				part[i] = turns[k++ % KANARY_DATASET_TURNS];
			}
	free(kind);
	return true;
}

static void add_run(struct kanary_dataset *dataset, uint32_t stream, uint32_t first,
		    uint32_t length, enum kanary_dataset_part part)
{
	struct kanary_dataset_run *run = &dataset->run[dataset->runs];

	dataset->in_part[part] += length;
	/* neighbouring blocks of one part are one run */
	if (dataset->runs && run[-1].stream == stream && run[-1].part == part) {
		run[-1].length += length;
		return;
	}
	run->first = first;
	run->length = length;
	run->stream = stream;
	run->unmatched = 0;
	run->part = part;
	dataset->runs++;
}

static void split_long(struct kanary_dataset *dataset, uint32_t number, uint32_t steps,
		       uint32_t turn)
{
	const struct kanary_dataset_stream *stream = &dataset->stream[number];
	uint32_t size = (stream->length + BLOCKS - 1) / BLOCKS, first, block;

	uint32_t start = dataset->runs;

	/* room for a start from nothing and as many sequences again */
	size = size < 2 * steps ? 2 * steps : size;
	size = size < BLOCK_MIN ? BLOCK_MIN : size;
	for (first = 0, block = 0; first < stream->length; first += size, block++) {
		uint32_t length = stream->length - first;

		/* the first two blocks of any stream are for training */
		add_run(dataset, number, stream->first + first, length < size ? length : size,
			block < 2 ? KANARY_DATASET_TRAIN :
				    turns[(block + turn) % KANARY_DATASET_TURNS]);
	}
	dataset->run[start].unmatched = steps + START;
}

bool kanary_dataset_split(struct kanary_dataset *dataset, uint32_t steps)
{
	enum kanary_dataset_part *part = calloc(dataset->streams + 1, sizeof(*part));
	bool *rare_kind = calloc(dataset->streams + 1, sizeof(*rare_kind));
	uint32_t turn = dataset->turn, i;
	bool done = false;

	dataset->runs = 0;
	memset(dataset->in_part, 0, sizeof(dataset->in_part));
	free(dataset->run);
	dataset->run = malloc(((size_t)dataset->streams * (2 * BLOCKS) + 1) *
			      sizeof(*dataset->run));
	if (!part || !rare_kind || !dataset->run || !split_short(dataset, turn, part, rare_kind))
		goto out;
	for (i = 0; i < dataset->streams; i++) {
		const struct kanary_dataset_stream *stream = &dataset->stream[i];

		/* the turn differs, so that streams side by side are not held out together */
		if (stream->length >= LONG_STREAM) {
			split_long(dataset, i, steps, turn++);
			continue;
		}
		add_run(dataset, i, stream->first, stream->length, part[i]);
		if (rare_kind[i])
			dataset->run[dataset->runs - 1].unmatched = stream->length;
	}
	done = true;
out:
	free(rare_kind);
	free(part);
	return done;
}

void kanary_dataset_release(struct kanary_dataset *dataset)
{
	uint32_t *in_part = dataset->in_part, i;

	for (i = 0; i < dataset->runs; i++)
		if (dataset->run[i].part == KANARY_DATASET_CALIBRATION)
			dataset->run[i].part = KANARY_DATASET_TRAIN;
	in_part[KANARY_DATASET_TRAIN] += in_part[KANARY_DATASET_CALIBRATION];
	in_part[KANARY_DATASET_CALIBRATION] = 0;
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
