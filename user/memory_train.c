// SPDX-License-Identifier: GPL-2.0
#include "memory_train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Histograms that are looked at. */
#define CANDIDATES_MAX 16384
/* Neighbour whose distance is the radius. */
#define NEIGHBOUR 10
/* What chance alone makes of the distance of a process of few calls. */
#define RADIUS_CHANCE 0.02
/* What is nearer than this to an item needs none of its own. */
#define COVERED 0.005
#define SCALE_UNIT 4096.0
#define FEATURE_MAX 32767

/**
 * struct candidates - histograms, to choose from
 * @count: of them
 * @start: [@count + 1], first entry of each
 * @entry: square roots of the shares that are not 0, Q0.15
 * @run: of each, its number
 * @runs: highest of them, and one
 * @distance: of each to the nearest item
 * @item: of each, that item
 */
struct candidates {
	uint32_t count;
	uint32_t *start;
	struct kanary_model_entry *entry;
	uint32_t *run;
	uint32_t runs;
	float *distance;
	uint32_t *item;
};

/**
 * struct walk - through the vectors, as the kernel would count them
 * @count: of each bin, after decay
 * @calls: sum of the native and 32-bit calls, which is what decays
 */
struct walk {
	uint32_t count[KANARY_ORDER_BINS];
	uint64_t total;
	uint64_t calls;
};

static void walk_add(struct walk *walk, const struct kanary_memory *memory,
		     const struct kanary_vector *vector, uint32_t decay_limit)
{
	uint32_t i, bin;

	for (i = 0; i < vector->length; i++) {
		bin = vector->counts[i].bin - memory->first;
		if (vector->counts[i].bin >= memory->first && bin < memory->bins)
			walk->count[bin] += vector->counts[i].count;
	}
	walk->calls += vector->calls;
	while (decay_limit && walk->calls > decay_limit) {
		walk->calls /= 2;
		for (i = 0; i < memory->bins; i++)
			walk->count[i] /= 2;
	}
	walk->total = 0;
	for (i = 0; i < memory->bins; i++)
		walk->total += walk->count[i];
}

static bool wanted(const struct kanary_dataset_run *run, bool all)
{
	return all || run->part != KANARY_DATASET_CALIBRATION;
}

/* Calls @take for each vector that is to be a candidate, with the counts up to it. */
static bool walk_dataset(const struct kanary_memory *memory, const struct kanary_dataset *dataset,
			 uint32_t decay_limit, bool all,
			 bool (*take)(void *taker, const struct walk *walk, uint32_t run),
			 void *taker)
{
	uint32_t step = (dataset->count + CANDIDATES_MAX - 1) / CANDIDATES_MAX;
	uint32_t number = 0, run, i;
	struct walk walk;

	for (run = 0; run < dataset->runs; run++) {
		if (!wanted(&dataset->run[run], all))
			continue;
		memset(&walk, 0, sizeof(walk));
		for (i = 0; i < dataset->run[run].length; i++) {
			walk_add(&walk, memory, kanary_dataset_vector(dataset,
				 dataset->run[run].first + i), decay_limit);
			if (number++ % step || !walk.total)
				continue;
			if (!take(taker, &walk, run))
				return false;
		}
	}
	return true;
}

/**
 * struct filling - of the candidates
 * @entries: used
 * @size: of the arrays
 */
struct filling {
	struct kanary_memory *memory;
	struct candidates *candidates;
	uint32_t room;
	size_t entries;
	size_t size;
};

static bool make_room(struct filling *filling)
{
	struct candidates *candidates = filling->candidates;
	size_t size = filling->entries + filling->memory->bins;
	void *grown;

	if (size <= filling->size)
		return true;
	grown = realloc(candidates->entry, 2 * size * sizeof(*candidates->entry));
	if (!grown)
		return false;
	candidates->entry = grown;
	filling->size = 2 * size;
	return true;
}

