// SPDX-License-Identifier: GPL-2.0
#include "trainer.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alarm.h"
#include "checksum.h"
#include "kinds.h"
#include "novelty.h"
#include "process_train.h"
#include "process_stream.h"
#include "quantise.h"
#include "reference.h"
#include "replay.h"
#include "vector.h"

#define NO_MEMORY "out of memory: give fewer recordings"
#define ERROR_UNIT 4096.0
#define SURPRISE_UNIT 256.0
#define SURPRISE_MAX 100.0
/* Verdicts whose error is compared with floating point. */
#define COMPARED_MAX 512
/* Time limits that training in all turns may take together. */
#define TIME_LIMITS 2

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
 * @alarms: what models say of vectors that were held out from them
 * @folds: parts that are held out in turn
 * @fold: [@folds], models without their part
 * @file: the present model
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
	struct kanary_kinds kinds;
	struct kanary_memory calls;
	struct kanary_memory order;
	struct errors process_errors;
	struct errors calls_errors;
	struct errors order_errors;
	struct errors sequence_errors;
	struct errors container_errors;
	struct kanary_alarm_list alarms;
	uint32_t folds;
	void *fold[KANARY_DATASET_TURNS];
	void *file;
};

/* Room for @count more. */
static bool errors_reserve(struct errors *errors, uint32_t count)
{
	u32 *value = realloc(errors->value, (errors->count + (size_t)count + 1) * sizeof(*value));

	if (value)
		errors->value = value;
	if (!errors->difference)
		errors->difference = malloc(COMPARED_MAX * sizeof(*errors->difference));
	return value && errors->difference;
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

static bool has_sequence(const void *file)
{
	return ((const struct kanary_model_header *)file)->sequence.hidden;
}

static const char *fit_sequence(struct trainer *trainer, struct kanary_progress *progress)
{
	const struct kanary_sequence_settings *settings = &trainer->settings->sequence;
	const struct kanary_dataset *dataset = trainer->dataset;
	struct kanary_sequence_source source;
	bool done;

	/* calibration is the first fold's: what that has none of, no other model has */
	if (trainer->fold[0] && !has_sequence(trainer->fold[0]))
		return NULL;
	/* the final model has nothing to hold out */
	if (!settings->hidden || !settings->steps ||
	    (dataset->in_part[KANARY_DATASET_CALIBRATION] &&
	     !kanary_sequence_source_enough(dataset->run, dataset->runs, settings->steps)))
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

/* Old recordings have no triples; what has none would be far from all that has. */
static bool has_order(const struct kanary_dataset *dataset)
{
	const struct kanary_vector *vector;
	uint32_t i;

	for (i = 0; i < dataset->count; i++) {
		vector = kanary_dataset_vector(dataset, i);
		if (kanary_vector_calls(vector) == vector->length)
			return false;
	}
	return true;
}

/* There are both or none, and the same in each fold. */
static bool fit_memories(struct trainer *trainer, bool all)
{
	const struct kanary_trainer_settings *settings = trainer->settings;

	if (!settings->items || !has_order(trainer->dataset))
		return true;
	return kanary_memory_train(&trainer->calls, trainer->dataset, settings->decay_limit,
				   settings->items, all) &&
	       kanary_memory_train(&trainer->order, trainer->dataset, settings->decay_limit,
				   settings->items, all);
}

/* A container's processes have parts of their own, of which one is held out. */
static const char *fit(struct trainer *trainer, struct kanary_progress *progress)
{
	const struct kanary_trainer_settings *settings = trainer->settings;
	const char *failure;

	kanary_feature_map_choose(&trainer->features, trainer->dataset, settings->inputs,
				  settings->decay_limit);
	if (!kanary_kinds_learn(&trainer->kinds, trainer->dataset, &trainer->features,
				settings->kinds))
		return NO_MEMORY;
	if (!kanary_process_train(&trainer->process, trainer->dataset, &trainer->features,
				  settings->code, settings->codewords, settings->even,
				  trainer->drift) ||
	    !fit_memories(trainer, false))
		return NO_MEMORY;
	failure = fit_sequence(trainer, progress);
	if (failure || trainer->dataset->turn)
		return failure;
	return fit_container(trainer, progress);
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
		.kinds = trainer->kinds.count,
	};
	double threshold = log10((double)header.budget);

	threshold = fmin(fmax(threshold, 1 / SURPRISE_UNIT), SURPRISE_MAX);
	header.threshold = (u32)ceil(threshold * SURPRISE_UNIT);
	snprintf(header.name, sizeof(header.name), "%s", trainer->settings->name);
	trainer->file = kanary_quantise_model(&header, &trainer->features, &trainer->process,
					      &trainer->sequence, &trainer->container,
					      &trainer->calls, &trainer->order);
	if (!trainer->file)
		return NO_MEMORY;
	kanary_kinds_write(&trainer->kinds, trainer->file);
	return NULL;
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
static uint32_t calibration_length(const struct kanary_dataset *dataset,
				   const struct kanary_dataset_run *run)
{
	if (run->part == KANARY_DATASET_CALIBRATION)
		return run->length;
	/* once is enough: they are the same in each turn */
	if (dataset->turn)
		return 0;
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
		count += calibration_length(dataset, &dataset->run[i]) * copies;
	history = calloc((size_t)KANARY_MODEL_STEPS_MAX * trainer->features.inputs,
			 sizeof(*history));
	if (!history || !errors_reserve(&trainer->process_errors, count) ||
	    !errors_reserve(&trainer->calls_errors, count) ||
	    !errors_reserve(&trainer->order_errors, count) ||
	    !errors_reserve(&trainer->sequence_errors, count))
		goto out;
	if (!kanary_replay_init(&replay, trainer->file))
		goto out;
	for (i = 0; i < dataset->runs; i++) {
		for (copy = 0; copy < copies; copy++) {
			kanary_drift_draw(trainer->drift, copy);
			score_run(trainer, &replay, &dataset->run[i],
				  calibration_length(dataset, &dataset->run[i]), history);
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
	if (!errors_reserve(&trainer->container_errors, processes->count) ||
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
	struct kanary_model_header *header = trainer->fold[0];
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

/* Calibration that @from has, for heads that both have. */
static void copy_calibration(void *to, const void *from)
{
	struct kanary_model_header *header = to;
	struct kanary_model old, new;
	size_t size = header->knots * sizeof(struct kanary_model_knot);

	kanary_model_layout(&old, from);
	kanary_model_layout(&new, to);
	header->threshold = old.header->threshold;
	memcpy((void *)new.process_knot, old.process_knot, size);
	if (old.task_knot && new.task_knot) {
		header->calls.gate = old.header->calls.gate;
		header->order.gate = old.header->order.gate;
		memcpy((void *)new.calls.knot, old.calls.knot, size);
		memcpy((void *)new.order.knot, old.order.knot, size);
		memcpy((void *)new.task_knot, old.task_knot, size);
	}
	if (old.sequence.knot && new.sequence.knot) {
		header->sequence.stride = old.header->sequence.stride;
		memcpy((void *)new.sequence.knot, old.sequence.knot, size);
	}
	if (old.container.knot && new.container.knot) {
		header->container.stride = old.header->container.stride;
		memcpy((void *)new.container.knot, old.container.knot, size);
	}
}

static void forget(struct trainer *trainer)
{
	kanary_process_train_free(&trainer->process);
	kanary_sequence_train_free(&trainer->sequence);
	kanary_sequence_train_free(&trainer->container);
	kanary_sequence_source_free(&trainer->process_source);
	kanary_process_stream_free(&trainer->processes);
	kanary_kinds_free(&trainer->kinds);
}

/* A model of all but one part, and its errors on that part. */
static const char *run_fold(struct trainer *trainer, uint32_t turn,
			    struct kanary_progress *progress)
{
	const char *failure;

	forget(trainer);
	trainer->dataset->turn = turn;
	failure = split(trainer);
	if (!failure)
		failure = fit(trainer, progress);
	if (!failure)
		failure = build(trainer);
	if (!failure)
		failure = score(trainer);
	if (!failure)
		failure = score_containers(trainer);
	trainer->fold[turn] = trainer->file;
	trainer->file = NULL;
	return failure;
}

/*
 * The first fold tells how long training takes: where all would take much longer than
 * the user wants to wait for one, there is only this one.
 */
static const char *run_folds(struct trainer *trainer, struct kanary_progress *progress)
{
	const struct kanary_trainer_settings *settings = trainer->settings;
	double start = kanary_progress_now();
	const char *failure = NULL;
	uint32_t turn;

	trainer->folds = settings->folds ? settings->folds : 1;
	for (turn = 0; !failure && turn < trainer->folds; turn++) {
		failure = run_fold(trainer, turn, progress);
		if (!turn && (kanary_progress_now() - start) * (trainer->folds + 1) >
			     TIME_LIMITS * settings->sequence.seconds)
			trainer->folds = 1;
	}
	return failure;
}

/* What a fold's model says of the part that it does not know. */
static const char *replay_fold(struct trainer *trainer, uint32_t turn)
{
	uint32_t copies = kanary_drift_copies(trainer->drift), copy, i, j, length;
	struct kanary_dataset *dataset = trainer->dataset;
	struct kanary_verdict verdict;
	struct kanary_replay replay;
	const char *failure;
	bool done = true;

	dataset->turn = turn;
	failure = split(trainer);
	if (failure || !kanary_replay_init(&replay, trainer->fold[turn]))
		return NO_MEMORY;
	for (i = 0; i < dataset->runs; i++) {
		length = calibration_length(dataset, &dataset->run[i]);
		for (copy = 0; copy < copies; copy++) {
			kanary_drift_draw(trainer->drift, copy);
			kanary_replay_restart(&replay);
			for (j = 0; done && j < length; j++) {
				kanary_replay_vector(&replay, kanary_drift_vector(trainer->drift,
					kanary_dataset_vector(dataset, dataset->run[i].first + j)),
					&verdict);
				done = kanary_alarm_add(&trainer->alarms, verdict.surprise, !j);
			}
		}
	}
	kanary_replay_free(&replay);
	return done ? NULL : NO_MEMORY;
}

/* The threshold at which what was held out raises as many alarms as the budget allows. */
static const char *keep_budget(struct trainer *trainer, struct kanary_trainer_result *result)
{
	uint32_t copies = kanary_drift_copies(trainer->drift), turn;
	struct kanary_model_header *header = trainer->fold[0];
	const char *failure = NULL;
	size_t i;

	trainer->alarms.memory = kanary_alarm_memory(header);
	trainer->alarms.repeats = copies;
	for (turn = 0; !failure && turn < trainer->folds; turn++) {
		if (turn)
			copy_calibration(trainer->fold[turn], header);
		failure = replay_fold(trainer, turn);
	}
	if (failure)
		return failure;
	header->threshold = kanary_alarm_threshold(&trainer->alarms, header->budget);
	result->threshold = header->threshold / SURPRISE_UNIT;
	result->held_out = trainer->alarms.count / copies;
	result->supported = (double)result->held_out / KANARY_ALARM_COUNTED;
	result->alarms = (double)kanary_alarm_count(&trainer->alarms, header->threshold, NULL) /
			 copies;
	for (i = 0; i < trainer->alarms.count; i++)
		result->highest = fmax(result->highest,
				       trainer->alarms.surprise[i] / SURPRISE_UNIT);
	return NULL;
}

/*
 * The same calibration, but of a model that knows the parts that were held out: by
 * training again where they took turns, else with codebook and memories that have them
 * by heart.
 */
static const char *complete(struct trainer *trainer, struct kanary_progress *progress)
{
	const char *failure = NULL;

	if (trainer->folds > 1) {
		forget(trainer);
		trainer->dataset->turn = 0;
		failure = split(trainer);
		kanary_dataset_release(trainer->dataset);
		if (!failure)
			failure = fit(trainer, progress);
	} else if (!kanary_process_train_complete(&trainer->process, trainer->dataset,
						  &trainer->features,
						  trainer->settings->codewords) ||
		   !fit_memories(trainer, true)) {
		failure = NO_MEMORY;
	}
	if (!failure)
		failure = build(trainer);
	if (!failure)
		copy_calibration(trainer->file, trainer->fold[0]);
	return failure;
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

static const char *calibrate_heads(struct trainer *trainer,
				   struct kanary_trainer_result *result)
{
	struct kanary_model_header *header = trainer->fold[0];
	uint32_t copies = kanary_drift_copies(trainer->drift);
	/* counts are remembered for about so many vectors, a sequence for its length */
	double memory = header->decay_limit ? (double)header->decay_limit / header->period : 1;
	struct kanary_model model;
	const char *failure;

	kanary_model_layout(&model, trainer->fold[0]);
	failure = calibrate_task(trainer, result, &model, copies * memory);
	if (failure)
		return failure;
	if (model.sequence.knot) {
		calibrate(&result->sequence, &trainer->sequence_errors,
			  copies * header->sequence.steps, model.sequence.knot, header->knots);
		header->sequence.stride = trainer->settings->stride;
	}
	if (model.container.knot) {
		calibrate(&result->container, &trainer->container_errors, header->container.steps,
			  model.container.knot, header->knots);
		header->container.stride = trainer->settings->container_stride;
	}
	return NULL;
}

static void describe(const struct trainer *trainer, struct kanary_trainer_result *result)
{
	const struct kanary_model_header *header = trainer->file;

	result->size = header->size;
	result->folds = trainer->folds;
	result->novel = kanary_novelty_count(trainer->dataset);
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
	uint32_t turn;

	memset(result, 0, sizeof(*result));
	openblas_set_num_threads(1);
	trainer.drift = kanary_drift_create(settings->drift, settings->sequence.seed);
	failure = trainer.drift ? run_folds(&trainer, progress) : NO_MEMORY;
	if (!failure)
		failure = calibrate_heads(&trainer, result);
	if (!failure)
		failure = keep_budget(&trainer, result);
	if (!failure)
		failure = complete(&trainer, progress);
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
	for (turn = 0; turn < KANARY_DATASET_TURNS; turn++)
		free(trainer.fold[turn]);
	kanary_drift_free(trainer.drift);
	kanary_alarm_free(&trainer.alarms);
	forget(&trainer);
	errors_free(&trainer.process_errors);
	errors_free(&trainer.calls_errors);
	errors_free(&trainer.order_errors);
	errors_free(&trainer.sequence_errors);
	kanary_memory_train_free(&trainer.calls);
	kanary_memory_train_free(&trainer.order);
	errors_free(&trainer.container_errors);
	return failure;
}
