/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which score of a recording to report, chosen on normal recordings alone: a group that was
 * left out of learning stands for an attack. A good score tells it from recordings of known
 * groups, and does not rise or fall with the size of a recording.
 */
#ifndef KANARY_PATH_DESIGN_H
#define KANARY_PATH_DESIGN_H

#include "path_method.h"
#include "terminal/progress.h"

/**
 * struct kanary_path_design - of one candidate
 * @correlation: rank correlation (Spearman 1904) with the number of a recording's paths, of
 *	recordings of known groups that were held out
 * @auc: mean over the groups left out, against these
 */
struct kanary_path_design {
	double correlation;
	double auc;
};

/**
 * kanary_path_design_measure() - measure all candidates
 * @design: [KANARY_PATH_CANDIDATES], set but for KANARY_PATH_METHOD_ALL
 *
 * Of the groups that stay a fifth is held out. No recording with an attack is looked at.
 *
 * Return: NULL, or a sentence that says why not.
 */
const char *kanary_path_design_measure(const struct kanary_path_corpus *corpus,
				       struct kanary_progress *progress,
				       struct kanary_path_design *design);

#endif /* KANARY_PATH_DESIGN_H */
