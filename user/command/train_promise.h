/* SPDX-License-Identifier: GPL-2.0 */
/* How often a model that was trained will alarm falsely, and what more it would take. */
#ifndef KANARY_TRAIN_PROMISE_H
#define KANARY_TRAIN_PROMISE_H

#include <jansson.h>

#include "recording/dataset.h"
#include "train/trainer.h"

/** kanary_train_promise_print() - lines of the summary: both levels, and what is missing */
void kanary_train_promise_print(const struct kanary_dataset *dataset,
				const struct kanary_trainer_result *result);

/** kanary_train_promise_json() - the same as members of @object */
void kanary_train_promise_json(json_t *object, const struct kanary_trainer_result *result);

/**
 * kanary_train_promise_note() - what to record, where the recordings say too little
 *
 * A line on stderr each: a head with a heavy tail, one program that most vectors are of, and
 * a single life.
 */
void kanary_train_promise_note(const struct kanary_dataset *dataset,
			       const struct kanary_trainer_result *result);

#endif /* KANARY_TRAIN_PROMISE_H */
