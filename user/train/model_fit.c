// SPDX-License-Identifier: GPL-2.0
#include "model_fit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "quantise.h"
#include "vector.h"

#define NO_MEMORY KANARY_TRAINER_NO_MEMORY
#define SURPRISE_UNIT 256.0
#define SURPRISE_MAX 100.0

/* Counts what ended the training of a network, for who wants to know what was cut. */
static void note_end(struct kanary_trainer *trainer, const struct kanary_sequence_head *head)
{
	trainer->networks++;
	trainer->cut_by_work += !strcmp(head->stopped, "work limit");
	trainer->cut_by_epochs += !strcmp(head->stopped, "epochs");
}

static const char *fit_sequence(struct kanary_trainer *trainer)
{
	const struct kanary_sequence_settings *settings = &trainer->settings->sequence;
	const struct kanary_dataset *dataset = trainer->dataset;
	struct kanary_sequence_source source;
	bool done;

	/* the final model has nothing to hold out */
	if (!trainer->with_sequence ||
	    (dataset->in_part[KANARY_DATASET_CALIBRATION] &&
	     !kanary_sequence_source_enough(dataset->run, dataset->runs, settings->steps)))
		return NULL;
	trainer->part.name = "sequence head";
	if (!kanary_sequence_source_vectors(&source, dataset, &trainer->features, trainer->drift))
		return NO_MEMORY;
	done = kanary_sequence_train(&trainer->sequence, &source, settings, &trainer->part);
	kanary_sequence_source_free(&source);
	if (!done)
		return NO_MEMORY;
	note_end(trainer, &trainer->sequence);
	return NULL;
}

/* A container's processes have parts of their own: one of them is held out from the final model. */
const char *kanary_model_fit_container(struct kanary_trainer *trainer)
{
	const struct kanary_sequence_settings *settings = &trainer->settings->container;
	struct kanary_process_stream *processes = &trainer->processes;

	kanary_progress_part(&trainer->part, 1, NULL);
	trainer->part.number++;
	trainer->part.name = "container head";
	if (!settings->hidden)
		return NULL;
	if (!kanary_process_stream_create(processes, trainer->dataset, settings->steps))
		return NO_MEMORY;
	if (!kanary_sequence_source_enough(processes->run, processes->runs, settings->steps))
		return NULL;
	if (!kanary_process_stream_source(&trainer->process_source, processes, trainer->dataset,
					  &trainer->features) ||
	    !kanary_sequence_train(&trainer->container, &trainer->process_source, settings,
				   &trainer->part))
		return NO_MEMORY;
	note_end(trainer, &trainer->container);
	return NULL;
}

static bool has_log(const struct kanary_dataset *dataset)
{
	uint32_t i;

	for (i = 0; i < dataset->count; i++)
		if (!kanary_dataset_vector(dataset, i)->logged)
			return false;
	return true;
}

/* Where there are paths, there is a names head; in each fold, if only of a few. */
static bool fit_names(struct kanary_trainer *trainer, bool all)
{
	free((void *)trainer->names.entry);
	return kanary_name_fit(&trainer->names, trainer->dataset, all,
			       trainer->told ? trainer->settings->path_news : 0,
			       &trainer->name_fit);
}

static bool fit_grams(struct kanary_trainer *trainer, bool all)
{
	const struct kanary_trainer_settings *settings = trainer->settings;

	if (!settings->grams || !has_log(trainer->dataset))
		return true;
	return kanary_grams_train(&trainer->grams, trainer->dataset, settings->grams,
				  all);
}

/* Vectors which count paths, of the parts that are learned from or of what is @held_out. */
static uint32_t count_with_paths(const struct kanary_dataset *dataset, bool held_out)
{
	const struct kanary_vector *vector;
	uint32_t number, i, found = 0;

	for (number = 0; number < dataset->runs; number++) {
		const struct kanary_dataset_run *run = &dataset->run[number];

		if ((run->part == KANARY_DATASET_CALIBRATION) != held_out)
			continue;
		for (i = 0; i < run->length; i++) {
			vector = kanary_dataset_vector(dataset, run->first + i);
			found += vector->length &&
				 vector->counts[vector->length - 1].bin >= KANARY_PATH_FIRST;
		}
	}
	return found;
}

/*
 * Which heads there are to be. Calibration is the first fold's: what that has too little of, no
 * model has.
 */
