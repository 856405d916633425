// SPDX-License-Identifier: GPL-2.0
/* Promised rates of false alarms against achieved ones, on errors whose distribution is known. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>

#include "train/calibrate.h"
#include "score.h"

#define TRIALS 41
#define KNOTS KANARY_MODEL_KNOTS_MAX

static double exponential(gsl_rng *random)
{
	return gsl_ran_exponential(random, 40);
}

static double exponential_tail(double error)
{
	return gsl_cdf_exponential_Q(error, 40);
}

static double lognormal(gsl_rng *random)
{
	return gsl_ran_lognormal(random, 3, 1);
}

static double lognormal_tail(double error)
{
	return gsl_cdf_lognormal_Q(error, 3, 1);
}

/* As the kernel reads the curve, backwards: the error at which a surprise is reached. */
static double error_at(const struct kanary_model_knot *knot, double surprise)
{
	double wanted = surprise * 256;
	int i;

	for (i = 1; i < KNOTS; i++)
		if (knot[i].surprise >= wanted)
			return (knot[i - 1].error + (knot[i].error - knot[i - 1].error) *
				(wanted - knot[i - 1].surprise) /
				(double)(knot[i].surprise - knot[i - 1].surprise)) / 4096;
	return knot[KNOTS - 1].error / 4096.0;
}

/* Median over trials of the achieved rate by the promised one. */
static double achieved(double (*draw)(gsl_rng *), double (*tail)(double), size_t count,
		       double surprise)
{
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	u32 *errors = malloc(count * sizeof(*errors));
	struct kanary_model_knot knot[KNOTS];
	struct kanary_tail fitted;
	double ratio[TRIALS];
	int trial, i;
	size_t j;

	for (trial = 0; trial < TRIALS; trial++) {
		gsl_rng_set(random, trial + 1);
		for (j = 0; j < count; j++)
			errors[j] = draw(random) * 4096;
		kanary_calibrate_knots(errors, count, 1, knot, KNOTS, &fitted);
		for (i = 1; i < KNOTS; i++) {
			assert_true(knot[i].error > knot[i - 1].error);
			assert_true(knot[i].surprise >= knot[i - 1].surprise);
			assert_true(knot[i].surprise <= 25600);
		}
		ratio[trial] = tail(error_at(knot, surprise)) / pow(10, -surprise);
	}
	gsl_sort(ratio, 1, TRIALS);
	print_message("n %zu, promised 1e-%g: achieved / promised %.2f [%.2f .. %.2f]\n", count,
		      surprise, ratio[TRIALS / 2], ratio[TRIALS / 20],
		      ratio[TRIALS - 1 - TRIALS / 20]);
	gsl_rng_free(random);
	free(errors);
	return ratio[TRIALS / 2];
}

static void check_rate(double ratio, double low, double high)
{
	if (ratio < low || ratio > high)
		fail_msg("achieved over promised rate is %.2f, not within %.2f .. %.2f", ratio, low,
			 high);
}

/* Within the data by counting: near 1. Beyond: the prior errs to fewer alarms. */
static void rates_are_kept(void **state)
{
	check_rate(achieved(exponential, exponential_tail, 20000, 1), 0.9, 1.1);
	check_rate(achieved(exponential, exponential_tail, 20000, 2), 0.9, 1.1);
	check_rate(achieved(exponential, exponential_tail, 20000, 3), 0.8, 1.2);
	check_rate(achieved(exponential, exponential_tail, 20000, 4), 0.2, 1.2);
	check_rate(achieved(lognormal, lognormal_tail, 20000, 2), 0.9, 1.1);
	check_rate(achieved(lognormal, lognormal_tail, 20000, 3), 0.8, 1.2);
	check_rate(achieved(lognormal, lognormal_tail, 20000, 4), 0.4, 1.6);
	check_rate(achieved(lognormal, lognormal_tail, 2000, 3), 0.5, 1.6);
}

/* Between counting and extrapolation is no step; larger errors are never less surprising. */
static void surprise_ascends(void **state)
{
	struct kanary_tail tail = { .threshold = 10, .rate = 0.02, .scale = 3, .shape = 0.25 };
	double before = -log10(0.02), error;

	assert_true(fabs(kanary_calibrate_surprise(&tail, 10) - before) < 1e-12);
	for (error = 10.5; error < 1e6; error *= 1.5) {
		double surprise = kanary_calibrate_surprise(&tail, error);

		assert_true(surprise > before);
		before = surprise;
	}
	/* by hand: 0.02 (1 + 0.25 * 40 / 3)^-4 */
	assert_true(fabs(kanary_calibrate_surprise(&tail, 50) + log10(0.02 * pow(13.0 / 3, -4))) <
		    1e-9);
	/* shape 0 is the exponential distribution, and the limit of small ones */
	tail.shape = 0;
	error = kanary_calibrate_surprise(&tail, 50);
	tail.shape = 1e-5;
	assert_true(fabs(kanary_calibrate_surprise(&tail, 50) - error) < 1e-2);
}

/* Whatever the errors are, validation accepts the knots. */
static void odd_errors_make_valid_knots(void **state)
{
	static const u32 value[] = { 0, 1, 5000, UINT32_MAX - 1, UINT32_MAX };
	struct kanary_model_knot knot[KNOTS];
	struct kanary_tail tail;
	u32 errors[64];
	size_t first, second, i, count;
	int k;

	for (first = 0; first < 5; first++)
		for (second = 0; second < 5; second++)
			for (count = 10; count <= 64; count += 27) {
				for (i = 0; i < count; i++)
					errors[i] = value[i % 3 ? first : second];
				kanary_calibrate_knots(errors, count, 1, knot, KNOTS, &tail);
				for (k = 1; k < KNOTS; k++) {
					if (knot[k].error <= knot[k - 1].error ||
					    knot[k].surprise < knot[k - 1].surprise ||
					    knot[k].surprise > 25600)
						fail_msg("errors %u and %u: knot %d does not ascend",
							 value[first], value[second], k);
				}
			}
}

