// SPDX-License-Identifier: GPL-2.0
/* Rows in fixed point against floating point, at the edges of what a row can be. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>

#include "train/quantise.h"

enum { COLUMNS = 96 };

/* As model.h defines a row's output. */
static double run_row(const s16 *weight, const struct kanary_model_row *row, const s16 *operand,
		      uint32_t columns, double unit)
{
	s64 sum = row->bias;
	uint32_t i;

	for (i = 0; i < columns; i++)
		sum += (s32)weight[i] * operand[i];
	assert_true(sum >= -2147483647LL && sum <= 2147483647LL);
	return ((sum * row->multiplier + ((s64)1 << (row->shift - 1))) >> row->shift) / unit;
}

static void check_bounds(const s16 *weight, const struct kanary_model_row *row, uint32_t columns)
{
	s64 sum = llabs((s64)row->bias);
	uint32_t i;

	for (i = 0; i < columns; i++) {
		assert_in_range(weight[i] + 32767, 0, 65534);
		sum += abs(weight[i]) * 32767LL;
	}
	assert_true(sum <= 2147483647LL);
	assert_true(row->multiplier >= 1);
	assert_in_range(row->shift, 1, 62);
}

static void outputs_are_near(void **state)
{
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	float weight[COLUMNS];
	s16 quantised[COLUMNS], operand[COLUMNS];
	struct kanary_model_row row;
	int trial, i;

	for (trial = 0; trial < 2000; trial++) {
		/* from a thousandth to a thousand, dense and sparse, with every operand format */
		double size = pow(10, gsl_ran_flat(random, -3, 2.5)), real, fixed, magnitude = 0;
		double unit = trial % 2 ? 32768 : 2048, output = trial % 3 ? 4096 : 32768;
		double bias = gsl_ran_gaussian(random, size);

		real = bias;
		for (i = 0; i < COLUMNS; i++) {
			weight[i] = trial % 5 && gsl_rng_uniform(random) < 0.3 ?
				0 : gsl_ran_gaussian(random, size);
			operand[i] = gsl_ran_flat(random, -32767, 32767);
			real += weight[i] * operand[i] / unit;
			magnitude += fabs(weight[i]) * 32767 / unit;
		}
		kanary_quantise_row(weight, COLUMNS, bias, unit, output, quantised, &row);
		check_bounds(quantised, &row, COLUMNS);
		fixed = run_row(quantised, &row, operand, COLUMNS, output);
		/* half a unit of each weight and one of the output */
		if (fabs(fixed - real) > magnitude / 2000 + 1.01 / output)
			fail_msg("row of size %g: %g in fixed point, %g in floating point", size, fixed,
				 real);
	}
	gsl_rng_free(random);
}

static void edges_are_valid(void **state)
{
	static const struct {
		float weight;
		double bias;
	} cases[] = {
		{ 0, 0 }, { 0, 1e-9 }, { 0, 15.5 }, { 1e-30f, 0 }, { 1e-9f, 1e-9 }, { 1e4f, 0 },
		{ 1e4f, -1e4 }, { -0.5f, 1e3 }, { 1.0f, 0 },
	};
	double units[] = { 2048, 32768 }, outputs[] = { 2048, 4096, 32768 };
	s16 quantised[COLUMNS], operand[COLUMNS] = { 0 };
	struct kanary_model_row row;
	float weight[COLUMNS];
	size_t i, j, u, o;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (u = 0; u < 2; u++)
			for (o = 0; o < 3; o++) {
				double bias;

				for (j = 0; j < COLUMNS; j++)
					weight[j] = cases[i].weight;
				kanary_quantise_row(weight, COLUMNS, cases[i].bias, units[u],
						    outputs[o], quantised, &row);
				check_bounds(quantised, &row, COLUMNS);
				bias = run_row(quantised, &row, operand, COLUMNS, outputs[o]);
				assert_true(fabs(bias - cases[i].bias) <=
					    1e-4 * fabs(cases[i].bias) + 1.01 / outputs[o]);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outputs_are_near),
		cmocka_unit_test(edges_are_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
