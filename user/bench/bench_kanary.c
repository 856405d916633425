// SPDX-License-Identifier: GPL-2.0
#include "bench_kanary.h"

#include <errno.h>
#include <gsl/gsl_randist.h>
#include <stdlib.h>

#include "judge/model_file.h"
#include "terminal/progress.h"
#include "judge/replay.h"
#include "train/trainer.h"
#include "vector.h"

/* Calls per vector, as by default; and what counts as a false alarm, which no figure here needs. */
#define PERIOD 1024
#define BUDGET 1000000
#define SURPRISE_UNIT 256.0
#define NO_MEMORY "out of memory"
/* Of a call in the hook: look the bin up, count; find its place in the log, write. */
#define CALL_OPERATIONS 5
/* Of a step of a search among a state's grams; of a state; of a call. */
#define SEARCH_OPERATIONS 5
#define STATE_OPERATIONS 5
#define GRAM_OPERATIONS 3
/* Of an input: squared difference, weighted, clipped, added. */
#define ERROR_OPERATIONS 6
/* Of an LSTM's unit: five look-ups, three multiplications with shifts, an addition. */
#define UNIT_OPERATIONS 12

/* Most that training ever makes of these calls, and the linear autoencoder's width. */
#define INPUTS 160
#define CODE 6

/**
 * struct stream - what is said of one trace
 * @surprise: of all it did, when it ends
 * @grams: operations of the grams head on it
 * @vectors: of it
 * @sequences: of these, judged by the sequence head, too
 */
struct stream {
	struct kanary_replay replay;
	double surprise;
	double grams;
	uint32_t vectors;
	uint32_t sequences;
};

/**
 * struct shape - which heads a model has beside its autoencoder of calls
 * @grams: calls of the longest grams, or 0
 * @drop_clock: leave out calls that a vDSO may answer (evidence.h)
 */
struct shape {
	uint32_t grams;
	bool drop_clock;
};

/**
 * struct intake - training traces on their way into a dataset
 * @place: of the trace among them
 */
struct intake {
	struct kanary_dataset dataset;
	uint32_t place;
};

static int add_vector(void *taker, const struct kanary_vector *vector)
{
	struct intake *intake = taker;

	return kanary_dataset_add(&intake->dataset, intake->place, vector) ? 0 : -ENOMEM;
}

/* Which traces are for calibration depends on their order: the seed shuffles them. */
static bool take_traces(const struct kanary_bench_data *data, uint64_t seed,
			struct intake *intake)
{
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	uint32_t *place = malloc(data->traces * sizeof(*place));
	bool done = random && place;
	uint32_t i;

	if (done) {
		gsl_rng_set(random, seed);
		for (i = 0; i < data->traces; i++)
			place[i] = i;
		gsl_ran_shuffle(random, place, data->traces, sizeof(*place));
	}
	for (i = 0; done && i < data->traces; i++) {
		intake->place = place[i];
		if (data->trace[i].part == KANARY_BENCH_TRAIN)
			done = !kanary_bench_data_vectors(data, i, PERIOD, add_vector, intake);
	}
	if (random)
		gsl_rng_free(random);
	free(place);
	return done && kanary_dataset_finish(&intake->dataset);
}

/* What grams_head.c does on a vector's log, counted instead of done. */
static double grams_operations(const struct kanary_model *model, const struct kanary_log *log)
{
	uint32_t state = 0, low, high, middle, end, i;
	double operations = 0;

	for (i = 0; model->grams_start && i < log->context + log->calls; i++) {
		operations += GRAM_OPERATIONS;
		for (;;) {
			operations += STATE_OPERATIONS;
			low = model->grams_start[state];
			high = end = model->grams_start[state + 1];
			while (low < high) {
				operations += SEARCH_OPERATIONS;
				middle = low + (high - low) / 2;
				if (model->gram[middle].bin < log->call[i])
					low = middle + 1;
				else
					high = middle;
			}
			if (low < end && model->gram[low].bin == log->call[i]) {
				state = model->gram[low].next;
				break;
			}
			if (!state)
				break;
			state = model->grams_state[state].shorter;
		}
	}
	return operations;
}

static int judge_vector(void *taker, const struct kanary_vector *vector)
{
	struct kanary_log log = kanary_vector_log(vector);
	struct stream *stream = taker;
	const struct kanary_replay_stream *judged = kanary_replay_vector(&stream->replay, vector);

	if (!judged)
		return -ENOMEM;
	stream->surprise = judged->last.surprise / SURPRISE_UNIT;
	stream->grams += grams_operations(&stream->replay.model, &log);
	stream->vectors++;
	stream->sequences += !!(judged->last.flags & KANARY_VERDICT_SEQUENCE);
	return 0;
}

