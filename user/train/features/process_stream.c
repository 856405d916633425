// SPDX-License-Identifier: GPL-2.0
#include "process_stream.h"

#include <stdlib.h>
#include <string.h>

/* Blocks that a container's processes are cut into, as far as they do not get too short. */
#define BLOCKS 10
/* Every fifth block is held out for either purpose; which, is the dataset's turn. */
static const enum kanary_dataset_part turns[KANARY_DATASET_TURNS] = {
	KANARY_DATASET_TRAIN, KANARY_DATASET_TRAIN, KANARY_DATASET_CALIBRATION,
	KANARY_DATASET_TRAIN, KANARY_DATASET_VALIDATION,
};

/* A process by its end. */
struct end {
	uint64_t time;
	uint64_t cgroup;
	uint32_t file;
	uint32_t stream;
};

#define ORDER(a, b) ((a) < (b) ? -1 : (a) > (b))

static int compare_ends(const void *left, const void *right)
{
	const struct end *a = left, *b = right;
	int order = ORDER(a->file, b->file);

	if (!order)
		order = ORDER(a->cgroup, b->cgroup);
	if (!order)
		order = ORDER(a->time, b->time);
	return order ? order : ORDER(a->stream, b->stream);
}

static const struct kanary_vector *last_vector(const struct kanary_dataset *dataset,
					       uint32_t stream)
{
	return kanary_dataset_vector(dataset, dataset->stream[stream].first +
					      dataset->stream[stream].length - 1);
}

static uint32_t list_ends(const struct kanary_dataset *dataset, struct end *end)
{
	uint32_t count = 0, i;

	for (i = 0; i < dataset->streams; i++) {
		const struct kanary_vector *last = last_vector(dataset, i);

		if (last->reason == KANARY_REASON_PERIOD || !last->time ||
		    kanary_dataset_vector(dataset, dataset->stream[i].first)->index)
			continue;
		end[count++] = (struct end){
			.time = last->time,
			.cgroup = last->cgroup,
			.file = kanary_dataset_file(dataset, dataset->stream[i].first),
			.stream = i,
		};
	}
	qsort(end, count, sizeof(*end), compare_ends);
	return count;
}

/* Neighbouring blocks of one part are one run. */
static void add_block(struct kanary_process_stream *processes, bool first_of_container,
		      uint32_t first, uint32_t length, enum kanary_dataset_part part)
{
	struct kanary_dataset_run *run = &processes->run[processes->runs];

	if (!first_of_container && run[-1].part == part) {
		run[-1].length += length;
		return;
	}
	*run = (struct kanary_dataset_run){ .first = first, .length = length, .part = part };
	processes->runs++;
}

static void split(struct kanary_process_stream *processes, uint32_t first, uint32_t count,
		  uint32_t steps, uint32_t turn)
{
	uint32_t size = (count + BLOCKS - 1) / BLOCKS, done, block, length;

	size = size < 2 * steps ? 2 * steps : size;
	for (done = 0, block = 0; done < count; done += size, block++) {
		length = count - done < size ? count - done : size;
		add_block(processes, !block, first + done, length,
			  turns[(block + turn) % KANARY_DATASET_TURNS]);
	}
}

bool kanary_process_stream_create(struct kanary_process_stream *processes,
				  const struct kanary_dataset *dataset, uint32_t steps)
{
	struct end *end = malloc(((size_t)dataset->streams + 1) * sizeof(*end));
	uint32_t first, i;

	memset(processes, 0, sizeof(*processes));
	processes->stream = malloc(((size_t)dataset->streams + 1) * sizeof(*processes->stream));
	processes->run = malloc(((size_t)dataset->streams + 1) * sizeof(*processes->run));
	if (!end || !processes->stream || !processes->run) {
		free(end);
		kanary_process_stream_free(processes);
		return false;
	}
	processes->count = list_ends(dataset, end);
	for (i = 0, first = 0; i < processes->count; i++) {
		processes->stream[i] = end[i].stream;
		if (i + 1 < processes->count && end[i].file == end[i + 1].file &&
		    end[i].cgroup == end[i + 1].cgroup)
			continue;
		split(processes, first, i + 1 - first, steps, dataset->turn);
		first = i + 1;
	}
	free(end);
	return true;
}

void kanary_process_stream_features(const struct kanary_dataset *dataset, uint32_t stream,
				    const struct kanary_feature_map *features, s16 *x)
{
	const struct kanary_dataset_stream *place = &dataset->stream[stream];
	struct kanary_feature_counts counts = { 0 };
	uint32_t i;

	for (i = 0; i < place->length; i++)
		kanary_feature_map_add(features, &counts,
				       kanary_dataset_vector(dataset, place->first + i), x);
}

bool kanary_process_stream_source(struct kanary_sequence_source *source,
				  const struct kanary_process_stream *processes,
				  const struct kanary_dataset *dataset,
				  const struct kanary_feature_map *features)
{
	uint32_t i;

	*source = (struct kanary_sequence_source){
		.period = dataset->period,
		.inputs = features->inputs,
		.count = processes->count,
		.copies = 1,
		.runs = processes->runs,
		.run = processes->run,
	};
	source->x = malloc(((size_t)processes->count + 1) * features->inputs * sizeof(s16));
	if (!source->x)
		return false;
	for (i = 0; i < processes->count; i++)
		kanary_process_stream_features(dataset, processes->stream[i], features,
					       source->x + (size_t)i * features->inputs);
	return true;
}

void kanary_process_stream_free(struct kanary_process_stream *processes)
{
	free(processes->stream);
	free(processes->run);
	memset(processes, 0, sizeof(*processes));
}
