/* SPDX-License-Identifier: GPL-2.0 */
#include "histogram_head.h"

#include "feature.h"

void kanary_histogram_head_add(const struct kanary_model_histogram *head, u32 *cumulative,
			       const struct kanary_count *counts, u32 length)
{
	u32 i, bin;

	for (i = 0; i < length; i++) {
		bin = counts[i].bin - head->first;
		if (bin < head->bins)
			cumulative[bin * head->inputs / head->bins] += counts[i].count;
	}
}

void kanary_histogram_head_halve(const struct kanary_model_histogram *head, u32 *cumulative)
{
	u32 i;

	for (i = 0; i < head->inputs; i++)
		cumulative[i] /= 2;
}

bool kanary_histogram_head_counted(const struct kanary_model_histogram *head,
				   const u32 *cumulative)
{
	u32 i;

	for (i = 0; i < head->inputs; i++)
		if (cumulative[i])
			return true;
	return false;
}

u32 kanary_histogram_head_error(const struct kanary_model_histogram *head, const u32 *cumulative,
				const struct kanary_scratch *scratch)
{
	u32 operands, i;
	u64 reciprocal;
	u32 total = 0;
	u64 error = 0;

	for (i = 0; i < head->inputs; i++)
		total += cumulative[i];
	reciprocal = kanary_feature_reciprocal(total);
	for (i = 0; i < head->inputs; i++)
		scratch->histogram[i] = kanary_feature_value(cumulative[i], reciprocal);
	operands = kanary_layer_gather(scratch->operands, 0, scratch->histogram, head->inputs);
	kanary_scratch_multiply(scratch, &head->encode, operands, KANARY_OPERAND_LIMIT,
				scratch->outputs);
	for (i = 0; i < head->code; i++)
		scratch->histogram_code[i] = (s16)scratch->outputs[i];
	operands = kanary_layer_gather(scratch->operands, 0, scratch->histogram_code, head->code);
	kanary_scratch_multiply(scratch, &head->decode, operands, KANARY_OUTPUT_LIMIT,
				scratch->reconstruction);
	for (i = 0; i < head->inputs; i++)
		error += kanary_scratch_weigh(KANARY_MODEL_WEIGHT_EVEN, scratch->histogram[i],
					      scratch->reconstruction[i]);
	return kanary_scratch_saturate(error);
}
