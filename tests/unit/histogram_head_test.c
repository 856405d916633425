/* SPDX-License-Identifier: GPL-2.0 */
/* The path histogram head: what it counts, and its error against a plain version and by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "feature.h"
#include "train/features/feature_map.h"
#include "model_fixture.h"
#include "histogram_head.h"

/* A model with a path histogram head, to write to, and the memory that the head works with. */
struct subject {
	struct model_fixture fixture;
	struct kanary_scratch scratch;
	u32 *cumulative;
	void *memory;
	u32 inputs;
	u32 code;
};

static void create(struct subject *subject, uint64_t seed, u32 inputs, u32 code)
{
	const struct model_fixture_shape shape = {
		.inputs = 4, .code = 2, .paths_inputs = inputs, .paths_code = code,
	};
	const struct kanary_model *model = &subject->fixture.model;

	model_fixture_create_whole(&subject->fixture, seed, &shape);
	/* exactly as large as they are said to be, so that any access beyond shows */
	subject->memory = malloc(kanary_scratch_layout(&subject->scratch, model, NULL));
	kanary_scratch_layout(&subject->scratch, model, subject->memory);
	subject->cumulative = calloc(inputs, sizeof(*subject->cumulative));
	subject->inputs = inputs;
	subject->code = code;
}

static void destroy(struct subject *subject)
{
	free(subject->cumulative);
	free(subject->memory);
	model_fixture_destroy(&subject->fixture);
}

static void forget(struct subject *subject)
{
	memset(subject->cumulative, 0, subject->inputs * sizeof(*subject->cumulative));
}

static void add(struct subject *subject, const struct kanary_count *counts, u32 length)
{
	kanary_histogram_head_add(&subject->fixture.model.paths, subject->cumulative, counts,
				  length);
}

static u32 ask(struct subject *subject)
{
	return kanary_histogram_head_error(&subject->fixture.model.paths,
					   subject->cumulative, &subject->scratch);
}

/* All weights 0, so that each output is @bias, saturated. */
static void set_constant(const struct kanary_layer *layer, s32 bias)
{
	struct kanary_model_row *row = (struct kanary_model_row *)layer->row;
	u32 i;

	memset((s16 *)layer->weights, 0, (size_t)layer->rows * layer->columns * sizeof(s16));
	for (i = 0; i < layer->rows; i++) {
		row[i].bias = bias;
		row[i].multiplier = 2;
		row[i].shift = 1;
	}
}

/* Packed weights follow the file's. */
static void prepare(struct subject *subject)
{
	kanary_model_prepare(&subject->fixture.model, subject->fixture.packed);
}

static void neighbouring_bins_share_an_input(void **state)
{
	static const u32 inputs[] = { 4, 8, 64, 256 };
	struct kanary_count count = { 0, 1 };
	const struct kanary_feature_map calls = { .decay_limit = 1000 };
	struct kanary_feature_map features;
	struct subject subject;
	u32 i, bin, group, input;

	for (i = 0; i < sizeof(inputs) / sizeof(*inputs); i++) {
		create(&subject, 1, inputs[i], 2);
		kanary_feature_map_paths(&features, inputs[i], &calls);
		assert_int_equal(features.decay_limit, 1000);
		group = KANARY_PATH_BINS / inputs[i];
		for (bin = 0; bin < KANARY_PATH_BINS; bin++) {
			forget(&subject);
			count.bin = (u16)(KANARY_PATH_FIRST + bin);
			add(&subject, &count, 1);
			for (input = 0; input < inputs[i]; input++)
				assert_int_equal(subject.cumulative[input], input == bin / group);
			/* what the trainer learned from is what the model reads */
			assert_int_equal(features.map[bin], bin / group);
		}
		destroy(&subject);
	}
}

static void calls_and_reserved_bins_are_not_counted(void **state)
{
	static const struct kanary_count counts[] = {
		{ 0, 9 }, { KANARY_BINS - 1, 65535 }, { KANARY_BINS, 13 },
		{ KANARY_PATH_FIRST - 1, 65535 }, { KANARY_PATH_FIRST, 3 },
		{ KANARY_PATH_FIRST + KANARY_PATH_BINS / 4 - 1, 65535 },
		{ KANARY_PATH_FIRST + KANARY_PATH_BINS / 4, 7 }, { KANARY_VECTOR_BINS - 1, 11 },
	};
	struct subject subject;

	create(&subject, 1, 4, 2);
	add(&subject, counts, 4);
	assert_int_equal(subject.cumulative[0], 0);
	add(&subject, counts, 8);
	add(&subject, counts, 7);
	assert_int_equal(subject.cumulative[0], 2 * 65538);
	assert_int_equal(subject.cumulative[1], 14);
	assert_int_equal(subject.cumulative[2], 0);
	assert_int_equal(subject.cumulative[3], 11);
	destroy(&subject);
}

