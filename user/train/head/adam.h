/* SPDX-License-Identifier: GPL-2.0 */
/* The optimiser: Adam (Kingma and Ba 2014) after clipping the gradient's norm. */
#ifndef KANARY_ADAM_H
#define KANARY_ADAM_H

#include <stddef.h>

struct kanary_adam;

/**
 * kanary_adam_create() - an optimiser for @count parameters
 *
 * Return: NULL where memory is short.
 */
struct kanary_adam *kanary_adam_create(size_t count);

/**
 * kanary_adam_step() - one step down the gradient
 * @parameter: updated
 * @gradient: multiplied by @scale, then shortened to @norm where it is longer
 *	(Pascanu et al. 2013)
 * @scale: 1 / size of the batch, for a gradient that is a sum
 * @norm: largest Euclidean length
 * @rate: learning rate
 */
void kanary_adam_step(struct kanary_adam *adam, float *parameter, const float *gradient,
		      float scale, float norm, float rate);

void kanary_adam_free(struct kanary_adam *adam);

#endif /* KANARY_ADAM_H */
