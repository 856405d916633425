// SPDX-License-Identifier: GPL-2.0
#include "trainer.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checksum.h"
#include "process_train.h"
#include "process_stream.h"
#include "quantise.h"
#include "reference.h"
#include "replay.h"

#define NO_MEMORY "out of memory: give fewer recordings"
#define ERROR_UNIT 4096.0
#define SURPRISE_UNIT 256.0
#define SURPRISE_MAX 100.0
/* Verdicts whose error is compared with floating point. */
#define COMPARED_MAX 512

/* OpenBLAS: its threads cost more than they bring at these sizes, and determinism too. */
void openblas_set_num_threads(int threads);

/**
 * struct errors - of one head on the calibration part
 * @value: Q20.12
 * @count: of them
 * @difference: relative, to floating point
 * @compared: of these
 */
struct errors {
	u32 *value;
	uint32_t count;
	double *difference;
	uint32_t compared;
};

/**
 * struct trainer - what the stages share
 */
struct trainer {
	struct kanary_dataset *dataset;
	const struct kanary_trainer_settings *settings;
	struct kanary_feature_map features;
	struct kanary_drift *drift;
	struct kanary_process_head process;
	struct kanary_sequence_head sequence;
	struct kanary_process_stream processes;
	struct kanary_sequence_source process_source;
	struct kanary_sequence_head container;
	struct kanary_memory calls;
	struct kanary_memory order;
	struct errors process_errors;
	struct errors calls_errors;
	struct errors order_errors;
	struct errors sequence_errors;
	struct errors container_errors;
	void *file;
};

static bool errors_init(struct errors *errors, uint32_t count)
{
	errors->value = malloc((count + 1) * sizeof(*errors->value));
	errors->difference = malloc(COMPARED_MAX * sizeof(*errors->difference));
	return errors->value && errors->difference;
}

static void errors_free(struct errors *errors)
{
	free(errors->value);
	free(errors->difference);
}

static void compare(struct errors *errors, u32 fixed, double real)
{
	if (errors->compared < COMPARED_MAX && fixed != UINT32_MAX && real > 0)
		errors->difference[errors->compared++] = fabs(fixed / ERROR_UNIT - real) / real;
}

/* Blocks that a sequence head can use, if there is enough for one; else any. */
static const char *split(struct trainer *trainer)
{
	struct kanary_dataset *dataset = trainer->dataset;
	const uint32_t *in_part = dataset->in_part;

	if (dataset->count < KANARY_TRAINER_VECTORS_MIN)
		return "there are too few vectors (fewer than 50): record for longer";
	if (!kanary_dataset_split(dataset, trainer->settings->sequence.steps))
		return NO_MEMORY;
	if (in_part[KANARY_DATASET_CALIBRATION] < KANARY_TRAINER_CALIBRATION_MIN &&
	    !kanary_dataset_split(dataset, 0))
		return NO_MEMORY;
	if (in_part[KANARY_DATASET_CALIBRATION] < KANARY_TRAINER_CALIBRATION_MIN)
		return "there are too few vectors to hold some out: record for longer";
	return NULL;
}

static const char *fit_sequence(struct trainer *trainer, struct kanary_progress *progress)
{
	const struct kanary_sequence_settings *settings = &trainer->settings->sequence;
	const struct kanary_dataset *dataset = trainer->dataset;
	struct kanary_sequence_source source;
	bool done;

	if (!settings->hidden ||
	    !kanary_sequence_source_enough(dataset->run, dataset->runs, settings->steps))
		return NULL;
	if (!kanary_sequence_source_vectors(&source, dataset, &trainer->features, trainer->drift))
		return NO_MEMORY;
	done = kanary_sequence_train(&trainer->sequence, &source, settings, progress);
	kanary_sequence_source_free(&source);
	return done ? NULL : NO_MEMORY;
}

static const char *fit_container(struct trainer *trainer, struct kanary_progress *progress)
{
	const struct kanary_sequence_settings *settings = &trainer->settings->container;
	struct kanary_process_stream *processes = &trainer->processes;

	if (!settings->hidden)
		return NULL;
	if (!kanary_process_stream_create(processes, trainer->dataset, settings->steps))
		return NO_MEMORY;
	if (!kanary_sequence_source_enough(processes->run, processes->runs, settings->steps))
		return NULL;
	if (!kanary_process_stream_source(&trainer->process_source, processes, trainer->dataset,
					  &trainer->features) ||
	    !kanary_sequence_train(&trainer->container, &trainer->process_source, settings,
				   progress))
		return NO_MEMORY;
	return NULL;
}

