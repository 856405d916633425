// SPDX-License-Identifier: GPL-2.0
/* Published methods on traces so small that their scores can be worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/baseline.h"
#include "bench/window_table.h"

#define TRACES_MAX 32
#define CALLS_MAX 256

/* Traces of numbers below ten, a digit each; a method's scores of them. */
struct small {
	struct kanary_bench_data data;
	struct kanary_bench_trace trace[TRACES_MAX];
	uint16_t call[CALLS_MAX];
	double score[TRACES_MAX];
	struct kanary_bench_cost cost;
};

static void add(struct small *small, enum kanary_bench_part part, const char *digits)
{
	struct kanary_bench_data *data = &small->data;
	struct kanary_bench_trace *trace = &small->trace[data->traces++];

	assert_true(data->traces <= TRACES_MAX && data->calls + strlen(digits) <= CALLS_MAX);
	trace->first = data->calls;
	trace->length = (uint32_t)strlen(digits);
	trace->part = part;
	while (*digits)
		small->call[data->calls++] = (uint16_t)(*digits++ - '0');
	data->in_part[part]++;
	data->trace = small->trace;
	data->call = small->call;
}

static void learn(struct small *small, const char *digits)
{
	add(small, KANARY_BENCH_TRAIN, digits);
}

static void test(struct small *small, const char *digits)
{
	add(small, KANARY_BENCH_REPORTED, digits);
}

/* Score of the trace that was added as number @trace, from 0. */
static void expect(const struct small *small, uint32_t trace, double score)
{
	if (fabs(small->score[trace] - score) > 1e-7)
		fail_msg("trace %u: a score of %.9f instead of %.9f", trace, small->score[trace],
			 score);
}

static void run(struct small *small, const char *(*score)(const struct kanary_bench_data *data,
							  uint64_t seed, double *scores,
							  struct kanary_bench_cost *cost))
{
	assert_null(score(&small->data, 1, small->score, &small->cost));
	assert_true(small->cost.model_bytes > 0);
	assert_true(small->cost.operations > 0);
}

static void stide(void **state)
{
	struct small small = { 0 };

	learn(&small, "1234");
	learn(&small, "67");
	test(&small, "12345");
	test(&small, "34");
	test(&small, "3467");
	run(&small, kanary_baseline_stide3);
	expect(&small, 0, 0);
	/* 123 and 234 are known, 345 is not */
	expect(&small, 2, 1 / 3.0);
	expect(&small, 3, 0);
	/* windows do not reach from one trace into the next */
	expect(&small, 4, 1);
}

static void stide_of_six(void **state)
{
	struct small small = { 0 };

	learn(&small, "123456");
	test(&small, "1234567");
	test(&small, "12345");
	/* all windows of three are known, one of six is not */
	test(&small, "123456123456");
	run(&small, kanary_baseline_stide);
	expect(&small, 1, 1 / 2.0);
	expect(&small, 2, 0);
	expect(&small, 3, 5 / 7.0);
}

static void ngram(void **state)
{
	const double uniform = 1.0 / KANARY_BINS_BANK;
	double one = (2 + 2 * uniform) / 5, two = (1 + 2 * uniform) / 5, five = 2 * uniform / 5;
	struct small small = { 0 };

	/* after nothing: three calls of two kinds; after 1: two calls of two kinds */
	learn(&small, "112");
	test(&small, "1");
	test(&small, "12");
	test(&small, "51");
	test(&small, "21");
	run(&small, kanary_baseline_ngram);
	expect(&small, 1, -log(one));
	expect(&small, 2, -(log(one) + log((1 + 2 * two) / 4)) / 2);
	/* nothing is known of what follows 5, or the last 2 */
	expect(&small, 3, -(log(five) + log(one)) / 2);
	expect(&small, 4, -(log(two) + log(one)) / 2);
}

/* Each longer window halves what is missing to 1; five calls back is as far as it looks. */
static void ngram_of_six(void **state)
{
	double sum = 0, p;
	struct small small = { 0 };
	uint32_t i, known;

	learn(&small, "01234567");
	run(&small, kanary_baseline_ngram);
	for (i = 0; i < 8; i++) {
		p = (1 + 8.0 / KANARY_BINS_BANK) / 16;
		for (known = 1; known <= i && known <= 5; known++)
			p = (1 + p) / 2;
		sum -= log(p);
	}
	expect(&small, 0, sum / 8);
}

/*
 * Eight traces of one call each, e_0 to e_7, vary in seven directions alike, so
 * any five of these leave a sum of two. A call that nobody made is at a right
 * angle to them all, as is their mean to their differences.
 */
static void linear(void **state)
{
	const char *traces[] = { "0", "1", "2", "3", "4", "5", "6", "7" };
	struct small small = { 0 };
	double sum = 0;
	int i;

	for (i = 0; i < 8; i++)
		learn(&small, traces[i]);
	test(&small, "9");
	test(&small, "98");
	run(&small, kanary_baseline_linear);
	for (i = 0; i < 8; i++)
		sum += small.score[i];
	assert_true(fabs(sum - 2) < 1e-9);
	expect(&small, 8, 1 + 1 / 8.0);
	/* however many they are */
	expect(&small, 9, 1 + 1 / 8.0);
}

