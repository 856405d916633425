// SPDX-License-Identifier: GPL-2.0
/* Which vectors belong together, who may be learned from, and what drift does to them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "recording/dataset_split.h"
#include "train/features/drift.h"
#include "train/features/feature_map.h"
#include "training_fixture.h"

static void add(struct kanary_dataset *dataset, uint32_t file, uint64_t stream, uint32_t index,
		const char *comm, uint16_t bin)
{
	_Alignas(8) uint8_t
		bytes[sizeof(struct kanary_vector) + sizeof(struct kanary_count)] = { 0 };
	struct kanary_vector *vector = (struct kanary_vector *)bytes;

	vector->stream = stream;
	vector->index = index;
	vector->time = (uint64_t)index * 1000000000;
	vector->calls = 5;
	vector->length = 1;
	snprintf(vector->comm, sizeof(vector->comm), "%s", comm);
	vector->counts[0].bin = bin;
	vector->counts[0].count = 5;
	assert_true(kanary_dataset_add(dataset, file, vector));
}

static void streams_are_found(void **state)
{
	struct kanary_dataset dataset = { 0 };
	uint32_t i;

	/* two streams in turns, one with a gap; the first's number again in another file */
	for (i = 0; i < 10; i++) {
		add(&dataset, 0, 1, i, "a", 0);
		if (i != 4)
			add(&dataset, 0, 2, i, "a", 0);
		add(&dataset, 1, 1, i, "a", 0);
	}
	assert_true(kanary_dataset_finish(&dataset));
	assert_int_equal(dataset.count, 29);
	assert_int_equal(dataset.streams, 4);
	assert_int_equal(dataset.stream[0].length, 10);
	assert_int_equal(dataset.stream[1].length, 4);
	assert_int_equal(dataset.stream[2].length, 5);
	assert_int_equal(dataset.stream[3].length, 10);
	assert_int_equal(kanary_dataset_vector(&dataset, dataset.stream[2].first)->index, 5);
	/* two recordings of one container, nine seconds each */
	assert_int_equal(dataset.containers, 2);
	assert_true(fabs(dataset.seconds - 18) < 1e-9);
	kanary_dataset_free(&dataset);
}

static void check_cover(const struct kanary_dataset *dataset)
{
	uint32_t expected = 0, part[KANARY_DATASET_PARTS] = { 0 }, i;

	for (i = 0; i < dataset->runs; i++) {
		assert_int_equal(dataset->run[i].first, expected);
		expected += dataset->run[i].length;
		part[dataset->run[i].part] += dataset->run[i].length;
	}
	assert_int_equal(expected, dataset->count);
	assert_memory_equal(part, dataset->in_part, sizeof(part));
}

static void long_streams_are_cut_into_blocks(void **state)
{
	struct kanary_dataset dataset;
	uint32_t i;

	/* as many as there are turns */
	training_fixture_dataset(&dataset, 5, 1000, 1);
	assert_true(kanary_dataset_split_make(&dataset, 16));
	check_cover(&dataset);
	for (i = 0; i < KANARY_DATASET_PARTS; i++)
		assert_in_range(dataset.in_part[i], i ? 700 : 2800, i ? 1100 : 3500);
	for (i = 0; i < dataset.runs; i++) {
		assert_true(dataset.run[i].length >= 32);
		/* the start of a stream is learned from */
		if (dataset.run[i].first % 1000 == 0) {
			assert_int_equal(dataset.run[i].part, KANARY_DATASET_TRAIN);
			assert_true(dataset.run[i].unmatched >= 16);
		}
	}
	kanary_dataset_free(&dataset);
}

static void short_streams_take_turns_by_program(void **state)
{
	struct kanary_dataset dataset = { 0 };
	uint32_t seen[3][KANARY_DATASET_PARTS] = { 0 }, i;

	for (i = 0; i < 40; i++)
		add(&dataset, 0, i, 0, i % 2 ? "odd" : "even", 0);
	add(&dataset, 0, 100, 0, "once", 0);
	assert_true(kanary_dataset_finish(&dataset));
	assert_true(kanary_dataset_split_make(&dataset, 16));
	check_cover(&dataset);
	for (i = 0; i < dataset.runs; i++) {
		const char *comm = kanary_dataset_vector(&dataset, dataset.run[i].first)->comm;
		int kind = !strcmp(comm, "odd") ? 1 : !strcmp(comm, "once") ? 2 : 0;

		seen[kind][dataset.run[i].part]++;
		assert_int_equal(dataset.run[i].unmatched, kind == 2);
	}
	for (i = 0; i < 2; i++) {
		assert_int_equal(seen[i][KANARY_DATASET_TRAIN], 12);
		assert_int_equal(seen[i][KANARY_DATASET_VALIDATION], 4);
		assert_int_equal(seen[i][KANARY_DATASET_CALIBRATION], 4);
	}
	assert_int_equal(seen[2][KANARY_DATASET_TRAIN], 1);
	kanary_dataset_free(&dataset);
}

