/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a memory knows: few histograms that cover all that were seen (greedy k-center,
 * Gonzalez 1985), each with a radius that depends on how many of its like there are.
 */
#ifndef KANARY_MEMORY_TRAIN_H
#define KANARY_MEMORY_TRAIN_H

#include "dataset.h"
#include "model.h"

/**
 * struct kanary_memory - a memory as the model file has it
 * @first: bin that @column begins with
 * @bins: that it is for, up to KANARY_ORDER_BINS
 * @column: of each bin
 * @columns: even
 * @items: histograms, 0 for no memory
 * @scale: [@items], Q20.12
 * @start: [@items + 1]
 * @entry: [@start[@items]]
 */
struct kanary_memory {
	uint32_t first;
	uint32_t bins;
	u16 column[KANARY_ORDER_BINS];
	uint32_t columns;
	uint32_t items;
	u32 *scale;
	u32 *start;
	struct kanary_model_entry *entry;
};

/**
 * kanary_memory_train() - learn histograms by heart
 * @memory: with @first and @bins set; what it held is freed
 * @decay_limit: as in struct kanary_model_header
 * @items: at most, 1 .. KANARY_MODEL_ITEMS_MAX
 * @all: the calibration part too
 *
 * An item's radius is the distance of its tenth nearest neighbour, each from
 * another run of successive vectors, or of the farthest that it is the nearest item
 * of, and a little for the chance in few calls. Of very long recordings not every
 * vector is looked at.
 *
 * Return: false where memory is short.
 */
bool kanary_memory_train(struct kanary_memory *memory, const struct kanary_dataset *dataset,
			 uint32_t decay_limit, uint32_t items, bool all);

void kanary_memory_train_free(struct kanary_memory *memory);

#endif /* KANARY_MEMORY_TRAIN_H */
