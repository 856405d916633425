// SPDX-License-Identifier: GPL-2.0
#include "path_method.h"

#include <gsl/gsl_statistics_double.h>
#include <stdlib.h>
#include <string.h>

#include "train/head/name_train.h"
#include "judge/replay.h"
#include "train/trainer.h"

#define NO_MEMORY KANARY_TRAINER_NO_MEMORY
/* -log10 in Q24.8: what is more usual is not counted. */
#define ONE_IN_A_HUNDRED (2 << 8)
#define ONE_IN_TWENTY 333
#define SURPRISE_UNIT 256.0
/* Parts of what is learned from, each judged by models of the others. */
#define FOLDS 5
/* As "kanary train" has them by default, but for heads over sequences, which ask for more. */
#define INPUTS 32
#define CODE 8
#define CODEWORDS 64
#define GRAMS 6
#define PATH_HISTOGRAM 64
#define DRIFT 0.3
#define BUDGET 1000000

const char *kanary_path_method_name(enum kanary_path_method method)
{
	static const char *const names[] = {
		"never_seen_share", "never_seen_count", "path_names_sum", "path_names",
		"path_histogram", "calls", "all", "path_names_20", "path_histogram_100",
		"path_histogram_mean", "path_histogram_most", "calls_100", "calls_mean",
		"calls_most",
	};

	return names[method];
}

