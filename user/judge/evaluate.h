/* SPDX-License-Identifier: GPL-2.0 */
/* How well scores tell attacks from normal streams. Larger scores are more suspicious. */
#ifndef KANARY_EVALUATE_H
#define KANARY_EVALUATE_H

#include <stddef.h>

/**
 * struct kanary_evaluation - what a method is worth
 * @auc: probability that an attack scores higher than a normal stream, ties half
 * @detected_at_1: share of the attacks detected with false alarms for 1 % of the
 *	normal streams at most
 * @detected_at_5: the same for 5 %
 * @detected_at_15: the same for 15 %
 * @false_at_90: share of the normal streams that raise a false alarm where 90 %
 *	of the attacks are detected
 */
struct kanary_evaluation {
	double auc;
	double detected_at_1;
	double detected_at_5;
	double detected_at_15;
	double false_at_90;
};

/** kanary_evaluate_count() - how many scores of @sorted are at least @score */
size_t kanary_evaluate_count(const double *sorted, size_t count, double score);

/**
 * kanary_evaluate_scores() - compare two sets of scores
 * @normal: sorted on return
 * @normals: at least 1
 * @attack: sorted on return
 * @attacks: at least 1
 */
void kanary_evaluate_scores(double *normal, size_t normals, double *attack, size_t attacks,
			    struct kanary_evaluation *evaluation);

#endif /* KANARY_EVALUATE_H */
