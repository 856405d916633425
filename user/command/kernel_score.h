/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's verdicts beside our own. Vectors go out in batches with the paths before
 * them, stream by stream and in the order in which the streams end; at each batch both
 * sides start from a fresh state, and have to agree to the bit. A vector with more paths
 * than a batch holds goes out with each portion of them, so that all are looked at.
 */
#ifndef KANARY_KERNEL_SCORE_H
#define KANARY_KERNEL_SCORE_H

#include "judge/replay.h"
#include "score_run.h"
#include "target.h"

/**
 * struct kanary_kernel_score - a comparison under way
 * @target: container whose model in the kernel is compared
 * @replay: what the kernel should have loaded, for our own verdicts on a batch
 * @stream: of the vector before in the batch, or NULL
 * @batch: what goes out next, NULL before the first
 * @verdicts: compared so far
 * @portions: of these, beyond one a vector
 * @paths: told before the vectors
 * @sequences: of @verdicts, with a container head that spoke
 * @names: of @verdicts, with an error of the names head that is not 0
 * @differences: of @verdicts
 * @first: one sentence on the first of them, or ""
 */
struct kanary_kernel_score {
	struct kanary_target target;
	struct kanary_replay replay;
	struct kanary_replay_stream *stream;
	struct kanary_score_run *batch;
	u64 verdicts;
	u64 portions;
	u64 paths;
	u64 sequences;
	u64 names;
	u64 differences;
	char first[512];
};

/**
 * kanary_kernel_score_open() - connect, and see that the kernel has the same model
 * @container: as given by the user
 * @file: the model, see kanary_replay_init()
 *
 * Return: 0, or 1 after a line on stderr.
 */
int kanary_kernel_score_open(struct kanary_kernel_score *score, const char *container,
			     const void *file);

/** kanary_kernel_score_path() - queue a path of the stream; 0, or 1 after a line on stderr */
int kanary_kernel_score_path(struct kanary_kernel_score *score,
			     struct kanary_replay_stream *stream, const struct kanary_path *path);

/** kanary_kernel_score_add() - queue a vector; 0, or 1 after a line on stderr */
int kanary_kernel_score_add(struct kanary_kernel_score *score,
			    struct kanary_replay_stream *stream,
			    const struct kanary_vector *vector);

/** kanary_kernel_score_flush() - the stream has ended; 0, or 1 after a line on stderr */
int kanary_kernel_score_flush(struct kanary_kernel_score *score,
			      struct kanary_replay_stream *stream);

/** kanary_kernel_score_finish() - compare what is left; 0, or 1 after a line on stderr */
int kanary_kernel_score_finish(struct kanary_kernel_score *score);

void kanary_kernel_score_close(struct kanary_kernel_score *score);

#endif /* KANARY_KERNEL_SCORE_H */
