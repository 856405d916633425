/* SPDX-License-Identifier: GPL-2.0 */
#include "lstm.h"

#include "activation.h"
#include "model.h"

#define CELL_LIMIT (KANARY_MODEL_CELL_CLIP << 20)

static s32 clip(s64 value, s32 limit)
{
	if (value > limit)
		return limit;
	if (value < -limit)
		return -limit;
	return (s32)value;
}

void kanary_lstm_step(u32 hidden, const s32 *gates, s32 *cell, s16 *h)
{
	s32 input, forget, candidate, output;
	s64 kept, added;
	u32 i;

	for (i = 0; i < hidden; i++) {
		input = kanary_activation_sigmoid(gates[i]);
		forget = kanary_activation_sigmoid(gates[hidden + i]);
		candidate = kanary_activation_tanh(gates[2 * hidden + i]);
		output = kanary_activation_sigmoid(gates[3 * hidden + i]);

		kept = (forget * (s64)cell[i] + (1 << 14)) >> 15;
		added = (input * candidate + (1 << 9)) >> 10;
		cell[i] = clip(kept + added, CELL_LIMIT);

		candidate = kanary_activation_tanh(clip((cell[i] + (1 << 7)) >> 8, 32767));
		h[i] = (s16)clip((output * candidate + (1 << 14)) >> 15, 32767);
	}
}
