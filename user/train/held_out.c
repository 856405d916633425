// SPDX-License-Identifier: GPL-2.0
#include "held_out.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recording/dataset_split.h"
#include "head_curves.h"
#include "judge/replay.h"

#define NO_MEMORY KANARY_TRAINER_NO_MEMORY
#define ERROR_UNIT 4096.0
#define SURPRISE_UNIT 256.0
/* Vectors to hold out in a turn. Of few vectors any are, as long as all turns hold out some. */
static uint32_t held_out_min(const struct kanary_trainer *trainer)
{
	return trainer->dataset->count < KANARY_TRAINER_VECTORS_MIN && trainer->folds > 1 ?
		       1 : KANARY_TRAINER_CALIBRATION_MIN;
}

const char *kanary_held_out_split(struct kanary_trainer *trainer)
{
	struct kanary_dataset *dataset = trainer->dataset;
	const uint32_t *in_part = dataset->in_part;

	if (!kanary_dataset_split_make(dataset, trainer->settings->sequence.steps))
		return NO_MEMORY;
	if (in_part[KANARY_DATASET_CALIBRATION] < held_out_min(trainer) &&
	    !kanary_dataset_split_make(dataset, 0))
		return NO_MEMORY;
	return NULL;
}

const char *kanary_held_out_check(struct kanary_trainer *trainer)
{
	struct kanary_dataset *dataset = trainer->dataset;
	uint32_t wanted = held_out_min(trainer), held_out;
	static char sentence[160];

	if (dataset->count < KANARY_TRAINER_VECTORS_MIN &&
	    dataset->streams < KANARY_TRAINER_STREAMS_MIN) {
		snprintf(sentence, sizeof(sentence),
			 "there are too few vectors, %u of %u processes: record for longer, for %u vectors or %u processes",
			 dataset->count, dataset->streams, KANARY_TRAINER_VECTORS_MIN,
			 KANARY_TRAINER_STREAMS_MIN);
		return sentence;
	}
	for (dataset->turn = 0; dataset->turn < trainer->folds; dataset->turn++) {
		if (kanary_held_out_split(trainer))
			return NO_MEMORY;
		held_out = dataset->in_part[KANARY_DATASET_CALIBRATION];
		if (held_out >= wanted)
			continue;
		snprintf(sentence, sizeof(sentence),
			 "there are too few vectors to hold some out, %u of %u where %u are wanted: record for longer",
			 held_out, dataset->count, wanted);
		return sentence;
	}
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

/* A vector after the paths that were told before it; NULL without memory. */
static const struct kanary_verdict *replay_vector(const struct kanary_dataset *dataset,
						  struct kanary_replay *replay, uint32_t number,
						  const struct kanary_vector *vector)
{
	const struct kanary_replay_stream *stream;
	uint32_t path, count;

	for (count = kanary_path_list_find(&dataset->paths, number, &path); count; count--)
		if (!kanary_replay_path_of(replay, vector,
					   kanary_path_list_path(&dataset->paths, path++)))
			return NULL;
	stream = kanary_replay_vector(replay, vector);
	return stream ? &stream->last : NULL;
}

/* Scores one run, beside the same in floating point; false without memory. */
static bool score_run(struct kanary_trainer *trainer, struct kanary_held_out_set *set,
		      struct kanary_replay *replay, const struct kanary_dataset_run *run,
		      uint32_t length, s16 *history)
{
	const struct kanary_network *network = trainer->sequence.network;
	uint32_t before = remembered(trainer->dataset, run, trainer->file);
	uint32_t inputs = trainer->features.inputs, i;
	struct kanary_feature_counts counts = { 0 };
	const struct kanary_verdict *verdict;
	s16 x[KANARY_MODEL_INPUTS_MAX];

	kanary_replay_forget(replay);
	for (i = 0; i < before + length; i++) {
		const struct kanary_vector *vector = kanary_drift_vector(trainer->drift,
			kanary_dataset_vector(trainer->dataset, run->first + i - before));

		verdict = replay_vector(trainer->dataset, replay, run->first + i - before, vector);
		if (!verdict)
			return false;
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
		kanary_held_out_set_add(&set->process, verdict->process_error);
		if (verdict->flags & KANARY_VERDICT_PATH_HISTOGRAM)
			kanary_held_out_set_add(&set->path_histogram,
						verdict->path_histogram_error);
		kanary_held_out_set_add(&set->names, verdict->path_names_error);
		kanary_held_out_set_add(&set->grams, verdict->grams_error);
		kanary_held_out_set_compare(&set->process, verdict->process_error,
			kanary_process_train_error(&trainer->process, x));
		if (!(verdict->flags & KANARY_VERDICT_SEQUENCE))
			continue;
		kanary_held_out_set_add(&set->sequence, verdict->sequence_error);
		if (set->sequence.compared < KANARY_HELD_OUT_SET_COMPARED_MAX)
			kanary_held_out_set_compare(&set->sequence, verdict->sequence_error,
				kanary_sequence_train_error(&trainer->sequence, history));
	}
	return true;
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

static uint32_t scored_length(const struct kanary_dataset *dataset,
			      const struct kanary_dataset_run *run, bool all)
{
	return all ? run->length : calibration_length(dataset, run);
}

/* The present model's errors, on the part that it does not know or on @all of the data. */
static const char *score(struct kanary_trainer *trainer, struct kanary_held_out_set *set,
			 bool all, uint32_t copies)
{
	const struct kanary_dataset *dataset = trainer->dataset;
	const char *failure = NO_MEMORY;
	uint32_t count = 0, copy, i;
	struct kanary_replay replay;
	bool done = true;
	s16 *history;

	for (i = 0; i < dataset->runs; i++)
		count += scored_length(dataset, &dataset->run[i], all) * copies;
	history = calloc((size_t)KANARY_MODEL_STEPS_MAX * trainer->features.inputs,
			 sizeof(*history));
	if (!history || !kanary_held_out_set_reserve(set, count) ||
	    !kanary_replay_init(&replay, trainer->file))
		goto out;
	for (i = 0; done && i < dataset->runs; i++) {
		for (copy = 0; done && copy < copies; copy++) {
			kanary_drift_draw(trainer->drift, copy);
			done = score_run(trainer, set, &replay, &dataset->run[i],
					 scored_length(dataset, &dataset->run[i], all), history);
		}
	}
	kanary_replay_free(&replay);
	failure = done ? NULL : NO_MEMORY;
out:
	free(history);
	return failure;
}

const char *kanary_held_out_score(struct kanary_trainer *trainer)
{
	return score(trainer, &trainer->held_out, false, kanary_drift_copies(trainer->drift));
}

const char *kanary_held_out_score_fitted(struct kanary_trainer *trainer)
{
	return score(trainer, &trainer->fitted, true, 1);
}

/* A process from its first vector to its last; that one's verdict; false without memory. */
static bool replay_process(const struct kanary_dataset *dataset, struct kanary_replay *replay,
			   const struct kanary_dataset_stream *process,
			   struct kanary_verdict *verdict)
{
	struct kanary_replay_stream *stream = NULL;
	uint32_t i;

	for (i = 0; i < process->length; i++) {
		stream = kanary_replay_vector(replay, kanary_dataset_vector(dataset,
								process->first + i));
		if (!stream)
			break;
	}
	if (!stream)
		return false;
	*verdict = stream->last;
	kanary_replay_drop(replay, stream);
	return true;
}

/* The calibration part's processes, each run from a fresh state of the container. */
static bool score_processes(struct kanary_trainer *trainer, struct kanary_replay *replay,
			    const struct kanary_dataset_run *run)
{
	const struct kanary_sequence_source *source = &trainer->process_source;
	const struct kanary_dataset *dataset = trainer->dataset;
	struct kanary_held_out_errors *errors = &trainer->held_out.container;
	uint32_t steps = trainer->settings->container.steps, i;
	struct kanary_verdict verdict;
	const s16 *x;

	kanary_replay_forget(replay);
	for (i = run->first; i < run->first + run->length; i++) {
		if (!replay_process(dataset, replay,
				    &dataset->stream[trainer->processes.stream[i]], &verdict))
			return false;
		if (!(verdict.flags & KANARY_VERDICT_CONTAINER))
			continue;
		kanary_held_out_set_add(errors, verdict.container_error);
		x = source->x + (size_t)(i + 1 - steps) * source->inputs;
		if (errors->compared < KANARY_HELD_OUT_SET_COMPARED_MAX)
			kanary_held_out_set_compare(errors, verdict.container_error,
				kanary_sequence_train_error(&trainer->container, x));
	}
	return true;
}

const char *kanary_held_out_score_container(struct kanary_trainer *trainer)
{
	const struct kanary_process_stream *processes = &trainer->processes;
	struct kanary_replay replay;
	bool done = true;
	uint32_t i;

	if (!trainer->container.network)
		return NULL;
	if (!kanary_held_out_set_grow(&trainer->held_out.container, processes->count) ||
	    !kanary_replay_init(&replay, trainer->file))
		return NO_MEMORY;
	for (i = 0; done && i < processes->runs; i++)
		if (processes->run[i].part == KANARY_DATASET_CALIBRATION)
			done = score_processes(trainer, &replay, &processes->run[i]);
	kanary_replay_free(&replay);
	return done ? NULL : NO_MEMORY;
}

/* Whether a stream of the dataset goes on with the one before, behind vectors that were lost. */
static bool goes_on(const struct kanary_dataset *dataset, uint32_t stream)
{
	uint32_t first = dataset->stream[stream].first;
	const struct kanary_vector *before, *vector;

	if (!first ||
	    kanary_dataset_file(dataset, first) != kanary_dataset_file(dataset, first - 1))
		return false;
	before = kanary_dataset_vector(dataset, first - 1);
	vector = kanary_dataset_vector(dataset, first);
	return before->stream == vector->stream && before->cgroup == vector->cgroup;
}

/* First vector that the kernel would have judged before those of a run, in one go. */
static uint32_t beginning(const struct kanary_dataset *dataset,
			  const struct kanary_dataset_run *run)
{
	uint32_t stream = run->stream;

	while (goes_on(dataset, stream))
		stream--;
	return dataset->stream[stream].first;
}

/* How far a fold's replay is: where it began, and the vector after those that were judged. */
struct place {
	uint32_t beginning, next;
};

/* Judges all that came before a run in its stream, and takes the verdicts on @length of it. */
static bool replay_run(struct kanary_trainer *trainer, struct kanary_replay *replay,
		       const struct kanary_dataset_run *run, uint32_t length, struct place *place)
{
	const struct kanary_dataset *dataset = trainer->dataset;
	uint32_t first = beginning(dataset, run);
	const struct kanary_verdict *verdict;

	if (first != place->beginning) {
		kanary_replay_forget(replay);
		*place = (struct place){ first, first };
	}
	for (; place->next < run->first; place->next++)
		if (!kanary_replay_vector(replay, kanary_dataset_vector(dataset, place->next)))
			return false;
	for (; place->next < run->first + length; place->next++) {
		verdict = replay_vector(dataset, replay, place->next,
					kanary_dataset_vector(dataset, place->next));
		if (!verdict || !kanary_alarm_list_add(&trainer->alarms, verdict->surprise,
						  place->next == run->first))
			return false;
	}
	return true;
}

/* What a fold's model says of the part that it does not know, as it was recorded. */
static const char *replay_fold(struct kanary_trainer *trainer, uint32_t turn)
{
	struct kanary_dataset *dataset = trainer->dataset;
	struct place place = { UINT32_MAX, 0 };
	struct kanary_replay replay;
	const char *failure;
	uint32_t i, length;
	bool done = true;

	dataset->turn = turn;
	failure = kanary_held_out_split(trainer);
	if (failure || !kanary_replay_init(&replay, trainer->fold[turn]))
		return NO_MEMORY;
	for (i = 0; done && i < dataset->runs; i++) {
		length = calibration_length(dataset, &dataset->run[i]);
		if (length)
			done = replay_run(trainer, &replay, &dataset->run[i], length, &place);
	}
	kanary_replay_free(&replay);
	return done ? NULL : NO_MEMORY;
}

/* Alerts in all: no more seldom than the data bear witness to, unless the user insists. */
static void set_budgets(struct kanary_model_header *header,
			const struct kanary_trainer_settings *settings, double supported)
{
	u64 borne = (u64)fmax(KANARY_TRAINER_BUDGET_MIN, KANARY_TRAINER_BUDGET_FACTOR * supported);

	header->critical_budget = settings->budget;
	header->budget = settings->budget;
	if (!settings->strict_budget && borne < settings->budget)
		header->budget = borne;
}

static void set_thresholds(struct kanary_model_header *header,
			   const struct kanary_alarm_list *alarms,
			   struct kanary_trainer_result *result)
{
	u32 threshold = kanary_alarm_list_threshold(alarms, header->budget);
	u32 critical = kanary_alarm_list_threshold(alarms, header->critical_budget);

	header->threshold = threshold;
	header->critical_threshold = critical > threshold ? critical : threshold;
	result->threshold = header->threshold / SURPRISE_UNIT;
	result->critical_threshold = header->critical_threshold / SURPRISE_UNIT;
	result->alarms = kanary_alarm_list_count(alarms, header->threshold, NULL);
	result->critical_alarms = kanary_alarm_list_count(alarms, header->critical_threshold, NULL);
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
			kanary_head_curves_copy(trainer->fold[turn], header);
		failure = replay_fold(trainer, turn);
	}
	if (failure)
		return failure;
	result->held_out = trainer->alarms.count;
	result->supported = (double)result->held_out / KANARY_ALARM_COUNTED;
	set_budgets(header, trainer->settings, result->supported);
	set_thresholds(header, &trainer->alarms, result);
	for (i = 0; i < trainer->alarms.count; i++)
		result->highest = fmax(result->highest,
				       trainer->alarms.surprise[i] / SURPRISE_UNIT);
	return NULL;
}

void kanary_held_out_free(struct kanary_trainer *trainer)
{
	kanary_held_out_set_free(&trainer->held_out);
	kanary_held_out_set_free(&trainer->fitted);
	kanary_alarm_list_free(&trainer->alarms);
}
