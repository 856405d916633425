// SPDX-License-Identifier: GPL-2.0
#include "bench_runs.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Below it a process is surprising. Chosen on the runs of an odd number. */
#define SURPRISING 0.1
/* What CUSUM takes off the surprise of each process: a normal one has 0.43 in the mean. */
#define ALLOWANCE 1.0

static double largest(const double *p, size_t count)
{
	double smallest = p[0];
	size_t i;

	for (i = 1; i < count; i++)
		smallest = fmin(smallest, p[i]);
	return -log10(smallest);
}

static double share(const double *p, size_t count)
{
	size_t below = 0, i;

	for (i = 0; i < count; i++)
		below += p[i] < SURPRISING;
	return (double)below / count;
}

/* Page 1954 */
static double cusum(const double *p, size_t count)
{
	double sum = 0, highest = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		sum = fmax(0, sum - log10(p[i]) - ALLOWANCE);
		highest = fmax(highest, sum);
	}
	return highest;
}

const struct kanary_bench_runs_way kanary_bench_runs_ways[KANARY_BENCH_RUNS_WAYS] = {
	{ "largest", "the largest surprise (-log10 p) of a process", largest },
	{ "share", "share of the processes with p below 0.1", share },
	{ "cusum", "largest sum of surprise - 1 over processes in a row", cusum },
};

bool kanary_bench_runs_init(struct kanary_bench_runs *runs, const struct kanary_bench_data *data)
{
	runs->data = data;
	runs->p = calloc(data->traces + 1, sizeof(double));
	runs->half = calloc(data->in_part[KANARY_BENCH_REPORTED] + 1, sizeof(double));
	runs->sorted = calloc(data->in_part[KANARY_BENCH_DESIGN] + 1, sizeof(double));
	runs->run = calloc(data->runs + 1, sizeof(double));
	runs->group = calloc(data->runs + 1, KANARY_BENCH_RUNS_GROUPS * sizeof(double));
	return runs->p && runs->half && runs->sorted && runs->run && runs->group;
}

static double p_value(const double *sorted, size_t count, double score)
{
	return (1.0 + kanary_evaluate_count(sorted, count, score)) / (1.0 + count);
}

void kanary_bench_runs_judge(struct kanary_bench_runs *runs, const double *scores)
{
	const struct kanary_bench_trace *trace = runs->data->trace;
	uint32_t traces = runs->data->traces, design = 0, reported = 0, i;

	for (i = 0; i < traces; i++)
		if (trace[i].part == KANARY_BENCH_DESIGN)
			runs->sorted[design++] = scores[i];
	gsl_sort(runs->sorted, 1, design);
	for (i = 0; i < traces; i++) {
		runs->p[i] = p_value(runs->sorted, design, scores[i]);
		if (trace[i].part == KANARY_BENCH_REPORTED)
			runs->half[reported++] = runs->p[i];
	}
}

/* The p-values of the normal processes that groups of a set are made of. */
static const double *normal_processes(const struct kanary_bench_runs *runs,
				      enum kanary_bench_runs_set set, uint32_t *count)
{
	const uint32_t *part = runs->data->in_part;

	*count = part[KANARY_BENCH_REPORTED];
	if (set != KANARY_BENCH_RUNS_FULL)
		return runs->half;
	*count += part[KANARY_BENCH_DESIGN];
	return runs->p + part[KANARY_BENCH_TRAIN];
}

/* Adds up all groups of a size; returns how many there are. */
static size_t add_groups(const double *p, uint32_t count, uint32_t size,
			 const struct kanary_bench_runs_way *way, double *group)
{
	uint32_t last, groups, i;

	if (size > count)
		size = count;
	last = count - size;
	groups = last < KANARY_BENCH_RUNS_GROUPS ? last + 1 : KANARY_BENCH_RUNS_GROUPS;
	for (i = 0; i < groups; i++)
		group[i] = way->add_up(p + (groups > 1 ? (uint64_t)i * last / (groups - 1) : 0),
				       size);
	return groups;
}

/* Processes of the run that begins at a trace. */
static uint32_t run_size(const struct kanary_bench_data *data, uint32_t first)
{
	uint32_t end = first + 1;

	while (end < data->traces && data->trace[end].run == data->trace[first].run)
		end++;
	return end - first;
}

static bool is_in(const struct kanary_bench_trace *trace, enum kanary_bench_runs_set set)
{
	return set != KANARY_BENCH_RUNS_EVEN || !trace->odd;
}

/* Where the attacks begin, which come last. */
static uint32_t first_attack(const struct kanary_bench_data *data)
{
	return data->traces - data->in_part[KANARY_BENCH_ATTACK];
}

uint32_t kanary_bench_runs_count(const struct kanary_bench_data *data,
				 enum kanary_bench_runs_set set)
{
	uint32_t count = 0, i;

	for (i = first_attack(data); i < data->traces; i += run_size(data, i))
		count += is_in(&data->trace[i], set);
	return count;
}

void kanary_bench_runs_evaluate(struct kanary_bench_runs *runs, enum kanary_bench_runs_set set,
				const struct kanary_bench_runs_way *way,
				struct kanary_evaluation *evaluation)
{
	const struct kanary_bench_data *data = runs->data;
	size_t attacks = 0, groups = 0;
	uint32_t normals, size, i;
	const double *normal = normal_processes(runs, set, &normals);

	for (i = first_attack(data); i < data->traces; i += size) {
		size = run_size(data, i);
		if (!is_in(&data->trace[i], set))
			continue;
		runs->run[attacks++] = way->add_up(runs->p + i, size);
		groups += add_groups(normal, normals, size, way, runs->group + groups);
	}
	memset(evaluation, 0, sizeof(*evaluation));
	if (attacks)
		kanary_evaluate_scores(runs->group, groups, runs->run, attacks, evaluation);
}

void kanary_bench_runs_free(struct kanary_bench_runs *runs)
{
	free(runs->group);
	free(runs->run);
	free(runs->sorted);
	free(runs->half);
	free(runs->p);
	memset(runs, 0, sizeof(*runs));
}
