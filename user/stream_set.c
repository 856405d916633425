// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "stream_set.h"

#include "vector.h"

struct container {
	u64 cgroup;
	struct kanary_score_container *state;
};

static int compare_containers(const void *left, const void *right)
{
	const struct container *a = left, *b = right;

	return a->cgroup < b->cgroup ? -1 : a->cgroup > b->cgroup;
}

static void free_container(void *node)
{
	struct container *container = node;

	free(container->state);
	free(container);
}

/* The state of a container, made if new; NULL without memory. */
static struct kanary_score_container *get_container(struct kanary_stream_set *set, u64 cgroup)
{
	struct container key = { .cgroup = cgroup };
	struct container **found = tfind(&key, &set->containers, compare_containers);
	struct container *container;

	if (found)
		return (*found)->state;
	container = calloc(1, sizeof(*container));
	if (!container)
		return NULL;
	container->cgroup = cgroup;
	/* without a container head there is no state, but a pointer all the same */
	container->state = malloc(kanary_score_container_size(set->model) + 1);
	if (!container->state ||
	    !tsearch(container, &set->containers, compare_containers)) {
		free_container(container);
		return NULL;
	}
	kanary_score_container_init(set->model, container->state);
	return container->state;
}

static int compare_streams(const void *left, const void *right)
{
	const struct kanary_stream *a = left, *b = right;

	return a->number < b->number ? -1 : a->number > b->number;
}

int kanary_stream_set_init(struct kanary_stream_set *set, const struct kanary_model *model)
{
	memset(set, 0, sizeof(*set));
	set->model = model;
	set->scratch = aligned_alloc(64, (kanary_score_scratch_size(model) + 63) & ~63ul);
	return set->scratch ? 0 : -ENOMEM;
}

struct kanary_stream *kanary_stream_set_get(struct kanary_stream_set *set,
					    const struct kanary_vector *vector)
{
	struct kanary_stream key = { .number = vector->stream };
	struct kanary_stream **found = tfind(&key, &set->tree, compare_streams);
	struct kanary_stream *stream;

	if (found)
		return *found;
	stream = calloc(1, sizeof(*stream));
	if (!stream)
		return NULL;
	stream->state = malloc(kanary_score_stream_size(set->model));
	stream->container = get_container(set, vector->cgroup);
	if (!stream->state || !stream->container)
		goto err;
	kanary_score_stream_begin(set->model, stream->state, vector);
	stream->number = vector->stream;
	stream->cgroup = vector->cgroup;
	stream->pid = vector->pid;
	if (!tsearch(stream, &set->tree, compare_streams))
		goto err;
	return stream;

err:
	free(stream->state);
	free(stream);
	return NULL;
}

struct kanary_stream *kanary_stream_set_path(struct kanary_stream_set *set,
					     const struct kanary_path *path)
{
	struct kanary_vector vector = {
		.stream = path->stream, .cgroup = path->cgroup, .pid = path->pid,
	};
	struct kanary_stream *stream = kanary_stream_set_get(set, &vector);

	if (stream)
		kanary_score_path(set->model, stream->state, (const u8 *)path->name, path->length,
				  path->flags);
	return stream;
}

void kanary_stream_judge(struct kanary_stream_set *set, struct kanary_stream *stream,
			 const struct kanary_vector *vector)
{
	struct kanary_log log = kanary_vector_log(vector);

	/* a path may have come before the stream's first vector */
	if (!stream->vectors)
		stream->state->partial = vector->index > 0;
	kanary_score_vector(set->model, stream->state, vector->counts, vector->length, &log,
			    set->scratch, &stream->last);
	if (kanary_score_ends(stream->state, vector))
		kanary_score_process(set->model, stream->container, set->scratch, &stream->last);
	memcpy(stream->comm, vector->comm, sizeof(stream->comm));
	stream->vectors++;
	stream->alerts += !!(stream->last.flags & KANARY_VERDICT_ALERT);
	stream->sum += stream->last.surprise;
	if (stream->last.surprise > stream->highest)
		stream->highest = stream->last.surprise;
}

static void free_stream(void *node)
{
	struct kanary_stream *stream = node;

	free(stream->kernel);
	free(stream->state);
	free(stream);
}

void kanary_stream_set_drop(struct kanary_stream_set *set, struct kanary_stream *stream)
{
	tdelete(stream, &set->tree, compare_streams);
	free_stream(stream);
}

static void note_lowest(const void *node, VISIT visit, void *lowest)
{
	struct kanary_stream *stream = *(struct kanary_stream *const *)node;
	struct kanary_stream **best = lowest;

	if (!*best || stream->number < (*best)->number)
		*best = stream;
}

struct kanary_stream *kanary_stream_set_any(const struct kanary_stream_set *set)
{
	struct kanary_stream *lowest = NULL;

	twalk_r(set->tree, note_lowest, &lowest);
	return lowest;
}

void kanary_stream_set_free(struct kanary_stream_set *set)
{
	tdestroy(set->tree, free_stream);
	tdestroy(set->containers, free_container);
	free(set->scratch);
	set->tree = NULL;
	set->containers = NULL;
	set->scratch = NULL;
}
