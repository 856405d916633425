/* SPDX-License-Identifier: GPL-2.0 */
/* Ways to say how suspicious a whole recording is, for "kanary bench-paths". */
#ifndef KANARY_PATH_METHOD_H
#define KANARY_PATH_METHOD_H

#include "path_corpus.h"

/**
 * enum kanary_path_method - what a recording's score is; larger is more suspicious
 * @KANARY_PATH_METHOD_UNSEEN_SHARE: share of its paths that training never had
 * @KANARY_PATH_METHOD_UNSEEN_COUNT: how many there are
 * @KANARY_PATH_METHOD_NAMES_SUM: the names head: sum over the directories that it visits of
 *	the surprise of the most surprising thing that it uses there, of what is rarer than one
 *	in twenty (truncated product of tail probabilities: Zaykin and others 2002)
 * @KANARY_PATH_METHOD_NAMES: the names head: share of its paths that are as surprising as one
 *	in a hundred, or more
 * @KANARY_PATH_METHODS_PATHS: what is before this needs no vectors
 * @KANARY_PATH_METHOD_HISTOGRAM: the path histogram head: as CALLS
 * @KANARY_PATH_METHOD_CALLS: the heads that read calls: share of its vectors that are as
 *	surprising as one in twenty, or more
 * @KANARY_PATH_METHOD_ALL: sum of NAMES, HISTOGRAM and CALLS, each in standard deviations of
 *	the scores of normal recordings that were held out in learning
 * @KANARY_PATH_METHODS: those that are reported; the others were candidates for what they say
 * @KANARY_PATH_METHOD_NAMES_20: as NAMES, of one in twenty
 * @KANARY_PATH_METHOD_HISTOGRAM_100: as HISTOGRAM, of one in a hundred
 * @KANARY_PATH_METHOD_HISTOGRAM_MEAN: mean surprise of its vectors
 * @KANARY_PATH_METHOD_HISTOGRAM_MOST: the largest
 * @KANARY_PATH_METHOD_CALLS_100: as CALLS, of one in a hundred
 * @KANARY_PATH_METHOD_CALLS_MEAN: mean surprise of its vectors
 * @KANARY_PATH_METHOD_CALLS_MOST: the largest
 * @KANARY_PATH_CANDIDATES: all
 */
enum kanary_path_method {
	KANARY_PATH_METHOD_UNSEEN_SHARE,
	KANARY_PATH_METHOD_UNSEEN_COUNT,
	KANARY_PATH_METHOD_NAMES_SUM,
	KANARY_PATH_METHOD_NAMES,
	KANARY_PATH_METHODS_PATHS,
	KANARY_PATH_METHOD_HISTOGRAM = KANARY_PATH_METHODS_PATHS,
	KANARY_PATH_METHOD_CALLS,
	KANARY_PATH_METHOD_ALL,
	KANARY_PATH_METHODS,
	KANARY_PATH_METHOD_NAMES_20 = KANARY_PATH_METHODS,
	KANARY_PATH_METHOD_HISTOGRAM_100,
	KANARY_PATH_METHOD_HISTOGRAM_MEAN,
	KANARY_PATH_METHOD_HISTOGRAM_MOST,
	KANARY_PATH_METHOD_CALLS_100,
	KANARY_PATH_METHOD_CALLS_MEAN,
	KANARY_PATH_METHOD_CALLS_MOST,
	KANARY_PATH_CANDIDATES,
};

/**
 * enum kanary_path_method_extent - which of them are wanted
 * @KANARY_PATH_METHOD_PATHS_ALONE: those before KANARY_PATH_METHODS_PATHS
 * @KANARY_PATH_METHOD_REPORTED: those before KANARY_PATH_METHODS
 * @KANARY_PATH_METHOD_SINGLE: all candidates but KANARY_PATH_METHOD_ALL, which takes most time
 */
enum kanary_path_method_extent {
	KANARY_PATH_METHOD_PATHS_ALONE,
	KANARY_PATH_METHOD_REPORTED,
	KANARY_PATH_METHOD_SINGLE,
};

/** kanary_path_method_name() - for tables */
const char *kanary_path_method_name(enum kanary_path_method method);

/**
 * kanary_path_method_run() - learn from some recordings, and judge others
 * @train: of each recording, whether to learn from it
 * @test: of each recording, whether to judge it
 * @score: [recording][KANARY_PATH_CANDIDATES], set where @test is, as far as @extent goes
 *
 * Return: NULL, or a sentence that says why not.
 */
const char *kanary_path_method_run(const struct kanary_path_corpus *corpus, const bool *train,
				   const bool *test, enum kanary_path_method_extent extent,
				   double (*score)[KANARY_PATH_CANDIDATES]);

#endif /* KANARY_PATH_METHOD_H */
