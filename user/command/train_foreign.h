/* SPDX-License-Identifier: GPL-2.0 */
/* The estimate of what a model would see: its programs, and what "kanary train" says of it. */
#ifndef KANARY_TRAIN_FOREIGN_H
#define KANARY_TRAIN_FOREIGN_H

#include <jansson.h>

#include "train/foreign.h"
#include "train/trainer.h"

/**
 * kanary_train_foreign_find() - read the programs that are installed with the command
 *
 * From foreign.rec beside the running program, where the build leaves it, or from
 * ../../share/kanary, where "make install" puts it. The list stays empty where there is none. Of one
 * that cannot be read a note tells: the model does not depend on it.
 */
void kanary_train_foreign_find(struct kanary_foreign_list *list);

/** kanary_train_foreign_read() - add the programs of a recording of the user's; exit status */
int kanary_train_foreign_read(struct kanary_foreign_list *list, const char *path);

/** kanary_train_foreign_print() - what the model would see, with the user's own programs */
void kanary_train_foreign_print(const struct kanary_trainer_result *result);

/** kanary_train_foreign_json() - the same, added to an object */
void kanary_train_foreign_json(json_t *object, const struct kanary_trainer_result *result);

#endif /* KANARY_TRAIN_FOREIGN_H */
