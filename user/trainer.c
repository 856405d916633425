// SPDX-License-Identifier: GPL-2.0
#include "trainer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checksum.h"
#include "head_curves.h"
#include "held_out.h"
#include "novelty.h"
#include "quantise.h"
#include "reference.h"
#include "replay.h"
#include "vector.h"

#define NO_MEMORY KANARY_TRAINER_NO_MEMORY
#define SURPRISE_UNIT 256.0
#define SURPRISE_MAX 100.0

/* OpenBLAS: its threads cost more than they bring at these sizes, and determinism too. */
void openblas_set_num_threads(int threads);

static bool has_sequence(const void *file)
{
	return ((const struct kanary_model_header *)file)->sequence.hidden;
}

static bool has_path_histogram(const void *file)
{
	return ((const struct kanary_model_header *)file)->paths_inputs;
}

static const char *fit_sequence(struct kanary_trainer *trainer, struct kanary_progress *progress)
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

/* A container's processes have parts of their own: one of them is held out from the final model. */
static const char *fit_container(struct kanary_trainer *trainer, struct kanary_progress *progress)
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
	uint32_t i, calls;

	for (i = 0; i < dataset->count; i++) {
		vector = kanary_dataset_vector(dataset, i);
		calls = kanary_vector_calls(vector);
		/* the first behind those of calls, and not of paths already */
		if (calls == vector->length || vector->counts[calls].bin >= KANARY_PATH_FIRST)
			return false;
	}
	return true;
}

static bool has_log(const struct kanary_dataset *dataset)
{
	uint32_t i;

	for (i = 0; i < dataset->count; i++)
		if (!kanary_dataset_vector(dataset, i)->logged)
			return false;
	return true;
}

/* There are both or none, and the same in each fold. */
static bool fit_memories(struct kanary_trainer *trainer, bool all)
{
	const struct kanary_trainer_settings *settings = trainer->settings;

	if (!settings->items || !has_order(trainer->dataset))
		return true;
	return kanary_memory_train(&trainer->calls, trainer->dataset, settings->decay_limit,
				   settings->items, all) &&
	       kanary_memory_train(&trainer->order, trainer->dataset, settings->decay_limit,
				   settings->items, all);
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

/* By the same means as the process head: only what it reads is another. */
static bool fit_triples(struct kanary_trainer *trainer)
{
	const struct kanary_trainer_settings *settings = trainer->settings;

	if (!settings->triples || !has_order(trainer->dataset))
		return true;
	kanary_feature_map_triples(&trainer->triples_features, KANARY_MODEL_INPUTS_MAX,
				   settings->decay_limit);
	return kanary_process_train(&trainer->triples, trainer->dataset,
				    &trainer->triples_features, settings->triples, 0, true,
				    settings->grams, trainer->drift);
}

/* Vectors of the parts that are learned from which count paths. */
static uint32_t count_with_paths(const struct kanary_dataset *dataset)
{
	const struct kanary_vector *vector;
	uint32_t number, i, found = 0;

	for (number = 0; number < dataset->runs; number++) {
		const struct kanary_dataset_run *run = &dataset->run[number];

		for (i = 0; run->part != KANARY_DATASET_CALIBRATION && i < run->length; i++) {
			vector = kanary_dataset_vector(dataset, run->first + i);
			found += vector->length &&
				 vector->counts[vector->length - 1].bin >= KANARY_PATH_FIRST;
		}
	}
	return found;
}

/* A bottleneck as wide as what is counted would let any mix of it pass. */
static uint32_t bottleneck(uint32_t wanted, uint32_t used)
{
	uint32_t half = used / 4 * 2;

	half = half < 2 ? 2 : half;
	return wanted < half ? wanted : half;
}

/* The same once more, of the directories that paths lie in, where enough of them were used. */
static bool fit_path_histogram(struct kanary_trainer *trainer)
{
	const struct kanary_trainer_settings *settings = trainer->settings;
	struct kanary_feature_map *features = &trainer->path_histogram_features;

	if (!settings->path_histogram)
		return true;
	/* as with sequences, the first fold decides */
	if (trainer->fold[0] ? !has_path_histogram(trainer->fold[0]) :
			       count_with_paths(trainer->dataset) < KANARY_TRAINER_VECTORS_MIN)
		return true;
	kanary_feature_map_paths(features, KANARY_MODEL_INPUTS_MAX, &trainer->features);
	return kanary_process_train(&trainer->path_histogram, trainer->dataset, features,
				    bottleneck(settings->path_histogram,
					       kanary_feature_map_used(features,
								       trainer->dataset)),
				    0, true, true, trainer->drift);
}

/* All but the container head, which the final model alone has. */
static const char *fit(struct kanary_trainer *trainer, struct kanary_progress *progress)
{
	const struct kanary_trainer_settings *settings = trainer->settings;

	kanary_feature_map_choose(&trainer->features, trainer->dataset, settings->inputs,
				  settings->decay_limit);
	if (!kanary_kinds_learn(&trainer->kinds, trainer->dataset, &trainer->features,
				settings->kinds))
		return NO_MEMORY;
	if (!kanary_process_train(&trainer->process, trainer->dataset, &trainer->features,
				  settings->code, settings->codewords, settings->even,
				  settings->even && settings->grams, trainer->drift) ||
	    !fit_memories(trainer, false) || !fit_triples(trainer) ||
	    !fit_path_histogram(trainer) || !fit_names(trainer, false) ||
	    !fit_grams(trainer, false))
		return NO_MEMORY;
	return fit_sequence(trainer, progress);
}

static const char *build(struct kanary_trainer *trainer)
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
					      &trainer->calls, &trainer->order,
					      &trainer->triples, &trainer->path_histogram,
					      &trainer->names,
					      &trainer->grams);
	if (!trainer->file)
		return NO_MEMORY;
	kanary_kinds_write(&trainer->kinds, trainer->file);
	return NULL;
}