const char *kanary_model_fit_heads(struct kanary_trainer *trainer)
{
	const struct kanary_trainer_settings *settings = trainer->settings;
	const struct kanary_dataset *dataset = trainer->dataset;
	const char *failure;

	trainer->dataset->turn = 0;
	failure = kanary_held_out_split(trainer);
	if (failure)
		return failure;
	trainer->with_sequence = settings->sequence.hidden && settings->sequence.steps &&
				 kanary_sequence_source_enough(dataset->run, dataset->runs,
							       settings->sequence.steps);
	trainer->with_path_histogram =
		settings->path_histogram &&
		count_with_paths(dataset, false) >= KANARY_TRAINER_VECTORS_MIN &&
		count_with_paths(dataset, true) >= KANARY_TRAINER_CALIBRATION_MIN;
	return NULL;
}

/* A bottleneck as wide as what is counted would let any mix of it pass. */
static uint32_t bottleneck(uint32_t wanted, uint32_t used)
{
	uint32_t half = used / 4 * 2;

	half = half < 2 ? 2 : half;
	return wanted < half ? wanted : half;
}

/*
 * By the same means as the process head, of the directories that paths lie in, where enough of
 * them were used.
 */
static bool fit_path_histogram(struct kanary_trainer *trainer)
{
	const struct kanary_trainer_settings *settings = trainer->settings;
	struct kanary_feature_map *features = &trainer->path_histogram_features;

	if (!trainer->with_path_histogram)
		return true;
	kanary_feature_map_paths(features, KANARY_MODEL_INPUTS_MAX, &trainer->features);
	return kanary_process_train(&trainer->path_histogram, trainer->dataset, features,
				    bottleneck(settings->path_histogram,
					       kanary_feature_map_used(features,
								       trainer->dataset)),
				    0, true, trainer->drift);
}

/* All but the container head, which the final model alone has. */
const char *kanary_model_fit(struct kanary_trainer *trainer)
{
	const struct kanary_trainer_settings *settings = trainer->settings;

	kanary_feature_map_choose(&trainer->features, trainer->dataset, settings->inputs,
				  settings->decay_limit);
	if (!kanary_kinds_learn(&trainer->kinds, trainer->dataset, &trainer->features,
				settings->kinds))
		return NO_MEMORY;
	if (!kanary_process_train(&trainer->process, trainer->dataset, &trainer->features,
				  settings->code, settings->codewords, settings->grams,
				  trainer->drift) ||
	    !fit_path_histogram(trainer) || !fit_names(trainer, false) ||
	    !fit_grams(trainer, false))
		return NO_MEMORY;
	return fit_sequence(trainer);
}

bool kanary_model_fit_again(struct kanary_trainer *trainer)
{
	return kanary_process_train_complete(&trainer->process, trainer->dataset,
					     &trainer->features, trainer->settings->codewords) &&
	       fit_names(trainer, true) && fit_grams(trainer, true);
}

const char *kanary_model_fit_build(struct kanary_trainer *trainer)
{
	struct kanary_model_header header = {
		.period = trainer->dataset->period,
		.flags = trainer->dataset->clock == KANARY_DATASET_CLOCK_DROP ?
			 KANARY_MODEL_DROPS_CLOCK : 0,
		.budget = trainer->settings->budget,
		.critical_budget = trainer->settings->budget,
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
	header.critical_threshold = header.threshold;
	snprintf(header.name, sizeof(header.name), "%s", trainer->settings->name);
	trainer->file = kanary_quantise_model(&header, &trainer->features, &trainer->process,
					      &trainer->sequence, &trainer->container,
					      &trainer->path_histogram, &trainer->names,
					      &trainer->grams);
	if (!trainer->file)
		return NO_MEMORY;
	kanary_kinds_write(&trainer->kinds, trainer->file);
	return NULL;
}

void kanary_model_fit_forget(struct kanary_trainer *trainer)
{
	kanary_process_train_free(&trainer->process);
	kanary_process_train_free(&trainer->path_histogram);
	kanary_sequence_train_free(&trainer->sequence);
	kanary_sequence_train_free(&trainer->container);
	kanary_sequence_source_free(&trainer->process_source);
	kanary_process_stream_free(&trainer->processes);
	kanary_kinds_free(&trainer->kinds);
}
