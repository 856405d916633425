/* SPDX-License-Identifier: GPL-2.0 */
/* A model at work in this process: the kernel's arithmetic on vectors from files. */
#ifndef KANARY_REPLAY_H
#define KANARY_REPLAY_H

#include "score.h"

/**
 * struct kanary_replay - a prepared model, the state of one stream and of one container
 * @model: leads into the file, which must live as long
 */
struct kanary_replay {
	struct kanary_model model;
	/* the rest belongs to replay.c */
	void *packed;
	void *scratch;
	struct kanary_score_stream *stream;
	struct kanary_score_container *container;
};

/**
 * kanary_replay_init() - prepare a model, in the state before any vector
 * @file: validated by kanary_model_parse(), or written by ourselves
 *
 * Return: false where memory is short.
 */
bool kanary_replay_init(struct kanary_replay *replay, const void *file);

/** kanary_replay_restart() - the next vector begins a stream */
void kanary_replay_restart(struct kanary_replay *replay);

/** kanary_replay_forget() - the next process is the first of a container */
void kanary_replay_forget(struct kanary_replay *replay);

/** kanary_replay_vector() - judge the stream's next vector */
void kanary_replay_vector(struct kanary_replay *replay, const struct kanary_vector *vector,
			  struct kanary_verdict *verdict);

/** kanary_replay_path() - judge a path, before the stream's next vector; its surprise, Q24.8 */
u32 kanary_replay_path(struct kanary_replay *replay, const struct kanary_path *path);

/** kanary_replay_process() - that vector was the last of a process; adds to its verdict */
void kanary_replay_process(struct kanary_replay *replay, struct kanary_verdict *verdict);

/** kanary_replay_reference() - run the model's self-test */
bool kanary_replay_reference(struct kanary_replay *replay);

void kanary_replay_free(struct kanary_replay *replay);

#endif /* KANARY_REPLAY_H */