/* Entries hold bins until the items are chosen: only bins of these get a column. */
static bool take_candidate(void *taker, const struct walk *walk, uint32_t run)
{
	struct filling *filling = taker;
	struct kanary_memory *memory = filling->memory;
	struct candidates *candidates = filling->candidates;
	struct kanary_model_entry *entry;
	uint32_t bin;

	if (candidates->count == filling->room || !make_room(filling))
		return candidates->count == filling->room;
	for (bin = 0; bin < memory->bins; bin++) {
		long value = lrint(32768 * sqrt((double)walk->count[bin] / walk->total));

		if (!value)
			continue;
		entry = &candidates->entry[filling->entries++];
		entry->column = bin;
		entry->value = value < FEATURE_MAX ? value : FEATURE_MAX;
	}
	candidates->run[candidates->count++] = run;
	candidates->start[candidates->count] = filling->entries;
	return true;
}

static void candidates_free(struct candidates *candidates)
{
	free(candidates->start);
	free(candidates->entry);
	free(candidates->run);
	free(candidates->distance);
	free(candidates->item);
}

static bool gather(struct candidates *candidates, struct kanary_memory *memory,
		   const struct kanary_dataset *dataset, uint32_t decay_limit, bool all)
{
	struct filling filling = { memory, candidates, 0, 0, 0 };
	uint32_t i;

	filling.room = dataset->count < CANDIDATES_MAX ? dataset->count : CANDIDATES_MAX;
	memset(candidates, 0, sizeof(*candidates));
	candidates->runs = dataset->runs;
	candidates->start = calloc(filling.room + 1, sizeof(*candidates->start));
	candidates->run = calloc(filling.room, sizeof(*candidates->run));
	candidates->distance = calloc(filling.room, sizeof(*candidates->distance));
	candidates->item = calloc(filling.room, sizeof(*candidates->item));
	if (!candidates->start || !candidates->run || !candidates->distance || !candidates->item ||
	    !walk_dataset(memory, dataset, decay_limit, all, take_candidate, &filling)) {
		candidates_free(candidates);
		return false;
	}
	for (i = 0; i < candidates->count; i++)
		candidates->distance[i] = INFINITY;
	return true;
}

static float distance(const struct candidates *candidates, uint32_t number, const float *x)
{
	const struct kanary_model_entry *entry = candidates->entry + candidates->start[number];
	const struct kanary_model_entry *end = candidates->entry + candidates->start[number + 1];
	float likeness = 0;

	for (; entry < end; entry++)
		likeness += x[entry->column] * entry->value;
	return likeness < 1 ? 1 - likeness : 0;
}

/* Dense, in units of 1 / 2^15 of an entry. */
static void expand(const struct candidates *candidates, uint32_t number, float *x)
{
	uint32_t i;

	memset(x, 0, KANARY_ORDER_BINS * sizeof(*x));
	for (i = candidates->start[number]; i < candidates->start[number + 1]; i++)
		x[candidates->entry[i].column] = candidates->entry[i].value * 0x1p-30f;
}

static int compare_floats(const void *left, const void *right)
{
	float a = *(const float *)left, b = *(const float *)right;

	return (a > b) - (a < b);
}

/* Distance of the tenth nearest of the runs that the item @number is not from. */
static double neighbour(const struct candidates *candidates, uint32_t number, const float *to,
			float *nearest)
{
	uint32_t found = 0, i;

	for (i = 0; i < candidates->runs; i++)
		nearest[i] = INFINITY;
	for (i = 0; i < candidates->count; i++) {
		uint32_t run = candidates->run[i];

		if (run != candidates->run[number] && to[i] < nearest[run])
			nearest[run] = to[i];
	}
	qsort(nearest, candidates->runs, sizeof(*nearest), compare_floats);
	while (found < NEIGHBOUR && found < candidates->runs && isfinite(nearest[found]))
		found++;
	return found ? nearest[found - 1] : 1;
}

static void add_item(struct kanary_memory *memory, const struct candidates *candidates,
		     uint32_t number)
{
	uint32_t from = candidates->start[number], to = candidates->start[number + 1];
	struct kanary_model_entry *entry = memory->entry + memory->start[memory->items];

	memcpy(entry, candidates->entry + from, (to - from) * sizeof(*entry));
	memory->items++;
	memory->start[memory->items] = memory->start[memory->items - 1] + to - from;
}

