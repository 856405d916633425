// SPDX-License-Identifier: GPL-2.0
#include "held_out.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "replay.h"

#define NO_MEMORY KANARY_TRAINER_NO_MEMORY
#define ERROR_UNIT 4096.0
#define SURPRISE_UNIT 256.0
/* Powers of ten beyond what was held out, from which on a view is not outvoted. */
#define ALONE 0.5
/* Verdicts whose error is compared with floating point. */
#define COMPARED_MAX 512

/* Room for @count more. */
static bool errors_reserve(struct kanary_held_out_errors *errors, uint32_t count)
{
	u32 *value = realloc(errors->value, (errors->count + (size_t)count + 1) * sizeof(*value));

	if (value)
		errors->value = value;
	if (!errors->difference)
		errors->difference = malloc(COMPARED_MAX * sizeof(*errors->difference));
	return value && errors->difference;
}

static void errors_free(struct kanary_held_out_errors *errors)
{
	free(errors->value);
	free(errors->difference);
}

static void compare(struct kanary_held_out_errors *errors, u32 fixed, double real)
{
	if (errors->compared < COMPARED_MAX && fixed != UINT32_MAX && real > 0)
		errors->difference[errors->compared++] = fabs(fixed / ERROR_UNIT - real) / real;
}

const char *kanary_held_out_split(struct kanary_trainer *trainer)
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

/*
 * Vectors of the same stream before a run that its verdicts remember. A part of a
 * daemon's life would else begin as nothing in it does.
 */
static uint32_t remembered(const struct kanary_dataset *dataset,
			   const struct kanary_dataset_run *run, const void *file)
{
	uint32_t memory = kanary_alarm_memory(file);
	uint32_t before = run->first - dataset->stream[run->stream].first;

	return before < memory ? before : memory;
}

/* What was told of a vector, before it. */
static void replay_paths(const struct kanary_dataset *dataset, struct kanary_replay *replay,
			 uint32_t vector)
{
	uint32_t number, count;

	for (count = kanary_path_list_find(&dataset->paths, vector, &number); count; count--)
		kanary_replay_path(replay, kanary_path_list_path(&dataset->paths, number++));
}

