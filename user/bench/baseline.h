/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Published methods that Kanary has to beat, each in a file of its own. All are
 * kanary_bench_method.score; none is random.
 */
#ifndef KANARY_BASELINE_H
#define KANARY_BASELINE_H

#include "bench.h"

#define KANARY_BASELINE_NO_MEMORY "out of memory"

/**
 * kanary_baseline_stide3() - sequence time-delay embedding (Forrest et al. 1996)
 *
 * Share of the windows of 3 successive calls that no training trace has. A trace
 * that is shorter than a window has a score of 0.
 */
const char *kanary_baseline_stide3(const struct kanary_bench_data *data, uint64_t seed,
				   double *scores, struct kanary_bench_cost *cost);

/** kanary_baseline_stide() - the same with windows of 6, the width of the publications */
const char *kanary_baseline_stide(const struct kanary_bench_data *data, uint64_t seed,
				  double *scores, struct kanary_bench_cost *cost);

/**
 * kanary_baseline_ngram() - language model of calls
 *
 * Mean negative log likelihood of a trace's calls, each given up to 5 before it:
 * relative frequencies, interpolated by Witten and Bell's method (1991) down to a
 * uniform distribution.
 */
const char *kanary_baseline_ngram(const struct kanary_bench_data *data, uint64_t seed,
				  double *scores, struct kanary_bench_cost *cost);

/**
 * kanary_baseline_linear() - linear autoencoder of the whole process
 *
 * Squared error that a bottleneck of 5 leaves of the square roots of the calls'
 * frequencies: the first 5 principal components (Baldi and Hornik 1989).
 */
const char *kanary_baseline_linear(const struct kanary_bench_data *data, uint64_t seed,
				   double *scores, struct kanary_bench_cost *cost);

/**
 * kanary_baseline_neighbour() - nearest neighbours of the whole process
 *
 * Mean Euclidean distance of the square roots of the frequencies to the 5 nearest
 * training traces. 5 was set beforehand, and looked at no data at all.
 */
const char *kanary_baseline_neighbour(const struct kanary_bench_data *data, uint64_t seed,
				      double *scores, struct kanary_bench_cost *cost);

#endif /* KANARY_BASELINE_H */
