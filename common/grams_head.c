/* SPDX-License-Identifier: GPL-2.0 */
#include "grams_head.h"

#include "divide.h"

/* log2(KANARY_BINS) in Q.10, rounded. */
#define BITS_OF_ANY 10145

/* The gram of @bin after the context @state, or NULL. */
static const struct kanary_model_gram *find(const struct kanary_model *model, u32 state, u32 bin)
{
	u32 low = model->grams_start[state];
	u32 high = model->grams_start[state + 1];
	u32 middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (model->gram[middle].bin < bin)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == model->grams_start[state + 1] || model->gram[low].bin != bin)
		return NULL;
	return &model->gram[low];
}

/* Bits of a call after the context @state, Q.10; goes on to the next state. */
static u32 step(const struct kanary_model *model, u32 *state, u32 bin)
{
	const struct kanary_model_gram *gram;
	u32 bits = 0;

	while (!(gram = find(model, *state, bin))) {
		bits += model->grams_state[*state].backoff;
		/* the empty context knows it not: it is news */
		if (!*state)
			return bits;
		*state = model->grams_state[*state].shorter;
	}
	*state = gram->next;
	return bits + gram->bits;
}

/* The state after what came before a log's calls. */
static u32 begin(const struct kanary_model *model, const struct kanary_log *log)
{
	u32 state = 0;
	u32 i;

	for (i = 0; i < log->context; i++)
		step(model, &state, log->call[i]);
	return state;
}

void kanary_grams_head_add(const struct kanary_model *model,
			   struct kanary_grams_head_state *state, const struct kanary_log *log)
{
	const u16 *call = log->call + log->context;
	u32 at = begin(model, log);
	u32 i;

	for (i = 0; i < log->calls; i++)
		state->bits += step(model, &at, call[i]);
	state->calls += log->calls;
}

void kanary_grams_head_halve(struct kanary_grams_head_state *state)
{
	state->bits /= 2;
	state->calls /= 2;
}

u32 kanary_grams_head_error(const struct kanary_grams_head_state *state)
{
	u64 error;

	if (!state->calls)
		return 0;
	/* two places more behind the point: from Q.10 to Q.12 */
	error = kanary_divide(state->bits << 2, state->calls);
	return error > 0xffffffffu ? 0xffffffffu : (u32)error;
}

void kanary_grams_head_explain(const struct kanary_model *model, const struct kanary_log *log,
			       u32 *bits, u16 *unexpected)
{
	const u16 *call = log->call + log->context;
	u32 at = begin(model, log);
	u32 taken, i;

	memset(bits, 0, KANARY_BINS * sizeof(*bits));
	memset(unexpected, 0, KANARY_BINS * sizeof(*unexpected));
	for (i = 0; i < log->calls; i++) {
		taken = step(model, &at, call[i]);
		bits[call[i]] += taken;
		unexpected[call[i]] += taken >= BITS_OF_ANY;
	}
}
