/* SPDX-License-Identifier: GPL-2.0 */
/* Valid vectors that no program ever made, to hold two scorers against each other. */
#ifndef KANARY_RANDOM_VECTOR_H
#define KANARY_RANDOM_VECTOR_H

#include "vector.h"

/**
 * struct kanary_random_vector - a source of them
 * @state: of the generator; the seed at first
 * @left: vectors until the stream ends
 * @memory: holds the vector
 */
struct kanary_random_vector {
	u64 state;
	u32 left;
	_Alignas(8) u8 memory[KANARY_VECTOR_SIZE_MAX];
};

/** kanary_random_vector_seed() - the same seed gives the same vectors everywhere */
void kanary_random_vector_seed(struct kanary_random_vector *source, u64 seed);

/**
 * kanary_random_vector_next() - the next one, valid until the next call
 * @last: end the stream with this one
 *
 * Streams have 1 to 600 vectors; most vectors a few common bins, some all bins or huge counts.
 */
const struct kanary_vector *kanary_random_vector_next(struct kanary_random_vector *source,
						      bool last);

#endif /* KANARY_RANDOM_VECTOR_H */
