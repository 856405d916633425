/* SPDX-License-Identifier: GPL-2.0 */
/* Options of kanary train for what a model is made of: sizes of its heads, and what is random. */
#ifndef KANARY_TRAIN_SHAPE_H
#define KANARY_TRAIN_SHAPE_H

#include <argp.h>
#include <stdint.h>

/* A decay that nobody chose: as many periods as serve most. */
#define KANARY_TRAIN_SHAPE_DECAY_UNSET UINT32_MAX

/**
 * kanary_train_shape_argp - a child of the command's argp, for struct kanary_trainer_settings
 *
 * The defaults serve most models: kanary(8) has these options, and --help does not.
 */
extern const struct argp kanary_train_shape_argp;

#endif /* KANARY_TRAIN_SHAPE_H */
