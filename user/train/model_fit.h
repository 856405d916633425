/* SPDX-License-Identifier: GPL-2.0 */
/* One model: its heads are fitted to what the dataset's parts allow, and written to a file. */
#ifndef KANARY_MODEL_FIT_H
#define KANARY_MODEL_FIT_H

#include "held_out.h"

/**
 * kanary_model_fit_heads() - choose which heads all models are to have
 *
 * Calibration is the first fold's: a head that has too little there is left out of all.
 *
 * Return: NULL, or a sentence that says why there can be no model; the same below.
 */
const char *kanary_model_fit_heads(struct kanary_trainer *trainer);

/** kanary_model_fit() - fit all heads but the container head, which the final model alone has */
const char *kanary_model_fit(struct kanary_trainer *trainer);

/**
 * kanary_model_fit_container() - fit the container head
 *
 * A container's processes have parts of their own: one of them is held out from the final model.
 */
const char *kanary_model_fit_container(struct kanary_trainer *trainer);

/** kanary_model_fit_again() - learn by heart what was held out, too; false where memory is short */
bool kanary_model_fit_again(struct kanary_trainer *trainer);

/** kanary_model_fit_build() - write what was fitted to @trainer->file, without curves */
const char *kanary_model_fit_build(struct kanary_trainer *trainer);

/** kanary_model_fit_forget() - free what was fitted to the parts */
void kanary_model_fit_forget(struct kanary_trainer *trainer);

#endif /* KANARY_MODEL_FIT_H */
