/* SPDX-License-Identifier: GPL-2.0 */
/* From floating point to the model file. */
#ifndef KANARY_QUANTISE_H
#define KANARY_QUANTISE_H

#include "train/features/feature_map.h"
#include "train/head/grams_train.h"
#include "train/head/process_train.h"
#include "train/head/sequence_train.h"

/**
 * kanary_quantise_row() - one row of a layer
 * @weight: [columns]
 * @bias: in units of the output
 * @operand: what an operand of 1.0 is in integers
 * @output: what an output of 1.0 is
 * @quantised: [columns], set
 * @row: set
 *
 * The largest scale for which no weight leaves s16 and no sum can leave s32.
 */
void kanary_quantise_row(const float *weight, uint32_t columns, double bias, double operand,
			 double output, s16 *quantised, struct kanary_model_row *row);

/**
 * kanary_quantise_model() - a model file without calibration, reference and checksum
 * @header: period, decay_limit, threshold, budget, vectors, strides, knots, kinds and
 *	name are taken over, the rest is set from the heads
 * @process: head
 * @sequence: head over a task's vectors, its network NULL where there is none
 * @container: the same over a container's processes
 * @path_histogram: head, its code 0 where there is none
 * @grams: head, its states 0 where there is none
 *
 * Return: the file, or NULL where memory is short. To be freed.
 */
void *kanary_quantise_model(const struct kanary_model_header *header,
			    const struct kanary_feature_map *features,
			    const struct kanary_process_head *process,
			    const struct kanary_sequence_head *sequence,
			    const struct kanary_sequence_head *container,
			    const struct kanary_process_head *path_histogram,
			    const struct kanary_name_table *names,
			    const struct kanary_grams *grams);

#endif /* KANARY_QUANTISE_H */
