/* SPDX-License-Identifier: GPL-2.0 */
#include "memory_head.h"

#include "feature.h"

/* 1.0 of a sum of products of features, Q0.30. */
#define WHOLE (1u << 30)

void kanary_memory_head_add(const struct kanary_model_memory *memory,
			    struct kanary_memory_head_state *state,
			    const struct kanary_count *counts, u32 length)
{
	u32 i, bin, column;

	for (i = 0; i < length; i++) {
		bin = counts[i].bin - memory->first;
		if (bin >= memory->bins)
			continue;
		column = memory->column[bin];
		if (column == KANARY_MODEL_NO_COLUMN)
			state->other += counts[i].count;
		else
			state->count[column] += counts[i].count;
	}
}

void kanary_memory_head_halve(const struct kanary_model_memory *memory,
			      struct kanary_memory_head_state *state)
{
	u32 i;

	for (i = 0; i < memory->shape->columns; i++)
		state->count[i] /= 2;
	state->other /= 2;
}

/* Both sides are rounded, and of length 1 only nearly: 0 at least. */
static u32 item_error(const struct kanary_model_memory *memory, u32 item, const s16 *x)
{
	const struct kanary_model_entry *entry = memory->entry + memory->start[item];
	const struct kanary_model_entry *end = memory->entry + memory->start[item + 1];
	u64 likeness = 0;

	for (; entry < end; entry++)
		likeness += (u32)(x[entry->column] * entry->value);
	if (likeness >= WHOLE)
		return 0;
	return (u32)((WHOLE - likeness) * memory->scale[item] >> 30);
}

u32 kanary_memory_head_error(const struct kanary_model_memory *memory,
			     struct kanary_memory_head_state *state, s16 *x)
{
	u32 gate = memory->shape->gate;
	u32 total = state->other;
	u32 nearest, error, i;
	u64 reciprocal;

	for (i = 0; i < memory->shape->columns; i++)
		total += state->count[i];
	reciprocal = kanary_feature_reciprocal(total);
	for (i = 0; i < memory->shape->columns; i++)
		x[i] = kanary_feature_value(state->count[i], reciprocal);
	nearest = item_error(memory, state->last, x);
	for (i = 0; i < memory->shape->items && nearest > gate; i++) {
		error = item_error(memory, i, x);
		if (error < nearest) {
			nearest = error;
			state->last = i;
		}
	}
	return nearest;
}
