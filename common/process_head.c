/* SPDX-License-Identifier: GPL-2.0 */
#include "process_head.h"

#include "layer.h"

/* The error with @codeword added to the reconstruction; gives up where it reaches @limit. */
static u64 error_with(const u32 *weights, const s16 *features, const s32 *reconstruction,
		      const s16 *codeword, u32 inputs, u64 limit)
{
	u64 error = 0;
	u32 i;

	for (i = 0; i < inputs && error < limit; i++)
		error += kanary_scratch_weigh(weights[i], features[i],
					      reconstruction[i] + codeword[i]);
	return error;
}

/* Adds the codeword that explains most of what is left; returns what is left then, Q34. */
static u64 search_codebook(const struct kanary_model *model,
			   const struct kanary_scratch *scratch, u64 error)
{
	u32 inputs = model->header->inputs;
	const s16 *codeword = model->codeword;
	const s16 *best = NULL;
	u64 with;
	u32 i;

	for (i = 0; i < model->header->codebook; i++, codeword += inputs) {
		with = error_with(model->process_weight, scratch->features, scratch->process,
				  codeword, inputs, error);
		if (with < error) {
			error = with;
			best = codeword;
		}
	}
	for (i = 0; best && i < inputs; i++)
		scratch->process[i] += best[i];
	return error;
}

u32 kanary_process_head_error(const struct kanary_model *model,
			      const struct kanary_scratch *scratch)
{
	u32 inputs = model->header->inputs;
	u32 code = model->header->code;
	u32 operands, i;
	u64 error;

	operands = kanary_layer_gather(scratch->operands, 0, scratch->features, inputs);
	kanary_scratch_multiply(scratch, &model->encode, operands, KANARY_OPERAND_LIMIT,
				scratch->outputs);
	for (i = 0; i < code; i++)
		scratch->code[i] = (s16)scratch->outputs[i];
	operands = kanary_layer_gather(scratch->operands, 0, scratch->code, code);
	kanary_scratch_multiply(scratch, &model->decode, operands, KANARY_OUTPUT_LIMIT,
				scratch->process);
	error = kanary_scratch_error(model->process_weight, scratch->features, scratch->process,
				     inputs);
	if (kanary_scratch_saturate(error) > model->header->codebook_gate)
		error = search_codebook(model, scratch, error);
	return kanary_scratch_saturate(error);
}
