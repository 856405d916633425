/* SPDX-License-Identifier: GPL-2.0 */
/* A model file as a row of "kanary bench", whatever options it was trained with. */
#ifndef KANARY_BENCH_MODEL_H
#define KANARY_BENCH_MODEL_H

#include "bench.h"
#include "judge/model_file.h"

/**
 * struct kanary_bench_model - a model file and its row
 * @method: with the profile's name, and the file's as help; @score is NULL
 */
struct kanary_bench_model {
	struct kanary_model_file file;
	struct kanary_bench_method method;
};

/** kanary_bench_model_read() - read a model; exit status, after a line on stderr if not 0 */
int kanary_bench_model_read(struct kanary_bench_model *model, const char *path);

/** kanary_bench_model_score() - kanary_bench_method.score of a model, which learns nothing */
const char *kanary_bench_model_score(const struct kanary_bench_model *model,
				     const struct kanary_bench_data *data, double *scores,
				     struct kanary_bench_cost *cost);

/** kanary_bench_model_free() - free what is inside */
void kanary_bench_model_free(struct kanary_bench_model *model);

#endif /* KANARY_BENCH_MODEL_H */
