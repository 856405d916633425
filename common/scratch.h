/* SPDX-License-Identifier: GPL-2.0 */
/* Working memory of one verdict, laid out over the caller's bytes. */
#ifndef _KANARY_SCRATCH_H
#define _KANARY_SCRATCH_H

#include "evidence.h"
#include "layer.h"
#include "model.h"

/* What a layer's output is saturated to; see model.h. */
#define KANARY_OPERAND_LIMIT 32767
#define KANARY_OUTPUT_LIMIT 65535

/**
 * struct kanary_scratch - of all heads
 * @evidence: what is judged of a vector, where that may not be all of it; or NULL
 * @sums: rows' sums of any layer
 * @start: what the encoder's last h adds to every step of the decoder
 * @operands: columns of any layer
 * @outputs: one for each row of any LSTM layer, or of encode
 * @cell: Q.20
 * @process: what the process head reconstructs, its codeword included, Q1.15
 * @sequence: what the sequence head reconstructs, [steps][inputs], latest first
 * @container: the same of the container head
 * @h: Q0.15
 * @features: of the stream so far, Q0.15
 * @code: Q4.11
 * @histogram: features of the histogram head that was asked last, Q0.15
 * @histogram_code: its code, Q4.11
 * @reconstruction: what it reconstructs, Q1.15
 * @bits: of a log's calls, by bin, for what explains the grams head, Q.10
 * @unexpected: of these calls, those of many bits
 */
struct kanary_scratch {
	struct kanary_evidence_memory *evidence;
	s64 *sums;
	s64 *start;
	struct kanary_layer_operand *operands;
	s32 *outputs;
	s32 *cell;
	s32 *process;
	s32 *sequence;
	s32 *container;
	s16 *h;
	s16 *features;
	s16 *code;
	s16 *histogram;
	s16 *histogram_code;
	s32 *reconstruction;
	u32 *bits;
	u16 *unexpected;
};

/**
 * kanary_scratch_layout() - lead the pointers into @memory
 * @memory: 8-byte aligned, or NULL to count only
 *
 * Return: bytes that it takes.
 */
size_t kanary_scratch_layout(struct kanary_scratch *scratch, const struct kanary_model *model,
			     const void *memory);

/**
 * kanary_scratch_multiply() - outputs of a layer for the operands gathered in @scratch
 * @operands: number of them
 * @limit: saturate to -limit .. limit
 * @output: one for each row
 */
void kanary_scratch_multiply(const struct kanary_scratch *scratch,
			     const struct kanary_layer *layer, u32 operands, s32 limit,
			     s32 *output);

/** kanary_scratch_weigh() - share of one input in an error, Q34; exact in 64 bits */
static inline u64 kanary_scratch_weigh(u32 weight, s32 feature, s32 reconstruction)
{
	s64 difference = feature - reconstruction;

	if (difference > KANARY_OUTPUT_LIMIT)
		difference = KANARY_OUTPUT_LIMIT;
	if (difference < -KANARY_OUTPUT_LIMIT)
		difference = -KANARY_OUTPUT_LIMIT;
	return weight * (u64)(difference * difference);
}

/** kanary_scratch_error() - sum of the inputs' shares, Q34 */
u64 kanary_scratch_error(const u32 *weights, const s16 *features, const s32 *reconstruction,
			 u32 inputs);

/** kanary_scratch_saturate() - from Q34 to Q20.12 */
static inline u32 kanary_scratch_saturate(u64 error)
{
	error >>= 22;
	return error > 0xffffffffu ? 0xffffffffu : (u32)error;
}

#endif /* _KANARY_SCRATCH_H */
