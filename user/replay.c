// SPDX-License-Identifier: GPL-2.0
#include "replay.h"

#include <stdlib.h>
#include <string.h>

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
	if (!replay->scratch || !replay->stream)
		goto fail;
	kanary_replay_restart(replay);
	return true;
fail:
	kanary_replay_free(replay);
	return false;
}

void kanary_replay_restart(struct kanary_replay *replay)
{
	kanary_score_stream_init(&replay->model, replay->stream);
}

void kanary_replay_vector(struct kanary_replay *replay, const struct kanary_vector *vector,
			  struct kanary_verdict *verdict)
{
	kanary_score_vector(&replay->model, replay->stream, vector->counts, vector->length,
			    replay->scratch, verdict);
}

bool kanary_replay_reference(struct kanary_replay *replay)
{
	return kanary_score_reference(&replay->model, replay->stream, replay->scratch);
}

void kanary_replay_free(struct kanary_replay *replay)
{
	free(replay->packed);
	free(replay->scratch);
	free(replay->stream);
	memset(replay, 0, sizeof(*replay));
}
