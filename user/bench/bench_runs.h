/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Evidence added up over the processes of an attack: an attack of ADFA-LD is a run of
 * processes, of which many are as usual as any normal one.
 *
 *	scores --> p-values, by the design half --> one number a run, one a normal group
 *
 * A group is of as many normal processes as a run has, with numbers in a row: neighbours
 * are alike, and a group that is drawn at random would be easier to tell from an attack.
 * The kernel adds nothing up over tasks: this is done offline.
 */
#ifndef KANARY_BENCH_RUNS_H
#define KANARY_BENCH_RUNS_H

#include "bench_data.h"
#include "judge/evaluate.h"

/* Groups beside each run, or all that there are; they begin at even distances. */
#define KANARY_BENCH_RUNS_GROUPS 200

/**
 * enum kanary_bench_runs_set - which runs are held against which groups
 * @KANARY_BENCH_RUNS_HELD_OUT: all runs, groups of the reported half
 * @KANARY_BENCH_RUNS_EVEN: those of an even number, as the share was chosen on the
 *	others; groups of the reported half
 * @KANARY_BENCH_RUNS_FULL: all runs, groups of all validation traces
 */
enum kanary_bench_runs_set {
	KANARY_BENCH_RUNS_HELD_OUT,
	KANARY_BENCH_RUNS_EVEN,
	KANARY_BENCH_RUNS_FULL,
	KANARY_BENCH_RUNS_SETS,
};

/* The ways to add up, all set before any was computed here. */
#define KANARY_BENCH_RUNS_WAYS 3

/**
 * struct kanary_bench_runs_way - how the p-values of processes become one number
 * @name: in one word
 * @help: what it is, in a few words
 * @add_up: of @count p-values in the order of the processes, at least 1; larger for what
 *	is less normal
 */
struct kanary_bench_runs_way {
	const char *name;
	const char *help;
	double (*add_up)(const double *p, size_t count);
};

extern const struct kanary_bench_runs_way kanary_bench_runs_ways[KANARY_BENCH_RUNS_WAYS];

/**
 * struct kanary_bench_runs - p-values of all processes, and room to compare
 * @data: lives as long
 * @p: [traces]
 * @half: [reported], the p-values of the reported half in the order of the traces
 * @sorted: [design], scores of the design half
 * @run: [runs], what the processes of a run come to
 * @group: [runs][KANARY_BENCH_RUNS_GROUPS], the same of groups
 */
struct kanary_bench_runs {
	const struct kanary_bench_data *data;
	double *p;
	double *half;
	double *sorted;
	double *run;
	double *group;
};

/** kanary_bench_runs_init() - make room; false where memory is short, free it either way */
bool kanary_bench_runs_init(struct kanary_bench_runs *runs, const struct kanary_bench_data *data);

/**
 * kanary_bench_runs_judge() - make p-values of scores
 * @scores: [traces], larger for what is less normal
 *
 * p is (1 + n) / (1 + N), n of the N scores of the design half being no smaller.
 */
void kanary_bench_runs_judge(struct kanary_bench_runs *runs, const double *scores);

/** kanary_bench_runs_count() - runs of a set, which may be none */
uint32_t kanary_bench_runs_count(const struct kanary_bench_data *data,
				 enum kanary_bench_runs_set set);

/**
 * kanary_bench_runs_evaluate() - how well a way tells the runs of a set from groups
 * @evaluation: all 0 where the set has no run
 */
void kanary_bench_runs_evaluate(struct kanary_bench_runs *runs, enum kanary_bench_runs_set set,
				const struct kanary_bench_runs_way *way,
				struct kanary_evaluation *evaluation);

/** kanary_bench_runs_free() - free what is inside */
void kanary_bench_runs_free(struct kanary_bench_runs *runs);

#endif /* KANARY_BENCH_RUNS_H */
