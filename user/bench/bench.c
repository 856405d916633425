// SPDX-License-Identifier: GPL-2.0
#include "bench.h"

#include <errno.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "terminal/arguments.h"
#include "bench_report.h"
#include "train/blas.h"
#include "commands.h"
#include "terminal/message.h"
#include "terminal/progress.h"

#define SEEDS_DEFAULT 5
#define SEEDS_MAX 1000
/* Areas that a seed gives: of processes held out and full, and of runs. */
#define AREAS (2 + KANARY_BENCH_RUNS_WAYS * KANARY_BENCH_RUNS_SETS)

struct options {
	const char *path;
	const char *methods;
	const char **model;
	uint32_t models;
	uint32_t seeds;
	bool design;
	bool json;
};

/**
 * struct bench - what the seeds of a method share
 * @model: [models], of the user
 * @result: [@results], a method or a model each
 * @seeds: of the method at work: 1 where nothing is random
 * @score: [traces]
 * @normal: [traces], of one set
 * @attack: [traces]
 * @auc: [AREAS][seeds]
 */
struct bench {
	const struct options *options;
	struct kanary_bench_data data;
	struct kanary_bench_runs runs;
	struct kanary_progress progress;
	struct kanary_bench_model *model;
	struct kanary_bench_result *result;
	uint32_t results;
	uint32_t seeds;
	double *score;
	double *normal;
	double *attack;
	double *auc;
};

static const struct argp_option arguments[] = {
	{ "seeds", 's', "N", 0, "run what is random with the seeds 1 to N, 5 by default", 0 },
	{ "methods", 'm', "A,B", 0, "run these alone; \"all\" also runs Kanary in other sizes", 0 },
	{ "model", 'M', "MODEL", 0, "judge by this model of the training traces, too; may be repeated",
	  0 },
	{ "design", 'd', NULL, 0, "for choices: score the design half and read no attack", 0 },
	{ "json", 'j', NULL, 0, "print a JSON object", 0 },
	{ 0 },
};

/* Whether the list of the user has it. */
static bool wanted(const struct options *options, const struct kanary_bench_method *method)
{
	const char *word = options->methods;
	size_t length = strlen(method->name);

	if (!word)
		return !method->frontier;
	for (; word; word = strchr(word, ',') ? strchr(word, ',') + 1 : NULL)
		if (strcspn(word, ",") == length && !strncmp(word, method->name, length))
			return true;
	return !strcmp(options->methods, "all");
}

