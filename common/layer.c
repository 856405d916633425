/* SPDX-License-Identifier: GPL-2.0 */
#include "layer.h"

size_t kanary_layer_packed_size(const struct kanary_layer *layer)
{
	return (size_t)kanary_layer_sums(layer->rows) * (1 + layer->columns) * sizeof(s64);
}

static s64 pack(s32 low, s32 high)
{
	return high * 4294967296LL + low;
}

void kanary_layer_pack(struct kanary_layer *layer, s64 *packed)
{
	u32 pair, row, column;
	const s16 *weights;
	s64 *block;

	memset(packed, 0, kanary_layer_packed_size(layer));
	layer->packed = packed;
	for (row = 0; row < layer->rows; row += 2) {
		pair = row / 2;
		block = packed + (size_t)(pair / KANARY_LAYER_BLOCK) * KANARY_LAYER_BLOCK *
				 (1 + layer->columns) + pair % KANARY_LAYER_BLOCK;
		*block = pack(layer->row[row].bias, layer->row[row + 1].bias);
		weights = layer->weights + (size_t)row * layer->columns;
		for (column = 0; column < layer->columns; column++) {
			block += KANARY_LAYER_BLOCK;
			*block = pack(weights[column], weights[layer->columns + column]);
		}
	}
}

u32 kanary_layer_gather(struct kanary_layer_operand *operands, u32 column, const s16 *values,
			u32 length)
{
	u32 listed = 0;
	u32 i;

	for (i = 0; i < length; i++) {
		operands[listed].offset = (1 + column + i) * KANARY_LAYER_BLOCK;
		operands[listed].value = values[i];
		listed += values[i] != 0;
	}
	return listed;
}

void kanary_layer_accumulate(const struct kanary_layer *layer, s64 *sums, const s64 *start,
			     const struct kanary_layer_operand *operands, u32 length)
{
	const struct kanary_layer_operand *end = operands + length;
	u32 left = kanary_layer_sums(layer->rows) / KANARY_LAYER_BLOCK;
	size_t stride = (size_t)KANARY_LAYER_BLOCK * (1 + layer->columns);
	const struct kanary_layer_operand *operand;
	s64 s0, s1, s2, s3, s4, s5, s6, s7, value;
	const s64 *block = layer->packed;
	const s64 *weight;

	for (; left; left--) {
		weight = start ? start : block;
		s0 = weight[0];
		s1 = weight[1];
		s2 = weight[2];
		s3 = weight[3];
		s4 = weight[4];
		s5 = weight[5];
		s6 = weight[6];
		s7 = weight[7];
		for (operand = operands; operand < end; operand++) {
			weight = block + operand->offset;
			value = operand->value;
			s0 += weight[0] * value;
			s1 += weight[1] * value;
			s2 += weight[2] * value;
			s3 += weight[3] * value;
			s4 += weight[4] * value;
			s5 += weight[5] * value;
			s6 += weight[6] * value;
			s7 += weight[7] * value;
		}
		sums[0] = s0;
		sums[1] = s1;
		sums[2] = s2;
		sums[3] = s3;
		sums[4] = s4;
		sums[5] = s5;
		sums[6] = s6;
		sums[7] = s7;
		sums += KANARY_LAYER_BLOCK;
		if (start)
			start += KANARY_LAYER_BLOCK;
		block += stride;
	}
}

/*
 * acc * multiplier * 2^-shift, rounded half up: all but the last bit of the shift, and
 * then that. Fits into 64 bits as |acc|, multiplier < 2^31.
 */
static inline s32 requantise(s64 acc, const struct kanary_model_row *row, s64 limit)
{
	s64 scaled = ((acc * row->multiplier >> (row->shift - 1)) + 1) >> 1;

	scaled = scaled > limit ? limit : scaled;
	return (s32)(scaled < -limit ? -limit : scaled);
}

void kanary_layer_finish(const struct kanary_layer *layer, const s64 *sums, s32 limit, s32 *output)
{
	const struct kanary_model_row *row = layer->row;
	const s64 *end = sums + layer->rows / 2;
	s64 low;

	for (; sums < end; sums++, row += 2, output += 2) {
		low = (s32)*sums;
		output[0] = requantise(low, row, limit);
		/* a negative lower half has borrowed from the upper */
		output[1] = requantise((*sums - low) >> 32, row + 1, limit);
	}
}