static void forget(struct kanary_trainer *trainer)
{
	kanary_process_train_free(&trainer->process);
	kanary_process_train_free(&trainer->triples);
	kanary_process_train_free(&trainer->path_histogram);
	kanary_sequence_train_free(&trainer->sequence);
	kanary_sequence_train_free(&trainer->container);
	kanary_sequence_source_free(&trainer->process_source);
	kanary_process_stream_free(&trainer->processes);
	kanary_kinds_free(&trainer->kinds);
}

/* What was held out says too little of paths to calibrate a head on: then there is none. */
static const char *drop_path_histogram(struct kanary_trainer *trainer)
{
	uint32_t least = KANARY_TRAINER_CALIBRATION_MIN * kanary_drift_copies(trainer->drift);

	if (!has_path_histogram(trainer->file) || trainer->held_out.path_histogram.count >= least)
		return NULL;
	trainer->held_out.path_histogram.count = 0;
	kanary_process_train_free(&trainer->path_histogram);
	free(trainer->file);
	return build(trainer);
}

/* A model of all but one part, and its errors on that part. */
static const char *run_fold(struct kanary_trainer *trainer, uint32_t turn,
			    struct kanary_progress *progress)
{
	const char *failure;

	forget(trainer);
	trainer->dataset->turn = turn;
	failure = kanary_held_out_split(trainer);
	if (!failure)
		failure = fit(trainer, progress);
	if (!failure)
		failure = build(trainer);
	if (!failure)
		failure = kanary_held_out_score(trainer);
	if (!failure && !turn)
		failure = drop_path_histogram(trainer);
	trainer->fold[turn] = trainer->file;
	trainer->file = NULL;
	return failure;
}

/*
 * The first fold tells how long training takes: where all would take longer than the
 * user wants to wait for one, there is only this one.
 */
static const char *run_folds(struct kanary_trainer *trainer, struct kanary_progress *progress)
{
	const struct kanary_trainer_settings *settings = trainer->settings;
	double start = kanary_progress_now();
	const char *failure = NULL;
	uint32_t turn;

	trainer->folds = settings->folds ? settings->folds : 1;
	for (turn = 0; !failure && turn < trainer->folds; turn++) {
		failure = run_fold(trainer, turn, progress);
		if (!turn && (kanary_progress_now() - start) * (trainer->folds + 1) >
			     settings->sequence.seconds)
			trainer->folds = 1;
	}
	return failure;
}

