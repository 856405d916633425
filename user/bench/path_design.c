// SPDX-License-Identifier: GPL-2.0
#include "path_design.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge/evaluate.h"
#include "train/trainer.h"

#define NO_MEMORY KANARY_TRAINER_NO_MEMORY
/* Of the recordings of known groups, one in so many is held out. */
#define HELD_OUT 5

/**
 * struct work - shared by all rounds
 * @score: of the present round
 * @known: [candidate][@knowns], scores of known groups, of all rounds so far
 * @paths: [@knowns], of these recordings
 * @stranger: scores of the group that is left out
 */
struct work {
	const struct kanary_path_corpus *corpus;
	bool *train;
	bool *test;
	double (*score)[KANARY_PATH_CANDIDATES];
	double *known[KANARY_PATH_CANDIDATES];
	double *paths;
	size_t knowns;
	double *stranger;
	double *ranks;
};

static bool is_of(const struct kanary_path_corpus *corpus, uint32_t number, const char *group)
{
	return !strcmp(corpus->recording[number].group, group);
}

/* Groups of normal recordings, each by its first one. */
static bool begins_group(const struct kanary_path_corpus *corpus, uint32_t number)
{
	uint32_t i;

	if (corpus->recording[number].attack)
		return false;
	for (i = 0; i < number; i++)
		if (!corpus->recording[i].attack &&
		    is_of(corpus, i, corpus->recording[number].group))
			return false;
	return true;
}

static const char *run_round(struct work *work, const char *group, uint32_t round,
			     struct kanary_path_design *design)
{
	const struct kanary_path_corpus *corpus = work->corpus;
	size_t first = work->knowns, strangers;
	struct kanary_evaluation evaluation;
	uint32_t i, method, number = 0;
	const char *failure;

	for (i = 0; i < corpus->recordings; i++) {
		bool normal = !corpus->recording[i].attack;
		bool known = normal && !is_of(corpus, i, group);

		work->test[i] = normal && (!known || (number++ + round) % HELD_OUT == 0);
		work->train[i] = known && !work->test[i];
	}
	failure = kanary_path_method_run(corpus, work->train, work->test,
					 KANARY_PATH_METHOD_SINGLE, work->score);
	if (failure)
		return failure;
	for (method = 0; method < KANARY_PATH_CANDIDATES; method++) {
		work->knowns = first;
		for (i = 0, strangers = 0; i < corpus->recordings; i++) {
			if (work->test[i] && is_of(corpus, i, group)) {
				work->stranger[strangers++] = work->score[i][method];
			} else if (work->test[i]) {
				work->paths[work->knowns] = corpus->recording[i].paths;
				work->known[method][work->knowns++] = work->score[i][method];
			}
		}
		kanary_evaluate_scores(work->known[method] + first, work->knowns - first,
				       work->stranger, strangers, &evaluation);
		design[method].auc += evaluation.auc;
	}
	return NULL;
}

static bool allocate(struct work *work, uint32_t groups)
{
	size_t recordings = work->corpus->recordings, room = recordings * groups + 1;
	bool done;
	uint32_t i;

	work->train = calloc(recordings + 1, sizeof(*work->train));
	work->test = calloc(recordings + 1, sizeof(*work->test));
	work->score = calloc(recordings + 1, sizeof(*work->score));
	work->stranger = calloc(recordings + 1, sizeof(*work->stranger));
	work->paths = calloc(room, sizeof(*work->paths));
	work->ranks = calloc(2 * room, sizeof(*work->ranks));
	done = work->train && work->test && work->score && work->stranger && work->paths &&
	       work->ranks;
	for (i = 0; i < KANARY_PATH_CANDIDATES; i++) {
		work->known[i] = calloc(room, sizeof(**work->known));
		done = done && work->known[i];
	}
	return done;
}

static void release(struct work *work)
{
	uint32_t i;

	for (i = 0; i < KANARY_PATH_CANDIDATES; i++)
		free(work->known[i]);
	free(work->ranks);
	free(work->paths);
	free(work->stranger);
	free(work->score);
	free(work->test);
	free(work->train);
}

const char *kanary_path_design_measure(const struct kanary_path_corpus *corpus,
				       struct kanary_progress *progress,
				       struct kanary_path_design *design)
{
	struct work work = { .corpus = corpus };
	uint32_t groups = 0, round = 0, i;
	const char *failure = NO_MEMORY;

	memset(design, 0, KANARY_PATH_CANDIDATES * sizeof(*design));
	for (i = 0; i < corpus->recordings; i++)
		groups += begins_group(corpus, i);
	if (!allocate(&work, groups))
		goto out;
	failure = groups > 1 ? NULL : "there is one group only: none can be left out";
	for (i = 0; !failure && i < corpus->recordings; i++) {
		if (!begins_group(corpus, i))
			continue;
		kanary_progress_show(progress, (double)round / groups, "group %u of %u", round + 1,
				     groups);
		failure = run_round(&work, corpus->recording[i].group, round, design);
		round++;
	}
	for (i = 0; !failure && i < KANARY_PATH_CANDIDATES; i++) {
		design[i].auc /= groups;
		design[i].correlation = gsl_stats_spearman(work.known[i], 1, work.paths, 1,
							   work.knowns, work.ranks);
		/* where all are the same there is none */
		if (!isfinite(design[i].correlation))
			design[i].correlation = 0;
	}
out:
	release(&work);
	return failure;
}
