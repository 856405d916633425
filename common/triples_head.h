/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The triples head: a linear autoencoder of the histogram of triples of successive
 * calls. What a process does may be usual, call by call, in an order that is not.
 */
#ifndef _KANARY_TRIPLES_HEAD_H
#define _KANARY_TRIPLES_HEAD_H

#include "model.h"
#include "scratch.h"

/** kanary_triples_head_add() - count a vector's triples towards @cumulative[triples_inputs] */
void kanary_triples_head_add(const struct kanary_model *model, u32 *cumulative,
			     const struct kanary_count *counts, u32 length);

/** kanary_triples_head_halve() - halve all counts */
void kanary_triples_head_halve(const struct kanary_model *model, u32 *cumulative);

/**
 * kanary_triples_head_error() - how unlike any learned order the triples so far are
 * @scratch: triples, triples_code and reconstruction are set
 *
 * Return: Q20.12.
 */
u32 kanary_triples_head_error(const struct kanary_model *model, const u32 *cumulative,
			      const struct kanary_scratch *scratch);

#endif /* _KANARY_TRIPLES_HEAD_H */
