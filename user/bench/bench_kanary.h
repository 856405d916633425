/* SPDX-License-Identifier: GPL-2.0 */
/* Kanary itself among the methods of "kanary bench". */
#ifndef KANARY_BENCH_KANARY_H
#define KANARY_BENCH_KANARY_H

#include "bench.h"

/**
 * kanary_bench_kanary_judge() - score all traces by a model, each as a container's only process
 * @file: accepted by kanary_model_parse(); of any traces
 * @scores: [traces], surprise of each one's last vector
 * @cost: operations are added to it
 *
 * Return: NULL, or one sentence that says what is wrong.
 */
const char *kanary_bench_kanary_judge(const struct kanary_bench_data *data, const void *file,
				      double *scores, struct kanary_bench_cost *cost);

/** kanary_bench_kanary_score() - what a user gets; a kanary_bench_method.score as all here */
const char *kanary_bench_kanary_score(const struct kanary_bench_data *data, uint64_t seed,
				      double *scores, struct kanary_bench_cost *cost);

/** kanary_bench_kanary_drop() - without calls that a vDSO may answer */
const char *kanary_bench_kanary_drop(const struct kanary_bench_data *data, uint64_t seed,
				     double *scores, struct kanary_bench_cost *cost);

/** kanary_bench_kanary_autoencoder() - the process head alone */
const char *kanary_bench_kanary_autoencoder(const struct kanary_bench_data *data, uint64_t seed,
					    double *scores, struct kanary_bench_cost *cost);

#endif /* KANARY_BENCH_KANARY_H */
