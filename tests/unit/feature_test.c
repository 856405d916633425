/* SPDX-License-Identifier: GPL-2.0 */
/* Square roots of shares, against floating point. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "feature.h"
#include "model_fixture.h"

static void check(u32 count, u32 total)
{
	double exact = fmin(32768 * sqrt((double)count / total), 32767);
	s16 value = kanary_feature_value(count, kanary_feature_reciprocal(total));

	if (fabs(value - exact) >= 1)
		fail_msg("%u of %u: %d, exactly %.3f", count, total, value, exact);
}

static void is_within_one_unit_of_floating_point(void **state)
{
	uint64_t random = 42;
	u32 total, count, i;

	for (total = 1; total <= 300; total++)
		for (count = 0; count <= total; count++)
			check(count, total);
	for (count = 0; count <= 32768; count++)
		check(count, 32768);
	for (i = 0; i < 200000; i++) {
		total = 1 + (model_fixture_random(&random) >> (4 + i % 27));
		check(model_fixture_random(&random) % (total + 1), total);
		check(total, total);
		check(1, total);
	}
}

static void survives_the_extremes(void **state)
{
	assert_int_equal(kanary_feature_reciprocal(0), 0);
	assert_int_equal(kanary_feature_value(0, 0), 0);
	assert_true(kanary_feature_reciprocal(1) == 1ull << 62);
	assert_int_equal(kanary_feature_value(1, 1ull << 62), 32767);
	assert_int_equal(kanary_feature_value(UINT32_MAX, kanary_feature_reciprocal(UINT32_MAX)),
			 32767);
	assert_int_equal(kanary_feature_value(1, kanary_feature_reciprocal(UINT32_MAX)), 0);
}

static void reciprocal_is_exact(void **state)
{
	uint64_t random = 7;
	u32 total, i;

	for (i = 0; i < 100000; i++) {
		total = (model_fixture_random(&random) >> i % 32) | 1;
		assert_true(kanary_feature_reciprocal(total) == (1ull << 62) / total);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_within_one_unit_of_floating_point),
		cmocka_unit_test(survives_the_extremes),
		cmocka_unit_test(reciprocal_is_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