/* Without settings for one, or without what it is of in an old recording, there is none. */
static bool fit_memories(struct trainer *trainer, bool all)
{
	const struct kanary_trainer_settings *settings = trainer->settings;

	if (!settings->items)
		return true;
	return kanary_memory_train(&trainer->calls, trainer->dataset, settings->decay_limit,
				   settings->items, all) &&
	       kanary_memory_train(&trainer->order, trainer->dataset, settings->decay_limit,
				   settings->items, all);
}

static const char *fit(struct trainer *trainer, struct kanary_progress *progress)
{
	const struct kanary_trainer_settings *settings = trainer->settings;
	const char *failure;

	kanary_feature_map_choose(&trainer->features, trainer->dataset, settings->inputs,
				  settings->decay_limit);
	if (!kanary_process_train(&trainer->process, trainer->dataset, &trainer->features,
				  settings->code, settings->codewords, settings->even,
				  trainer->drift) ||
	    !fit_memories(trainer, false))
		return NO_MEMORY;
	failure = fit_sequence(trainer, progress);
	return failure ? failure : fit_container(trainer, progress);
}

static const char *build(struct trainer *trainer)
{
	struct kanary_model_header header = {
		.period = trainer->dataset->period,
		.budget = trainer->settings->budget,
		.vectors = trainer->dataset->count,
		/* for calibration, each sequence is judged */
		.sequence.stride = 1,
		.container.stride = 1,
		.knots = KANARY_MODEL_KNOTS_MAX,
	};
	double threshold = log10((double)header.budget);

	threshold = fmin(fmax(threshold, 1 / SURPRISE_UNIT), SURPRISE_MAX);
	header.threshold = (u32)ceil(threshold * SURPRISE_UNIT);
	snprintf(header.name, sizeof(header.name), "%s", trainer->settings->name);
	trainer->file = kanary_quantise_model(&header, &trainer->features, &trainer->process,
					      &trainer->sequence, &trainer->container,
					      &trainer->calls, &trainer->order);
	return trainer->file ? NULL : NO_MEMORY;
}

/* Scores one run from a fresh state, beside the same in floating point. */
static void score_run(struct trainer *trainer, struct kanary_replay *replay,
		      const struct kanary_dataset_run *run, uint32_t length, s16 *history)
{
	const struct kanary_network *network = trainer->sequence.network;
	uint32_t inputs = trainer->features.inputs, i;
	struct kanary_feature_counts counts = { 0 };
	struct errors *errors;
	struct kanary_verdict verdict;
	s16 x[KANARY_MODEL_INPUTS_MAX];

	kanary_replay_restart(replay);
	for (i = 0; i < length; i++) {
		const struct kanary_vector *vector = kanary_drift_vector(trainer->drift,
			kanary_dataset_vector(trainer->dataset, run->first + i));

		kanary_replay_vector(replay, vector, &verdict);
		errors = &trainer->process_errors;
		errors->value[errors->count++] = verdict.process_error;
		trainer->calls_errors.value[trainer->calls_errors.count++] = verdict.calls_error;
		trainer->order_errors.value[trainer->order_errors.count++] = verdict.order_error;
		kanary_feature_map_add(&trainer->features, &counts, vector, x);
		compare(errors, verdict.process_error,
			kanary_process_train_error(&trainer->process, x));
		if (!network)
			continue;
		/* the last steps vectors, oldest first */
		memmove(history, history + inputs,
			(size_t)(network->steps - 1) * inputs * sizeof(*history));
		kanary_feature_map_own(&trainer->features, vector,
				       history + (size_t)(network->steps - 1) * inputs);
		if (!(verdict.flags & KANARY_VERDICT_SEQUENCE))
			continue;
		errors = &trainer->sequence_errors;
		errors->value[errors->count++] = verdict.sequence_error;
		if (errors->compared < COMPARED_MAX)
			compare(errors, verdict.sequence_error,
				kanary_sequence_train_error(&trainer->sequence, history));
	}
}

/*
 * The starts of daemons and the programs that were seen once were fitted to, and
 * their errors are smaller than they would be held out; but larger than those of
 * all the rest, so a calibration that knew nothing of them would be the worse one.
 */
