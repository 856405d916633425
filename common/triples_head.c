/* SPDX-License-Identifier: GPL-2.0 */
#include "triples_head.h"

#include "feature.h"

void kanary_triples_head_add(const struct kanary_model *model, u32 *cumulative,
			     const struct kanary_count *counts, u32 length)
{
	u32 inputs = model->header->triples_inputs;
	u32 i;

	for (i = 0; i < length; i++)
		if (counts[i].bin >= KANARY_BINS && counts[i].bin < KANARY_PATH_FIRST)
			cumulative[(counts[i].bin - KANARY_BINS) * inputs / KANARY_ORDER_BINS] +=
				counts[i].count;
}

void kanary_triples_head_halve(const struct kanary_model *model, u32 *cumulative)
{
	u32 i;

	for (i = 0; i < model->header->triples_inputs; i++)
		cumulative[i] /= 2;
}

u32 kanary_triples_head_error(const struct kanary_model *model, const u32 *cumulative,
			      const struct kanary_scratch *scratch)
{
	u32 inputs = model->header->triples_inputs;
	u32 code = model->header->triples_code;
	u32 operands, i;
	u64 reciprocal;
	u32 total = 0;
	u64 error = 0;

	for (i = 0; i < inputs; i++)
		total += cumulative[i];
	reciprocal = kanary_feature_reciprocal(total);
	for (i = 0; i < inputs; i++)
		scratch->triples[i] = kanary_feature_value(cumulative[i], reciprocal);
	operands = kanary_layer_gather(scratch->operands, 0, scratch->triples, inputs);
	kanary_scratch_multiply(scratch, &model->triples_encode, operands, KANARY_OPERAND_LIMIT,
				scratch->outputs);
	for (i = 0; i < code; i++)
		scratch->triples_code[i] = (s16)scratch->outputs[i];
	operands = kanary_layer_gather(scratch->operands, 0, scratch->triples_code, code);
	kanary_scratch_multiply(scratch, &model->triples_decode, operands, KANARY_OUTPUT_LIMIT,
				scratch->reconstruction);
	for (i = 0; i < inputs; i++)
		error += kanary_scratch_weigh(KANARY_MODEL_WEIGHT_EVEN, scratch->triples[i],
					      scratch->reconstruction[i]);
	return kanary_scratch_saturate(error);
}
