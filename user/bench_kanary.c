// SPDX-License-Identifier: GPL-2.0
#include "bench_kanary.h"

#include <errno.h>
#include <stdlib.h>

#include "model_file.h"
#include "progress.h"
#include "replay.h"
#include "trainer.h"

/* Calls per vector, and what counts as a false alarm, which no figure here depends on. */
#define PERIOD 256
#define BUDGET 1000000
#define SURPRISE_UNIT 256.0
#define NO_MEMORY "out of memory"
/* Of a call in the hook: look the bin up, count. */
#define CALL_OPERATIONS 2
/* Of an input: squared difference, weighted, clipped, added. */
#define ERROR_OPERATIONS 6

/* What of a model's size is tried. */
struct size {
	uint32_t inputs;
	uint32_t code;
	uint32_t codewords;
};

/**
 * struct stream - the verdicts on one trace
 * @surprise: sum
 */
struct stream {
	struct kanary_replay replay;
	double surprise;
	uint32_t vectors;
};

static int add_vector(void *dataset, const struct kanary_vector *vector)
{
	return kanary_dataset_add(dataset, 0, vector) ? 0 : -ENOMEM;
}

static int judge_vector(void *taker, const struct kanary_vector *vector)
{
	struct stream *stream = taker;
	struct kanary_verdict verdict;

	kanary_replay_vector(&stream->replay, vector, &verdict);
	stream->surprise += verdict.surprise / SURPRISE_UNIT;
	stream->vectors++;
	return 0;
}

static const char *train(const struct kanary_bench_data *data, uint64_t seed,
			 const struct size *size, struct kanary_trainer_result *result)
{
	/*
	 * As "kanary train" does with --decay 0; but no training trace has the
	 * vectors that a sequence head asks for.
	 */
	struct kanary_trainer_settings settings = {
		.name = "bench",
		.inputs = size->inputs,
		.code = size->code,
		.codewords = size->codewords,
		.stride = 16,
		.drift = 0.3,
		.budget = BUDGET,
		.sequence = { .steps = 16, .seed = seed },
	};
	struct kanary_dataset dataset = { .period = PERIOD };
	struct kanary_progress progress;
	const char *failure = NULL;
	uint32_t i;

	kanary_progress_init(&progress, true);
	for (i = 0; !failure && i < data->traces; i++)
		if (data->trace[i].part == KANARY_BENCH_TRAIN &&
		    kanary_bench_data_vectors(data, i, PERIOD, add_vector, &dataset))
			failure = NO_MEMORY;
	if (!failure && !kanary_dataset_finish(&dataset))
		failure = NO_MEMORY;
	if (!failure)
		failure = kanary_trainer_run(result, &dataset, &settings, &progress);
	kanary_dataset_free(&dataset);
	return failure;
}

/* Of one vector: the upper bound, with every input in use and the codebook searched. */
static double vector_operations(const struct kanary_model_header *header)
{
	double inputs = header->inputs, code = header->code;

	return KANARY_BENCH_RECIPROCAL_OPERATIONS + inputs * KANARY_BENCH_FEATURE_OPERATIONS +
	       2 * 2 * inputs * code + inputs * ERROR_OPERATIONS * (1.0 + header->codebook);
}

static const char *score(const struct kanary_bench_data *data, uint64_t seed,
			 const struct size *size, double *scores, struct kanary_bench_cost *cost)
{
	struct kanary_trainer_result result;
	struct stream stream;
	const char *failure;
	uint32_t i;

	failure = train(data, seed, size, &result);
	if (failure)
		return failure;
	if (!kanary_replay_init(&stream.replay, result.file)) {
		free(result.file);
		return NO_MEMORY;
	}
	for (i = 0; i < data->traces; i++) {
		kanary_replay_restart(&stream.replay);
		stream.surprise = 0;
		stream.vectors = 0;
		kanary_bench_data_vectors(data, i, PERIOD, judge_vector, &stream);
		scores[i] = stream.surprise / stream.vectors;
		cost->operations += (double)data->trace[i].length * CALL_OPERATIONS +
				    stream.vectors * vector_operations(result.file);
	}
	cost->model_bytes = result.size;
	kanary_replay_free(&stream.replay);
	free(result.file);
	return NULL;
}

const char *kanary_bench_kanary_score(const struct kanary_bench_data *data, uint64_t seed,
				      double *scores, struct kanary_bench_cost *cost)
{
	return score(data, seed, &(struct size){ 32, 8, 64 }, scores, cost);
}

const char *kanary_bench_kanary_small(const struct kanary_bench_data *data, uint64_t seed,
				      double *scores, struct kanary_bench_cost *cost)
{
	return score(data, seed, &(struct size){ 16, 4, 0 }, scores, cost);
}

const char *kanary_bench_kanary_large(const struct kanary_bench_data *data, uint64_t seed,
				      double *scores, struct kanary_bench_cost *cost)
{
	return score(data, seed, &(struct size){ 128, 16, 128 }, scores, cost);
}
