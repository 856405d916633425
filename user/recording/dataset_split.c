// SPDX-License-Identifier: GPL-2.0
#include "dataset_split.h"

#include <stdlib.h>
#include <string.h>

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

#define ORDER(a, b) ((a) < (b) ? -1 : (a) > (b))

/**
 * struct kind - a short stream and its program
 * @order: among the short streams, as they were recorded
 */
struct kind {
	const char *comm;
	uint32_t stream;
	uint32_t order;
};

static int compare_kinds(const void *left, const void *right)
{
	const struct kind *a = left, *b = right;
	int order = strncmp(a->comm, b->comm, KANARY_COMM_SIZE);

	return order ? order : ORDER(a->stream, b->stream);
}

/* The short streams of each program side by side; returns how many there are. */
static uint32_t list_kinds(const struct kanary_dataset *dataset, struct kind *kind)
{
	uint32_t kinds = 0, i;

	for (i = 0; i < dataset->streams; i++) {
		if (dataset->stream[i].length >= LONG_STREAM)
			continue;
		kind[kinds].comm = kanary_dataset_vector(dataset, dataset->stream[i].first)->comm;
		kind[kinds].order = kinds;
		kind[kinds++].stream = i;
	}
	qsort(kind, kinds, sizeof(*kind), compare_kinds);
	return kinds;
}

/* Where the streams of the program of @kind[@first] end */
static uint32_t kind_end(const struct kind *kind, uint32_t kinds, uint32_t first)
{
	uint32_t i = first;

	while (i < kinds && !strncmp(kind[first].comm, kind[i].comm, KANARY_COMM_SIZE))
		i++;
	return i;
}

/* Names that are all different tell nothing: then the streams are of one kind. */
static void split_alike(const struct kind *kind, uint32_t kinds, uint32_t turn,
			enum kanary_dataset_part *part, bool *rare_kind)
{
	uint32_t i;

	for (i = 0; i < kinds; i++) {
		rare_kind[kind[i].stream] = false;
		part[kind[i].stream] = turns[(kind[i].order + turn) % KANARY_DATASET_TURNS];
	}
}

/*
 * Each kind begins anew, so that all turns hold out some of each; where no kind is large enough
 * for that, and no long stream is held out, a kind goes on where the one before it ended.
 */
static void split_kinds(const struct kind *kind, uint32_t kinds, uint32_t turn, bool go_on,
			enum kanary_dataset_part *part, bool *rare_kind)
{
	uint32_t place = 0, i, end;
	bool rare;

	for (i = 0; i < kinds; ) {
		end = kind_end(kind, kinds, i);
		rare = end - i < KIND_MIN;
		place = go_on ? place : 0;
		for (; i < end; i++) {
			rare_kind[kind[i].stream] = rare;
			part[kind[i].stream] =
				rare ? KANARY_DATASET_TRAIN :
				       turns[(place++ + turn) % KANARY_DATASET_TURNS];
		}
	}
}

/* Gives each short stream its part. */
static bool split_short(const struct kanary_dataset *dataset, uint32_t turn,
			enum kanary_dataset_part *part, bool *rare_kind)
{
	struct kind *kind = malloc((dataset->streams + 1) * sizeof(*kind));
	uint32_t kinds, largest = 0, rare = 0, i, end;
	bool alone;

	if (!kind)
		return false;
	kinds = list_kinds(dataset, kind);
	alone = kinds == dataset->streams;
	for (i = 0; i < kinds; i = end) {
		end = kind_end(kind, kinds, i);
		largest = end - i > largest ? end - i : largest;
		rare += end - i < KIND_MIN ? end - i : 0;
	}
	if (2 * rare > kinds || (alone && kinds - rare < KANARY_DATASET_TURNS))
		split_alike(kind, kinds, turn, part, rare_kind);
	else
		split_kinds(kind, kinds, turn, alone && largest < KANARY_DATASET_TURNS, part,
			    rare_kind);
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

bool kanary_dataset_split_make(struct kanary_dataset *dataset, uint32_t steps)
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

void kanary_dataset_split_release(struct kanary_dataset *dataset)
{
	uint32_t *in_part = dataset->in_part, i;

	for (i = 0; i < dataset->runs; i++)
		if (dataset->run[i].part == KANARY_DATASET_CALIBRATION)
			dataset->run[i].part = KANARY_DATASET_TRAIN;
	in_part[KANARY_DATASET_TRAIN] += in_part[KANARY_DATASET_CALIBRATION];
	in_part[KANARY_DATASET_CALIBRATION] = 0;
}