/* Scores one run, beside the same in floating point. */
static void score_run(struct kanary_trainer *trainer, struct kanary_replay *replay,
		      const struct kanary_dataset_run *run, uint32_t length, s16 *history)
{
	const struct kanary_network *network = trainer->sequence.network;
	uint32_t before = remembered(trainer->dataset, run, trainer->file);
	uint32_t inputs = trainer->features.inputs, i;
	struct kanary_feature_counts counts = { 0 };
	struct kanary_held_out_errors *errors;
	struct kanary_verdict verdict;
	s16 x[KANARY_MODEL_INPUTS_MAX];

	kanary_replay_restart(replay);
	for (i = 0; i < before + length; i++) {
		const struct kanary_vector *vector = kanary_drift_vector(trainer->drift,
			kanary_dataset_vector(trainer->dataset, run->first + i - before));

		replay_paths(trainer->dataset, replay, run->first + i - before);
		kanary_replay_vector(replay, vector, &verdict);
		kanary_feature_map_add(&trainer->features, &counts, vector, x);
		/* the last steps vectors, oldest first */
		if (network) {
			memmove(history, history + inputs,
				(size_t)(network->steps - 1) * inputs * sizeof(*history));
			kanary_feature_map_own(&trainer->features, vector,
					       history + (size_t)(network->steps - 1) * inputs);
		}
		if (i < before)
			continue;
		errors = &trainer->process_errors;
		errors->value[errors->count++] = verdict.process_error;
		trainer->calls_errors.value[trainer->calls_errors.count++] = verdict.calls_error;
		trainer->order_errors.value[trainer->order_errors.count++] = verdict.order_error;
		trainer->triples_errors.value[trainer->triples_errors.count++] =
			verdict.triples_error;
		if (verdict.flags & KANARY_VERDICT_PATH_HISTOGRAM) {
			errors = &trainer->path_histogram_errors;
			errors->value[errors->count++] = verdict.path_histogram_error;
		}
		trainer->name_errors.value[trainer->name_errors.count++] = verdict.path_names_error;
		trainer->grams_errors.value[trainer->grams_errors.count++] = verdict.grams_error;
		compare(&trainer->process_errors, verdict.process_error,
			kanary_process_train_error(&trainer->process, x));
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

static const char *score_tasks(struct kanary_trainer *trainer)
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
	    !errors_reserve(&trainer->triples_errors, count) ||
	    !errors_reserve(&trainer->path_histogram_errors, count) ||
	    !errors_reserve(&trainer->name_errors, count) ||
	    !errors_reserve(&trainer->grams_errors, count) ||
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
static void score_processes(struct kanary_trainer *trainer, struct kanary_replay *replay,
			    const struct kanary_dataset_run *run)
{
	const struct kanary_sequence_source *source = &trainer->process_source;
	const struct kanary_dataset *dataset = trainer->dataset;
	uint32_t steps = trainer->settings->container.steps, i, j;
	struct kanary_held_out_errors *errors = &trainer->container_errors;
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

static const char *score_containers(struct kanary_trainer *trainer)
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

const char *kanary_held_out_score(struct kanary_trainer *trainer)
{
	const char *failure = score_tasks(trainer);

	return failure ? failure : score_containers(trainer);
}

static void calibrate(struct kanary_trainer_head *head, struct kanary_held_out_errors *errors,
		      double repeats, const struct kanary_model_knot *knot, uint32_t knots)
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

/* What is not outvoted: more than as many independent errors as there were would have shown. */
static u32 surprise_alone(uint32_t errors, double repeats)
{
	double seen = log10(fmax(errors / repeats, 10));

	return (u32)lrint((seen + ALONE) * SURPRISE_UNIT);
}

/*
 * The process head, the memories, the triples head and the grams head, then what they
 * say together. The gate of a memory is where a quarter of the held-out errors are smaller:
 * nearer is near enough.
 */
static const char *calibrate_task(struct kanary_trainer *trainer,
				  struct kanary_trainer_result *result,
				  struct kanary_model *model, double repeats)
{
	struct kanary_model_header *header = trainer->fold[0];
	struct kanary_score_views *said;
	struct {
		const struct kanary_model_knot *knot;
		struct kanary_held_out_errors *errors;
		struct kanary_trainer_head *head;
		u32 *said;
	} views[5];
	uint32_t count = trainer->process_errors.count, knots = header->knots, view, i;
	struct kanary_held_out_errors together = { .count = count };
	const uint32_t stride = sizeof(*said) / sizeof(u32);
	const char *failure = NO_MEMORY;
	u32 *copy;

	copy = malloc(count * sizeof(*copy));
	said = calloc(count, sizeof(*said));
	together.value = calloc(count, sizeof(*together.value));
	if (!copy || !said || !together.value)
		goto out;
	views[0] = (typeof(*views)){ model->process_knot, &trainer->process_errors,
				     &result->process, &said->process };
	views[1] = (typeof(*views)){ model->calls.knot, &trainer->calls_errors, &result->calls,
				     &said->calls };
	views[2] = (typeof(*views)){ model->order.knot, &trainer->order_errors, &result->order,
				     &said->order };
	views[3] = (typeof(*views)){ model->triples.knot, &trainer->triples_errors,
				     &result->triples, &said->triples };
	views[4] = (typeof(*views)){ model->grams_knot, &trainer->grams_errors, &result->grams,
				     &said->grams };
	for (view = 0; view < sizeof(views) / sizeof(*views); view++) {
		if (!views[view].knot)
			continue;
		memcpy(copy, views[view].errors->value, count * sizeof(*copy));
		calibrate(views[view].head, views[view].errors, repeats, views[view].knot, knots);
		for (i = 0; i < count; i++)
			views[view].said[(size_t)i * stride] =
				kanary_score_surprise(views[view].knot, knots, copy[i]);
	}
	for (i = 0; i < count; i++)
		together.value[i] = kanary_score_together(model, &said[i]);
	if (model->calls.column) {
		header->calls.gate = trainer->calls_errors.value[count / 4];
		header->order.gate = trainer->order_errors.value[count / 4];
	}
	if (model->grams_start)
		header->grams.alone = surprise_alone(count, repeats);
	if (model->task_knot)
		calibrate(&result->task, &together, repeats, model->task_knot, knots);
	failure = NULL;
out:
	free(copy);
	free(said);
	free(together.value);
	return failure;
}

double kanary_held_out_per_document(const struct kanary_trainer *trainer)
{
	return (double)trainer->dataset->count / trainer->name_fit.documents;
}

const char *kanary_held_out_calibrate(struct kanary_trainer *trainer,
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
	if (model.paths.knot)
		calibrate(&result->path_histogram, &trainer->path_histogram_errors,
			  copies * memory, model.paths.knot, header->knots);
	if (model.name_knot) {
		calibrate(&result->names, &trainer->name_errors, copies, model.name_knot,
			  header->knots);
		/* a directory's news is counted by documents, not by vectors */
		kanary_calibrate_bound((struct kanary_model_knot *)model.name_knot, header->knots,
				       kanary_held_out_per_document(trainer));
	}
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

void kanary_held_out_copy(void *to, const void *from)
{
	struct kanary_model_header *header = to;
	struct kanary_model old, new;
	size_t size = header->knots * sizeof(struct kanary_model_knot);

	kanary_model_layout(&old, from);
	kanary_model_layout(&new, to);
	header->threshold = old.header->threshold;
	memcpy((void *)new.process_knot, old.process_knot, size);
	if (old.task_knot && new.task_knot)
		memcpy((void *)new.task_knot, old.task_knot, size);
	if (old.triples.knot && new.triples.knot)
		memcpy((void *)new.triples.knot, old.triples.knot, size);
	if (old.paths.knot && new.paths.knot)
		memcpy((void *)new.paths.knot, old.paths.knot, size);
	if (old.name_knot && new.name_knot)
		memcpy((void *)new.name_knot, old.name_knot, size);
	if (old.grams_knot && new.grams_knot) {
		header->grams.alone = old.header->grams.alone;
		memcpy((void *)new.grams_knot, old.grams_knot, size);
	}
	if (old.calls.column && new.calls.column) {
		header->calls.gate = old.header->calls.gate;
		header->order.gate = old.header->order.gate;
		memcpy((void *)new.calls.knot, old.calls.knot, size);
		memcpy((void *)new.order.knot, old.order.knot, size);
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

/* What a fold's model says of the part that it does not know, as it was recorded. */
static const char *replay_fold(struct kanary_trainer *trainer, uint32_t turn)
{
	uint32_t i, j, length, before;
	struct kanary_dataset *dataset = trainer->dataset;
	struct kanary_verdict verdict;
	struct kanary_replay replay;
	const char *failure;
	bool done = true;

	dataset->turn = turn;
	failure = kanary_held_out_split(trainer);
	if (failure || !kanary_replay_init(&replay, trainer->fold[turn]))
		return NO_MEMORY;
	for (i = 0; i < dataset->runs; i++) {
		length = calibration_length(dataset, &dataset->run[i]);
		before = remembered(dataset, &dataset->run[i], trainer->fold[turn]);
		kanary_replay_restart(&replay);
		for (j = 0; done && j < before + length; j++) {
			replay_paths(dataset, &replay, dataset->run[i].first + j - before);
			kanary_replay_vector(&replay, kanary_dataset_vector(dataset,
					     dataset->run[i].first + j - before), &verdict);
			if (j >= before)
				done = kanary_alarm_add(&trainer->alarms, verdict.surprise,
							j == before);
		}
	}
	kanary_replay_free(&replay);
	return done ? NULL : NO_MEMORY;
}

const char *kanary_held_out_threshold(struct kanary_trainer *trainer,
				      struct kanary_trainer_result *result)
{
	struct kanary_model_header *header = trainer->fold[0];
	const char *failure = NULL;
	uint32_t turn;
	size_t i;

	trainer->alarms.memory = kanary_alarm_memory(header);
	for (turn = 0; !failure && turn < trainer->folds; turn++) {
		if (turn)
			kanary_held_out_copy(trainer->fold[turn], header);
		failure = replay_fold(trainer, turn);
	}
	if (failure)
		return failure;
	header->threshold = kanary_alarm_threshold(&trainer->alarms, header->budget);
	result->threshold = header->threshold / SURPRISE_UNIT;
	result->held_out = trainer->alarms.count;
	result->supported = (double)result->held_out / KANARY_ALARM_COUNTED;
	result->alarms = kanary_alarm_count(&trainer->alarms, header->threshold, NULL);
	for (i = 0; i < trainer->alarms.count; i++)
		result->highest = fmax(result->highest,
				       trainer->alarms.surprise[i] / SURPRISE_UNIT);
	return NULL;
}

void kanary_held_out_free(struct kanary_trainer *trainer)
{
	errors_free(&trainer->process_errors);
	errors_free(&trainer->calls_errors);
	errors_free(&trainer->order_errors);
	errors_free(&trainer->triples_errors);
	errors_free(&trainer->path_histogram_errors);
	errors_free(&trainer->name_errors);
	errors_free(&trainer->grams_errors);
	errors_free(&trainer->sequence_errors);
	errors_free(&trainer->container_errors);
	kanary_alarm_free(&trainer->alarms);
}
