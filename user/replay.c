// SPDX-License-Identifier: GPL-2.0
#include "replay.h"

#include <stdlib.h>
#include <string.h>

#include "vector.h"

bool kanary_replay_init(struct kanary_replay *replay, const void *file)
{
	memset(replay, 0, sizeof(*replay));
	kanary_model_layout(&replay->model, file);
	replay->packed = aligned_alloc(8, kanary_model_packed_size(&replay->model));
	if (!replay->packed)
		goto fail;
	kanary_model_prepare(&replay->model, replay->packed);
	replay->scratch = malloc(kanary_score_scratch_size(&replay->model));
	replay->stream = malloc(kanary_score_stream_size(&replay->model));
	replay->container = malloc(kanary_score_container_size(&replay->model) + 1);
	if (!replay->scratch || !replay->stream || !replay->container)
		goto fail;
	kanary_replay_restart(replay);
	kanary_replay_forget(replay);
	return true;
fail:
	kanary_replay_free(replay);
	return false;
}

void kanary_replay_restart(struct kanary_replay *replay)
{
	kanary_score_stream_init(&replay->model, replay->stream);
}

void kanary_replay_forget(struct kanary_replay *replay)
{
	kanary_score_container_init(&replay->model, replay->container);
}

void kanary_replay_vector(struct kanary_replay *replay, const struct kanary_vector *vector,
			  struct kanary_verdict *verdict)
{
	struct kanary_log log = kanary_vector_log(vector);

	kanary_score_vector(&replay->model, replay->stream, vector->counts, vector->length, &log,
			    replay->scratch, verdict);
}

u32 kanary_replay_path(struct kanary_replay *replay, const struct kanary_path *path)
{
	return kanary_score_path(&replay->model, replay->stream, (const u8 *)path->name,
				 path->length, path->flags);
}

void kanary_replay_process(struct kanary_replay *replay, struct kanary_verdict *verdict)
{
	kanary_score_process(&replay->model, replay->container, replay->scratch, verdict);
}

bool kanary_replay_reference(struct kanary_replay *replay)
{
	return kanary_score_reference(&replay->model, replay->stream, replay->container,
				      replay->scratch);
}

void kanary_replay_free(struct kanary_replay *replay)
{
	free(replay->packed);
	free(replay->scratch);
	free(replay->stream);
	free(replay->container);
	memset(replay, 0, sizeof(*replay));
}