static void halving_halves_every_input(void **state)
{
	static const u32 before[] = { 0, 1, 7, 0x80000001 };
	static const u32 after[] = { 0, 0, 3, 0x40000000 };
	struct subject subject;

	create(&subject, 1, 4, 2);
	memcpy(subject.cumulative, before, sizeof(before));
	kanary_histogram_head_halve(&subject.fixture.model.paths, subject.cumulative);
	assert_memory_equal(subject.cumulative, after, sizeof(after));
	destroy(&subject);
}

/* A process that used no path, or one recorded without paths. */
static void without_paths_all_features_are_0(void **state)
{
	static const struct kanary_count call = { 3, 40 };
	struct subject subject;
	u32 i;

	create(&subject, 3, 16, 6);
	/* nothing of a verdict before may be left */
	memset(subject.scratch.histogram, 0x55, 16 * sizeof(s16));
	add(&subject, &call, 1);
	set_constant(&subject.fixture.model.paths.decode, 0);
	prepare(&subject);
	assert_int_equal(ask(&subject), 0);
	for (i = 0; i < 16; i++)
		assert_int_equal(subject.scratch.histogram[i], 0);
	/* 16 inputs, each half off: 16 * 0.25 * 1024 in Q20.12 */
	set_constant(&subject.fixture.model.paths.decode, 16384);
	prepare(&subject);
	assert_int_equal(ask(&subject), 4096 << 12);
	destroy(&subject);
}

static void errors_by_hand(void **state)
{
	static const struct kanary_count only[] = { { KANARY_PATH_FIRST + 150, 9 } };
	static const struct kanary_count quarters[] = {
		{ KANARY_PATH_FIRST, 5 }, { KANARY_PATH_FIRST + 128, 3 },
		{ KANARY_PATH_FIRST + 129, 2 }, { KANARY_PATH_FIRST + 256, 5 },
		{ KANARY_PATH_FIRST + 511, 5 },
	};
	struct subject subject;
	u32 i;

	create(&subject, 3, 4, 2);
	set_constant(&subject.fixture.model.paths.decode, 0);
	prepare(&subject);
	add(&subject, only, 1);
	/* 32767^2 * 1024 in Q20.12, all in one input */
	assert_int_equal(ask(&subject), (32767ull * 32767 * 1024 * 16) >> 22);
	assert_int_equal(subject.scratch.histogram[1], 32767);
	forget(&subject);
	add(&subject, quarters, 5);
	/* four of a half each have the length of one of 1.0 */
	assert_int_equal(ask(&subject), 1024 << 12);
	for (i = 0; i < 4; i++)
		assert_int_equal(subject.scratch.histogram[i], 16384);
	/* and are what this head makes of anything */
	set_constant(&subject.fixture.model.paths.decode, 16384);
	prepare(&subject);
	assert_int_equal(ask(&subject), 0);
	forget(&subject);
	add(&subject, only, 1);
	assert_int_equal(ask(&subject), (3 * 16384ull * 16384 + 16383ull * 16383) >> 8);
	destroy(&subject);
}

static void saturates(void **state)
{
	struct kanary_count counts = { KANARY_PATH_FIRST, 65535 };
	struct subject subject;
	u32 i;

	create(&subject, 3, 256, 128);
	set_constant(&subject.fixture.model.paths.encode, INT32_MIN + 1);
	set_constant(&subject.fixture.model.paths.decode, INT32_MAX);
	prepare(&subject);
	/* 256 inputs of 0, each reconstructed as 65535 / 32768 */
	assert_int_equal(ask(&subject), (256 * 65535ull * 65535 * 1024 * 16) >> 22);
	for (i = 0; i < 128; i++)
		assert_int_equal(subject.scratch.histogram_code[i], -32767);
	for (i = 0; i < 256; i++)
		assert_int_equal(subject.scratch.reconstruction[i], 65535);
	/* a difference of more than 2 is one of 2 */
	add(&subject, &counts, 1);
	set_constant(&subject.fixture.model.paths.encode, INT32_MAX);
	set_constant(&subject.fixture.model.paths.decode, INT32_MIN + 1);
	prepare(&subject);
	assert_int_equal(ask(&subject), (256 * 65535ull * 65535 * 1024 * 16) >> 22);
	assert_int_equal(subject.scratch.histogram_code[127], 32767);
	assert_int_equal(subject.scratch.reconstruction[255], -65535);
	/* counts as high as a stream's are before they are halved */
	memset(subject.cumulative, 0, 256 * sizeof(u32));
	subject.cumulative[255] = 0x7fffffff;
	ask(&subject);
	assert_int_equal(subject.scratch.histogram[255], 32767);
	destroy(&subject);
}

