/* SPDX-License-Identifier: GPL-2.0 */
#include "sequence_head.h"

#include "layer.h"
#include "lstm.h"

size_t kanary_sequence_head_ring_size(const struct kanary_model *model,
				      const struct kanary_model_sequence *head)
{
	size_t size = sizeof(struct kanary_sequence_head_ring) +
		      (size_t)head->shape->steps * model->header->inputs * sizeof(s16);

	return head->shape->hidden ? (size + 7) / 8 * 8 : 0;
}

/* Features of the element that came @age elements before the latest. */
static u32 slot(const struct kanary_model *model, const struct kanary_model_sequence *head,
		const struct kanary_sequence_head_ring *ring, u32 age)
{
	u32 steps = head->shape->steps;
	u32 number = ring->next + steps - 1 - age;

	if (number >= steps)
		number -= steps;
	return number * model->header->inputs;
}

s16 *kanary_sequence_head_push(const struct kanary_model *model,
			       const struct kanary_model_sequence *head,
			       struct kanary_sequence_head_ring *ring)
{
	if (++ring->next >= head->shape->steps)
		ring->next = 0;
	if (ring->filled < head->shape->steps)
		ring->filled++;
	return ring->features + slot(model, head, ring, 0);
}

bool kanary_sequence_head_due(const struct kanary_model_sequence *head,
			      struct kanary_sequence_head_ring *ring)
{
	if (ring->filled < head->shape->steps)
		return false;
	if (ring->due) {
		ring->due--;
		return false;
	}
	ring->due = head->shape->stride - 1;
	return true;
}

static void reset(const struct kanary_model_sequence *head, const struct kanary_scratch *scratch)
{
	memset(scratch->cell, 0, head->shape->hidden * sizeof(*scratch->cell));
	memset(scratch->h, 0, head->shape->hidden * sizeof(*scratch->h));
}

/* Oldest element first; leaves the sequence in scratch->h. */
static void encode(const struct kanary_model *model, const struct kanary_model_sequence *head,
		   const struct kanary_sequence_head_ring *ring,
		   const struct kanary_scratch *scratch)
{
	u32 inputs = model->header->inputs;
	u32 hidden = head->shape->hidden;
	u32 age, operands;

	reset(head, scratch);
	for (age = head->shape->steps; age--;) {
		operands = kanary_layer_gather(scratch->operands, 0,
					       ring->features + slot(model, head, ring, age),
					       inputs);
		operands += kanary_layer_gather(scratch->operands + operands, inputs, scratch->h,
						hidden);
		kanary_scratch_multiply(scratch, &head->encoder, operands, KANARY_OPERAND_LIMIT,
					scratch->outputs);
		kanary_lstm_step(hidden, scratch->outputs, scratch->cell, scratch->h);
	}
}

u32 kanary_sequence_head_error(const struct kanary_model *model,
			       const struct kanary_model_sequence *head,
			       const struct kanary_sequence_head_ring *ring,
			       const struct kanary_scratch *scratch, s32 *reconstruction)
{
	u32 inputs = model->header->inputs;
	u32 hidden = head->shape->hidden;
	u64 step, error = 0;
	u32 age, operands;

	encode(model, head, ring, scratch);
	operands = kanary_layer_gather(scratch->operands, 0, scratch->h, hidden);
	kanary_layer_accumulate(&head->decoder, scratch->start, NULL, scratch->operands, operands);
	reset(head, scratch);
	for (age = 0; age < head->shape->steps; age++, reconstruction += inputs) {
		operands = kanary_layer_gather(scratch->operands, hidden, scratch->h, hidden);
		kanary_layer_accumulate(&head->decoder, scratch->sums, scratch->start,
					scratch->operands, operands);
		kanary_layer_finish(&head->decoder, scratch->sums, KANARY_OPERAND_LIMIT,
				    scratch->outputs);
		kanary_lstm_step(hidden, scratch->outputs, scratch->cell, scratch->h);
		operands = kanary_layer_gather(scratch->operands, 0, scratch->h, hidden);
		kanary_scratch_multiply(scratch, &head->output, operands, KANARY_OUTPUT_LIMIT,
					reconstruction);
		step = kanary_scratch_error(head->weight,
					    ring->features + slot(model, head, ring, age),
					    reconstruction, inputs);
		error += kanary_scratch_saturate(step);
	}
	return error > 0xffffffffu ? 0xffffffffu : (u32)error;
}

u64 kanary_sequence_head_worst(const struct kanary_model *model,
			       const struct kanary_model_sequence *head,
			       const struct kanary_sequence_head_ring *ring,
			       const s32 *reconstruction, u32 input, s32 *feature,
			       s32 *expected)
{
	u32 inputs = model->header->inputs;
	u64 share, most = 0, sum = 0;
	s32 x, y;
	u32 age;

	for (age = 0; age < head->shape->steps; age++) {
		x = ring->features[slot(model, head, ring, age) + input];
		y = reconstruction[(size_t)age * inputs + input];
		share = kanary_scratch_weigh(head->weight[input], x, y);
		sum += share;
		if (share > most) {
			most = share;
			*feature = x;
			*expected = y;
		}
	}
	return sum;
}