/* Where items ran out, each reaches to all that it is the nearest item of. */
static void set_scales(struct kanary_memory *memory, const struct candidates *candidates,
		       double *radius)
{
	uint32_t i;

	for (i = 0; i < candidates->count; i++)
		if (candidates->distance[i] > radius[candidates->item[i]])
			radius[candidates->item[i]] = candidates->distance[i];
	for (i = 0; i < memory->items; i++)
		memory->scale[i] = (u32)lrint(SCALE_UNIT / (radius[i] + RADIUS_CHANCE));
}

/* The next item is the candidate that is farthest from all items so far. */
static bool choose(struct kanary_memory *memory, struct candidates *candidates, uint32_t items)
{
	float *x = malloc(KANARY_ORDER_BINS * sizeof(*x));
	float *to = malloc(candidates->count * sizeof(*to));
	float *nearest = malloc(candidates->runs * sizeof(*nearest));
	double *radius = calloc(items, sizeof(*radius));
	bool done = x && to && nearest && radius;
	uint32_t next = 0, size, i;

	while (done && memory->items < items && candidates->distance[next] > COVERED) {
		size = candidates->start[next + 1] - candidates->start[next];
		if (memory->start[memory->items] + size > KANARY_MODEL_ENTRIES_MAX)
			break;
		expand(candidates, next, x);
		for (i = 0; i < candidates->count; i++) {
			to[i] = distance(candidates, i, x);
			if (to[i] < candidates->distance[i]) {
				candidates->distance[i] = to[i];
				candidates->item[i] = memory->items;
			}
		}
		radius[memory->items] = neighbour(candidates, next, to, nearest);
		add_item(memory, candidates, next);
		for (next = 0, i = 1; i < candidates->count; i++)
			if (candidates->distance[i] > candidates->distance[next])
				next = i;
	}
	if (done)
		set_scales(memory, candidates, radius);
	free(x);
	free(to);
	free(nearest);
	free(radius);
	return done;
}

/* From bins to columns; ascending bins have ascending columns, and their number is even. */
static void number_columns(struct kanary_memory *memory)
{
	uint32_t bin, i;

	for (i = 0; i < memory->start[memory->items]; i++)
		memory->column[memory->entry[i].column] = 0;
	for (bin = 0; bin < memory->bins; bin++)
		if (memory->column[bin] != KANARY_MODEL_NO_COLUMN)
			memory->column[bin] = memory->columns++;
	memory->columns += memory->columns % 2;
	for (i = 0; i < memory->start[memory->items]; i++)
		memory->entry[i].column = memory->column[memory->entry[i].column];
}

bool kanary_memory_train(struct kanary_memory *memory, const struct kanary_dataset *dataset,
			 uint32_t decay_limit, uint32_t items, bool all)
{
	struct candidates candidates;
	bool done = false;
	uint32_t bin;

	kanary_memory_train_free(memory);
	memory->columns = 0;
	for (bin = 0; bin < memory->bins; bin++)
		memory->column[bin] = KANARY_MODEL_NO_COLUMN;
	if (!gather(&candidates, memory, dataset, decay_limit, all))
		return false;
	memory->scale = calloc(items, sizeof(*memory->scale));
	memory->start = calloc(items + 1, sizeof(*memory->start));
	memory->entry = calloc(candidates.start[candidates.count] + 1, sizeof(*memory->entry));
	if (memory->scale && memory->start && memory->entry &&
	    (!candidates.count || choose(memory, &candidates, items))) {
		number_columns(memory);
		done = true;
	}
	candidates_free(&candidates);
	return done;
}

void kanary_memory_train_free(struct kanary_memory *memory)
{
	free(memory->scale);
	free(memory->start);
	free(memory->entry);
	memory->scale = NULL;
	memory->start = NULL;
	memory->entry = NULL;
	memory->items = 0;
}
