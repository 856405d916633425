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

#include "arguments.h"
#include "bench_report.h"
#include "blas.h"
#include "commands.h"
#include "message.h"
#include "progress.h"

#define SEEDS_DEFAULT 5
#define SEEDS_MAX 1000

struct options {
	const char *path;
	const char *methods;
	uint32_t seeds;
	bool design;
	bool json;
};

/**
 * struct bench - what the runs of a method share
 * @score: [traces]
 * @normal: [traces], of one set
 * @attack: [traces]
 * @auc: [seeds], held out and full
 */
struct bench {
	const struct options *options;
	struct kanary_bench_data data;
	struct kanary_progress progress;
	struct kanary_bench_result *result;
	uint32_t results;
	double *score;
	double *normal;
	double *attack;
	double *auc[2];
};

static const struct argp_option arguments[] = {
	{ "seeds", 's', "N", 0, "run what is random with the seeds 1 to N, 5 by default", 0 },
	{ "methods", 'm', "A,B", 0, "run these alone; \"all\" also runs Kanary in other sizes", 0 },
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

/* Adds one seed's figures on the attacks and a set of normal traces. */
static void add_figures(struct bench *bench, enum kanary_bench_part one,
			enum kanary_bench_part other, struct kanary_bench_figures *figures,
			double *auc)
{
	size_t normals = collect(bench, one, other, bench->normal);
	size_t attacks = collect(bench, KANARY_BENCH_ATTACK, KANARY_BENCH_ATTACK, bench->attack);
	struct kanary_evaluation evaluation, *mean = &figures->mean;
	double share = 1.0 / bench->options->seeds;

	kanary_evaluate_scores(bench->normal, normals, bench->attack, attacks, &evaluation);
	mean->auc += share * evaluation.auc;
	mean->detected_at_1 += share * evaluation.detected_at_1;
	mean->detected_at_5 += share * evaluation.detected_at_5;
	mean->detected_at_15 += share * evaluation.detected_at_15;
	mean->false_at_90 += share * evaluation.false_at_90;
	*auc = evaluation.auc;
}

static void add_design(struct bench *bench, struct kanary_bench_design *design)
{
	double share = 1.0 / bench->options->seeds;
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
	double share = 1.0 / bench->options->seeds;
	clock_t start = clock();
	struct kanary_bench_cost cost = { 0 };
	const char *failure;

	/* what is not random was scored by the first seed */
	if (seed > 1 && !result->method->random)
		return 0;
	failure = result->method->score(&bench->data, seed, bench->score, &cost);
	if (failure)
		return kanary_message_error("bench: %s: %s", result->method->name, failure);
	if (!result->method->random)
		share = 1;
	result->cost.seconds += share * (clock() - start) / CLOCKS_PER_SEC;
	result->cost.operations += share * cost.operations;
	if (cost.model_bytes > result->cost.model_bytes)
		result->cost.model_bytes = cost.model_bytes;
	return 0;
}

static int run_method(struct bench *bench, uint32_t number)
{
	struct kanary_bench_result *result = &bench->result[number];
	uint32_t seeds = bench->options->seeds, seed;
	int status;

	for (seed = 1; seed <= seeds; seed++) {
		kanary_progress_show(&bench->progress,
				     (number + (seed - 1.0) / seeds) / bench->results,
				     /* NOLINTNEXTLINE(*NullDereference): run() has prepared it */
				     "%s, seed %u of %u", result->method->name, seed, seeds);
		status = score(bench, result, seed);
		if (status)
			return status;
		if (bench->options->design) {
			add_design(bench, &result->design);
			continue;
		}
		add_figures(bench, KANARY_BENCH_REPORTED, KANARY_BENCH_REPORTED,
			    &result->held_out, &bench->auc[0][seed - 1]);
		add_figures(bench, KANARY_BENCH_REPORTED, KANARY_BENCH_DESIGN, &result->full,
			    &bench->auc[1][seed - 1]);
	}
	if (seeds > 1 && result->method->random) {
		result->held_out.auc_sd = gsl_stats_sd(bench->auc[0], 1, seeds);
		result->full.auc_sd = gsl_stats_sd(bench->auc[1], 1, seeds);
	}
	return 0;
}

static bool prepare(struct bench *bench)
{
	size_t traces = bench->data.traces;
	uint32_t i;

	bench->score = calloc(traces, sizeof(*bench->score));
	bench->normal = calloc(traces, sizeof(*bench->normal));
	bench->attack = calloc(traces, sizeof(*bench->attack));
	bench->auc[0] = calloc(bench->options->seeds, sizeof(double));
	bench->auc[1] = calloc(bench->options->seeds, sizeof(double));
	bench->result = calloc(kanary_bench_methods_count, sizeof(*bench->result));
	if (!bench->score || !bench->normal || !bench->attack || !bench->auc[0] ||
	    !bench->auc[1] || !bench->result)
		return false;
	for (i = 0; i < kanary_bench_methods_count; i++)
		if (wanted(bench->options, &kanary_bench_methods[i]))
			bench->result[bench->results++].method = &kanary_bench_methods[i];
	return true;
}

static void release(struct bench *bench)
{
	free(bench->result);
	free(bench->auc[1]);
	free(bench->auc[0]);
	free(bench->attack);
	free(bench->normal);
	free(bench->score);
	kanary_bench_data_free(&bench->data);
}

static int run(const struct options *options)
{
	struct bench bench = { .options = options };
	int status = 0;
	uint32_t i;

	if (!kanary_blas_prepare(1))
		return kanary_message_error("bench: %s", KANARY_BLAS_NO_ROOM);
	kanary_progress_init(&bench.progress, !isatty(STDERR_FILENO));
	if (!kanary_bench_data_read(&bench.data, options->path, !options->design))
		status = 1;
	else if (!prepare(&bench))
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
	struct options options = { .seeds = SEEDS_DEFAULT };
	int status;

	status = kanary_arguments_parse(&argp, argc, argv, &options);
	return status ? status : run(&options);
}
