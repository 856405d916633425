/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What usually comes after which calls: a language model of n-grams with modified
 * Kneser-Ney smoothing (Chen and Goodman 1998), interpolated, as the grams head has it.
 */
#ifndef KANARY_GRAMS_TRAIN_H
#define KANARY_GRAMS_TRAIN_H

#include "recording/dataset.h"
#include "model.h"

/* Calls of a gram, the predicted one included. */
#define KANARY_GRAMS_ORDER_MIN 2
#define KANARY_GRAMS_ORDER_MAX (KANARY_MODEL_DEPTH_MAX + 1)

/**
 * struct kanary_grams - a grams head as the model file has it
 * @states: contexts, 0 for no grams head
 * @grams: of all states
 * @start: [@states + 1]
 * @state: [@states]
 * @gram: [@grams]
 */
struct kanary_grams {
	uint32_t states;
	uint32_t grams;
	u32 *start;
	struct kanary_model_state *state;
	struct kanary_model_gram *gram;
};

/**
 * kanary_grams_train() - learn what comes after what
 * @grams: what it held is freed
 * @order: calls of the longest grams, KANARY_GRAMS_ORDER_MIN .. KANARY_GRAMS_ORDER_MAX
 * @all: of the calibration part, too
 *
 * Grams of four and more calls that occurred once are left out, or those that occurred
 * more often where there would be too many; what was seen of them counts as not seen. Of
 * very long recordings not every vector is read.
 *
 * Return: false where memory is short.
 */
bool kanary_grams_train(struct kanary_grams *grams, const struct kanary_dataset *dataset,
			uint32_t order, bool all);

void kanary_grams_train_free(struct kanary_grams *grams);

#endif /* KANARY_GRAMS_TRAIN_H */