static void neighbour(void **state)
{
	struct small small = { 0 };
	int i;

	for (i = 0; i < 3; i++)
		learn(&small, "00");
	for (i = 0; i < 4; i++)
		learn(&small, "1");
	test(&small, "0");
	test(&small, "01");
	test(&small, "9");
	/* shares of a quarter and three: square roots of a half, and of three quarters */
	test(&small, "0111");
	run(&small, kanary_baseline_neighbour);
	expect(&small, 7, 2 * sqrt(2) / 5);
	expect(&small, 8, sqrt(2 - sqrt(2)));
	expect(&small, 9, sqrt(2));
	expect(&small, 10, (4 * sqrt(2 - sqrt(3)) + sqrt(2 - 1)) / 5);
}

/* Nothing is learned from what is not for training, whatever its part. */
/* More kinds of calls, in more mixes, than a linear method keeps components: none is arbitrary. */
static void learn_mixed(struct small *small)
{
	static const char *const traces[] = {
		"0123456", "00112", "3345", "6012", "1144556", "2203", "55560", "4441",
	};
	size_t i;

	for (i = 0; i < sizeof(traces) / sizeof(*traces); i++)
		learn(small, traces[i]);
}

static void learns_from_training_alone(void **state)
{
	static const struct {
		const char *name;
		const char *(*score)(const struct kanary_bench_data *data, uint64_t seed,
				     double *scores, struct kanary_bench_cost *cost);
	} methods[] = {
		{ "stide3", kanary_baseline_stide3 }, { "stide", kanary_baseline_stide },
		{ "ngram", kanary_baseline_ngram }, { "linear", kanary_baseline_linear },
		{ "neighbour", kanary_baseline_neighbour },
	};
	struct small alone, beside;
	size_t i;

	for (i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		memset(&alone, 0, sizeof(alone));
		memset(&beside, 0, sizeof(beside));
		learn(&alone, "01201201");
		learn(&beside, "01201201");
		if (methods[i].score == kanary_baseline_linear) {
			learn_mixed(&alone);
			learn_mixed(&beside);
		}
		add(&alone, KANARY_BENCH_ATTACK, "0120120934509345");
		add(&beside, KANARY_BENCH_ATTACK, "0120120934509345");
		add(&beside, KANARY_BENCH_ATTACK, "934509345");
		add(&beside, KANARY_BENCH_DESIGN, "093456789345");
		add(&beside, KANARY_BENCH_REPORTED, "0120120934509345");
		run(&alone, methods[i].score);
		run(&beside, methods[i].score);
		if (alone.score[1] != beside.score[1] || alone.score[1] <= 0)
			fail_msg("%s: %.9f alone, %.9f beside others", methods[i].name,
				 alone.score[1], beside.score[1]);
		assert_int_equal(alone.cost.model_bytes, beside.cost.model_bytes);
	}
}

static void window_keys(void **state)
{
	const uint16_t zeros[KANARY_WINDOW_TABLE_CALLS_MAX] = { 0 };
	const uint16_t last[KANARY_WINDOW_TABLE_CALLS_MAX] = {
		KANARY_BINS_BANK - 1, KANARY_BINS_BANK - 1, KANARY_BINS_BANK - 1,
		KANARY_BINS_BANK - 1, KANARY_BINS_BANK - 1, KANARY_BINS_BANK - 1,
	};
	struct kanary_window_table table = { 0 };
	uint16_t call[3];
	uint32_t i;

	assert_null(kanary_window_table_find(&table, 1));
	/* the length is in the key, also where calls are number 0 */
	for (i = 0; i <= KANARY_WINDOW_TABLE_CALLS_MAX; i++) {
		kanary_window_table_add(&table, kanary_window_table_key(zeros, i))->count++;
		kanary_window_table_add(&table, kanary_window_table_key(last, i))->kinds++;
	}
	assert_int_equal(table.used, 2 * KANARY_WINDOW_TABLE_CALLS_MAX + 1);
	for (i = 0; i < 100000; i++) {
		call[0] = (uint16_t)(i % 100);
		call[1] = (uint16_t)(i / 100 % 100);
		call[2] = (uint16_t)(400 + i / 10000);
		kanary_window_table_add(&table, kanary_window_table_key(call, 3))->count += i;
	}
	assert_true(table.room >= 2 * table.used);
	for (i = 0; i < 100000; i++) {
		call[0] = (uint16_t)(i % 100);
		call[1] = (uint16_t)(i / 100 % 100);
		call[2] = (uint16_t)(400 + i / 10000);
		assert_int_equal(
			kanary_window_table_find(&table, kanary_window_table_key(call, 3))->count,
			i);
	}
	call[2] = 300;
	assert_null(kanary_window_table_find(&table, kanary_window_table_key(call, 3)));
	assert_int_equal(table.used, 100000 + 2 * KANARY_WINDOW_TABLE_CALLS_MAX + 1);
	kanary_window_table_free(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stide),
		cmocka_unit_test(stide_of_six),
		cmocka_unit_test(ngram),
		cmocka_unit_test(ngram_of_six),
		cmocka_unit_test(linear),
		cmocka_unit_test(neighbour),
		cmocka_unit_test(learns_from_training_alone),
		cmocka_unit_test(window_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
