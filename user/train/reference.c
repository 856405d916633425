// SPDX-License-Identifier: GPL-2.0
#include "reference.h"

#include <string.h>

#include "judge/replay.h"
#include "vector.h"

/* Calls of its log that there is room for, whatever their context. */
#define LOG_CALLS (KANARY_MODEL_REFERENCE_LOG - KANARY_LOG_CONTEXT)

/* Of its counts those that calls leave to paths. */
#define PATH_COUNTS 8

static uint32_t path_counts(const struct kanary_vector *vector)
{
	uint32_t length = vector->length;

	while (length && vector->counts[length - 1].bin >= KANARY_PATH_FIRST)
		length--;
	return vector->length - length;
}

/* With all its calls. */
static bool fits(const struct kanary_vector *vector, bool with_paths)
{
	uint32_t room = KANARY_MODEL_REFERENCE_COUNTS;

	if (!with_paths)
		return kanary_vector_calls(vector) <= room;
	return kanary_vector_calls(vector) <= room - PATH_COUNTS && path_counts(vector);
}

/* The vector in the middle of those that fit. */
static const struct kanary_vector *choose_reference(const struct kanary_dataset *dataset,
						    bool with_paths)
{
	const struct kanary_vector *vector, *chosen = NULL;
	uint32_t half = dataset->count / 2, seen = 0, i, j;

	for (i = 0; i < dataset->runs; i++) {
		for (j = 0; j < dataset->run[i].length; j++, seen++) {
			vector = kanary_dataset_vector(dataset, dataset->run[i].first + j);
			if (!chosen || fits(vector, with_paths))
				chosen = vector;
			if (seen >= half && fits(chosen, with_paths))
				return chosen;
		}
	}
	if (with_paths && chosen && !fits(chosen, true))
		return choose_reference(dataset, false);
	return chosen;
}

/* Calls, then paths, each from the front; nobody reads what is reserved. */
static void choose_counts(struct kanary_model_reference *reference,
			  const struct kanary_vector *vector)
{
	uint32_t calls = kanary_vector_calls(vector), paths = path_counts(vector);
	const struct kanary_count *path = vector->counts + vector->length - paths;
	uint32_t room = KANARY_MODEL_REFERENCE_COUNTS;

	calls = calls < room ? calls : room;
	paths = paths < room - calls ? paths : room - calls;
	memcpy(reference->counts, vector->counts, calls * sizeof(*path));
	memcpy(reference->counts + calls, path, paths * sizeof(*path));
	reference->length = calls + paths;
}

static bool speaks(const struct kanary_model_shape *shape, uint32_t element)
{
	return !shape->hidden ||
	       (element > shape->steps && !((element - shape->steps) % shape->stride));
}

/* Enough for the rings to turn over, and the last of them with all heads, if that can be. */
static uint32_t choose_repeat(const struct kanary_model_header *header)
{
	const struct kanary_model_shape *sequence = &header->sequence;
	uint32_t repeat;

	for (repeat = 4; repeat <= 2 * KANARY_MODEL_STEPS_MAX; repeat++)
		if (speaks(sequence, repeat) && speaks(&header->container, repeat))
			return repeat;
	return sequence->hidden ? sequence->steps + sequence->stride : 4;
}

/* A path that fits, so that the kernel has to make of one what we do. */
static void choose_path(struct kanary_model_reference *reference,
			const struct kanary_dataset *dataset)
{
	const struct kanary_path *path;
	uint32_t i;

	for (i = dataset->paths.count / 2; i < dataset->paths.count; i++) {
		path = kanary_path_list_path(&dataset->paths, i);
		if (path->length > KANARY_MODEL_REFERENCE_PATH)
			continue;
		memcpy(reference->path, path->name, path->length);
		/* one letter more, that it is news */
		if (path->length < KANARY_MODEL_REFERENCE_PATH)
			reference->path[path->length] = 'x';
		reference->path_length = path->length +
					 (path->length < KANARY_MODEL_REFERENCE_PATH);
		reference->path_flags = path->flags & (u16)~KANARY_PATH_TRUNCATED;
		return;
	}
}

bool kanary_reference_add(void *file, const struct kanary_dataset *dataset)
{
	const struct kanary_model_header *header = file;
	const struct kanary_vector *chosen = choose_reference(dataset, header->paths_inputs);
	struct kanary_model_reference *reference;
	struct kanary_replay replay;
	struct kanary_log log;
	bool done;

	/* A dataset without a vector has nothing to choose from, and was refused before. */
	if (!chosen || !kanary_replay_init(&replay, file))
		return false;
	reference = (struct kanary_model_reference *)replay.model.reference;
	choose_counts(reference, chosen);
	log = kanary_vector_log(chosen);
	reference->context = (u16)log.context;
	reference->logged = (u16)(log.calls < LOG_CALLS ? log.calls : LOG_CALLS);
	memcpy(reference->call, log.call,
	       ((size_t)reference->context + reference->logged) * sizeof(*reference->call));
	choose_path(reference, dataset);
	reference->repeat = choose_repeat(header);
	done = kanary_replay_rehearse(&replay, &reference->verdict);
	kanary_replay_free(&replay);
	return done;
}
