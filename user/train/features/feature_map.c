// SPDX-License-Identifier: GPL-2.0
#include "feature_map.h"

#include <stdlib.h>
#include <string.h>

#include "feature.h"
#include "vector.h"

/* Shared inputs where there is room: fewer unrelated calls meet in one of them. */
#define SHARED_WANTED 8
#define TOTAL_MAX 0x7fffffffu

struct frequency {
	uint32_t vectors;
	uint32_t bin;
};

static int compare_frequencies(const void *left, const void *right)
{
	const struct frequency *a = left, *b = right;

	if (a->vectors != b->vectors)
		return a->vectors > b->vectors ? -1 : 1;
	return a->bin < b->bin ? -1 : a->bin > b->bin;
}

void kanary_feature_map_choose(struct kanary_feature_map *features,
			    const struct kanary_dataset *dataset, uint32_t inputs,
			    uint32_t decay_limit)
{
	struct frequency frequency[KANARY_BINS];
	uint32_t bin, run, i, j, own, rare, shared, seen = 0;

	for (bin = 0; bin < KANARY_BINS; bin++)
		frequency[bin] = (struct frequency){ .bin = bin };
	for (run = 0; run < dataset->runs; run++) {
		if (dataset->run[run].part == KANARY_DATASET_CALIBRATION)
			continue;
		for (i = 0; i < dataset->run[run].length; i++) {
			const struct kanary_vector *vector =
				kanary_dataset_vector(dataset, dataset->run[run].first + i);
			uint32_t length = kanary_vector_calls(vector);

			for (j = 0; j < length; j++)
				frequency[vector->counts[j].bin].vectors++;
		}
	}
	qsort(frequency, KANARY_BINS, sizeof(*frequency), compare_frequencies);
	while (seen < KANARY_BINS && frequency[seen].vectors)
		seen++;

	/* each that was seen on its own, if there is room; else the rarest share */
	shared = KANARY_FEATURE_MAP_SHARED;
	own = seen + shared <= inputs ? seen : inputs - 2 * shared;
	rare = own < seen ? shared : 0;
	if (own + SHARED_WANTED < inputs && !rare)
		shared = SHARED_WANTED + (own & 1);
	else if (!rare)
		shared = inputs - own;
	features->first = 0;
	features->bins = KANARY_BINS;
	features->clock = NULL;
	features->seen = own;
	features->decay_limit = decay_limit;
	features->inputs = own + rare + shared;
	for (i = 0; i < KANARY_BINS; i++) {
		/* Knuth's multiplicative hash: numbers that lie together part */
		uint32_t hash = (frequency[i].bin * 2654435761u) >> 16;
		u16 *input = &features->map[frequency[i].bin];

		if (i < own)
			*input = i;
		else if (i < seen)
			*input = own + hash % rare;
		else
			*input = own + rare + hash % shared;
	}
}

/* Neighbouring bins share an input. */
void kanary_feature_map_paths(struct kanary_feature_map *features, uint32_t inputs,
			      const struct kanary_feature_map *clock)
{
	uint32_t i;

	features->first = KANARY_PATH_FIRST;
	features->bins = KANARY_PATH_BINS;
	features->seen = inputs;
	features->inputs = inputs;
	features->decay_limit = clock->decay_limit;
	features->clock = clock;
	for (i = 0; i < KANARY_PATH_BINS; i++)
		features->map[i] = i * inputs / KANARY_PATH_BINS;
}

uint32_t kanary_feature_map_used(const struct kanary_feature_map *features,
				 const struct kanary_dataset *dataset)
{
	bool used[KANARY_MODEL_INPUTS_MAX] = { false };
	uint32_t number, i, bin, count = 0;

	for (number = 0; number < dataset->count; number++) {
		const struct kanary_vector *vector = kanary_dataset_vector(dataset, number);

		for (i = 0; i < vector->length; i++) {
			bin = vector->counts[i].bin - features->first;
			if (bin < features->bins)
				used[features->map[bin]] = true;
		}
	}
	for (i = 0; i < features->inputs; i++)
		count += used[i];
	return count;
}

static void values(const u32 *counts, u32 total, uint32_t inputs, s16 *x)
{
	u64 reciprocal = kanary_feature_reciprocal(total);
	uint32_t i;

	for (i = 0; i < inputs; i++)
		x[i] = kanary_feature_value(counts[i], reciprocal);
}

static void count(const struct kanary_feature_map *features, const struct kanary_vector *vector,
		  u32 *counts, u32 *total)
{
	uint32_t i, bin;

	for (i = 0; i < vector->length; i++) {
		bin = vector->counts[i].bin - features->first;
		if (bin >= features->bins)
			continue;
		counts[features->map[bin]] += vector->counts[i].count;
		*total += vector->counts[i].count;
	}
}

static void halve(const struct kanary_feature_map *features, u32 *counts, u32 *total)
{
	uint32_t i;

	*total = 0;
	for (i = 0; i < features->inputs; i++)
		*total += counts[i] /= 2;
}

void kanary_feature_map_add(const struct kanary_feature_map *features,
			 struct kanary_feature_counts *state, const struct kanary_vector *vector,
			 s16 *x)
{
	const u32 *clock = features->clock ? &state->clock_total : &state->total;
	u32 limit = features->decay_limit ? features->decay_limit : TOTAL_MAX;

	count(features, vector, state->counts, &state->total);
	if (features->clock)
		count(features->clock, vector, state->clock_counts, &state->clock_total);
	while (*clock > limit) {
		halve(features, state->counts, &state->total);
		if (features->clock)
			halve(features->clock, state->clock_counts, &state->clock_total);
	}
	values(state->counts, state->total, features->inputs, x);
}

void kanary_feature_map_own(const struct kanary_feature_map *features,
			 const struct kanary_vector *vector, s16 *x)
{
	u32 counts[KANARY_MODEL_INPUTS_MAX] = { 0 };
	uint32_t i, length = kanary_vector_calls(vector);

	for (i = 0; i < length; i++)
		counts[features->map[vector->counts[i].bin]] += vector->counts[i].count;
	values(counts, vector->calls, features->inputs, x);
}
