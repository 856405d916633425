/* SPDX-License-Identifier: GPL-2.0 */
/* All runs of up to so many successive calls in a dataset, each with how often it came. */
#ifndef KANARY_GRAMS_COUNT_H
#define KANARY_GRAMS_COUNT_H

#include "recording/dataset.h"

/**
 * struct kanary_grams_gram - successive calls
 * @context: number of the gram without its last call
 * @shorter: number of the gram without its first call
 * @count: how often it came; 0 where it only came before a vector's own calls
 * @weight: different calls that came before it, which is what Kneser and Ney (1995)
 *	count; of the longest grams, and of those at the start of a stream, @count
 * @bin: its last call
 * @first: whether it begins with the start of a stream
 */
struct kanary_grams_gram {
	uint32_t context;
	uint32_t shorter;
	uint32_t count;
	uint32_t weight;
	uint16_t bin;
	bool first;
};

/**
 * struct kanary_grams_level - the grams of one length
 * @count: of @gram
 */
struct kanary_grams_level {
	uint32_t count;
	struct kanary_grams_gram *gram;
};

/**
 * struct kanary_grams_count - the grams of all lengths
 * @order: the longest
 * @level: [@order + 1], by length; of length 0 there is one, which is empty
 */
struct kanary_grams_count {
	uint32_t order;
	struct kanary_grams_level *level;
};

/**
 * kanary_grams_count() - count grams
 * @all: of the vectors for calibration, too
 *
 * Return: false where memory is short; free what is inside either way.
 */
bool kanary_grams_count(struct kanary_grams_count *count, const struct kanary_dataset *dataset,
			uint32_t order, bool all);

void kanary_grams_count_free(struct kanary_grams_count *count);

#endif /* KANARY_GRAMS_COUNT_H */
