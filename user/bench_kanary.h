/* SPDX-License-Identifier: GPL-2.0 */
/* Kanary itself among the methods of "kanary bench". */
#ifndef KANARY_BENCH_KANARY_H
#define KANARY_BENCH_KANARY_H

#include "bench.h"

/** kanary_bench_kanary_score() - what a user gets; a kanary_bench_method.score as all here */
const char *kanary_bench_kanary_score(const struct kanary_bench_data *data, uint64_t seed,
				      double *scores, struct kanary_bench_cost *cost);

/** kanary_bench_kanary_small() - half the inputs, half the code, no codebook */
const char *kanary_bench_kanary_small(const struct kanary_bench_data *data, uint64_t seed,
				      double *scores, struct kanary_bench_cost *cost);

/** kanary_bench_kanary_large() - four times the inputs, twice the code and codebook */
const char *kanary_bench_kanary_large(const struct kanary_bench_data *data, uint64_t seed,
				      double *scores, struct kanary_bench_cost *cost);

#endif /* KANARY_BENCH_KANARY_H */
