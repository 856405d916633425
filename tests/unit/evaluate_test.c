// SPDX-License-Identifier: GPL-2.0
/* Against figures worked out by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>

#include "judge/evaluate.h"

#define NEAR(a, b) assert_true(fabs((a) - (b)) < 1e-12)

static void perfect_and_reversed(void **state)
{
	double low[4] = { 3, 1, 2, 4 }, high[3] = { 7, 9, 8 };
	struct kanary_evaluation evaluation;

	kanary_evaluate_scores(low, 4, high, 3, &evaluation);
	NEAR(evaluation.auc, 1);
	NEAR(evaluation.detected_at_1, 1);
	NEAR(evaluation.false_at_90, 0);
	kanary_evaluate_scores(high, 3, low, 4, &evaluation);
	NEAR(evaluation.auc, 0);
	NEAR(evaluation.detected_at_15, 0);
	NEAR(evaluation.false_at_90, 1);
}

static void ties_count_half(void **state)
{
	double normal[2] = { 5, 5 }, attack[4] = { 5, 5, 5, 5 };
	struct kanary_evaluation evaluation;

	kanary_evaluate_scores(normal, 2, attack, 4, &evaluation);
	NEAR(evaluation.auc, 0.5);
	NEAR(evaluation.detected_at_15, 0);
	NEAR(evaluation.false_at_90, 1);
}

static void by_hand(void **state)
{
	double normal[100], attack[10] = { 0.5, 94.5, 94.5, 98.5, 98.5, 98.5, 98.5, 200, 200, 200 };
	struct kanary_evaluation evaluation;
	int i;

	for (i = 0; i < 100; i++)
		normal[i] = 99 - i;
	kanary_evaluate_scores(normal, 100, attack, 10, &evaluation);
	/* 1 % allows 99 alone: what is above 98 */
	NEAR(evaluation.detected_at_1, 0.7);
	/* 5 % allows 95 .. 99: what is above 94 */
	NEAR(evaluation.detected_at_5, 0.9);
	/* nine of ten are at 94.5 and more; so are 95 .. 99 */
	NEAR(evaluation.false_at_90, 0.05);
	NEAR(evaluation.auc, (1 + 2 * 95 + 4 * 99 + 3 * 100) / 1000.0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(perfect_and_reversed),
		cmocka_unit_test(ties_count_half),
		cmocka_unit_test(by_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
