/* SPDX-License-Identifier: GPL-2.0 */
/* Valid records of paths that no program ever used, to hold two scorers against each other. */
#ifndef KANARY_RANDOM_PATH_H
#define KANARY_RANDOM_PATH_H

#include "path_record.h"

/**
 * struct kanary_random_path - a source of them
 * @state: of the generator; the seed at first
 * @memory: holds the record
 */
struct kanary_random_path {
	u64 state;
	_Alignas(8) u8 memory[KANARY_PATH_RECORD_SIZE_MAX];
};

/** kanary_random_path_seed() - the same seed gives the same paths everywhere */
void kanary_random_path_seed(struct kanary_random_path *source, u64 seed);

/** kanary_random_path_count() - how many come before a vector: mostly few, rarely up to 3000 */
u32 kanary_random_path_count(struct kanary_random_path *source);

/**
 * kanary_random_path_next() - a path of a vector's stream, valid until the next call
 *
 * Some are such as programs use, of common directories, with pids, hashes and dates; the
 * others relative, of the largest length, of slashes and dots, or of any bytes but 0.
 */
const struct kanary_path *kanary_random_path_next(struct kanary_random_path *source,
						  const struct kanary_vector *vector);

#endif /* KANARY_RANDOM_PATH_H */
