/* SPDX-License-Identifier: GPL-2.0 */
/* What is learned of the order of calls: probabilities that add up, and what comes often. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "recording/dataset_split.h"
#include "grams_head.h"
#include "train/head/grams_train.h"
#include "model_fixture.h"
#include "recording/trace.h"

enum { PERIOD = 64, PHRASES = 400, STREAMS = 20 };

static int take(void *taker, const struct kanary_vector *vector)
{
	return kanary_dataset_add(taker, 0, vector) ? 0 : -1;
}

/*
 * Streams of phrases: open read read close (3 4 4 5), one in eight stat (9) instead, and
 * now and then any call.
 */
static void make_dataset(struct kanary_dataset *dataset, uint32_t streams)
{
	struct kanary_import import = { .take = take, .taker = dataset, .period = PERIOD };
	struct kanary_trace trace;
	uint64_t random = 7;
	uint32_t i, j;

	memset(dataset, 0, sizeof(*dataset));
	dataset->period = PERIOD;
	for (i = 0; i < streams; i++) {
		kanary_trace_begin(&trace, &import, i + 1, "phrases", 7);
		for (j = 0; j < PHRASES; j++) {
			if (!(model_fixture_random(&random) % 8)) {
				kanary_trace_call(&trace, 9);
			} else {
				kanary_trace_call(&trace, 3);
				kanary_trace_call(&trace, 4);
				kanary_trace_call(&trace, 4);
				kanary_trace_call(&trace, 5);
			}
			if (!(model_fixture_random(&random) % 50))
				kanary_trace_call(&trace,
						  model_fixture_random(&random) % KANARY_BINS);
		}
		kanary_trace_end(&trace, KANARY_REASON_EXIT);
	}
	assert_true(kanary_dataset_finish(dataset));
	assert_true(kanary_dataset_split_make(dataset, 0));
}

static struct kanary_model view(const struct kanary_grams *grams)
{
	return (struct kanary_model){
		.grams_start = grams->start, .grams_state = grams->state, .gram = grams->gram,
	};
}

static u64 bits_after(const struct kanary_model *model, const u16 *context, u32 length, u16 bin)
{
	struct kanary_grams_head_state state = { 0 };
	u16 call[KANARY_LOG_MAX];
	struct kanary_log log = { .call = call, .context = length, .calls = 1 };

	memcpy(call, context, length * sizeof(*call));
	call[length] = bin;
	kanary_grams_head_add(model, &state, &log);
	return state.bits;
}

static double sum_after(const struct kanary_model *model, const u16 *context, u32 length)
{
	double sum = 0;
	u16 bin;

	for (bin = 0; bin < KANARY_BINS; bin++)
		sum += exp2(-(double)bits_after(model, context, length, bin) / 1024);
	return sum;
}

/* After any context, known or not, some call comes: its probabilities add up to 1. */
static void probabilities_add_up(void **state)
{
	struct kanary_grams grams = { 0 };
	struct kanary_dataset dataset;
	struct kanary_model model;
	uint64_t random = 1;
	u16 context[8];
	u32 order, i, j;

	make_dataset(&dataset, STREAMS);
	for (order = KANARY_GRAMS_ORDER_MIN; order <= KANARY_GRAMS_ORDER_MAX; order++) {
		assert_true(kanary_grams_train(&grams, &dataset, order, true));
		model = view(&grams);
		for (i = 0; i < 30; i++) {
			static const u16 usual[] = { 3, 4, 4, 5, 9 };

			for (j = 0; j < 8; j++)
				context[j] = usual[model_fixture_random(&random) % 5];
			if (i % 4 == 1)
				context[j - 1 - i % 3] = (u16)(model_fixture_random(&random) %
							       KANARY_BINS);
			if (i % 4 == 2)
				context[0] = KANARY_LOG_START;
			assert_true(fabs(sum_after(&model, context, i % 9) - 1) < 0.02);
		}
	}
	kanary_grams_train_free(&grams);
	kanary_dataset_free(&dataset);
}

static void what_comes_often_takes_few_bits(void **state)
{
	static const u16 opened[] = { 9, 3 }, read_once[] = { 3, 4 }, read_twice[] = { 3, 4, 4 };
	static const u16 begun[] = { KANARY_LOG_START };
	struct kanary_grams grams = { 0 };
	struct kanary_dataset dataset;
	struct kanary_model model;

	make_dataset(&dataset, STREAMS);
	assert_true(kanary_grams_train(&grams, &dataset, 6, true));
	model = view(&grams);
	assert_in_range(bits_after(&model, opened, 2, 4), 0, 100);
	assert_in_range(bits_after(&model, read_once, 2, 4), 0, 100);
	assert_in_range(bits_after(&model, read_twice, 3, 5), 0, 100);
	assert_true(bits_after(&model, read_twice, 3, 4) > 4 * 1024);
	assert_true(bits_after(&model, opened, 2, 700) > 10 * 1024);
	/* the start of a stream is a context like others: no phrase is half over there */
	assert_in_range(bits_after(&model, begun, 1, 3), 0, 700);
	assert_true(bits_after(&model, begun, 1, 5) > 5 * 1024);
	kanary_grams_train_free(&grams);
	kanary_dataset_free(&dataset);
}

/* What is held out is not learned, unless it is asked for. */
static void held_out_is_not_learned(void **state)
{
	struct kanary_grams some = { 0 }, all = { 0 };
	struct kanary_dataset dataset;

	make_dataset(&dataset, STREAMS);
	assert_true(dataset.in_part[KANARY_DATASET_CALIBRATION] > 0);
	assert_true(kanary_grams_train(&some, &dataset, 6, false));
	assert_true(kanary_grams_train(&all, &dataset, 6, true));
	assert_true(some.grams < all.grams);
	kanary_dataset_split_release(&dataset);
	assert_true(kanary_grams_train(&some, &dataset, 6, false));
	assert_int_equal(some.grams, all.grams);
	assert_int_equal(some.states, all.states);
	assert_memory_equal(some.gram, all.gram, all.grams * sizeof(*all.gram));
	kanary_grams_train_free(&some);
	kanary_grams_train_free(&all);
	kanary_dataset_free(&dataset);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(probabilities_add_up),
		cmocka_unit_test(what_comes_often_takes_few_bits),
		cmocka_unit_test(held_out_is_not_learned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
