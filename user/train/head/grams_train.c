// SPDX-License-Identifier: GPL-2.0
#include "grams_train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "grams_count.h"

#define BITS_UNIT 1024.0
/* Grams of so many calls and more may be left out. */
#define PRUNED_FROM 4
/* No discount is nothing, and none is all. */
#define DISCOUNT_MIN 0.05
#define DISCOUNT_MARGIN 0.02

/**
 * struct smoothing - of the grams of one length
 * @discount: of a gram with such a weight; of those beyond, as of the last
 * @total: of each context, the weight of its grams
 * @backoff: of each context, the share of it that its grams are denied
 * @probability: of each gram
 * @kept: whether it will be in the model
 * @is_state: whether it is a context of one that is kept
 * @state: number of that state
 */
struct smoothing {
	double discount[4];
	double *total;
	double *backoff;
	double *probability;
	bool *kept;
	bool *is_state;
	uint32_t *state;
};

/**
 * struct work - of one training
 * @count: what was counted
 * @smoothing: [order + 1], by length; of the empty gram 0 only is_state, state
 * @cut: grams that occurred so often are left out, from PRUNED_FROM calls on
 */
struct work {
	struct kanary_grams_count count;
	struct smoothing *smoothing;
	uint32_t cut;
};

static bool smoothing_create(struct smoothing *smoothing, uint32_t contexts, uint32_t grams)
{
	smoothing->total = calloc(contexts + 1, sizeof(double));
	smoothing->backoff = calloc(contexts + 1, sizeof(double));
	smoothing->probability = calloc(grams + 1, sizeof(double));
	smoothing->kept = calloc(grams + 1, sizeof(bool));
	smoothing->is_state = calloc(grams + 1, sizeof(bool));
	smoothing->state = calloc(grams + 1, sizeof(uint32_t));
	return smoothing->total && smoothing->backoff && smoothing->probability &&
	       smoothing->kept && smoothing->is_state && smoothing->state;
}

static void smoothing_free(struct smoothing *smoothing)
{
	free(smoothing->total);
	free(smoothing->backoff);
	free(smoothing->probability);
	free(smoothing->kept);
	free(smoothing->is_state);
	free(smoothing->state);
}

/* Equation 17 of Chen and Goodman. */
static void choose_discounts(struct smoothing *smoothing, const struct kanary_grams_level *level)
{
	double with[5] = { 0 }, y;
	uint32_t i;

	for (i = 0; i < level->count; i++)
		if (level->gram[i].weight && level->gram[i].weight < 5)
			with[level->gram[i].weight]++;
	y = with[1] > 0 ? with[1] / (with[1] + 2 * with[2]) : 0.5;
	for (i = 1; i < 4; i++) {
		double discount = with[i] > 0 ? i - (i + 1) * y * with[i + 1] / with[i] : y;

		smoothing->discount[i] = fmin(fmax(discount, DISCOUNT_MIN), i - DISCOUNT_MARGIN);
	}
}

static double discount(const struct work *work, uint32_t length,
		       const struct kanary_grams_gram *gram)
{
	if (length >= PRUNED_FROM && gram->count <= work->cut)
		return gram->weight;
	return work->smoothing[length].discount[gram->weight < 3 ? gram->weight : 3];
}

/* Probabilities of all grams of a length, those of shorter ones being known. */
static void smooth(struct work *work, uint32_t length)
{
	const struct kanary_grams_level *level = &work->count.level[length];
	struct smoothing *smoothing = &work->smoothing[length];
	uint32_t contexts = work->count.level[length - 1].count, i;

	choose_discounts(smoothing, level);
	memset(smoothing->total, 0, contexts * sizeof(double));
	memset(smoothing->backoff, 0, contexts * sizeof(double));
	for (i = 0; i < level->count; i++) {
		smoothing->total[level->gram[i].context] += level->gram[i].weight;
		smoothing->backoff[level->gram[i].context] += discount(work, length,
								       &level->gram[i]);
	}
	for (i = 0; i < contexts; i++)
		smoothing->backoff[i] = smoothing->total[i] > 0 ?
					smoothing->backoff[i] / smoothing->total[i] : 1;
	for (i = 0; i < level->count; i++) {
		const struct kanary_grams_gram *gram = &level->gram[i];
		double shorter = length > 1 ?
				 work->smoothing[length - 1].probability[gram->shorter] :
				 1.0 / KANARY_BINS;
		double own = gram->weight - discount(work, length, gram);

		smoothing->kept[i] = own > 0;
		smoothing->probability[i] = smoothing->backoff[gram->context] * shorter;
		if (own > 0)
			smoothing->probability[i] += own / smoothing->total[gram->context];
	}
}

/* What leads to a state is kept, too: the start of a stream is never predicted. */
static void keep(struct work *work, uint32_t length)
{
	const struct kanary_grams_level *level = &work->count.level[length];
	struct smoothing *smoothing = &work->smoothing[length];
	uint32_t i;

	for (i = 0; i < level->count; i++) {
		smoothing->kept[i] |= smoothing->is_state[i];
		if (smoothing->kept[i])
			work->smoothing[length - 1].is_state[level->gram[i].context] = true;
	}
}

