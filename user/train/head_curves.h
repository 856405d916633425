/* SPDX-License-Identifier: GPL-2.0 */
/* The curves of a model's heads, from errors to surprise, as calibrate.h fits them. */
#ifndef KANARY_HEAD_CURVES_H
#define KANARY_HEAD_CURVES_H

#include "held_out.h"

/**
 * kanary_head_curves_fit() - make the curves of all heads that judge a task
 * @file: a model, of this trainer
 * @fitted: whether it is the final one, with trainer->fitted and the curves of the first fold
 *
 * From the errors of all folds on what each does not know. The final model is none of them, and
 * knows more; but where it finds more errors of a size in what it was fitted to than they do in
 * what was held out, it goes by its own.
 *
 * Return: NULL, or a sentence that says why not; the same below.
 */
const char *kanary_head_curves_fit(void *file, const struct kanary_trainer *trainer, bool fitted,
				   struct kanary_trainer_result *result);

/** kanary_head_curves_fit_container() - the same of the container head, from its own errors */
const char *kanary_head_curves_fit_container(void *file, const struct kanary_trainer *trainer,
					     struct kanary_trainer_result *result);

/** kanary_head_curves_per_document() - vectors in a document that names are learned from */
double kanary_head_curves_per_document(const struct kanary_trainer *trainer);

/**
 * kanary_head_curves_copy() - curves, budget and threshold of @from, for heads that both have
 *
 * But for the container head's, which only the final model has.
 */
void kanary_head_curves_copy(void *to, const void *from);

#endif /* KANARY_HEAD_CURVES_H */