static int64_t clamp(int64_t value, int64_t limit)
{
	return value > limit ? limit : value < -limit ? -limit : value;
}

/* One row at a time, from the file's weights. */
static void plain_layer(const struct kanary_layer *layer, const int64_t *operands, int64_t limit,
			int64_t *output)
{
	const struct kanary_model_row *row = layer->row;
	int64_t sum;
	u32 i, j;

	for (i = 0; i < layer->rows; i++) {
		sum = row[i].bias;
		for (j = 0; j < layer->columns; j++)
			sum += layer->weights[i * layer->columns + j] * operands[j];
		sum = sum * row[i].multiplier + (1ll << (row[i].shift - 1));
		output[i] = clamp(sum >> row[i].shift, limit);
	}
}

static uint64_t plain_error(const struct kanary_model *model, const uint64_t *bins)
{
	u32 inputs = model->header->paths_inputs, bin, i;
	int64_t code[KANARY_MODEL_HISTOGRAM_CODE_MAX];
	int64_t x[KANARY_MODEL_INPUTS_MAX], y[KANARY_MODEL_INPUTS_MAX];
	uint64_t sums[KANARY_MODEL_INPUTS_MAX] = { 0 };
	uint64_t total = 0, error = 0;

	for (bin = 0; bin < KANARY_PATH_BINS; bin++) {
		sums[bin / (KANARY_PATH_BINS / inputs)] += bins[bin];
		total += bins[bin];
	}
	for (i = 0; i < inputs; i++)
		x[i] = kanary_feature_value((u32)sums[i], kanary_feature_reciprocal((u32)total));
	plain_layer(&model->paths.encode, x, 32767, code);
	plain_layer(&model->paths.decode, code, 65535, y);
	for (i = 0; i < inputs; i++)
		error += (uint64_t)(clamp(x[i] - y[i], 65535) * clamp(x[i] - y[i], 65535)) << 14;
	return error >> 22;
}

static void agrees_with_the_plain_version(void **state)
{
	static const u32 shapes[][2] = { { 4, 2 }, { 8, 6 }, { 32, 64 }, { 256, 128 } };
	struct kanary_count counts[KANARY_VECTOR_BINS];
	uint64_t bins[KANARY_PATH_BINS];
	u32 i, n, seed, length, wrong = 0;
	uint64_t random = 5, expected;
	struct subject subject;

	for (seed = 0; seed < 12; seed++) {
		create(&subject, seed, shapes[seed % 4][0], shapes[seed % 4][1]);
		memset(bins, 0, sizeof(bins));
		for (n = 0; n < 40; n++) {
			length = model_fixture_counts(&random, counts, 300);
			length = model_fixture_paths(&random, counts, length);
			for (i = 0; i < length; i++)
				if (counts[i].bin >= KANARY_PATH_FIRST)
					bins[counts[i].bin - KANARY_PATH_FIRST] += counts[i].count;
			add(&subject, counts, length);
			expected = plain_error(&subject.fixture.model, bins);
			if (ask(&subject) != expected) {
				print_message("%u inputs, vector %u: error %u, plainly %llu\n",
					      subject.inputs, n, ask(&subject),
					      (unsigned long long)expected);
				wrong++;
			}
		}
		destroy(&subject);
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(neighbouring_bins_share_an_input),
		cmocka_unit_test(calls_and_reserved_bins_are_not_counted),
		cmocka_unit_test(halving_halves_every_input),
		cmocka_unit_test(without_paths_all_features_are_0),
		cmocka_unit_test(errors_by_hand),
		cmocka_unit_test(saturates),
		cmocka_unit_test(agrees_with_the_plain_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
