/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Dense layers, two rows to a multiplication.
 *
 * The weights of rows 2p and 2p + 1 lie in one s64 as w[2p + 1] * 2^32 + w[2p].
 * A product with an operand, and a sum of such products, is then the two rows'
 * sums side by side, to be taken apart exactly at the end, because validation
 * proves that neither row can leave s32 (see kanary_model_parse()).
 *
 * Packed rows come in blocks of KANARY_LAYER_BLOCK pairs, whose sums fit into
 * registers; in a block the pairs of one column are adjacent, so that an operand
 * of 0 is skipped with all of its work, and the first column is the bias.
 */
#ifndef _KANARY_LAYER_H
#define _KANARY_LAYER_H

#include "model.h"

#define KANARY_LAYER_BLOCK 8

/**
 * struct kanary_layer_operand - what a column is multiplied with
 * @offset: of the column in each block of packed weights, in s64
 * @value: -32767 .. 32767, not 0
 */
struct kanary_layer_operand {
	u32 offset;
	s32 value;
};

/** kanary_layer_sums() - s64 that the sums of a layer of @rows take */
static inline u32 kanary_layer_sums(u32 rows)
{
	u32 pairs = rows / 2;

	return (pairs + KANARY_LAYER_BLOCK - 1) / KANARY_LAYER_BLOCK * KANARY_LAYER_BLOCK;
}

/** kanary_layer_packed_size() - bytes of a layer's packed weights */
size_t kanary_layer_packed_size(const struct kanary_layer *layer);

/**
 * kanary_layer_pack() - lay the weights out for multiplication
 * @packed: kanary_layer_packed_size() bytes, 8-byte aligned; they become the layer's
 */
void kanary_layer_pack(struct kanary_layer *layer, s64 *packed);

/**
 * kanary_layer_gather() - list the operands that are not 0
 * @operands: room for @length more
 * @column: of the first value
 * @values: -32767 .. 32767
 *
 * Return: operands listed.
 */
u32 kanary_layer_gather(struct kanary_layer_operand *operands, u32 column, const s16 *values,
			u32 length);

/**
 * kanary_layer_accumulate() - add the columns' products to the rows' sums
 * @sums: kanary_layer_sums() of them, set
 * @start: sums to start from, may be @sums; or NULL for the bias
 * @operands: each column at most once over all calls that build on one another
 */
void kanary_layer_accumulate(const struct kanary_layer *layer, s64 *sums, const s64 *start,
			     const struct kanary_layer_operand *operands, u32 length);

/**
 * kanary_layer_finish() - outputs from sums
 * @limit: saturate to -limit .. limit
 * @output: one for each row
 */
void kanary_layer_finish(const struct kanary_layer *layer, const s64 *sums, s32 limit,
			 s32 *output);

#endif /* _KANARY_LAYER_H */
