// SPDX-License-Identifier: GPL-2.0
#include "evaluate.h"

#include <gsl/gsl_sort.h>
#include <math.h>

size_t kanary_evaluate_count(const double *sorted, size_t count, double score)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (sorted[middle] < score)
			low = middle + 1;
		else
			high = middle;
	}
	return count - low;
}

/* Scores of @sorted that are more than @score. */
static size_t count_above(const double *sorted, size_t count, double score)
{
	return kanary_evaluate_count(sorted, count, nextafter(score, INFINITY));
}

static double detected(const double *normal, size_t normals, const double *attack, size_t attacks,
		       double rate)
{
	size_t allowed = (size_t)(rate * normals);

	/* an alarm is a score above that of the first normal stream that must not raise one */
	return (double)count_above(attack, attacks, normal[normals - 1 - allowed]) / attacks;
}

void kanary_evaluate_scores(double *normal, size_t normals, double *attack, size_t attacks,
			    struct kanary_evaluation *evaluation)
{
	double wins = 0;
	size_t i;

	gsl_sort(normal, 1, normals);
	gsl_sort(attack, 1, attacks);
	/* Mann and Whitney 1947 */
	for (i = 0; i < normals; i++)
		wins += 0.5 * (kanary_evaluate_count(attack, attacks, normal[i]) +
			       count_above(attack, attacks, normal[i]));
	evaluation->auc = wins / normals / attacks;
	evaluation->detected_at_1 = detected(normal, normals, attack, attacks, 0.01);
	evaluation->detected_at_5 = detected(normal, normals, attack, attacks, 0.05);
	evaluation->detected_at_15 = detected(normal, normals, attack, attacks, 0.15);
	i = attacks - (size_t)ceil(0.9 * attacks);
	evaluation->false_at_90 = (double)kanary_evaluate_count(normal, normals, attack[i]);
	evaluation->false_at_90 /= normals;
}