static int compare_hashes(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

static const char *score_unseen(const struct kanary_path_corpus *corpus, const bool *train,
				const bool *test, double (*score)[KANARY_PATH_CANDIDATES])
{
	const struct kanary_path_corpus_recording *recording;
	size_t count = 0, room = 1;
	uint32_t i, j, unseen;
	uint64_t *seen;

	for (i = 0; i < corpus->recordings; i++)
		room += train[i] ? corpus->recording[i].paths : 0;
	seen = malloc(room * sizeof(*seen));
	if (!seen)
		return NO_MEMORY;
	for (i = 0; i < corpus->recordings; i++)
		for (j = 0; train[i] && j < corpus->recording[i].paths; j++)
			seen[count++] = corpus->recording[i].path[j].written;
	qsort(seen, count, sizeof(*seen), compare_hashes);
	for (i = 0; i < corpus->recordings; i++) {
		recording = &corpus->recording[i];
		for (j = 0, unseen = 0; test[i] && j < recording->paths; j++)
			unseen += !bsearch(&recording->path[j].written, seen, count,
					   sizeof(*seen), compare_hashes);
		if (!test[i])
			continue;
		score[i][KANARY_PATH_METHOD_UNSEEN_COUNT] = unseen;
		score[i][KANARY_PATH_METHOD_UNSEEN_SHARE] =
			recording->paths ? (double)unseen / recording->paths : 0;
	}
	free(seen);
	return NULL;
}

/* The most surprising thing in a directory. */
struct place {
	u32 directory;
	u16 cost;
};

static int compare_places(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	if (a->directory != b->directory)
		return a->directory < b->directory ? -1 : 1;
	return a->cost > b->cost ? -1 : a->cost < b->cost;
}

static bool sum_over_directories(const struct kanary_name_table *table,
				 const struct kanary_path_corpus_recording *recording,
				 double *score)
{
	struct place *place = malloc((recording->paths * (size_t)KANARY_PATH_COMPONENTS + 1) *
				     sizeof(*place));
	u16 cost[KANARY_PATH_COMPONENTS + 1];
	uint32_t i, component;
	size_t places = 0, j;
	double sum = 0;

	if (!place)
		return false;
	for (i = 0; i < recording->paths; i++) {
		const struct kanary_path_walk *walk = &recording->path[i].walk;

		kanary_name_head_costs(table, walk, cost);
		for (component = 1; component <= walk->count; component++)
			place[places++] = (struct place){ walk->prefix[component - 1],
							  cost[component] };
	}
	qsort(place, places, sizeof(*place), compare_places);
	for (j = 0; j < places; j++)
		if ((!j || place[j].directory != place[j - 1].directory) &&
		    place[j].cost >= ONE_IN_TWENTY)
			sum += place[j].cost / SURPRISE_UNIT;
	free(place);
	*score = sum;
	return true;
}

static double share_of_unusual(const struct kanary_name_table *table,
			       const struct kanary_path_corpus_recording *recording, u32 least)
{
	u16 cost[KANARY_PATH_COMPONENTS + 1];
	uint32_t i, component, sum, unusual = 0;

	for (i = 0; i < recording->paths; i++) {
		const struct kanary_path_walk *walk = &recording->path[i].walk;

		kanary_name_head_costs(table, walk, cost);
		for (component = 1, sum = 0; component <= walk->count; component++)
			sum += cost[component];
		unusual += sum >= least;
	}
	return recording->paths ? (double)unusual / recording->paths : 0;
}

static const char *score_names(const struct kanary_path_corpus *corpus, const bool *train,
			       const bool *test, double (*score)[KANARY_PATH_CANDIDATES])
{
	struct kanary_name_train names = { 0 };
	struct kanary_name_table table = { 0 };
	uint32_t i, j;
	bool done = true;

	for (i = 0; done && i < corpus->recordings; i++) {
		if (!train[i])
			continue;
		done = kanary_name_train_document(&names, KANARY_NAME_TRAIN_WHOLE);
		for (j = 0; done && j < corpus->recording[i].paths; j++)
			done = kanary_name_train_path(&names, &corpus->recording[i].path[j].walk);
	}
	done = done && kanary_name_train_finish(&names, &table, KANARY_NAME_HEAD_ENTRIES_MAX);
	for (i = 0; done && i < corpus->recordings; i++)
		if (test[i]) {
			score[i][KANARY_PATH_METHOD_NAMES] =
				share_of_unusual(&table, &corpus->recording[i], ONE_IN_A_HUNDRED);
			score[i][KANARY_PATH_METHOD_NAMES_20] =
				share_of_unusual(&table, &corpus->recording[i], ONE_IN_TWENTY);
			done = sum_over_directories(&table, &corpus->recording[i],
						    &score[i][KANARY_PATH_METHOD_NAMES_SUM]);
		}
	free((void *)table.entry);
	kanary_name_train_free(&names);
	return done ? NULL : NO_MEMORY;
}

static const char *train_vectors(const struct kanary_path_corpus *corpus, const bool *train,
			       struct kanary_trainer_result *result)
{
	struct kanary_trainer_settings settings = {
		.name = "bench", .inputs = INPUTS, .code = CODE, .codewords = CODEWORDS,
		.grams = GRAMS, .path_histogram = PATH_HISTOGRAM, .drift = DRIFT, .stride = 1,
		.budget = BUDGET,
		.decay_limit = 4 * corpus->period, .folds = KANARY_DATASET_TURNS,
		.sequence = { .seed = 1 },
	};
	struct kanary_dataset dataset = { .period = corpus->period };
	const struct kanary_vector *vector;
	struct kanary_progress progress;
	const char *failure = NULL;
	bool done = true;
	uint32_t i;

	kanary_progress_init(&progress, true);
	for (i = 0; i < corpus->recordings; i++)
		for (vector = NULL; train[i] && done &&
		     (vector = kanary_path_corpus_next(&corpus->recording[i], vector));)
			done = kanary_dataset_add(&dataset, i, vector);
	if (!done || !kanary_dataset_finish(&dataset))
		failure = NO_MEMORY;
	else
		failure = kanary_trainer_run(result, &dataset, &settings, &progress);
	kanary_dataset_free(&dataset);
	return failure;
}

/* Of a head's verdicts on the vectors of a recording. */
struct tally {
	uint32_t vectors;
	uint32_t twenty;
	uint32_t hundred;
	double sum;
	u32 most;
};

static void take(struct tally *tally, u32 surprise)
{
	tally->vectors++;
	tally->twenty += surprise >= ONE_IN_TWENTY;
	tally->hundred += surprise >= ONE_IN_A_HUNDRED;
	tally->sum += surprise;
	tally->most = surprise > tally->most ? surprise : tally->most;
}

static double share(uint32_t some, uint32_t all)
{
	return all ? (double)some / all : 0;
}

static void write_calls(const struct tally *tally, double *score)
{
	score[KANARY_PATH_METHOD_CALLS] = share(tally->twenty, tally->vectors);
	score[KANARY_PATH_METHOD_CALLS_100] = share(tally->hundred, tally->vectors);
	score[KANARY_PATH_METHOD_CALLS_MEAN] = tally->vectors ? tally->sum / tally->vectors : 0;
	score[KANARY_PATH_METHOD_CALLS_MOST] = tally->most;
}

static void write_histogram(const struct tally *tally, double *score)
{
	score[KANARY_PATH_METHOD_HISTOGRAM] = share(tally->twenty, tally->vectors);
	score[KANARY_PATH_METHOD_HISTOGRAM_100] = share(tally->hundred, tally->vectors);
	score[KANARY_PATH_METHOD_HISTOGRAM_MEAN] =
		tally->vectors ? tally->sum / tally->vectors : 0;
	score[KANARY_PATH_METHOD_HISTOGRAM_MOST] = tally->most;
}

/* What one model says of calls, and of the directories of paths; false without memory. */
static bool score_recording(struct kanary_replay *replay,
			    const struct kanary_path_corpus_recording *recording, double *score)
{
	struct tally calls = { 0 }, histogram = { 0 };
	const struct kanary_replay_stream *stream;
	const struct kanary_vector *vector = NULL;

	kanary_replay_forget(replay);
	while ((vector = kanary_path_corpus_next(recording, vector))) {
		stream = kanary_replay_vector(replay, vector);
		if (!stream)
			return false;
		take(&calls, stream->last.task_surprise);
		if (stream->last.flags & KANARY_VERDICT_PATH_HISTOGRAM)
			take(&histogram, stream->last.path_histogram_surprise);
	}
	write_calls(&calls, score);
	write_histogram(&histogram, score);
	return true;
}

static const char *score_vectors(const struct kanary_path_corpus *corpus, const bool *train,
			       const bool *test, double (*score)[KANARY_PATH_CANDIDATES])
{
	struct kanary_trainer_result result;
	struct kanary_replay replay;
	const char *failure;
	uint32_t i;

	failure = train_vectors(corpus, train, &result);
	if (failure)
		return failure;
	if (!kanary_replay_init(&replay, result.file)) {
		free(result.file);
		return NO_MEMORY;
	}
	for (i = 0; !failure && i < corpus->recordings; i++)
		if (test[i] && !score_recording(&replay, &corpus->recording[i], score[i]))
			failure = NO_MEMORY;
	kanary_replay_free(&replay);
	free(result.file);
	return failure;
}

static const char *score_heads(const struct kanary_path_corpus *corpus, const bool *train,
			       const bool *test, double (*score)[KANARY_PATH_CANDIDATES])
{
	const char *failure = score_names(corpus, train, test, score);

	return failure ? failure : score_vectors(corpus, train, test, score);
}

/* What is learned from, each part judged by models of the others. */
static const char *score_held_out(const struct kanary_path_corpus *corpus, const bool *train,
				  bool *learn, bool *judge,
				  double (*score)[KANARY_PATH_CANDIDATES])
{
	const char *failure = NULL;
	uint32_t fold, i, number;

	for (fold = 0; !failure && fold < FOLDS; fold++) {
		for (i = 0, number = 0; i < corpus->recordings; i++) {
			judge[i] = train[i] && number++ % FOLDS == fold;
			learn[i] = train[i] && !judge[i];
		}
		failure = score_heads(corpus, learn, judge, score);
	}
	return failure;
}

/* Adds the scores of a method, in standard deviations of those that were held out. */
static void add_standardised(const struct kanary_path_corpus *corpus, const bool *train,
			     const bool *test, enum kanary_path_method method,
			     double (*held_out)[KANARY_PATH_CANDIDATES], double *value,
			     double (*score)[KANARY_PATH_CANDIDATES])
{
	double mean, deviation;
	size_t values = 0;
	uint32_t i;

	for (i = 0; i < corpus->recordings; i++)
		if (train[i])
			value[values++] = held_out[i][method];
	mean = gsl_stats_mean(value, 1, values);
	deviation = values > 1 ? gsl_stats_sd_m(value, 1, values, mean) : 0;
	for (i = 0; deviation > 0 && i < corpus->recordings; i++)
		if (test[i])
			score[i][KANARY_PATH_METHOD_ALL] += (score[i][method] - mean) / deviation;
}

static const char *score_all(const struct kanary_path_corpus *corpus, const bool *train,
			     const bool *test, double (*score)[KANARY_PATH_CANDIDATES])
{
	size_t recordings = corpus->recordings;
	double (*held_out)[KANARY_PATH_CANDIDATES] = calloc(recordings, sizeof(*held_out));
	double *value = calloc(recordings, sizeof(*value));
	bool *learn = calloc(recordings, sizeof(*learn));
	bool *judge = calloc(recordings, sizeof(*judge));
	const char *failure = NO_MEMORY;
	uint32_t i;

	if (held_out && value && learn && judge)
		failure = score_held_out(corpus, train, learn, judge, held_out);
	for (i = 0; i < recordings; i++)
		if (test[i])
			score[i][KANARY_PATH_METHOD_ALL] = 0;
	if (!failure) {
		add_standardised(corpus, train, test, KANARY_PATH_METHOD_NAMES, held_out, value,
				 score);
		add_standardised(corpus, train, test, KANARY_PATH_METHOD_HISTOGRAM, held_out,
				 value, score);
		add_standardised(corpus, train, test, KANARY_PATH_METHOD_CALLS, held_out, value,
				 score);
	}
	free(judge);
	free(learn);
	free(value);
	free(held_out);
	return failure;
}

const char *kanary_path_method_run(const struct kanary_path_corpus *corpus, const bool *train,
				   const bool *test, enum kanary_path_method_extent extent,
				   double (*score)[KANARY_PATH_CANDIDATES])
{
	const char *failure = score_unseen(corpus, train, test, score);

	if (failure)
		return failure;
	if (extent == KANARY_PATH_METHOD_PATHS_ALONE)
		return score_names(corpus, train, test, score);
	failure = score_heads(corpus, train, test, score);
	if (failure || extent == KANARY_PATH_METHOD_SINGLE)
		return failure;
	return score_all(corpus, train, test, score);
}