/* Traces that are each named for themselves are one kind, not all of them rare. */
static void unique_names_are_one_kind(void **state)
{
	struct kanary_dataset dataset = { 0 };
	char name[KANARY_COMM_SIZE];
	uint32_t i;

	for (i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "trace-%u", i);
		add(&dataset, 0, i, 0, name, 0);
	}
	assert_true(kanary_dataset_finish(&dataset));
	assert_true(kanary_dataset_split_make(&dataset, 16));
	assert_int_equal(dataset.in_part[KANARY_DATASET_CALIBRATION], 10);
	assert_int_equal(dataset.in_part[KANARY_DATASET_VALIDATION], 10);
	kanary_dataset_free(&dataset);
}

/* Processes of @programs in turn; whether each turn holds some out, and none twice */
static void check_turns(uint32_t streams, const char *const *programs, uint32_t count)
{
	struct kanary_dataset dataset = { 0 };
	uint32_t held_out = 0, i;

	for (i = 0; i < streams; i++)
		add(&dataset, 0, i, 0, programs[i % count], 0);
	assert_true(kanary_dataset_finish(&dataset));
	for (dataset.turn = 0; dataset.turn < KANARY_DATASET_TURNS; dataset.turn++) {
		assert_true(kanary_dataset_split_make(&dataset, 0));
		assert_int_not_equal(dataset.in_part[KANARY_DATASET_CALIBRATION], 0);
		held_out += dataset.in_part[KANARY_DATASET_CALIBRATION];
	}
	assert_in_range(held_out, KANARY_DATASET_TURNS, streams);
	kanary_dataset_free(&dataset);
}

/* Eight processes are enough, whatever their names. */
static void every_turn_holds_some_out(void **state)
{
	static const char *const mixes[][8] = {
		{ "a", "b" }, { "a", "b", "c" }, { "a", "b", "c", "d" },
		{ "a", "a", "a", "b" }, { "a", "a", "a", "b", "b", "b", "c", "c" },
		{ "a", "a", "a", "a", "b", "c", "d", "e" }, { "a", "b", "c", "d", "e", "f" },
	};
	uint32_t i, count, streams;

	for (i = 0; i < sizeof(mixes) / sizeof(*mixes); i++) {
		for (count = 0; count < 8 && mixes[i][count]; count++)
			;
		for (streams = 8; streams < 49; streams++)
			check_turns(streams, mixes[i], count);
	}
}

/* Bins 40 to 49, in 1 to 10 vectors of training. */
static void make_bins(struct kanary_dataset *dataset)
{
	uint32_t i, k;

	for (i = 0; i < 10; i++)
		for (k = 0; k <= i; k++)
			add(dataset, 0, i, k, "x", 40 + i);
	assert_true(kanary_dataset_finish(dataset));
	assert_true(kanary_dataset_split_make(dataset, 0));
	for (i = 0; i < dataset->runs; i++)
		dataset->run[i].part = KANARY_DATASET_TRAIN;
}

