/* SPDX-License-Identifier: GPL-2.0 */
/* What is learned by heart: the farthest first, with a radius by its neighbours, within limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "memory_head.h"
#include "memory_train.h"
#include "model_fixture.h"
#include "vector.h"

/* As the source has them. */
#define CHANCE 0.02
#define COVERED 0.005
#define NEIGHBOUR 10
/* Of distances between vectors of 1 / 2^15. */
#define SLACK 1e-4

enum { PERIOD = 1000, SPREAD = 30 };

/* One vector of one stream, of which each is a run; @counts by ascending bin. */
static void add(struct kanary_dataset *dataset, uint32_t stream, uint32_t index,
		const struct kanary_count *counts, uint32_t length)
{
	_Alignas(8) static uint8_t bytes[KANARY_VECTOR_SIZE_MAX];
	struct kanary_vector *vector = (struct kanary_vector *)bytes;
	uint32_t i;

	memset(vector, 0, sizeof(*vector));
	vector->stream = stream;
	vector->time = 1000 * stream + index;
	vector->index = index;
	vector->length = length;
	memcpy(vector->counts, counts, length * sizeof(*counts));
	for (i = 0; i < length; i++)
		if (counts[i].bin < KANARY_BINS)
			vector->calls += counts[i].count;
	assert_true(kanary_dataset_add(dataset, 0, vector));
}

/* Each stream is a run, and for training. */
static void finish(struct kanary_dataset *dataset)
{
	uint32_t i;

	assert_true(kanary_dataset_finish(dataset));
	dataset->runs = dataset->streams;
	dataset->run = calloc(dataset->runs + 1, sizeof(*dataset->run));
	for (i = 0; i < dataset->runs; i++) {
		dataset->run[i].first = dataset->stream[i].first;
		dataset->run[i].length = dataset->stream[i].length;
		dataset->run[i].stream = i;
	}
}

/* A stream of one vector, a share of whose calls are of the second of two bins. */
static void add_mix(struct kanary_dataset *dataset, uint32_t stream, double share)
{
	struct kanary_count counts[2] = { { 10, 0 }, { 20, 0 } };

	counts[1].count = (uint16_t)lround(PERIOD * share);
	counts[0].count = (uint16_t)(PERIOD - counts[1].count);
	add(dataset, stream, 0, counts, 2);
}

static double mix_distance(double a, double b)
{
	return 1 - sqrt(a * b) - sqrt((1 - a) * (1 - b));
}

static void create(struct kanary_memory *memory, bool calls)
{
	memset(memory, 0, sizeof(*memory));
	memory->first = calls ? 0 : KANARY_BINS;
	memory->bins = calls ? KANARY_BINS : KANARY_ORDER_BINS;
}

static double radius(const struct kanary_memory *memory, uint32_t item)
{
	return 4096.0 / memory->scale[item] - CHANCE;
}

/* The share that an item of mixes has of the second bin. */
static double item_share(const struct kanary_memory *memory, uint32_t item)
{
	uint32_t end = memory->start[item + 1] - 1;

	assert_int_equal(memory->entry[end].column, memory->column[20]);
	return pow(memory->entry[end].value / 32768.0, 2);
}

static void farthest_are_taken_first(void **state)
{
	/* in the order of recording, and in that in which they are to be taken */
	static const double shares[] = { 0.5, 0.2, 0.97, 0.48, 0.03, 0.8, 0.52 };
	static const double order[] = { 0.5, 0.97, 0.03, 0.2, 0.8 };
	struct kanary_dataset dataset = { .period = PERIOD };
	struct kanary_memory memory;
	uint32_t i;

	for (i = 0; i < sizeof(shares) / sizeof(*shares); i++)
		add_mix(&dataset, i + 1, shares[i]);
	finish(&dataset);
	create(&memory, true);
	assert_true(kanary_memory_train(&memory, &dataset, 0, 100, false));
	/* 0.48 and 0.52 are so near to 0.5 that they need none */
	assert_int_equal(memory.items, 5);
	for (i = 0; i < memory.items; i++)
		if (fabs(item_share(&memory, i) - order[i]) > 0.001)
			fail_msg("item %u is %g, expected %g", i, item_share(&memory, i), order[i]);
	/* and with less room, the first of them */
	assert_true(kanary_memory_train(&memory, &dataset, 0, 3, false));
	assert_int_equal(memory.items, 3);
	assert_float_equal(item_share(&memory, 2), order[2], 0.001);
	kanary_memory_train_free(&memory);
	assert_int_equal(memory.items, 0);
	kanary_dataset_free(&dataset);
}

