/* SPDX-License-Identifier: GPL-2.0 */
/* The process head: a linear autoencoder of features, and a codebook of what it leaves over. */
#ifndef _KANARY_PROCESS_HEAD_H
#define _KANARY_PROCESS_HEAD_H

#include "model.h"
#include "scratch.h"

/**
 * kanary_process_head_error() - how unlike anything learned the features are
 * @scratch: with features; code and process are set
 *
 * Return: Q20.12.
 */
u32 kanary_process_head_error(const struct kanary_model *model,
			      const struct kanary_scratch *scratch);

#endif /* _KANARY_PROCESS_HEAD_H */