/* Errors that repeat each other tell less, so less is taken from them. */
static void repeats_leave_the_prior(void **state)
{
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	struct kanary_tail bold, shy;
	double errors[4000];
	int i;

	for (i = 0; i < 4000; i++)
		errors[i] = exponential(random);
	gsl_sort(errors, 1, 4000);
	kanary_calibrate_tail(&bold, errors, 4000, 1);
	kanary_calibrate_tail(&shy, errors, 4000, 100);
	assert_true(bold.shape < shy.shape);
	assert_true(shy.shape > 0.2 && shy.shape < 0.4);
	gsl_rng_free(random);
}

/* Successive errors of one event, far beyond all others: the others keep their tail. */
static void one_event_is_not_the_tail(void **state)
{
	enum { COUNT = 2000, EVENT = 12 };
	struct kanary_model_knot knot[KNOTS];
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	struct kanary_tail without, with;
	static u32 errors[COUNT], again[COUNT];
	int i;

	for (i = 0; i < COUNT; i++)
		errors[i] = again[i] = (u32)(gsl_ran_exponential(random, 10) * 4096);
	for (i = 0; i < EVENT; i++)
		again[i] = 20000u * 4096;
	kanary_calibrate_knots(errors, COUNT, EVENT, knot, KNOTS, &without);
	kanary_calibrate_knots(again, COUNT, EVENT, knot, KNOTS, &with);
	print_message("scale %.2f, with the event %.2f; shape %.2f, %.2f\n", without.scale,
		      with.scale, without.shape, with.shape);
	assert_true(with.scale < 1.2 * without.scale && with.scale > without.scale / 1.2);
	assert_true(with.shape < without.shape + 0.1);
	/* nor do a dozen errors of one event count as ten events */
	print_message("surprise of 4 at an error of %.0f\n", error_at(knot, 4));
	assert_true(error_at(knot, 4) < 300);
	gsl_rng_free(random);
}

/* A look takes in a hundred: nothing is rarer than its error says by more than that. */
static void errors_that_are_chances_bound_surprise(void **state)
{
	enum { COUNT = 300, NEWS = 3 };
	struct kanary_model_knot free_knot[KNOTS], knot[KNOTS];
	static u32 errors[COUNT];
	struct kanary_tail tail;
	u32 i, error, lower = 0;

	for (i = 0; i < NEWS; i++)
		errors[i] = 100 + i;
	kanary_calibrate_knots(errors, COUNT, 1, free_knot, KNOTS, &tail);
	memcpy(knot, free_knot, sizeof(knot));
	kanary_calibrate_bound(knot, KNOTS, 100);
	for (error = 0; error < 10 * 4096; error += 64) {
		u32 bound = error / 16 + 2 * 256, surprise, before;

		surprise = kanary_score_surprise(knot, KNOTS, error);
		before = kanary_score_surprise(free_knot, KNOTS, error);
		assert_true(surprise <= before);
		assert_true(surprise <= bound + 1);
		assert_true(surprise >= lower);
		lower = surprise;
		/* far from both, the lesser of the two holds */
		if (before + 256 < bound)
			assert_int_equal(surprise, before);
	}
	/* as it was, one in ten was surer than looks could make it */
	assert_true(kanary_score_surprise(free_knot, KNOTS, 4096) > 3 * 256 + 64);
	assert_in_range(kanary_score_surprise(knot, KNOTS, 4096), 2 * 256, 3 * 256);
}

/* A heavy tail makes little of an error of 5; whoever knows its chance in a hundred is believed. */
static void what_is_told_outdoes_the_tail(void **state)
{
	enum { COUNT = 300, TOLD = 5 * 4096 + 77 };
	struct kanary_model_knot before[KNOTS], knot[KNOTS];
	static u32 errors[COUNT];
	struct kanary_tail tail;
	u32 i, error;

	for (i = 0; i < 12; i++)
		errors[i] = 40 << i;
	kanary_calibrate_knots(errors, COUNT, 1, before, KNOTS, &tail);
	kanary_calibrate_bound(before, KNOTS, 100);
	memcpy(knot, before, sizeof(knot));
	kanary_calibrate_told(knot, KNOTS, TOLD, 100);
	assert_true(kanary_score_surprise(before, KNOTS, TOLD) < 5 * 256);
	for (error = TOLD; error < 20 * 4096; error += 64) {
		u32 told = error / 16 + 2 * 256;

		assert_in_range(kanary_score_surprise(knot, KNOTS, error), told - 1, told + 1);
	}
	/* what is less is left to the tail, but for the rise to what was told */
	for (error = 0; error < TOLD / 2; error += 64)
		assert_int_equal(kanary_score_surprise(knot, KNOTS, error),
				 kanary_score_surprise(before, KNOTS, error));
	for (i = 1; i < KNOTS; i++) {
		assert_true(knot[i].error > knot[i - 1].error);
		assert_true(knot[i].surprise >= knot[i - 1].surprise);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates_are_kept),
		cmocka_unit_test(one_event_is_not_the_tail),
		cmocka_unit_test(surprise_ascends),
		cmocka_unit_test(odd_errors_make_valid_knots),
		cmocka_unit_test(errors_that_are_chances_bound_surprise),
		cmocka_unit_test(what_is_told_outdoes_the_tail),
		cmocka_unit_test(repeats_leave_the_prior),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