/* A stream of @vectors that all have the same mix. */
static void add_even(struct kanary_dataset *dataset, uint32_t stream, uint32_t vectors,
		     uint16_t second)
{
	const struct kanary_count mix[] = { { 10, (uint16_t)(PERIOD - second) }, { 20, second } };
	uint32_t index;

	for (index = 0; index < vectors; index++)
		add(dataset, stream, index, mix, 2);
}

/* A dozen of its like are in one run, and all others come twice: the tenth run counts. */
static void radius_is_the_tenth_run(void **state)
{
	static const uint16_t others[] = {
		505, 900, 700, 700, 510, 700, 900, 800, 700, 700, 900, 515, 700,
	};
	struct kanary_dataset dataset = { .period = PERIOD };
	struct kanary_memory memory;
	double expected;
	uint32_t i;

	add_even(&dataset, 1, 12, 500);
	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		add_even(&dataset, 2 + i, 2, others[i]);
	finish(&dataset);
	create(&memory, true);
	assert_true(kanary_memory_train(&memory, &dataset, 0, 100, false));
	assert_int_equal(memory.items, 4);
	assert_float_equal(item_share(&memory, 0), 0.5, 0.001);
	expected = mix_distance(0.5, 0.8);
	if (fabs(radius(&memory, 0) - expected) > SLACK)
		fail_msg("radius %g, expected %g", radius(&memory, 0), expected);
	/* alone, it stands for all, and has to reach them */
	assert_true(kanary_memory_train(&memory, &dataset, 0, 1, false));
	assert_int_equal(memory.items, 1);
	expected = mix_distance(0.5, 0.9);
	if (fabs(radius(&memory, 0) - expected) > SLACK)
		fail_msg("alone, radius %g, expected %g", radius(&memory, 0), expected);
	kanary_memory_train_free(&memory);
	kanary_dataset_free(&dataset);
}

static void radius_of_few_runs_is_the_farthest(void **state)
{
	struct kanary_dataset dataset = { .period = PERIOD };
	struct kanary_memory memory;

	add_mix(&dataset, 1, 0.5);
	finish(&dataset);
	create(&memory, true);
	assert_true(kanary_memory_train(&memory, &dataset, 0, 10, false));
	assert_int_equal(memory.items, 1);
	/* nobody to compare with: as far as can be; 4096 / 1.02 */
	assert_int_equal(memory.scale[0], 4016);
	kanary_dataset_free(&dataset);

	memset(&dataset, 0, sizeof(dataset));
	dataset.period = PERIOD;
	add_mix(&dataset, 1, 0.5);
	add_mix(&dataset, 2, 0.6);
	add_mix(&dataset, 3, 0.9);
	finish(&dataset);
	assert_true(kanary_memory_train(&memory, &dataset, 0, 1, false));
	assert_float_equal(radius(&memory, 0), mix_distance(0.5, 0.9), SLACK);
	kanary_memory_train_free(&memory);
	kanary_dataset_free(&dataset);
}

/* Histograms as they are at each vector, in real numbers: [count][SPREAD]. */
struct plain {
	uint32_t count;
	uint32_t run[4000];
	double x[4000][SPREAD];
};

