/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The process head: a linear autoencoder. What Adam would creep up to is known
 * in closed form (Baldi and Hornik 1989): the weights that lose least are the
 * first principal components, so they are computed and not searched for. What it
 * leaves over of normal behaviour goes into a codebook.
 */
#ifndef KANARY_PROCESS_TRAIN_H
#define KANARY_PROCESS_TRAIN_H

#include "codebook.h"
#include "recording/dataset.h"
#include "train/features/drift.h"
#include "train/features/feature_map.h"

/**
 * struct kanary_process_head - in floating point
 * @inputs: features
 * @code: width of the bottleneck
 * @encode: [code][inputs]
 * @encode_bias: [code]
 * @decode: [inputs][code]
 * @decode_bias: [inputs]
 * @weight: [inputs], of each squared residual, Q28.4; all are alike
 * @codebook: residuals that are known
 * @explained: share of the variance that the code keeps, 0 .. 1
 */
struct kanary_process_head {
	uint32_t inputs;
	uint32_t code;
	float *encode;
	float *encode_bias;
	float *decode;
	float *decode_bias;
	u32 *weight;
	struct kanary_codebook codebook;
	double explained;
};

/**
 * kanary_process_train() - fit to the training part
 * @code: width of the bottleneck
 * @codewords: of the codebook at most
 * @validated: fit to the validation part, too
 * @drift: of the mix that is normal
 *
 * Left out are vectors of streams that so far have nothing of what @features counts.
 *
 * Return: false where memory is short.
 */
bool kanary_process_train(struct kanary_process_head *head, const struct kanary_dataset *dataset,
			  const struct kanary_feature_map *features, uint32_t code,
			  uint32_t codewords, bool validated, struct kanary_drift *drift);

/**
 * kanary_process_train_complete() - learn the calibration part by heart, too
 * @codewords: of the codebook at most
 *
 * When the errors of calibration have been taken: all of a recording is normal,
 * and nothing in it may be an alert when it comes again.
 *
 * Return: false where memory is short.
 */
bool kanary_process_train_complete(struct kanary_process_head *head,
				   const struct kanary_dataset *dataset,
				   const struct kanary_feature_map *features, uint32_t codewords);

/**
 * kanary_process_train_error() - of one vector of features
 * @x: Q0.15
 *
 * Return: weighted sum of squared residuals, after the codebook.
 */
double kanary_process_train_error(const struct kanary_process_head *head, const s16 *x);

void kanary_process_train_free(struct kanary_process_head *head);

#endif /* KANARY_PROCESS_TRAIN_H */
