/* SPDX-License-Identifier: GPL-2.0 */
/* A head over a sequence: how its LSTM autoencoder is fitted. */
#ifndef KANARY_SEQUENCE_TRAIN_H
#define KANARY_SEQUENCE_TRAIN_H

#include "network.h"
#include "terminal/progress.h"
#include "train/features/sequence_source.h"

/**
 * struct kanary_sequence_settings - how to train
 * @hidden: width of both LSTM layers
 * @steps: elements in a sequence
 * @epochs: at most
 * @work: at most, in sequences times steps, each as often as it is learned from; 0 for no limit
 * @seed: of everything random
 */
struct kanary_sequence_settings {
	uint32_t hidden;
	uint32_t steps;
	uint32_t epochs;
	uint64_t work;
	unsigned long seed;
};

/**
 * struct kanary_sequence_head - in floating point
 * @network: NULL without such a head
 * @weight: [inputs], of each squared residual, Q28.4
 * @sequences: of the training part
 * @epochs: that were needed
 * @work: that it took, as in struct kanary_sequence_settings
 * @loss: sum of squared residuals of a step, mean over held-out sequences
 * @first_loss: the same before training
 * @stopped: what ended it: "no further improvement", "work limit" or "epochs"
 */
struct kanary_sequence_head {
	struct kanary_network *network;
	u32 *weight;
	uint32_t sequences;
	uint32_t epochs;
	uint64_t work;
	double loss;
	double first_loss;
	const char *stopped;
};

/**
 * kanary_sequence_train() - fit to the training part, and weigh residuals
 *
 * Adam on batches of random sequences; the rate drops when the held-out loss no
 * longer does, or when little of the work is left, and the third drop ends it. The best
 * weights are kept. The result depends on data, settings and seed alone.
 *
 * Return: false where memory is short.
 */
bool kanary_sequence_train(struct kanary_sequence_head *head,
			   const struct kanary_sequence_source *source,
			   const struct kanary_sequence_settings *settings,
			   const struct kanary_progress_part *part);

/**
 * kanary_sequence_train_error() - of one sequence
 * @x: [steps][inputs], Q0.15
 *
 * Return: weighted sum of squared residuals over all steps.
 */
double kanary_sequence_train_error(const struct kanary_sequence_head *head, const s16 *x);

void kanary_sequence_train_free(struct kanary_sequence_head *head);

#endif /* KANARY_SEQUENCE_TRAIN_H */