static uint32_t calibration_length(const struct kanary_dataset_run *run)
{
	if (run->part == KANARY_DATASET_CALIBRATION)
		return run->length;
	return run->unmatched < run->length ? run->unmatched : run->length;
}

static const char *score(struct trainer *trainer)
{
	const struct kanary_dataset *dataset = trainer->dataset;
	uint32_t copies = kanary_drift_copies(trainer->drift), copy, i;
	uint32_t count = 0;
	const char *failure = NO_MEMORY;
	struct kanary_replay replay;
	s16 *history;

	for (i = 0; i < dataset->runs; i++)
		count += calibration_length(&dataset->run[i]) * copies;
	history = calloc((size_t)KANARY_MODEL_STEPS_MAX * trainer->features.inputs,
			 sizeof(*history));
	if (!history || !errors_init(&trainer->process_errors, count) ||
	    !errors_init(&trainer->calls_errors, count) ||
	    !errors_init(&trainer->order_errors, count) ||
	    !errors_init(&trainer->sequence_errors, count))
		goto out;
	if (!kanary_replay_init(&replay, trainer->file))
		goto out;
	for (i = 0; i < dataset->runs; i++) {
		for (copy = 0; copy < copies; copy++) {
			kanary_drift_draw(trainer->drift, copy);
			score_run(trainer, &replay, &dataset->run[i],
				  calibration_length(&dataset->run[i]), history);
		}
	}
	kanary_replay_free(&replay);
	failure = NULL;
out:
	free(history);
	return failure;
}

/* The calibration part's processes, each run from a fresh state of the container. */
static void score_processes(struct trainer *trainer, struct kanary_replay *replay,
			    const struct kanary_dataset_run *run)
{
	const struct kanary_sequence_source *source = &trainer->process_source;
	const struct kanary_dataset *dataset = trainer->dataset;
	uint32_t steps = trainer->settings->container.steps, i, j;
	struct errors *errors = &trainer->container_errors;
	struct kanary_verdict verdict = { 0 };
	const s16 *x;

	kanary_replay_forget(replay);
	for (i = run->first; i < run->first + run->length; i++) {
		const struct kanary_dataset_stream *stream =
			&dataset->stream[trainer->processes.stream[i]];

		kanary_replay_restart(replay);
		for (j = 0; j < stream->length; j++)
			kanary_replay_vector(replay, kanary_dataset_vector(dataset,
					     stream->first + j), &verdict);
		kanary_replay_process(replay, &verdict);
		if (!(verdict.flags & KANARY_VERDICT_CONTAINER))
			continue;
		errors->value[errors->count++] = verdict.container_error;
		x = source->x + (size_t)(i + 1 - steps) * source->inputs;
		if (errors->compared < COMPARED_MAX)
			compare(errors, verdict.container_error,
				kanary_sequence_train_error(&trainer->container, x));
	}
}

static const char *score_containers(struct trainer *trainer)
{
	const struct kanary_process_stream *processes = &trainer->processes;
	struct kanary_replay replay;
	uint32_t i;

	if (!trainer->container.network)
		return NULL;
	if (!errors_init(&trainer->container_errors, processes->count) ||
	    !kanary_replay_init(&replay, trainer->file))
		return NO_MEMORY;
	for (i = 0; i < processes->runs; i++)
		if (processes->run[i].part == KANARY_DATASET_CALIBRATION)
			score_processes(trainer, &replay, &processes->run[i]);
	kanary_replay_free(&replay);
	return NULL;
}

static void calibrate(struct kanary_trainer_head *head, struct errors *errors, double repeats,
		      const struct kanary_model_knot *knot, uint32_t knots)
{
	kanary_calibrate_knots(errors->value, errors->count, repeats,
			       (struct kanary_model_knot *)knot, knots, &head->tail);
	head->errors = errors->count;
	head->median_error = errors->value[errors->count / 2] / ERROR_UNIT;
	if (!errors->compared)
		return;
	gsl_sort(errors->difference, 1, errors->compared);
	head->loss_median = gsl_stats_median_from_sorted_data(errors->difference, 1,
							      errors->compared);
	head->loss_max = errors->difference[errors->compared - 1];
}

/*
 * The process head and both memories, then what they say together. The gate of a
 * memory is where a quarter of the held-out errors are smaller: nearer is near enough.
 */
