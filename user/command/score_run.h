/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Vectors, and before each one the paths that were told of its stream, on their way into
 * a KANARY_CMD_SCORE. A run grows as it has to; a request is one that is within limits.
 */
#ifndef KANARY_SCORE_RUN_H
#define KANARY_SCORE_RUN_H

#include <netlink/msg.h>
#include <stdbool.h>
#include <stddef.h>

#include "path_record.h"
#include "vector.h"

/* Bytes of a request: few enough for any socket's buffer. */
#define KANARY_SCORE_RUN_BYTES 131072

/**
 * struct kanary_score_run - vectors in order, in one block for free()
 * @steps: number of vectors
 * @paths: before and behind them
 * @told: of these, before one
 * @step: each vector, and how many paths stand before it
 * @pending: where the paths behind the last vector begin
 * @used: bytes of @memory
 * @size: likewise
 * @memory: records, each 8-byte aligned
 */
struct kanary_score_run {
	u32 steps;
	u32 paths;
	u32 told;
	struct {
		size_t path;
		size_t vector;
		u32 paths;
	} step[KANARY_SCORE_MAX];
	size_t pending;
	size_t used;
	size_t size;
	u8 memory[];
};

/**
 * kanary_score_run_path() - put a path before the next vector
 * @run: the block, NULL for an empty one; it moves
 *
 * Return: false where memory is short.
 */
bool kanary_score_run_path(struct kanary_score_run **run, const struct kanary_path *path);

/** kanary_score_run_vector() - the same of a vector; no more than KANARY_SCORE_MAX of them */
bool kanary_score_run_vector(struct kanary_score_run **run, const struct kanary_vector *vector);

/** kanary_score_run_clear() - forget all but the paths behind the last vector */
void kanary_score_run_clear(struct kanary_score_run *run);

/** kanary_score_run_fits() - whether a vector of @from and its paths fit into a request */
bool kanary_score_run_fits(const struct kanary_score_run *run, const struct kanary_score_run *from,
			   u32 step);

/** kanary_score_run_full() - whether a request has no room for a path and the vector behind it */
bool kanary_score_run_full(const struct kanary_score_run *run);

/** kanary_score_run_get() - a vector */
const struct kanary_vector *kanary_score_run_get(const struct kanary_score_run *run, u32 step);

/** kanary_score_run_next() - the path of a vector that comes after @path, or first; or NULL */
const struct kanary_path *kanary_score_run_next(const struct kanary_score_run *run, u32 step,
						const struct kanary_path *path);

/** kanary_score_run_message_size() - bytes of the attributes */
size_t kanary_score_run_message_size(const struct kanary_score_run *run);

/** kanary_score_run_put() - add all vectors and their paths to a request; false without room */
bool kanary_score_run_put(const struct kanary_score_run *run, struct nl_msg *message);

#endif /* KANARY_SCORE_RUN_H */
