/* SPDX-License-Identifier: GPL-2.0 */
/* The self-test that a model carries. */
#ifndef KANARY_REFERENCE_H
#define KANARY_REFERENCE_H

#include "recording/dataset.h"

/**
 * kanary_reference_add() - choose a vector, and write down what the model says of it
 * @file: a model that is finished but for this and its checksum
 * @dataset: split
 *
 * Return: false where memory is short.
 */
bool kanary_reference_add(void *file, const struct kanary_dataset *dataset);

#endif /* KANARY_REFERENCE_H */