static const char *calibrate_task(struct trainer *trainer, struct kanary_trainer_result *result,
				  struct kanary_model *model, double repeats)
{
	struct kanary_model_header *header = trainer->file;
	struct errors *errors[] = { &trainer->process_errors, &trainer->calls_errors,
				    &trainer->order_errors };
	const struct kanary_model_knot *knot[] = { model->process_knot, model->calls.knot,
						   model->order.knot };
	struct kanary_trainer_head *heads[] = { &result->process, &result->calls,
						&result->order };
	uint32_t count = trainer->process_errors.count, knots = header->knots, head, i;
	struct errors sums = { .count = count };
	u32 *copy;

	copy = malloc(3 * (size_t)count * sizeof(*copy));
	sums.value = calloc(count, sizeof(*sums.value));
	if (!copy || !sums.value) {
		free(copy);
		free(sums.value);
		return NO_MEMORY;
	}
	for (head = 0; head < 3 && knot[head]; head++) {
		memcpy(copy + head * (size_t)count, errors[head]->value, count * sizeof(*copy));
		calibrate(heads[head], errors[head], repeats, knot[head], knots);
		for (i = 0; i < count; i++)
			sums.value[i] += kanary_score_surprise(knot[head], knots,
							       copy[head * (size_t)count + i]) *
					 KANARY_SCORE_SURPRISE_TO_ERROR;
	}
	if (model->task_knot) {
		header->calls.gate = errors[1]->value[count / 4];
		header->order.gate = errors[2]->value[count / 4];
		calibrate(&result->task, &sums, repeats, model->task_knot, knots);
	}
	free(copy);
	free(sums.value);
	return NULL;
}

/* The same model and calibration, but codebook and memories know the calibration part too. */
static const char *complete(struct trainer *trainer)
{
	struct kanary_model_header *header;
	struct kanary_model before, after;
	void *file = trainer->file;
	const char *failure;
	size_t size;

	if (!kanary_process_train_complete(&trainer->process, trainer->dataset,
					   &trainer->features, trainer->settings->codewords) ||
	    !fit_memories(trainer, true))
		return NO_MEMORY;
	kanary_model_layout(&before, file);
	failure = build(trainer);
	if (failure) {
		trainer->file = file;
		return failure;
	}
	kanary_model_layout(&after, trainer->file);
	header = trainer->file;
	header->sequence = before.header->sequence;
	header->container = before.header->container;
	header->calls.gate = before.header->calls.gate;
	header->order.gate = before.header->order.gate;
	size = header->knots * sizeof(struct kanary_model_knot);
	memcpy((void *)after.process_knot, before.process_knot, size);
	if (after.task_knot) {
		memcpy((void *)after.calls.knot, before.calls.knot, size);
		memcpy((void *)after.order.knot, before.order.knot, size);
		memcpy((void *)after.task_knot, before.task_knot, size);
	}
	if (after.sequence.knot)
		memcpy((void *)after.sequence.knot, before.sequence.knot, size);
	if (after.container.knot)
		memcpy((void *)after.container.knot, before.container.knot, size);
	free(file);
	return NULL;
}

/* What the finished model says of the vectors that it was calibrated on. */
static const char *look_back(struct trainer *trainer, struct kanary_trainer_result *result)
{
	const struct kanary_dataset *dataset = trainer->dataset;
	const struct kanary_model_header *header = trainer->file;
	struct kanary_replay replay;
	struct kanary_verdict verdict;
	uint32_t i, j;

	if (!kanary_replay_init(&replay, trainer->file))
		return NO_MEMORY;
	for (i = 0; i < dataset->runs; i++) {
		const struct kanary_dataset_run *run = &dataset->run[i];
		const struct kanary_vector *vector;

		if (run->part != KANARY_DATASET_CALIBRATION)
			continue;
		kanary_replay_restart(&replay);
		for (j = 0; j < run->length; j++) {
			vector = kanary_dataset_vector(dataset, run->first + j);
			kanary_replay_vector(&replay, vector, &verdict);
			result->highest = fmax(result->highest, verdict.surprise / SURPRISE_UNIT);
			result->alerts += !!(verdict.flags & KANARY_VERDICT_ALERT);
		}
	}
	result->threshold = header->threshold / SURPRISE_UNIT;
	kanary_replay_free(&replay);
	return NULL;
}

