// SPDX-License-Identifier: GPL-2.0
/* Codewords: far ones first, none for what is ordinary, and what they leave of a residual. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "train/head/codebook.h"

#define INPUTS 4
#define ORDINARY 195
#define COUNT (ORDINARY + 5)

/* Weight 1.0. */
static const u32 weight[INPUTS] = { 16, 16, 16, 16 };

/* A crowd around 0, and two situations of their own, seen twice and thrice. */
static void fill(float residual[COUNT][INPUTS])
{
	int i;

	memset(residual, 0, COUNT * sizeof(*residual));
	for (i = 0; i < ORDINARY; i++)
		residual[i][i % INPUTS] = 0.001f;
	residual[ORDINARY][1] = residual[ORDINARY + 1][1] = 0.5f;
	residual[ORDINARY + 2][2] = residual[ORDINARY + 3][2] = residual[ORDINARY + 4][2] = -0.25f;
}

static void takes_the_far_ones(void **state)
{
	float residual[COUNT][INPUTS];
	struct kanary_codebook codebook;

	fill(residual);
	assert_true(kanary_codebook_fit(&codebook, residual[0], COUNT, INPUTS, weight, 8));
	assert_int_equal(codebook.length, 2);
	assert_float_equal(codebook.codeword[1], 0.5, 1e-6);
	assert_float_equal(codebook.codeword[INPUTS + 2], -0.25, 1e-6);
	assert_true(codebook.gate > 0 && codebook.gate < 1e-5);
	kanary_codebook_free(&codebook);
}

static void leaves_nothing_of_what_is_known(void **state)
{
	static const float known[INPUTS] = { 0, 0.5f, 0, 0 };
	static const float unknown[INPUTS] = { 0, 0, 0, 0.5f };
	float residual[COUNT][INPUTS];
	struct kanary_codebook codebook;

	fill(residual);
	assert_true(kanary_codebook_fit(&codebook, residual[0], COUNT, INPUTS, weight, 8));
	assert_float_equal(kanary_codebook_error(&codebook, known, weight), 0, 1e-9);
	assert_float_equal(kanary_codebook_error(&codebook, unknown, weight), 0.25, 1e-6);
	kanary_codebook_free(&codebook);
}

static void keeps_to_its_size(void **state)
{
	float residual[COUNT][INPUTS];
	struct kanary_codebook codebook;

	fill(residual);
	assert_true(kanary_codebook_fit(&codebook, residual[0], COUNT, INPUTS, weight, 1));
	assert_int_equal(codebook.length, 1);
	kanary_codebook_free(&codebook);
	assert_true(kanary_codebook_fit(&codebook, residual[0], COUNT, INPUTS, weight, 0));
	assert_int_equal(codebook.length, 0);
	assert_true(codebook.gate == 0);
	assert_float_equal(kanary_codebook_error(&codebook, residual[ORDINARY], weight), 0.25,
			   1e-6);
	kanary_codebook_free(&codebook);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_the_far_ones),
		cmocka_unit_test(leaves_nothing_of_what_is_known),
		cmocka_unit_test(keeps_to_its_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