static error_t check_methods(const struct argp_state *state, const char *list)
{
	const char *word;
	size_t length;
	uint32_t i;

	for (word = list; strcmp(list, "all") && word;
	     word = word[length] ? word + length + 1 : NULL) {
		length = strcspn(word, ",");
		for (i = 0; i < kanary_bench_methods_count; i++)
			if (strlen(kanary_bench_methods[i].name) == length &&
			    !strncmp(word, kanary_bench_methods[i].name, length))
				break;
		if (i == kanary_bench_methods_count)
			return kanary_arguments_refuse(state, "'%.*s' is no method",
						       (int)length, word);
	}
	return 0;
}

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;
	uint64_t number;

	switch (key) {
	case 's':
		if (!kanary_arguments_number(argument, 1, SEEDS_MAX, &number))
			return kanary_arguments_refuse(state, "--seeds takes a number from 1 to %d",
						       SEEDS_MAX);
		options->seeds = (uint32_t)number;
		return 0;
	case 'm':
		options->methods = argument;
		return check_methods(state, argument);
	case 'M':
		options->model[options->models++] = argument;
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
			return kanary_arguments_refuse(state, "ADFA.zip, the archive of ADFA-LD, is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The methods follow the text before the options, as the table has them. */
static char *add_methods(int key, const char *text, void *input)
{
	char *help = NULL;
	FILE *stream;
	size_t size;
	uint32_t i;

	if (key != ARGP_KEY_HELP_PRE_DOC)
		return (char *)text;
	stream = open_memstream(&help, &size);
	if (!stream)
		return (char *)text;
	fputs(text, stream);
	for (i = 0; i < kanary_bench_methods_count; i++)
		fprintf(stream, "\n  %-10s %s", kanary_bench_methods[i].name,
			kanary_bench_methods[i].help);
	/* argp frees it */
	return fclose(stream) ? (char *)text : help;
}

static const struct argp argp = {
	.options = arguments,
	.parser = parse_argument,
	.args_doc = "ADFA.zip",
	.doc = "How well Kanary and published methods tell the attacks of ADFA-LD from normal\n"
	       "processes, and at what cost. All learn from the normal training traces alone.\n"
	       "\vExample:\n\n  kanary bench adfa-ld.zip --seeds 1 --methods stide,kanary\n",
	.help_filter = add_methods,
};

/* Copies the scores of the traces of two parts, which may be the same. */
static size_t collect(const struct bench *bench, enum kanary_bench_part one,
		      enum kanary_bench_part other, double *scores)
{
	const struct kanary_bench_data *data = &bench->data;
	size_t count = 0;
	uint32_t i;

	for (i = 0; i < data->traces; i++)
		if (data->trace[i].part == one || data->trace[i].part == other)
			scores[count++] = bench->score[i];
	return count;
}

/* Adds one seed's evaluation to the means; @area is its place among AREAS. */
static void add_evaluation(struct bench *bench, uint32_t seed, uint32_t area,
			   const struct kanary_evaluation *evaluation,
			   struct kanary_bench_figures *figures)
{
	double share = 1.0 / bench->seeds, *auc = bench->auc + (size_t)area * bench->seeds;
	struct kanary_evaluation *mean = &figures->mean;

	mean->auc += share * evaluation->auc;
	mean->detected_at_1 += share * evaluation->detected_at_1;
	mean->detected_at_5 += share * evaluation->detected_at_5;
	mean->detected_at_15 += share * evaluation->detected_at_15;
	mean->false_at_90 += share * evaluation->false_at_90;
	auc[seed - 1] = evaluation->auc;
	figures->auc_sd = seed > 1 ? gsl_stats_sd(auc, 1, seed) : 0;
}

/* Adds one seed's figures on the attacks and a set of normal traces. */
static void add_processes(struct bench *bench, uint32_t seed, uint32_t area,
			  enum kanary_bench_part other, struct kanary_bench_figures *figures)
{
	size_t normals = collect(bench, KANARY_BENCH_REPORTED, other, bench->normal);
	size_t attacks = collect(bench, KANARY_BENCH_ATTACK, KANARY_BENCH_ATTACK, bench->attack);
	struct kanary_evaluation evaluation;

	kanary_evaluate_scores(bench->normal, normals, bench->attack, attacks, &evaluation);
	add_evaluation(bench, seed, area, &evaluation, figures);
}

/* The same on the attacks' runs and groups of normal traces. */
static void add_runs(struct bench *bench, uint32_t seed, uint32_t area,
		     struct kanary_bench_result *result)
{
	struct kanary_evaluation evaluation;
	uint32_t way, set;

	kanary_bench_runs_judge(&bench->runs, bench->score);
	for (way = 0; way < KANARY_BENCH_RUNS_WAYS; way++) {
		for (set = 0; set < KANARY_BENCH_RUNS_SETS; set++) {
			kanary_bench_runs_evaluate(&bench->runs, set, &kanary_bench_runs_ways[way],
						   &evaluation);
			add_evaluation(bench, seed, area++, &evaluation, &result->runs[way][set]);
		}
	}
}

static void add_figures(struct bench *bench, uint32_t seed, struct kanary_bench_result *result)
{
	add_processes(bench, seed, 0, KANARY_BENCH_REPORTED, &result->held_out);
	add_processes(bench, seed, 1, KANARY_BENCH_DESIGN, &result->full);
	add_runs(bench, seed, 2, result);
}

static void add_design(struct bench *bench, struct kanary_bench_design *design)
{
	double share = 1.0 / bench->seeds;
	size_t count;

	count = collect(bench, KANARY_BENCH_TRAIN, KANARY_BENCH_TRAIN, bench->normal);
	design->train_mean += share * gsl_stats_mean(bench->normal, 1, count);
	count = collect(bench, KANARY_BENCH_DESIGN, KANARY_BENCH_DESIGN, bench->normal);
	gsl_sort(bench->normal, 1, count);
	design->mean += share * gsl_stats_mean(bench->normal, 1, count);
	design->median += share * gsl_stats_quantile_from_sorted_data(bench->normal, 1, count, 0.5);
	design->quantile_95 +=
		share * gsl_stats_quantile_from_sorted_data(bench->normal, 1, count, 0.95);
	design->quantile_99 +=
		share * gsl_stats_quantile_from_sorted_data(bench->normal, 1, count, 0.99);
}

/* Scores all traces; adds what it took to the result's cost, as the share of one seed. */
static int score(struct bench *bench, struct kanary_bench_result *result, uint32_t seed)
{
	struct kanary_bench_cost cost = { 0 };
	double share = 1.0 / bench->seeds;
	clock_t start = clock();
	const char *failure;

	failure = result->model ?
		  kanary_bench_model_score(result->model, &bench->data, bench->score, &cost) :
		  result->method->score(&bench->data, seed, bench->score, &cost);
	if (failure)
		return kanary_message_error("bench: %s: %s", result->method->name, failure);
	result->cost.seconds += share * (clock() - start) / CLOCKS_PER_SEC;
	result->cost.operations += share * cost.operations;
	if (cost.model_bytes > result->cost.model_bytes)
		result->cost.model_bytes = cost.model_bytes;
	return 0;
}

static int run_method(struct bench *bench, uint32_t number)
{
	struct kanary_bench_result *result = &bench->result[number];
	uint32_t seed;
	int status;

	bench->seeds = result->method->random ? bench->options->seeds : 1;
	for (seed = 1; seed <= bench->seeds; seed++) {
		kanary_progress_show(&bench->progress,
				     (number + (seed - 1.0) / bench->seeds) / bench->results,
				     /* NOLINTNEXTLINE(*NullDereference): run() has prepared it */
				     "%s, seed %u of %u", result->method->name, seed,
				     bench->seeds);
		status = score(bench, result, seed);
		if (status)
			return status;
		if (bench->options->design)
			add_design(bench, &result->design);
		else
			add_figures(bench, seed, result);
	}
	return 0;
}

static bool prepare(struct bench *bench)
{
	const struct options *options = bench->options;
	size_t traces = bench->data.traces;
	uint32_t i;

	bench->score = calloc(traces, sizeof(*bench->score));
	bench->normal = calloc(traces, sizeof(*bench->normal));
	bench->attack = calloc(traces, sizeof(*bench->attack));
	bench->auc = calloc(options->seeds, AREAS * sizeof(*bench->auc));
	bench->result = calloc(kanary_bench_methods_count + options->models,
			       sizeof(*bench->result));
	if (!kanary_bench_runs_init(&bench->runs, &bench->data) || !bench->score ||
	    !bench->normal || !bench->attack || !bench->auc || !bench->result)
		return false;
	for (i = 0; i < kanary_bench_methods_count; i++)
		if (wanted(options, &kanary_bench_methods[i]))
			bench->result[bench->results++].method = &kanary_bench_methods[i];
	for (i = 0; i < options->models; i++)
		bench->result[bench->results++] = (struct kanary_bench_result){
			.method = &bench->model[i].method, .model = &bench->model[i],
		};
	return true;
}

static int read_models(struct bench *bench)
{
	uint32_t models = bench->options->models, i;
	int status = 0;

	bench->model = calloc(models + 1, sizeof(*bench->model));
	if (!bench->model)
		return kanary_message_error("bench: %s", strerror(ENOMEM));
	for (i = 0; !status && i < models; i++)
		status = kanary_bench_model_read(&bench->model[i], bench->options->model[i]);
	return status;
}

static void release(struct bench *bench)
{
	uint32_t i;

	for (i = 0; bench->model && i < bench->options->models; i++)
		kanary_bench_model_free(&bench->model[i]);
	free(bench->model);
	free(bench->result);
	free(bench->auc);
	free(bench->attack);
	free(bench->normal);
	free(bench->score);
	kanary_bench_runs_free(&bench->runs);
	kanary_bench_data_free(&bench->data);
}

static int run(const struct options *options)
{
	struct bench bench = { .options = options };
	uint32_t i;
	int status;

	if (!kanary_blas_prepare(1))
		return kanary_message_error("bench: %s", KANARY_BLAS_NO_ROOM);
	kanary_progress_init(&bench.progress, !isatty(STDERR_FILENO));
	status = read_models(&bench);
	if (!status)
		status = !kanary_bench_data_read(&bench.data, options->path, !options->design);
	if (!status && !prepare(&bench))
		status = kanary_message_error("bench: %s", strerror(ENOMEM));
	for (i = 0; !status && i < bench.results; i++)
		status = run_method(&bench, i);
	kanary_progress_clear(&bench.progress);
	if (!status)
		status = (options->json ? kanary_bench_report_json : kanary_bench_report_text)(
			&bench.data, options->seeds, options->design, bench.result, bench.results);
	release(&bench);
	return status;
}

int kanary_bench_main(int argc, char **argv)
{
	struct options options = {
		.seeds = SEEDS_DEFAULT, .model = calloc((size_t)argc + 1, sizeof(char *)),
	};
	int status;

	if (!options.model)
		return kanary_message_error("bench: %s", strerror(ENOMEM));
	status = kanary_arguments_parse(&argp, argc, argv, &options);
	if (!status)
		status = run(&options);
	free(options.model);
	return status;
}