static const char *train(const struct kanary_bench_data *data, uint64_t seed,
			 const struct shape *shape, struct kanary_trainer_result *result)
{
	/*
	 * As "kanary train" does with --decay 0; but no training trace has the
	 * vectors that a sequence head asks for, and the traces have no known order.
	 */
	struct kanary_trainer_settings settings = {
		.name = "bench",
		.inputs = INPUTS,
		.code = CODE,
		.grams = shape->grams,
		.stride = 16,
		.budget = BUDGET,
		.folds = KANARY_DATASET_TURNS,
		.sequence = { .steps = 16, .seed = seed },
	};
	struct intake intake = { .dataset.period = PERIOD };
	struct kanary_progress progress;
	const char *failure = NO_MEMORY;

	if (shape->drop_clock)
		intake.dataset.clock = KANARY_DATASET_CLOCK_DROP;
	kanary_progress_init(&progress, true);
	if (take_traces(data, seed, &intake))
		failure = kanary_trainer_run(result, &intake.dataset, &settings, &progress);
	kanary_dataset_free(&intake.dataset);
	return failure;
}

/* Of one vector: the upper bound, with every input in use. */
static double vector_operations(const struct kanary_model_header *header)
{
	double inputs = header->inputs, code = header->code;

	return KANARY_BENCH_RECIPROCAL_OPERATIONS + inputs * KANARY_BENCH_FEATURE_OPERATIONS +
	       2 * 2 * inputs * code + inputs * ERROR_OPERATIONS * (1.0 + header->codebook);
}

/* Of one sequence: features, two LSTMs of as many units, the output, the error. */
static double sequence_operations(const struct kanary_model_header *header)
{
	double inputs = header->inputs, hidden = header->sequence.hidden;

	return header->sequence.steps *
	       (KANARY_BENCH_RECIPROCAL_OPERATIONS + inputs * KANARY_BENCH_FEATURE_OPERATIONS +
		2 * (4 * hidden * (inputs + hidden) + 4 * hidden * 2 * hidden + inputs * hidden) +
		2 * hidden * UNIT_OPERATIONS + inputs * ERROR_OPERATIONS);
}

const char *kanary_bench_kanary_judge(const struct kanary_bench_data *data, const void *file,
				      double *scores, struct kanary_bench_cost *cost)
{
	const struct kanary_model_header *header = file;
	const char *failure = NULL;
	struct stream stream;
	uint32_t i;

	if (!kanary_replay_init(&stream.replay, file))
		return NO_MEMORY;
	for (i = 0; !failure && i < data->traces; i++) {
		kanary_replay_forget(&stream.replay);
		stream.surprise = 0;
		stream.grams = 0;
		stream.vectors = 0;
		stream.sequences = 0;
		if (kanary_bench_data_vectors(data, i, header->period, judge_vector, &stream))
			failure = NO_MEMORY;
		scores[i] = stream.surprise;
		cost->operations += (double)data->trace[i].length * CALL_OPERATIONS +
				    stream.vectors * vector_operations(header) +
				    stream.sequences * sequence_operations(header) + stream.grams;
	}
	kanary_replay_free(&stream.replay);
	return failure;
}

static const char *score(const struct kanary_bench_data *data, uint64_t seed,
			 const struct shape *shape, double *scores,
			 struct kanary_bench_cost *cost)
{
	struct kanary_trainer_result result;
	const char *failure;

	failure = train(data, seed, shape, &result);
	if (failure)
		return failure;
	failure = kanary_bench_kanary_judge(data, result.file, scores, cost);
	cost->model_bytes = result.size;
	free(result.file);
	return failure;
}

const char *kanary_bench_kanary_score(const struct kanary_bench_data *data, uint64_t seed,
				      double *scores, struct kanary_bench_cost *cost)
{
	return score(data, seed, &(struct shape){ .grams = 8 }, scores, cost);
}

const char *kanary_bench_kanary_drop(const struct kanary_bench_data *data, uint64_t seed,
				     double *scores, struct kanary_bench_cost *cost)
{
	return score(data, seed, &(struct shape){ .grams = 8, .drop_clock = true }, scores, cost);
}

const char *kanary_bench_kanary_autoencoder(const struct kanary_bench_data *data, uint64_t seed,
					    double *scores, struct kanary_bench_cost *cost)
{
	return score(data, seed, &(struct shape){ 0 }, scores, cost);
}
