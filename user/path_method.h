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
 * @KANARY_PATH_METHODS_PATHS: what is before this reads no calls
 * @KANARY_PATH_METHOD_CALLS: the heads that read calls: share of its vectors that are as
 *	surprising as one in twenty, or more
 * @KANARY_PATH_METHOD_ALL: sum of both, each in standard deviations of the scores of normal
 *	recordings that were held out in learning
 */
enum kanary_path_method {
	KANARY_PATH_METHOD_UNSEEN_SHARE,
	KANARY_PATH_METHOD_UNSEEN_COUNT,
	KANARY_PATH_METHOD_NAMES_SUM,
	KANARY_PATH_METHOD_NAMES,
	KANARY_PATH_METHODS_PATHS,
	KANARY_PATH_METHOD_CALLS = KANARY_PATH_METHODS_PATHS,
	KANARY_PATH_METHOD_ALL,
	KANARY_PATH_METHODS,
};

/** kanary_path_method_name() - for tables */
const char *kanary_path_method_name(enum kanary_path_method method);

/**
 * kanary_path_method_run() - learn from some recordings, and judge others
 * @train: of each recording, whether to learn from it
 * @test: of each recording, whether to judge it
 * @paths_only: methods before KANARY_PATH_METHODS_PATHS alone
 * @score: [recording][KANARY_PATH_METHODS], set where @test is
 *
 * Return: NULL, or a sentence that says why not.
 */
const char *kanary_path_method_run(const struct kanary_path_corpus *corpus, const bool *train,
				   const bool *test, bool paths_only,
				   double (*score)[KANARY_PATH_METHODS]);

#endif /* KANARY_PATH_METHOD_H */
