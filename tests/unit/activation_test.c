/* SPDX-License-Identifier: GPL-2.0 */
/* Sigmoid and tanh over all inputs there are, against libm. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "activation.h"

/* The errors that activation.h states, in units of Q0.15. */
#define SIGMOID_ERROR 0.78
#define TANH_ERROR 1.33

static double sigmoid(double x)
{
	return 1 / (1 + exp(-x));
}

static void check_all(const char *name, s32 (*fixed)(s32), double (*exact)(double), double allowed)
{
	double error, largest = 0;
	s32 before = INT32_MIN;
	s32 x, y, at = 0;

	for (x = -32768; x <= 32767; x++) {
		y = fixed(x);
		if (y < before)
			fail_msg("%s falls from %d to %d at %d", name, before, y, x);
		before = y;
		error = fabs(y - 32768 * exact(x / 4096.0));
		if (error > largest) {
			largest = error;
			at = x;
		}
	}
	if (largest > allowed || largest < allowed - 0.02)
		fail_msg("%s: largest error %.4f at %d, stated %.2f", name, largest, at, allowed);
}

static void stays_within_its_stated_error(void **state)
{
	check_all("sigmoid", kanary_activation_sigmoid, sigmoid, SIGMOID_ERROR);
	check_all("tanh", kanary_activation_tanh, tanh, TANH_ERROR);
}

static void is_symmetric_and_fits_into_15_bits(void **state)
{
	s32 x;

	for (x = 0; x <= 32767; x++) {
		assert_int_equal(kanary_activation_tanh(-x), -kanary_activation_tanh(x));
		assert_int_equal(kanary_activation_sigmoid(-x),
				 32768 - kanary_activation_sigmoid(x));
	}
	assert_in_range(kanary_activation_tanh(32767), 32760, 32767);
	assert_int_equal(kanary_activation_tanh(-32768), -32767);
	assert_in_range(kanary_activation_sigmoid(32767), 32750, 32767);
	assert_in_range(kanary_activation_sigmoid(-32768), 1, 18);
	assert_int_equal(kanary_activation_tanh(0), 0);
	assert_int_equal(kanary_activation_sigmoid(0), 16384);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stays_within_its_stated_error),
		cmocka_unit_test(is_symmetric_and_fits_into_15_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