static void features_are_chosen_by_frequency(void **state)
{
	struct kanary_feature_map features;
	struct kanary_dataset dataset = { 0 };
	uint32_t i, used[16] = { 0 };

	make_bins(&dataset);
	kanary_feature_map_choose(&features, &dataset, 12, 0);
	assert_int_equal(features.inputs, 12);
	assert_int_equal(features.seen, 4);
	for (i = 0; i < 4; i++)
		assert_int_equal(features.map[49 - i], i);
	/* the rare six share four inputs, and all that never were share four others */
	for (i = 0; i < KANARY_BINS; i++) {
		used[features.map[i]]++;
		if (i >= 40 && i < 46)
			assert_in_range(features.map[i], 4, 7);
		else if (i < 40 || i > 49)
			assert_in_range(features.map[i], 8, 11);
	}
	for (i = 8; i < 12; i++)
		assert_in_range(used[i], KANARY_BINS / 8, KANARY_BINS / 2);
	/* with room for all, nothing that was seen shares */
	kanary_feature_map_choose(&features, &dataset, 64, 0);
	assert_int_equal(features.seen, 10);
	assert_int_equal(features.inputs % 2, 0);
	for (i = 0; i < KANARY_BINS; i++)
		assert_true((features.map[i] < 10) == (i >= 40 && i < 50));
	kanary_dataset_free(&dataset);
}

static void drift_changes_the_mix_only(void **state)
{
	_Alignas(8) uint8_t bytes[KANARY_VECTOR_SIZE_MAX];
	struct kanary_vector *vector = (struct kanary_vector *)bytes;
	struct kanary_drift *drift = kanary_drift_create(0.5, 1);
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	const struct kanary_vector *drifted;
	double squares = 0;
	uint32_t copy, i, j, calls, count = 0;

	training_fixture_vector(random, TRAINING_NORMAL, 1, 5, 10, vector);
	kanary_drift_draw(drift, 0);
	assert_ptr_equal(kanary_drift_vector(drift, vector), vector);
	for (copy = 1; copy < 400; copy++) {
		kanary_drift_draw(drift, copy);
		drifted = kanary_drift_vector(drift, vector);
		assert_null(kanary_vector_check(drifted, kanary_vector_size(drifted)));
		for (i = 0, calls = 0; i < drifted->length; i++) {
			calls += drifted->counts[i].count;
			for (j = 0; vector->counts[j].bin != drifted->counts[i].bin; j++)
				assert_true(j + 1 < vector->length);
			if (vector->counts[j].count < 20)
				continue;
			squares += pow(log((double)drifted->counts[i].count /
					   vector->counts[j].count), 2);
			count++;
		}
		assert_int_equal(calls, drifted->calls);
	}
	/* as far as it was asked to */
	assert_true(fabs(sqrt(squares / count) - 0.5) < 0.05);
	gsl_rng_free(random);
	kanary_drift_free(drift);
}

/* However often a call comes in a mix, it has one factor there, and another in the next. */
static void a_mix_is_one_for_all_its_vectors(void **state)
{
	_Alignas(8) uint8_t bytes[sizeof(struct kanary_vector) + 2 * sizeof(struct kanary_count)];
	struct kanary_vector *vector = (struct kanary_vector *)bytes;
	struct kanary_drift *drift = kanary_drift_create(0.5, 1);
	uint32_t copy, first[2] = { 0 }, i;

	memset(bytes, 0, sizeof(bytes));
	vector->length = 2;
	/* so many that rounding moves a factor by next to nothing */
	vector->counts[0] = (struct kanary_count){ 3, 10000 };
	vector->counts[1] = (struct kanary_count){ KANARY_BINS - 1, 10000 };
	vector->calls = 20000;
	for (copy = 1; copy < 20; copy++) {
		kanary_drift_draw(drift, copy);
		for (i = 0; i < 4; i++) {
			const struct kanary_vector *drifted = kanary_drift_vector(drift, vector);

			if (!i && copy > 1)
				assert_true(abs((int)drifted->counts[0].count - (int)first[0]) > 1);
			if (!i) {
				first[0] = drifted->counts[0].count;
				first[1] = drifted->counts[1].count;
			}
			assert_true(abs((int)drifted->counts[0].count - (int)first[0]) <= 1);
			assert_true(abs((int)drifted->counts[1].count - (int)first[1]) <= 1);
		}
		assert_int_not_equal(first[0], first[1]);
	}
	kanary_drift_free(drift);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(streams_are_found),
		cmocka_unit_test(long_streams_are_cut_into_blocks),
		cmocka_unit_test(short_streams_take_turns_by_program),
		cmocka_unit_test(unique_names_are_one_kind),
		cmocka_unit_test(every_turn_holds_some_out),
		cmocka_unit_test(features_are_chosen_by_frequency),
		cmocka_unit_test(drift_changes_the_mix_only),
		cmocka_unit_test(a_mix_is_one_for_all_its_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
