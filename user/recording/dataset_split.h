/* SPDX-License-Identifier: GPL-2.0 */
/* Which vectors of a dataset a model is fitted to, and which are held out from it. */
#ifndef KANARY_DATASET_SPLIT_H
#define KANARY_DATASET_SPLIT_H

#include "dataset.h"

/**
 * kanary_dataset_split_make() - give each vector its part, by a fixed rule
 * @steps: shortest block that is of use, vectors; 0 for any
 *
 * Streams of many vectors are cut into contiguous blocks of time, of which the
 * first two are always for training; a short stream is in one part as a whole.
 * Short streams take turns among those of their own program (as far as their
 * comm tells), and a program that was seen once or twice is trained on, lest
 * the calibration take it for a false alarm. Where that leaves a turn without any, programs are
 * put together. About 60 % are for training, 20 %
 * each for validation and calibration; over all turns, each vector that is ever
 * held out is in the calibration part once.
 *
 * Return: false where memory is short.
 */
bool kanary_dataset_split_make(struct kanary_dataset *dataset, uint32_t steps);

/** kanary_dataset_split_release() - what was for calibration is for training from now on */
void kanary_dataset_split_release(struct kanary_dataset *dataset);

#endif /* KANARY_DATASET_SPLIT_H */
