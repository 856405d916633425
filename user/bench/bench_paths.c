// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_statistics_double.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "terminal/arguments.h"
#include "commands.h"
#include "judge/evaluate.h"
#include "terminal/json_output.h"
#include "terminal/message.h"
#include "terminal/parallel.h"
#include "path_design.h"
#include "path_method.h"
#include "terminal/progress.h"

#define PERIOD 256
#define SPLITS_DEFAULT 10
#define SPLITS_MAX 100
/* Of the normal recordings, for training. */
#define TRAIN_SHARE 0.7
#define GROUPS_MAX 64

/**
 * enum protocol - who is learned from, and who is judged
 * @SPLIT: random shares of the normal recordings; judged are the others, and all attacks
 * @GROUP: all groups but one; judged is that one
 */
enum protocol {
	SPLIT,
	GROUP,
	PROTOCOLS,
};

struct options {
	const char *path;
	uint32_t splits;
	uint32_t jobs;
	bool paths_only;
	bool design;
	bool json;
};

/**
 * struct outcome - of one method under one protocol
 * @run: of each round
 * @runs: of them
 * @pooled: of all rounds' scores together, where each recording is judged once
 */
struct outcome {
	struct kanary_evaluation run[SPLITS_MAX];
	uint32_t runs;
	struct kanary_evaluation pooled;
};

/**
 * struct bench - all of it
 * @score: [recording], of the round at hand
 * @scores: [round][recording], of all rounds of the protocol at hand, shared by processes
 */
struct bench {
	const struct options *options;
	enum protocol protocol;
	uint32_t rounds;
	struct kanary_path_corpus corpus;
	const char *group[GROUPS_MAX];
	uint32_t groups;
	bool *train;
	uint32_t *place;
	bool *test;
	double (*score)[KANARY_PATH_CANDIDATES];
	double (*scores)[KANARY_PATH_CANDIDATES];
	double *normal;
	double *attack;
	struct outcome outcome[PROTOCOLS][KANARY_PATH_METHODS];
	struct kanary_progress progress;
};

