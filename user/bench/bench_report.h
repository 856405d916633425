/* SPDX-License-Identifier: GPL-2.0 */
/* What "kanary bench" prints. */
#ifndef KANARY_BENCH_REPORT_H
#define KANARY_BENCH_REPORT_H

#include "bench_model.h"
#include "bench_runs.h"

/**
 * struct kanary_bench_figures - of a method on one set of normal traces and all attacks
 * @mean: over the seeds
 * @auc_sd: standard deviation of the area over the seeds, 0 with one seed
 */
struct kanary_bench_figures {
	struct kanary_evaluation mean;
	double auc_sd;
};

/**
 * struct kanary_bench_design - of a method's scores on the design half, means over the seeds
 * @train_mean: of the scores of what it has learned from, to compare @mean with
 */
struct kanary_bench_design {
	double train_mean;
	double mean;
	double median;
	double quantile_95;
	double quantile_99;
};

/**
 * struct kanary_bench_result - a method, run
 * @model: that it judges by; NULL for one of kanary_bench_methods
 * @held_out: reported half of the normal traces
 * @full: all normal traces but those of training
 * @runs: of attack runs, way by way; all 0 for a set without a run
 * @design: with --design, and nothing else then
 * @cost: means over the seeds
 */
struct kanary_bench_result {
	const struct kanary_bench_method *method;
	const struct kanary_bench_model *model;
	struct kanary_bench_figures held_out;
	struct kanary_bench_figures full;
	struct kanary_bench_figures runs[KANARY_BENCH_RUNS_WAYS][KANARY_BENCH_RUNS_SETS];
	struct kanary_bench_design design;
	struct kanary_bench_cost cost;
};

/** kanary_bench_report_text() - tables for people; exit status */
int kanary_bench_report_text(const struct kanary_bench_data *data, uint32_t seeds, bool design,
			     const struct kanary_bench_result *result, uint32_t results);

/** kanary_bench_report_json() - the same as an object; exit status */
int kanary_bench_report_json(const struct kanary_bench_data *data, uint32_t seeds, bool design,
			     const struct kanary_bench_result *result, uint32_t results);

#endif /* KANARY_BENCH_REPORT_H */
