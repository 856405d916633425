/* SPDX-License-Identifier: GPL-2.0 */
/* Streams of a recording side by side, each with a model's memory of it. */
#ifndef KANARY_STREAM_SET_H
#define KANARY_STREAM_SET_H

#include "score.h"

/**
 * struct kanary_stream - a stream that is being judged
 * @number: as in its vectors
 * @cgroup: of its first vector
 * @pid: likewise
 * @comm: of its last vector, zero-padded
 * @vectors: judged so far
 * @alerts: of these
 * @highest: surprise so far, Q24.8
 * @sum: of the surprises, Q.8
 * @last: verdict
 * @kernel: for the use of the comparison with the kernel
 * @state: of the model
 * @container: the model's state of the stream's container, shared by its streams
 */
struct kanary_stream {
	u64 number;
	u64 cgroup;
	u32 pid;
	char comm[KANARY_COMM_SIZE];
	u64 vectors;
	u64 alerts;
	u32 highest;
	u64 sum;
	struct kanary_verdict last;
	void *kernel;
	struct kanary_score_stream *state;
	struct kanary_score_container *container;
};

/**
 * struct kanary_stream_set - the streams of a recording
 * @model: prepared
 * @scratch: for verdicts
 * @tree: of streams by number
 * @containers: tree of their containers by cgroup
 */
struct kanary_stream_set {
	const struct kanary_model *model;
	void *scratch;
	void *tree;
	void *containers;
};

/** kanary_stream_set_init() - 0 or -ENOMEM */
int kanary_stream_set_init(struct kanary_stream_set *set, const struct kanary_model *model);

/** kanary_stream_set_get() - the stream of a vector, made if new; NULL without memory */
struct kanary_stream *kanary_stream_set_get(struct kanary_stream_set *set,
					    const struct kanary_vector *vector);

/**
 * kanary_stream_set_path() - a path of a stream, before the vector that it was counted in
 *
 * Return: the stream, or NULL where memory is short.
 */
struct kanary_stream *kanary_stream_set_path(struct kanary_stream_set *set,
					     const struct kanary_path *path);

/**
 * kanary_stream_judge() - score the stream's next vector; the verdict is in stream->last
 *
 * Vectors come in the order of the recording, which is the kernel's: where one ends
 * a process, that is the order of the container's processes.
 */
void kanary_stream_judge(struct kanary_stream_set *set, struct kanary_stream *stream,
			 const struct kanary_vector *vector);

/** kanary_stream_set_drop() - forget a stream */
void kanary_stream_set_drop(struct kanary_stream_set *set, struct kanary_stream *stream);

/** kanary_stream_set_any() - any stream that is left, or NULL; by ascending number */
struct kanary_stream *kanary_stream_set_any(const struct kanary_stream_set *set);

/** kanary_stream_set_free() - forget all */
void kanary_stream_set_free(struct kanary_stream_set *set);

#endif /* KANARY_STREAM_SET_H */