static const struct argp_option arguments[] = {
	{ "splits", 's', "N", 0, "random splits of the normal recordings, 10", 0 },
	{ "jobs", 'J', "N", 0, "processes at a time, as many as there are cores", 0 },
	{ "paths-only", 'p', NULL, 0, "leave out the heads that read vectors, which take most of the time", 0 },
	{ "design", 'd', NULL, 0, "what scores are chosen by: normal recordings alone, a group left out", 0 },
	{ "json", 'j', NULL, 0, "print the figures as a JSON object", 0 },
	{ 0 },
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;
	uint64_t number;

	switch (key) {
	case 's':
		if (!kanary_arguments_number(argument, 1, SPLITS_MAX, &number))
			return kanary_arguments_refuse(state, "--splits takes 1 to %d", SPLITS_MAX);
		options->splits = (uint32_t)number;
		return 0;
	case 'J':
		if (!kanary_arguments_number(argument, 1, KANARY_PARALLEL_MAX, &number))
			return kanary_arguments_refuse(state, "--jobs takes 1 to %d",
						       KANARY_PARALLEL_MAX);
		options->jobs = (uint32_t)number;
		return 0;
	case 'p':
		options->paths_only = true;
		return 0;
	case 'd':
		options->design = true;
		return 0;
	case 'j':
		options->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (options->path)
			return kanary_arguments_extra(state, argument);
		options->path = argument;
		return 0;
	case ARGP_KEY_END:
		if (!options->path)
			return kanary_arguments_refuse(state, "a directory or archive is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = arguments,
	.parser = parse_argument,
	.args_doc = "DIR|ARCHIVE",
	.doc = "Hold Kanary's heads, and paths never seen, against recordings with attacks.\n\n"
	       "Takes the text of sysdig: folders normal/ and, for example, exec/, with files\n"
	       "GROUP-NUMBER.log. Each recording gets one score. Two protocols: random splits of\n"
	       "the normal recordings, and all groups but one to learn from."
	       "\vExample:\n\n  kanary bench-paths hids-docker-sysdig.tar.zst --json\n",
};

static void find_groups(struct bench *bench)
{
	uint32_t i, j;

	for (i = 0; i < bench->corpus.recordings; i++) {
		for (j = 0; j < bench->groups; j++)
			if (!strcmp(bench->group[j], bench->corpus.recording[i].group))
				break;
		if (j == bench->groups && j < GROUPS_MAX)
			bench->group[bench->groups++] = bench->corpus.recording[i].group;
	}
}

static void choose_split(struct bench *bench, uint32_t round)
{
	const struct kanary_path_corpus *corpus = &bench->corpus;
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	uint32_t i, normal = 0;

	for (i = 0; i < corpus->recordings; i++)
		if (!corpus->recording[i].attack)
			bench->place[normal++] = i;
	gsl_rng_set(random, round + 1);
	gsl_ran_shuffle(random, bench->place, normal, sizeof(*bench->place));
	for (i = 0; i < corpus->recordings; i++) {
		bench->train[i] = false;
		bench->test[i] = true;
	}
	for (i = 0; i < (uint32_t)(normal * TRAIN_SHARE + 0.5); i++) {
		bench->train[bench->place[i]] = true;
		bench->test[bench->place[i]] = false;
	}
	gsl_rng_free(random);
}

static void choose_group(struct bench *bench, uint32_t round)
{
	const struct kanary_path_corpus *corpus = &bench->corpus;
	uint32_t i;

	for (i = 0; i < corpus->recordings; i++) {
		bench->test[i] = !strcmp(corpus->recording[i].group, bench->group[round]);
		bench->train[i] = !bench->test[i] && !corpus->recording[i].attack;
	}
}

static uint32_t methods_of(const struct bench *bench)
{
	return bench->options->paths_only ? KANARY_PATH_METHODS_PATHS : KANARY_PATH_METHODS;
}

static bool evaluate(struct bench *bench, enum kanary_path_method method,
		     struct kanary_evaluation *evaluation)
{
	uint32_t i, normals = 0, attacks = 0;

	for (i = 0; i < bench->corpus.recordings; i++) {
		if (!bench->test[i])
			continue;
		if (bench->corpus.recording[i].attack)
			bench->attack[attacks++] = bench->score[i][method];
		else
			bench->normal[normals++] = bench->score[i][method];
	}
	if (!normals || !attacks)
		return false;
	kanary_evaluate_scores(bench->normal, normals, bench->attack, attacks, evaluation);
	return true;
}

static void choose(struct bench *bench, uint32_t round)
{
	(bench->protocol == SPLIT ? choose_split : choose_group)(bench, round);
}

static void show_progress(void *context, uint32_t rounds)
{
	struct bench *bench = context;

	kanary_progress_show(&bench->progress,
			     (bench->protocol + (double)rounds / bench->rounds) / PROTOCOLS,
			     "%u of %u %s", rounds, bench->rounds,
			     bench->protocol == SPLIT ? "splits" : "groups");
}

static int run_round(void *context, uint32_t round)
{
	struct bench *bench = context;
	const char *failure;

	choose(bench, round);
	failure = kanary_path_method_run(&bench->corpus, bench->train, bench->test,
					 bench->options->paths_only ?
					 KANARY_PATH_METHOD_PATHS_ALONE :
					 KANARY_PATH_METHOD_REPORTED,
					 bench->scores + (size_t)round * bench->corpus.recordings);
	return failure ? kanary_message_error("bench-paths: %s", failure) : 0;
}

/* Those that the round judged; what others judged stays. */
static void take_scores(struct bench *bench, uint32_t round)
{
	size_t recordings = bench->corpus.recordings, i;

	for (i = 0; i < recordings; i++)
		if (bench->test[i])
			memcpy(bench->score[i], bench->scores[round * recordings + i],
			       sizeof(*bench->score));
}

static int run_protocol(struct bench *bench, enum protocol protocol)
{
	size_t recordings = bench->corpus.recordings, i, size;
	struct outcome *outcome;
	uint32_t round, method;
	int status;

	bench->protocol = protocol;
	bench->rounds = protocol == SPLIT ? bench->options->splits : bench->groups;
	size = bench->rounds * recordings * sizeof(*bench->scores);
	bench->scores = kanary_parallel_memory(size);
	if (!bench->scores)
		return kanary_message_error("bench-paths: %s", strerror(ENOMEM));
	status = kanary_parallel_run(bench->rounds, bench->options->jobs, run_round,
				     show_progress, bench);
	for (round = 0; !status && round < bench->rounds; round++) {
		choose(bench, round);
		take_scores(bench, round);
		for (method = 0; method < methods_of(bench); method++) {
			outcome = &bench->outcome[protocol][method];
			outcome->runs += evaluate(bench, method, &outcome->run[outcome->runs]);
		}
	}
	/* each recording was judged once when each group was left out once */
	for (i = 0; i < recordings; i++)
		bench->test[i] = true;
	for (method = 0; !status && protocol == GROUP && method < methods_of(bench); method++)
		evaluate(bench, method, &bench->outcome[protocol][method].pooled);
	kanary_parallel_free(bench->scores, size);
	return status;
}

static double mean_of(const struct outcome *outcome, size_t offset, double *deviation)
{
	double value[SPLITS_MAX];
	uint32_t i;

	for (i = 0; i < outcome->runs; i++)
		memcpy(&value[i], (const char *)&outcome->run[i] + offset, sizeof(*value));
	if (deviation)
		*deviation = outcome->runs > 1 ? gsl_stats_sd(value, 1, outcome->runs) : 0;
	return outcome->runs ? gsl_stats_mean(value, 1, outcome->runs) : 0;
}

#define MEAN(outcome, field, deviation) \
	mean_of(outcome, offsetof(struct kanary_evaluation, field), deviation)

static void print_text(const struct bench *bench)
{
	static const char *const titles[] = {
		"random splits of the normal recordings",
		"one group left out in turn",
	};
	const struct outcome *outcome;
	double deviation, auc;
	uint32_t protocol, method;

	printf("%u normal recordings, %u with an attack, %u groups\n", bench->corpus.normal,
	       bench->corpus.recordings - bench->corpus.normal, bench->groups);
	for (protocol = 0; protocol < PROTOCOLS; protocol++) {
		printf("\n%s (%u)\n%-20s%16s%10s%10s%10s%10s%s\n", titles[protocol],
		       bench->outcome[protocol][0].runs, "", "AUC", "DR@1%", "DR@5%", "DR@15%",
		       "FAR@90%", protocol == GROUP ? "  AUC, pooled" : "");
		for (method = 0; method < methods_of(bench); method++) {
			outcome = &bench->outcome[protocol][method];
			auc = MEAN(outcome, auc, &deviation);
			printf("%-20s%8.3f +-%5.3f%10.3f%10.3f%10.3f%10.3f",
			       kanary_path_method_name(method), auc, deviation,
			       MEAN(outcome, detected_at_1, NULL),
			       MEAN(outcome, detected_at_5, NULL),
			       MEAN(outcome, detected_at_15, NULL),
			       MEAN(outcome, false_at_90, NULL));
			if (protocol == GROUP)
				printf("%13.3f", outcome->pooled.auc);
			putchar('\n');
		}
	}
}

static json_t *json_protocol(const struct bench *bench, enum protocol protocol)
{
	json_t *object = json_object();
	const struct outcome *outcome;
	double deviation, auc;
	uint32_t method;

	for (method = 0; method < methods_of(bench); method++) {
		outcome = &bench->outcome[protocol][method];
		auc = MEAN(outcome, auc, &deviation);
		json_object_set_new(object, kanary_path_method_name(method), json_pack(
			"{s:I, s:f, s:f, s:f, s:f, s:f, s:f}", "runs", (json_int_t)outcome->runs,
			"auc", auc, "auc_sd", deviation,
			"detected_at_1", MEAN(outcome, detected_at_1, NULL),
			"detected_at_5", MEAN(outcome, detected_at_5, NULL),
			"detected_at_15", MEAN(outcome, detected_at_15, NULL),
			"false_at_90", MEAN(outcome, false_at_90, NULL)));
		if (protocol == GROUP)
			json_object_set_new(json_object_get(object,
							    kanary_path_method_name(method)),
					    "auc_pooled", json_real(outcome->pooled.auc));
	}
	return object;
}

static int print_json(const struct bench *bench)
{
	return kanary_json_output_print(json_pack("{s:I, s:I, s:I, s:o, s:o}",
		"normal", (json_int_t)bench->corpus.normal,
		"attack", (json_int_t)(bench->corpus.recordings - bench->corpus.normal),
		"groups", (json_int_t)bench->groups,
		"splits", json_protocol(bench, SPLIT),
		"groups_left_out", json_protocol(bench, GROUP)));
}

/* All candidates but the sum of heads, which no choice is made of. */
static int print_design(const struct bench *bench, const struct kanary_path_design *design)
{
	json_t *object = json_object();
	uint32_t method;

	if (!bench->options->json)
		printf("%u normal recordings, %u groups, each left out in turn\n%-24s%12s%20s\n",
		       bench->corpus.normal, bench->groups, "", "AUC", "rank correlation");
	for (method = 0; method < KANARY_PATH_CANDIDATES; method++) {
		if (method == KANARY_PATH_METHOD_ALL)
			continue;
		if (bench->options->json)
			json_object_set_new(object, kanary_path_method_name(method),
					    json_pack("{s:f, s:f}", "auc", design[method].auc,
						      "correlation", design[method].correlation));
		else
			printf("%-24s%12.3f%20.3f\n", kanary_path_method_name(method),
			       design[method].auc, design[method].correlation);
	}
	if (bench->options->json)
		return kanary_json_output_print(object);
	json_decref(object);
	return 0;
}

static int run_design(struct bench *bench)
{
	struct kanary_path_design design[KANARY_PATH_CANDIDATES];
	const char *failure;

	if (bench->corpus.normal < 10)
		return kanary_message_error("bench-paths: %s has %u recordings in normal/: 10 are the least",
					    bench->options->path, bench->corpus.normal);
	find_groups(bench);
	failure = kanary_path_design_measure(&bench->corpus, &bench->progress, design);
	kanary_progress_clear(&bench->progress);
	if (failure)
		return kanary_message_error("bench-paths: %s", failure);
	return print_design(bench, design);
}

static int run(struct bench *bench)
{
	size_t recordings;
	int status;

	if (!kanary_path_corpus_read(&bench->corpus, bench->options->path, PERIOD))
		return 1;
	if (bench->options->design)
		return run_design(bench);
	recordings = bench->corpus.recordings;
	if (bench->corpus.normal < 10 || bench->corpus.normal == recordings)
		return kanary_message_error("bench-paths: %s has %u recordings in normal/, %zu "
					    "elsewhere: 10 and 1 are the least",
					    bench->options->path, bench->corpus.normal,
					    recordings - bench->corpus.normal);
	find_groups(bench);
	bench->train = calloc(recordings, sizeof(*bench->train));
	bench->place = calloc(recordings, sizeof(*bench->place));
	bench->test = calloc(recordings, sizeof(*bench->test));
	bench->score = calloc(recordings, sizeof(*bench->score));
	bench->normal = calloc(recordings, sizeof(*bench->normal));
	bench->attack = calloc(recordings, sizeof(*bench->attack));
	if (!bench->train || !bench->place || !bench->test || !bench->score ||
	    !bench->normal || !bench->attack)
		return kanary_message_error("bench-paths: %s", strerror(ENOMEM));
	status = run_protocol(bench, SPLIT);
	if (!status && bench->groups > 1)
		status = run_protocol(bench, GROUP);
	kanary_progress_clear(&bench->progress);
	if (!status && bench->options->json)
		status = print_json(bench);
	else if (!status)
		print_text(bench);
	return status;
}

int kanary_bench_paths_main(int argc, char **argv)
{
	struct options options = { .splits = SPLITS_DEFAULT };
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	struct bench *bench;
	int status;

	options.jobs = cores < 1 ? 1 : cores < KANARY_PARALLEL_MAX ? (uint32_t)cores :
								      KANARY_PARALLEL_MAX;
	status = kanary_arguments_parse(&argp, argc, argv, &options);
	if (status)
		return status;
	bench = calloc(1, sizeof(*bench));
	if (!bench)
		return kanary_message_error("bench-paths: %s", strerror(ENOMEM));
	bench->options = &options;
	kanary_progress_init(&bench->progress, !isatty(STDERR_FILENO));
	status = run(bench);
	free(bench->place);
	free(bench->train);
	free(bench->test);
	free(bench->score);
	free(bench->normal);
	free(bench->attack);
	kanary_path_corpus_free(&bench->corpus);
	free(bench);
	return status;
}