/* What news in a quiet directory is worth was told: no held-out vector knows better. */
static void take_word(struct kanary_trainer *trainer)
{
	const struct kanary_name_fit *fit = &trainer->name_fit;
	struct kanary_model model;

	kanary_model_layout(&model, trainer->file);
	/* a word that is not rarer than all that was learned says nothing of what is */
	if (!model.name_knot || !fit->quiet || !fit->told_cost || fit->told_cost < fit->quiet_cost)
		return;
	kanary_calibrate_told((struct kanary_model_knot *)model.name_knot, model.header->knots,
			      fit->told_cost * KANARY_NAME_HEAD_COST_TO_ERROR,
			      kanary_head_curves_per_document(trainer));
}

/* By what was held out from the folds, and what the final model makes of what it was fitted to. */
static const char *calibrate(struct kanary_trainer *trainer, struct kanary_trainer_result *result)
{
	const char *failure;

	kanary_head_curves_copy(trainer->file, trainer->fold[0]);
	take_word(trainer);
	failure = kanary_held_out_score_fitted(trainer);
	if (!failure)
		failure = kanary_head_curves_fit(trainer->file, trainer, true, result);
	if (!failure)
		failure = kanary_held_out_score_container(trainer);
	return failure ? failure :
	       kanary_head_curves_fit_container(trainer->file, trainer, result);
}

/*
 * The same calibration, but of a model that knows the parts that were held out: by
 * training again where they took turns, else with codebook and memories that have them
 * by heart.
 */
static const char *complete(struct kanary_trainer *trainer, struct kanary_trainer_result *result,
			    struct kanary_progress *progress)
{
	const char *failure = NULL;

	trainer->told = true;
	if (trainer->folds > 1) {
		forget(trainer);
		trainer->dataset->turn = 0;
		failure = kanary_held_out_split(trainer);
		kanary_dataset_release(trainer->dataset);
		if (!failure)
			failure = fit(trainer, progress);
	} else if (!kanary_process_train_complete(&trainer->process, trainer->dataset,
						  &trainer->features,
						  trainer->settings->codewords) ||
		   !fit_memories(trainer, true) || !fit_names(trainer, true) ||
		   !fit_grams(trainer, true)) {
		failure = NO_MEMORY;
	}
	if (!failure)
		failure = fit_container(trainer, progress);
	if (!failure)
		failure = build(trainer);
	return failure ? failure : calibrate(trainer, result);
}

/* As the kernel will see it. */
static const char *prove(struct kanary_trainer *trainer)
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

/* Whether a new name in a quiet directory is enough for an alert. */
static void describe_names(const struct kanary_trainer *trainer,
			   struct kanary_trainer_result *result)
{
	u32 error = trainer->name_fit.quiet_cost * KANARY_NAME_HEAD_COST_TO_ERROR, surprise, heads;
	struct kanary_model model;

	kanary_model_layout(&model, trainer->file);
	if (!model.name_knot)
		return;
	heads = 2 + !!model.sequence.weight + !!model.container.weight + !!model.paths.knot;
	surprise = kanary_score_surprise(model.name_knot, model.header->knots, error);
	result->quiet = trainer->name_fit.quiet;
	result->quiet_surprise = kanary_score_chosen(surprise, heads) / SURPRISE_UNIT;
}

static void describe(const struct kanary_trainer *trainer, struct kanary_trainer_result *result)
{
	const struct kanary_model_header *header = trainer->file;

	result->size = header->size;
	result->folds = trainer->folds;
	result->novel = kanary_novelty_count(trainer->dataset);
	describe_names(trainer, result);
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
	struct kanary_trainer trainer = {
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
		failure = kanary_head_curves_fit(trainer.fold[0], &trainer, false, result);
	if (!failure)
		failure = kanary_held_out_threshold(&trainer, result);
	if (!failure)
		failure = complete(&trainer, result, progress);
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
	kanary_held_out_free(&trainer);
	forget(&trainer);
	kanary_memory_train_free(&trainer.calls);
	kanary_memory_train_free(&trainer.order);
	free((void *)trainer.names.entry);
	kanary_grams_train_free(&trainer.grams);
	return failure;
}