/* As the kernel will see it. */
static const char *prove(struct trainer *trainer)
{
	struct kanary_model_header *header = trainer->file;
	struct kanary_replay replay;
	struct kanary_model model;
	const char *why;
	bool same;

	header->checksum = 0;
	header->checksum = kanary_checksum_update(0, trainer->file, header->size);
	why = kanary_model_parse(&model, trainer->file, header->size);
	if (why)
		return why;
	if (!kanary_replay_init(&replay, trainer->file))
		return NO_MEMORY;
	same = kanary_replay_reference(&replay);
	kanary_replay_free(&replay);
	return same ? NULL : "the model does not give its own reference verdict: report this";
}

static const char *finish(struct trainer *trainer, struct kanary_trainer_result *result)
{
	struct kanary_model_header *header = trainer->file;
	uint32_t copies = kanary_drift_copies(trainer->drift), fewest;
	/* counts are remembered for about so many vectors, a sequence for its length */
	double memory = header->decay_limit ? (double)header->decay_limit / header->period : 1;
	struct kanary_model model;
	const char *failure;

	kanary_model_layout(&model, trainer->file);
	failure = calibrate_task(trainer, result, &model, copies * memory);
	if (failure)
		return failure;
	fewest = result->process.errors;
	if (trainer->sequence.network) {
		calibrate(&result->sequence, &trainer->sequence_errors,
			  copies * header->sequence.steps, model.sequence.knot, header->knots);
		if (result->sequence.errors < fewest)
			fewest = result->sequence.errors;
		header->sequence.stride = trainer->settings->stride;
	}
	if (trainer->container.network) {
		calibrate(&result->container, &trainer->container_errors, header->container.steps,
			  model.container.knot, header->knots);
		header->container.stride = trainer->settings->container_stride;
	}
	result->supported = fewest / 10.0 / copies;
	return NULL;
}

static void describe(const struct trainer *trainer, struct kanary_trainer_result *result)
{
	const struct kanary_model_header *header = trainer->file;

	result->size = header->size;
	result->has_sequence = trainer->sequence.network;
	result->inputs = trainer->features.inputs;
	result->seen = trainer->features.seen;
	result->explained = trainer->process.explained;
	result->codewords = header->codebook;
	result->sequences = trainer->sequence.sequences;
	result->epochs = trainer->sequence.epochs;
	result->first_loss = trainer->sequence.first_loss;
	result->loss = trainer->sequence.loss;
	result->stopped = trainer->sequence.stopped;
	result->processes = trainer->processes.count;
	result->has_container = trainer->container.network;
	result->container_sequences = trainer->container.sequences;
	result->container_loss = trainer->container.loss;
	result->container_first_loss = trainer->container.first_loss;
}

const char *kanary_trainer_run(struct kanary_trainer_result *result,
			       struct kanary_dataset *dataset,
			       const struct kanary_trainer_settings *settings,
			       struct kanary_progress *progress)
{
	struct trainer trainer = {
		.dataset = dataset,
		.settings = settings,
		.calls.bins = KANARY_BINS,
		.order.first = KANARY_BINS,
		.order.bins = KANARY_ORDER_BINS,
	};
	const char *failure;

	memset(result, 0, sizeof(*result));
	openblas_set_num_threads(1);
	trainer.drift = kanary_drift_create(settings->drift, settings->sequence.seed);
	failure = trainer.drift ? split(&trainer) : NO_MEMORY;
	if (!failure)
		failure = fit(&trainer, progress);
	if (!failure)
		failure = build(&trainer);
	if (!failure)
		failure = score(&trainer);
	if (!failure)
		failure = score_containers(&trainer);
	if (!failure)
		failure = finish(&trainer, result);
	if (!failure)
		failure = look_back(&trainer, result);
	if (!failure)
		failure = complete(&trainer);
	if (!failure && !kanary_reference_add(trainer.file, trainer.dataset))
		failure = NO_MEMORY;
	if (!failure)
		failure = prove(&trainer);
	if (!failure) {
		describe(&trainer, result);
		result->file = trainer.file;
	} else {
		free(trainer.file);
	}
	kanary_drift_free(trainer.drift);
	kanary_process_train_free(&trainer.process);
	kanary_sequence_train_free(&trainer.sequence);
	kanary_sequence_train_free(&trainer.container);
	errors_free(&trainer.process_errors);
	errors_free(&trainer.calls_errors);
	errors_free(&trainer.order_errors);
	errors_free(&trainer.sequence_errors);
	kanary_memory_train_free(&trainer.calls);
	kanary_memory_train_free(&trainer.order);
	errors_free(&trainer.container_errors);
	kanary_sequence_source_free(&trainer.process_source);
	kanary_process_stream_free(&trainer.processes);
	return failure;
}