/* Streams of up to five vectors of up to SPREAD bins; @plain, where the counts decay at @limit. */
static void fill_random(struct kanary_dataset *dataset, struct plain *plain, uint64_t *random,
			uint32_t first, uint32_t limit)
{
	uint32_t stream, index, bin, length, calls, total, vectors, kinds;
	struct kanary_count counts[SPREAD + 1];
	uint32_t sum[SPREAD];

	memset(plain, 0, sizeof(*plain));
	for (stream = 0; stream < 150; stream++) {
		vectors = 1 + model_fixture_random(random) % 5;
		kinds = 1 + model_fixture_random(random) % 6;
		memset(sum, 0, sizeof(sum));
		for (index = 0, total = 0; index < vectors; index++) {
			length = calls = 0;
			for (bin = 0; bin < SPREAD; bin++) {
				if (model_fixture_random(random) % SPREAD > 2 * kinds)
					continue;
				counts[length].bin = (uint16_t)(first + 3 * bin);
				counts[length].count =
					(uint16_t)(1 + model_fixture_random(random) % 300);
				sum[bin] += counts[length].count;
				calls += counts[length++].count;
			}
			if (!length) {
				counts[length].bin = (uint16_t)first;
				counts[length++].count = 1;
				sum[0]++;
				calls = 1;
			}
			add(dataset, stream + 1, index, counts, length);
			for (total += calls; limit && total > limit; total /= 2)
				for (bin = 0; bin < SPREAD; bin++)
					sum[bin] /= 2;
			for (calls = 0, bin = 0; bin < SPREAD; bin++)
				calls += sum[bin];
			for (bin = 0; bin < SPREAD; bin++)
				plain->x[plain->count][bin] = sqrt((double)sum[bin] / calls);
			plain->run[plain->count++] = stream;
		}
	}
	finish(dataset);
	assert_int_equal(dataset->count, plain->count);
}

static double plain_distance(const double *a, const double *b)
{
	double likeness = 0;
	int bin;

	for (bin = 0; bin < SPREAD; bin++)
		likeness += a[bin] * b[bin];
	return 1 - likeness;
}

/* Which of the histograms an item is. */
static uint32_t find_item(const struct plain *plain, const struct kanary_memory *memory,
			  uint32_t item)
{
	double x[SPREAD] = { 0 }, difference, least = INFINITY;
	uint32_t i, bin, best = 0;

	for (i = memory->start[item]; i < memory->start[item + 1]; i++)
		for (bin = 0; bin < SPREAD; bin++)
			if (memory->column[3 * bin] == memory->entry[i].column)
				x[bin] = memory->entry[i].value / 32768.0;
	for (i = 0; i < plain->count; i++) {
		for (difference = 0, bin = 0; bin < SPREAD; bin++)
			difference = fmax(difference, fabs(x[bin] - plain->x[i][bin]));
		if (difference < least) {
			least = difference;
			best = i;
		}
	}
	if (least > 1.0 / 32768)
		fail_msg("item %u is off by %g from any histogram", item, least);
	return best;
}

