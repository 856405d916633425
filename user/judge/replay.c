// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "replay.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

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
static struct kanary_score_container *get_container(struct kanary_replay *replay, u64 cgroup)
{
	struct container key = { .cgroup = replay->one_container ? 0 : cgroup };
	struct container **found = tfind(&key, &replay->containers, compare_containers);
	struct container *container;

	if (found)
		return (*found)->state;
	container = calloc(1, sizeof(*container));
	if (!container)
		return NULL;
	container->cgroup = key.cgroup;
	/* without a container head there is no state, but a pointer all the same */
	container->state = malloc(kanary_score_container_size(&replay->model) + 1);
	if (!container->state || !tsearch(container, &replay->containers, compare_containers)) {
		free_container(container);
		return NULL;
	}
	kanary_score_container_init(&replay->model, container->state);
	return container->state;
}

static int compare_streams(const void *left, const void *right)
{
	const struct kanary_replay_stream *a = left, *b = right;

	return a->number < b->number ? -1 : a->number > b->number;
}

static void free_stream(void *node)
{
	struct kanary_replay_stream *stream = node;

	free(stream->own);
	free(stream->state);
	free(stream);
}

/* A stream that is not in the tree. */
static struct kanary_replay_stream *new_stream(struct kanary_replay *replay, u64 number, u32 pid)
{
	struct kanary_replay_stream *stream = calloc(1, sizeof(*stream));

	if (!stream)
		return NULL;
	stream->number = number;
	stream->pid = pid;
	stream->state = malloc(kanary_score_stream_size(&replay->model));
	if (stream->state && tsearch(stream, &replay->streams, compare_streams))
		return stream;
	free_stream(stream);
	return NULL;
}

/* Under the profile of a container that it was not in before, a stream begins. */
static bool enter(struct kanary_replay *replay, struct kanary_replay_stream *stream, u64 cgroup)
{
	if (stream->container && (stream->cgroup == cgroup || replay->one_container))
		return true;
	stream->cgroup = cgroup;
	stream->container = get_container(replay, cgroup);
	kanary_score_stream_init(&replay->model, stream->state);
	stream->begins = true;
	return stream->container;
}

/* The stream of a record, made if new; NULL without memory. */
static struct kanary_replay_stream *get_stream(struct kanary_replay *replay, u64 number,
					       u64 cgroup, u32 pid)
{
	struct kanary_replay_stream key = { .number = number };
	struct kanary_replay_stream **found = tfind(&key, &replay->streams, compare_streams);
	struct kanary_replay_stream *stream;

	stream = found ? *found : new_stream(replay, number, pid);
	return stream && enter(replay, stream, cgroup) ? stream : NULL;
}

static void judge(struct kanary_replay *replay, struct kanary_replay_stream *stream,
		  const struct kanary_vector *vector)
{
	/* a path, which bears no index, may have come before the first vector */
	if (stream->begins)
		stream->state->partial = vector->index > 0;
	stream->begins = false;
	kanary_score_record(&replay->model, stream->state, stream->container, vector,
			    replay->scratch, &stream->last);
	memcpy(stream->comm, vector->comm, sizeof(stream->comm));
	stream->vectors++;
	stream->alerts += !!(stream->last.flags & KANARY_VERDICT_ALERT);
	stream->criticals += !!(stream->last.flags & KANARY_VERDICT_CRITICAL);
	stream->alarms += !!(stream->last.flags & KANARY_VERDICT_ALARM);
	stream->critical_alarms += !!(stream->last.flags & KANARY_VERDICT_CRITICAL_ALARM);
	stream->sum += stream->last.surprise;
	if (stream->last.surprise > stream->highest)
		stream->highest = stream->last.surprise;
}

struct kanary_replay_stream *kanary_replay_record(struct kanary_replay *replay,
						  const struct kanary_recording_record *record)
{
	const struct kanary_vector *vector = record->vector;
	const struct kanary_path *path = record->path;
	struct kanary_replay_stream *stream;

	stream = vector ? get_stream(replay, vector->stream, vector->cgroup, vector->pid) :
			  get_stream(replay, path->stream, path->cgroup, path->pid);
	if (stream && path)
		stream->path_surprise = kanary_score_path(&replay->model, stream->state,
							  (const u8 *)path->name, path->length,
							  path->flags);
	else if (stream)
		judge(replay, stream, vector);
	return stream;
}

u32 kanary_replay_explain(const struct kanary_replay *replay,
			  const struct kanary_replay_stream *stream,
			  const struct kanary_vector *vector,
			  struct kanary_unusual unusual[KANARY_UNUSUAL_MAX])
{
	struct kanary_log log = kanary_vector_log(vector);

	return kanary_explain_verdict(&replay->model, stream->state, stream->container,
				      vector->counts, vector->length, &log, replay->scratch,
				      &stream->last, unusual);
}

struct walk {
	int (*take)(void *context, struct kanary_replay_stream *stream);
	void *context;
	int error;
};

static void take_node(const void *node, VISIT visit, void *context)
{
	struct walk *walk = context;

	if (!walk->error && (visit == postorder || visit == leaf))
		walk->error = walk->take(walk->context,
					 *(struct kanary_replay_stream *const *)node);
}

int kanary_replay_each(const struct kanary_replay *replay,
		       int (*take)(void *context, struct kanary_replay_stream *stream),
		       void *context)
{
	struct walk walk = { .take = take, .context = context };

	twalk_r(replay->streams, take_node, &walk);
	return walk.error;
}

void kanary_replay_drop(struct kanary_replay *replay, struct kanary_replay_stream *stream)
{
	tdelete(stream, &replay->streams, compare_streams);
	free_stream(stream);
}

void kanary_replay_forget(struct kanary_replay *replay)
{
	tdestroy(replay->streams, free_stream);
	tdestroy(replay->containers, free_container);
	replay->streams = NULL;
	replay->containers = NULL;
}

bool kanary_replay_init(struct kanary_replay *replay, const void *file)
{
	size_t size;

	memset(replay, 0, sizeof(*replay));
	kanary_model_layout(&replay->model, file);
	replay->packed = aligned_alloc(8, kanary_model_packed_size(&replay->model));
	if (!replay->packed)
		return false;
	kanary_model_prepare(&replay->model, replay->packed);
	size = kanary_score_scratch_size(&replay->model);
	replay->scratch = aligned_alloc(64, (size + 63) & ~(size_t)63);
	if (replay->scratch)
		return true;
	kanary_replay_free(replay);
	return false;
}

bool kanary_replay_rehearse(struct kanary_replay *replay, struct kanary_verdict *verdict)
{
	struct kanary_score_stream *stream = malloc(kanary_score_stream_size(&replay->model));
	struct kanary_score_container *container;
	bool done;

	container = malloc(kanary_score_container_size(&replay->model) + 1);
	done = stream && container;
	if (done)
		kanary_score_rehearse(&replay->model, stream, container, replay->scratch,
				      verdict);
	free(container);
	free(stream);
	return done;
}

bool kanary_replay_reference(struct kanary_replay *replay)
{
	struct kanary_verdict verdict;

	return kanary_replay_rehearse(replay, &verdict) &&
	       !memcmp(&verdict, &replay->model.reference->verdict, sizeof(verdict));
}

void kanary_replay_free(struct kanary_replay *replay)
{
	kanary_replay_forget(replay);
	free(replay->packed);
	free(replay->scratch);
	memset(replay, 0, sizeof(*replay));
}
