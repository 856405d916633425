/* SPDX-License-Identifier: GPL-2.0 */
/* What "kanary bench" compares: methods that give each trace of ADFA-LD one score. */
#ifndef KANARY_BENCH_H
#define KANARY_BENCH_H

#include "bench_data.h"

/**
 * struct kanary_bench_cost - what a method asks for
 * @seconds: of this machine's processor, for training and scoring all traces; taken
 *	by bench.c
 * @model_bytes: what has to be kept to score a process: weights as s16 where a
 *	method is computed in floating point here, hash tables as they are, powers
 *	of two and at most half full
 * @operations: integer operations of scoring all traces, one each for a
 *	multiplication, an addition, a comparison, a shift, a bitwise operation and
 *	a table look-up; loops' own bookkeeping is left out for all methods alike.
 *	What is computed in floating point here is counted as common/ would do it in
 *	fixed point. Divided by the calls of all traces for the report.
 */
struct kanary_bench_cost {
	double seconds;
	uint64_t model_bytes;
	double operations;
};

/* Operations of kanary_feature_reciprocal() and of kanary_feature_value() of a count above 0. */
#define KANARY_BENCH_RECIPROCAL_OPERATIONS 252
#define KANARY_BENCH_FEATURE_OPERATIONS 131

/**
 * struct kanary_bench_method - one row of the comparison
 * @name: for --methods
 * @help: what it is, in a few words
 * @random: whether its scores depend on the seed; what does not is run once
 * @frontier: for the frontier of cost only: not run unless asked for
 * @score: learns from the traces of KANARY_BENCH_TRAIN alone, and sets
 *	@scores [traces], larger for what is less like them, and @cost;
 *	returns NULL, or one sentence that says what is wrong
 */
struct kanary_bench_method {
	const char *name;
	const char *help;
	bool random;
	bool frontier;
	const char *(*score)(const struct kanary_bench_data *data, uint64_t seed, double *scores,
			     struct kanary_bench_cost *cost);
};

extern const struct kanary_bench_method kanary_bench_methods[];
extern const uint32_t kanary_bench_methods_count;

#endif /* KANARY_BENCH_H */