static int compare_doubles(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static double plain_radius(const struct plain *plain, uint32_t number)
{
	double nearest[150], distance;
	uint32_t i;

	for (i = 0; i < 150; i++)
		nearest[i] = INFINITY;
	for (i = 0; i < plain->count; i++) {
		distance = plain_distance(plain->x[number], plain->x[i]);
		if (plain->run[i] != plain->run[number])
			nearest[plain->run[i]] = fmin(nearest[plain->run[i]], distance);
	}
	qsort(nearest, 150, sizeof(*nearest), compare_doubles);
	return nearest[NEIGHBOUR - 1];
}

/* Each item farther from those before it than any other histogram, until all are covered. */
static void check_items(const struct plain *plain, const struct kanary_memory *memory,
			uint32_t room)
{
	double *left = malloc(plain->count * sizeof(*left)), farthest, expected, distance;
	double *radius = malloc(memory->items * sizeof(*radius));
	uint32_t *owner = malloc(plain->count * sizeof(*owner));
	uint32_t item, number, i;

	for (i = 0; i < plain->count; i++)
		left[i] = INFINITY;
	for (item = 0; item <= memory->items; item++) {
		for (farthest = 0, i = 0; i < plain->count; i++)
			farthest = fmax(farthest, left[i]);
		if (item == memory->items)
			break;
		number = find_item(plain, memory, item);
		if (!item)
			assert_int_equal(number, 0);
		else if (left[number] < farthest - SLACK || farthest < COVERED - SLACK)
			fail_msg("item %u is %g from those before, the farthest is %g", item,
				 left[number], farthest);
		for (i = 0; i < plain->count; i++) {
			distance = plain_distance(plain->x[number], plain->x[i]);
			if (distance < left[i]) {
				left[i] = distance;
				owner[i] = item;
			}
		}
		radius[item] = plain_radius(plain, number);
	}
	for (i = 0; i < plain->count; i++)
		radius[owner[i]] = fmax(radius[owner[i]], left[i]);
	for (item = 0; item < memory->items; item++) {
		expected = 4096 / (radius[item] + CHANCE);
		if (fabs(memory->scale[item] - expected) > 1 + expected * SLACK / CHANCE)
			fail_msg("item %u has scale %u, expected %g", item, memory->scale[item],
				 expected);
	}
	if (memory->items < room && farthest > COVERED + SLACK)
		fail_msg("%u items of %u, but a histogram is %g away", memory->items, room,
			 farthest);
	free(left);
	free(radius);
	free(owner);
}

/* Columns in the order of bins, one each for all bins of any item, and one more if they are odd. */
static void check_columns(const struct kanary_memory *memory)
{
	uint32_t bin, item, i, columns = 0;
	bool used[KANARY_ORDER_BINS] = { false };

	for (bin = 0; bin < memory->bins; bin++)
		if (memory->column[bin] != KANARY_MODEL_NO_COLUMN)
			assert_int_equal(memory->column[bin], columns++);
	assert_int_equal(memory->columns, columns + columns % 2);
	assert_int_equal(memory->start[0], 0);
	for (item = 0; item < memory->items; item++) {
		assert_true(memory->start[item + 1] > memory->start[item]);
		for (i = memory->start[item]; i < memory->start[item + 1]; i++) {
			assert_true(memory->entry[i].column < columns);
			assert_true(memory->entry[i].value > 0);
			if (i > memory->start[item])
				assert_true(memory->entry[i].column > memory->entry[i - 1].column);
			used[memory->entry[i].column] = true;
		}
	}
	for (i = 0; i < columns; i++)
		assert_true(used[i]);
}

static void agrees_with_the_plain_version(void **state)
{
	static const uint32_t rooms[] = { 1, 2, 50, 4096 };
	struct plain *plain = malloc(sizeof(*plain));
	uint32_t trial, odd = 0, even = 0;
	uint64_t random = 5;

	for (trial = 0; trial < 16; trial++) {
		struct kanary_dataset dataset = { .period = PERIOD };
		uint32_t limit = trial % 3 ? 0 : 2500, room = rooms[trial / 2 % 4];
		struct kanary_memory memory;

		/* what counts towards the decay are calls: with triples alone, there is none */
		create(&memory, limit || trial % 2);
		fill_random(&dataset, plain, &random, memory.first, limit);
		assert_true(kanary_memory_train(&memory, &dataset, limit, room, false));
		assert_in_range(memory.items, 1, room);
		check_columns(&memory);
		check_items(plain, &memory, room);
		odd += memory.column[3 * (SPREAD - 1)] % 2 == 0;
		even += memory.column[3 * (SPREAD - 1)] % 2;
		kanary_memory_train_free(&memory);
		kanary_dataset_free(&dataset);
	}
	assert_true(odd && even);
	free(plain);
}

static void entries_are_limited(void **state)
{
	struct kanary_dataset dataset = { .period = PERIOD };
	struct kanary_count counts[KANARY_ORDER_BINS];
	struct kanary_memory memory;
	uint64_t random = 3;
	uint32_t stream, i;

	/* each has all bins, and is far from all others */
	for (stream = 1; stream <= 270; stream++) {
		for (i = 0; i < KANARY_ORDER_BINS; i++)
			counts[i] = (struct kanary_count){
				(uint16_t)(KANARY_BINS + i),
				(uint16_t)(1 + model_fixture_random(&random) % 30),
			};
		add(&dataset, stream, 0, counts, KANARY_ORDER_BINS);
	}
	finish(&dataset);
	create(&memory, false);
	assert_true(kanary_memory_train(&memory, &dataset, 0, 4096, false));
	assert_int_equal(memory.items, KANARY_MODEL_ENTRIES_MAX / KANARY_ORDER_BINS);
	assert_int_equal(memory.start[memory.items], KANARY_MODEL_ENTRIES_MAX);
	assert_int_equal(memory.columns, KANARY_ORDER_BINS);
	kanary_memory_train_free(&memory);
	kanary_dataset_free(&dataset);
}

static void calibration_is_learned_when_asked_for(void **state)
{
	struct kanary_dataset dataset = { .period = PERIOD };
	struct kanary_memory memory;

	add_mix(&dataset, 1, 0.1);
	add_mix(&dataset, 2, 0.9);
	add_mix(&dataset, 3, 0.5);
	finish(&dataset);
	dataset.run[0].part = KANARY_DATASET_VALIDATION;
	dataset.run[1].part = KANARY_DATASET_CALIBRATION;
	create(&memory, true);
	assert_true(kanary_memory_train(&memory, &dataset, 0, 10, false));
	assert_int_equal(memory.items, 2);
	assert_float_equal(item_share(&memory, 0), 0.1, 0.001);
	assert_float_equal(item_share(&memory, 1), 0.5, 0.001);
	/* nor is it a neighbour */
	assert_float_equal(radius(&memory, 0), mix_distance(0.1, 0.5), SLACK);
	assert_true(kanary_memory_train(&memory, &dataset, 0, 10, true));
	assert_int_equal(memory.items, 3);
	assert_float_equal(item_share(&memory, 1), 0.9, 0.001);
	assert_float_equal(radius(&memory, 0), mix_distance(0.1, 0.9), SLACK);
	kanary_memory_train_free(&memory);
	kanary_dataset_free(&dataset);
}

static void assert_empty(const struct kanary_memory *memory)
{
	uint32_t bin;

	assert_int_equal(memory->items, 0);
	assert_int_equal(memory->columns, 0);
	assert_int_equal(memory->start[0], 0);
	for (bin = 0; bin < memory->bins; bin++)
		assert_int_equal(memory->column[bin], KANARY_MODEL_NO_COLUMN);
}

/* No triples in an old recording, nothing to learn from, and nothing at all. */
static void of_nothing_there_are_no_items(void **state)
{
	struct kanary_dataset dataset = { .period = PERIOD }, none = { .period = PERIOD };
	struct kanary_memory memory;

	add_mix(&dataset, 1, 0.5);
	add_mix(&dataset, 2, 0.1);
	finish(&dataset);
	finish(&none);
	create(&memory, false);
	assert_true(kanary_memory_train(&memory, &dataset, 0, 10, true));
	assert_empty(&memory);
	kanary_memory_train_free(&memory);
	create(&memory, true);
	assert_true(kanary_memory_train(&memory, &dataset, 0, 10, false));
	assert_int_equal(memory.items, 2);
	/* what it knew before is gone */
	dataset.run[0].part = dataset.run[1].part = KANARY_DATASET_CALIBRATION;
	assert_true(kanary_memory_train(&memory, &dataset, 0, 10, false));
	assert_empty(&memory);
	assert_true(kanary_memory_train(&memory, &none, 0, 10, true));
	assert_empty(&memory);
	kanary_memory_train_free(&memory);
	kanary_dataset_free(&dataset);
	kanary_dataset_free(&none);
}

static void same_data_same_bytes(void **state)
{
	struct plain *plain = malloc(sizeof(*plain));
	struct kanary_dataset dataset = { .period = PERIOD };
	struct kanary_memory first, second;
	uint64_t random = 9;

	fill_random(&dataset, plain, &random, 0, 0);
	create(&first, true);
	create(&second, true);
	/* whatever was there before */
	assert_true(kanary_memory_train(&second, &dataset, 100, 7, false));
	assert_true(kanary_memory_train(&first, &dataset, 0, 60, false));
	assert_true(kanary_memory_train(&second, &dataset, 0, 60, false));
	assert_int_equal(first.items, second.items);
	assert_int_equal(first.columns, second.columns);
	assert_memory_equal(first.column, second.column, sizeof(first.column));
	assert_memory_equal(first.scale, second.scale, first.items * sizeof(*first.scale));
	assert_memory_equal(first.start, second.start, (first.items + 1) * sizeof(*first.start));
	assert_memory_equal(first.entry, second.entry,
			    first.start[first.items] * sizeof(*first.entry));
	kanary_memory_train_free(&first);
	kanary_memory_train_free(&second);
	kanary_dataset_free(&dataset);
	free(plain);
}

/* Of many vectors not all are looked at, but from all over the recording. */
static void long_recordings_are_sampled(void **state)
{
	struct kanary_dataset dataset = { .period = PERIOD };
	struct kanary_memory memory;
	uint32_t i;

	for (i = 0; i < 40000; i++)
		add_mix(&dataset, i + 1, i < 39000 ? 0.5 : 0.9);
	finish(&dataset);
	create(&memory, true);
	assert_true(kanary_memory_train(&memory, &dataset, 0, 10, false));
	assert_int_equal(memory.items, 2);
	assert_float_equal(item_share(&memory, 1), 0.9, 0.001);
	kanary_memory_train_free(&memory);
	kanary_dataset_free(&dataset);
}

/* What was learned is known when it comes again: trainer and head count alike. */
static void the_head_knows_what_was_learned(void **state)
{
	struct plain *plain = malloc(sizeof(*plain));
	struct kanary_dataset dataset = { .period = PERIOD };
	struct kanary_memory_head_state *stream;
	struct kanary_model_memory_shape shape = { 0 };
	struct kanary_memory memory;
	s16 x[KANARY_BINS];
	struct kanary_model_memory view;
	const struct kanary_vector *vector;
	uint64_t random = 11;
	uint32_t run, i, error, worst = 0;

	fill_random(&dataset, plain, &random, 0, 0);
	create(&memory, true);
	assert_true(kanary_memory_train(&memory, &dataset, 0, 4096, false));
	shape.items = (u16)memory.items;
	shape.columns = (u16)memory.columns;
	view = (struct kanary_model_memory){
		.shape = &shape, .bins = KANARY_BINS, .column = memory.column,
		.scale = memory.scale, .start = memory.start, .entry = memory.entry,
	};
	stream = malloc(kanary_memory_head_size(&view));
	for (run = 0; run < dataset.runs; run++) {
		memset(stream, 0, kanary_memory_head_size(&view));
		for (i = 0; i < dataset.run[run].length; i++) {
			vector = kanary_dataset_vector(&dataset, dataset.run[run].first + i);
			kanary_memory_head_add(&view, stream, vector->counts, vector->length);
			error = kanary_memory_head_error(&view, stream, x);
			worst = error > worst ? error : worst;
		}
	}
	/* what has no item of its own is covered by one whose radius is CHANCE at least */
	print_message("%u items for %u histograms, farthest at %g radii\n", memory.items,
		      plain->count, worst / 4096.0);
	assert_true(worst > 0 && worst <= 4096 * (COVERED + SLACK) / CHANCE);
	free(stream);
	kanary_memory_train_free(&memory);
	kanary_dataset_free(&dataset);
	free(plain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(farthest_are_taken_first),
		cmocka_unit_test(radius_is_the_tenth_run),
		cmocka_unit_test(radius_of_few_runs_is_the_farthest),
		cmocka_unit_test(agrees_with_the_plain_version),
		cmocka_unit_test(entries_are_limited),
		cmocka_unit_test(calibration_is_learned_when_asked_for),
		cmocka_unit_test(of_nothing_there_are_no_items),
		cmocka_unit_test(same_data_same_bytes),
		cmocka_unit_test(long_recordings_are_sampled),
		cmocka_unit_test(the_head_knows_what_was_learned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