/* Smooths and counts what will be in the model; shorter contexts have lower numbers. */
static void choose(struct work *work, struct kanary_grams *grams)
{
	uint32_t order = work->count.order, length, i;

	for (length = 0; length <= order; length++)
		memset(work->smoothing[length].is_state, 0, work->count.level[length].count);
	for (length = 1; length <= order; length++)
		smooth(work, length);
	for (length = order; length; length--)
		keep(work, length);
	grams->states = 0;
	grams->grams = 0;
	for (length = 0; length <= order; length++) {
		struct smoothing *smoothing = &work->smoothing[length];

		for (i = 0; i < work->count.level[length].count; i++) {
			if (smoothing->is_state[i])
				smoothing->state[i] = grams->states++;
			grams->grams += length && smoothing->kept[i];
		}
	}
}

/* The state of a gram, or of the longest that it ends with. */
static uint32_t state_of(const struct work *work, uint32_t length, uint32_t number)
{
	while (length && !work->smoothing[length].is_state[number])
		number = work->count.level[length--].gram[number].shorter;
	return work->smoothing[length].state[number];
}

static u16 bits_of(double probability)
{
	return (u16)fmin(lrint(-log2(probability) * BITS_UNIT), UINT16_MAX);
}

static void write_states(const struct work *work, struct kanary_grams *grams)
{
	uint32_t order = work->count.order, length, i;

	for (length = 0; length < order; length++) {
		for (i = 0; i < work->count.level[length].count; i++) {
			double backoff = work->smoothing[length + 1].backoff[i];
			struct kanary_model_state *state;

			if (!work->smoothing[length].is_state[i])
				continue;
			state = &grams->state[work->smoothing[length].state[i]];
			state->backoff = bits_of(length ? backoff : backoff / KANARY_BINS);
			if (!length)
				continue;
			state->shorter = state_of(work, length - 1,
						  work->count.level[length].gram[i].shorter);
			state->depth = grams->state[state->shorter].depth + 1;
		}
	}
}

static int compare_grams(const void *left, const void *right)
{
	const struct kanary_model_gram *a = left, *b = right;

	return a->bin < b->bin ? -1 : a->bin > b->bin;
}

static void write_grams(const struct work *work, struct kanary_grams *grams)
{
	uint32_t order = work->count.order, length, i, state;
	struct kanary_model_gram *gram;

	for (length = 1; length <= order; length++)
		for (i = 0; i < work->count.level[length].count; i++)
			if (work->smoothing[length].kept[i])
				grams->start[state_of(work, length - 1,
					work->count.level[length].gram[i].context) + 1]++;
	for (state = 0; state < grams->states; state++)
		grams->start[state + 1] += grams->start[state];
	/* each start moves to its end while the grams are put in, and back again */
	for (length = 1; length <= order; length++) {
		for (i = 0; i < work->count.level[length].count; i++) {
			const struct kanary_grams_gram *counted =
				&work->count.level[length].gram[i];

			if (!work->smoothing[length].kept[i])
				continue;
			state = state_of(work, length - 1, counted->context);
			gram = &grams->gram[grams->start[state]++];
			gram->bin = counted->bin;
			gram->bits = bits_of(work->smoothing[length].probability[i]);
			gram->next = length < order ? state_of(work, length, i) :
						      state_of(work, length - 1, counted->shorter);
		}
	}
	memmove(grams->start + 1, grams->start, grams->states * sizeof(*grams->start));
	grams->start[0] = 0;
	for (state = 0; state < grams->states; state++)
		qsort(grams->gram + grams->start[state],
		      grams->start[state + 1] - grams->start[state], sizeof(*gram),
		      compare_grams);
}

static bool work_create(struct work *work)
{
	uint32_t length;

	work->smoothing = calloc(work->count.order + 1, sizeof(*work->smoothing));
	if (!work->smoothing)
		return false;
	for (length = 0; length <= work->count.order; length++)
		if (!smoothing_create(&work->smoothing[length],
				      length ? work->count.level[length - 1].count : 0,
				      work->count.level[length].count))
			return false;
	return true;
}

static void work_free(struct work *work)
{
	uint32_t length;

	for (length = 0; work->smoothing && length <= work->count.order; length++)
		smoothing_free(&work->smoothing[length]);
	free(work->smoothing);
	kanary_grams_count_free(&work->count);
}

bool kanary_grams_train(struct kanary_grams *grams, const struct kanary_dataset *dataset,
			uint32_t order, bool all)
{
	struct work work = { .cut = 1 };
	bool done = false;

	kanary_grams_train_free(grams);
	if (!kanary_grams_count(&work.count, dataset, order, all) || !work_create(&work))
		goto out;
	for (;; work.cut *= 2) {
		choose(&work, grams);
		if (grams->states <= KANARY_MODEL_STATES_MAX &&
		    grams->grams <= KANARY_MODEL_GRAMS_MAX)
			break;
	}
	grams->start = calloc(grams->states + 1, sizeof(*grams->start));
	grams->state = calloc(grams->states + 1, sizeof(*grams->state));
	grams->gram = calloc(grams->grams + 1, sizeof(*grams->gram));
	if (!grams->start || !grams->state || !grams->gram)
		goto out;
	write_states(&work, grams);
	write_grams(&work, grams);
	done = true;
out:
	if (!done)
		kanary_grams_train_free(grams);
	work_free(&work);
	return done;
}

void kanary_grams_train_free(struct kanary_grams *grams)
{
	free(grams->start);
	free(grams->state);
	free(grams->gram);
	memset(grams, 0, sizeof(*grams));
}
