// SPDX-License-Identifier: GPL-2.0
#include "trainer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "blas.h"
#include "checksum.h"
#include "recording/dataset_split.h"
#include "head_curves.h"
#include "held_out.h"
#include "model_fit.h"
#include "novelty.h"
#include "reference.h"
#include "judge/replay.h"
#include "terminal/workers.h"

#define NO_MEMORY KANARY_TRAINER_NO_MEMORY
#define SURPRISE_UNIT 256.0

/* A model of all but one part, and its errors on that part. */
static const char *run_fold(struct kanary_trainer *trainer, uint32_t turn)
{
	const char *failure;

	trainer->dataset->turn = turn;
	failure = kanary_held_out_split(trainer);
	if (!failure)
		failure = kanary_model_fit(trainer);
	if (!failure)
		failure = kanary_model_fit_build(trainer);
	if (!failure)
		failure = kanary_held_out_score(trainer);
	trainer->fold[turn] = trainer->file;
	trainer->file = NULL;
	return failure;
}

/* All that is known, nothing is held out. */
static const char *split_final(struct kanary_trainer *trainer)
{
	const char *failure;

	trainer->dataset->turn = 0;
	failure = kanary_held_out_split(trainer);
	kanary_dataset_split_release(trainer->dataset);
	return failure;
}

/* A model of all parts. */
static const char *run_final(struct kanary_trainer *trainer)
{
	const char *failure = split_final(trainer);

	trainer->told = true;
	if (!failure)
		failure = kanary_model_fit(trainer);
	if (!failure)
		failure = kanary_model_fit_container(trainer);
	return failure ? failure : kanary_model_fit_build(trainer);
}

/* The only fold's model, but with a codebook that has what was held out by heart. */
static const char *complete_fold(struct kanary_trainer *trainer)
{
	const char *failure;

	trainer->told = true;
	if (!kanary_model_fit_again(trainer))
		return NO_MEMORY;
	failure = kanary_model_fit_container(trainer);
	return failure ? failure : kanary_model_fit_build(trainer);
}

/**
 * struct round - one model and what it needs of its own
 * @view: of the dataset, with other parts
 */
struct round {
	struct kanary_trainer trainer;
	struct kanary_dataset view;
	const char *failure;
};

/**
 * struct rounds - the models that are independent of each other
 * @final: the final one, done in the first round; the folds come after it
 * @fold: a round each
 */
struct rounds {
	struct kanary_trainer *final;
	const char *failure;
	struct round fold[KANARY_DATASET_TURNS];
};

/* Draws of its own, so that it does not matter who draws first. */
static struct kanary_drift *create_drift(const struct kanary_trainer_settings *settings,
					 uint32_t round)
{
	return kanary_drift_create(settings->drift,
				   settings->sequence.seed + round * 0x9e3779b9ul);
}

static void trainer_init(struct kanary_trainer *trainer, struct kanary_dataset *dataset,
			 const struct kanary_trainer_settings *settings)
{
	*trainer = (struct kanary_trainer){ .dataset = dataset, .settings = settings };
}

static void trainer_free(struct kanary_trainer *trainer)
{
	uint32_t turn;

	for (turn = 0; turn < KANARY_DATASET_TURNS; turn++)
		free(trainer->fold[turn]);
	kanary_drift_free(trainer->drift);
	kanary_held_out_free(trainer);
	kanary_model_fit_forget(trainer);
	free((void *)trainer->names.entry);
	kanary_grams_train_free(&trainer->grams);
}

static void run_round(void *context, uint32_t number)
{
	struct rounds *rounds = context;
	struct round *round;

	if (!number) {
		rounds->failure = run_final(rounds->final);
		kanary_progress_part(&rounds->final->part, 1, NULL);
		return;
	}
	round = &rounds->fold[number - 1];
	round->failure = NO_MEMORY;
	round->trainer.drift = create_drift(round->trainer.settings, number);
	if (round->trainer.drift)
		round->failure = run_fold(&round->trainer, number - 1);
	kanary_progress_part(&round->trainer.part, 1, NULL);
}

/* Of a fold: its model and what it found out. */
static const char *take_fold(struct kanary_trainer *trainer, struct round *round, uint32_t turn)
{
	trainer->fold[turn] = round->trainer.fold[turn];
	round->trainer.fold[turn] = NULL;
	trainer->networks += round->trainer.networks;
	trainer->cut_by_work += round->trainer.cut_by_work;
	trainer->cut_by_epochs += round->trainer.cut_by_epochs;
	if (round->failure)
		return round->failure;
	return kanary_held_out_set_append(&trainer->held_out, &round->trainer.held_out) ? NULL :
										      NO_MEMORY;
}

static void begin_fold(struct round *round, const struct kanary_trainer *final, uint32_t turn)
{
	round->view = *final->dataset;
	round->view.run = NULL;
	trainer_init(&round->trainer, &round->view, final->settings);
	round->trainer.part = final->part;
	/* behind the two of the final model */
	round->trainer.part.number = 2 + turn;
	round->trainer.with_sequence = final->with_sequence;
	round->trainer.with_path_histogram = final->with_path_histogram;
}

/* The final model and the folds, as many at a time as there are jobs. */
static const char *run_rounds(struct kanary_trainer *trainer, uint32_t jobs)
{
	struct rounds *rounds = calloc(1, sizeof(*rounds));
	const char *failure;
	uint32_t turn;

	if (!rounds)
		return NO_MEMORY;
	rounds->final = trainer;
	trainer->part.whole->parts = 2 + trainer->folds;
	for (turn = 0; turn < trainer->folds; turn++)
		begin_fold(&rounds->fold[turn], trainer, turn);
	kanary_workers_run(1 + trainer->folds, jobs, run_round, rounds);
	failure = rounds->failure;
	for (turn = 0; turn < trainer->folds; turn++) {
		if (!failure)
			failure = take_fold(trainer, &rounds->fold[turn], turn);
		trainer_free(&rounds->fold[turn].trainer);
		free(rounds->fold[turn].view.run);
	}
	free(rounds);
	return failure;
}

static const char *run_only_fold(struct kanary_trainer *trainer)
{
	trainer->part.whole->parts = 2;
	return run_fold(trainer, 0);
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

/* What programs that were not learned look like to the folds. */
static const char *estimate(struct kanary_trainer *trainer, struct kanary_trainer_result *result)
{
	const struct kanary_trainer_settings *settings = trainer->settings;
	const char *failure = NULL;

	if (settings->foreign)
		failure = kanary_foreign_judge(trainer, settings->foreign, &result->foreign);
	if (!failure && settings->against)
		failure = kanary_foreign_judge(trainer, settings->against, &result->against);
	return failure;
}

/* Curves and threshold from what was held out, then those of the final model. */
static const char *finish(struct kanary_trainer *trainer, struct kanary_trainer_result *result)
{
	const char *failure = kanary_head_curves_fit(trainer->fold[0], trainer, false, result);

	if (!failure)
		failure = kanary_held_out_threshold(trainer, result);
	if (!failure)
		failure = estimate(trainer, result);
	if (!failure)
		failure = trainer->folds > 1 ? split_final(trainer) : complete_fold(trainer);
	if (!failure)
		failure = calibrate(trainer, result);
	if (!failure && !kanary_reference_add(trainer->file, trainer->dataset))
		failure = NO_MEMORY;
	return failure;
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
	result->work = trainer->sequence.work;
	result->first_loss = trainer->sequence.first_loss;
	result->loss = trainer->sequence.loss;
	result->stopped = trainer->sequence.stopped;
	result->networks = trainer->networks;
	result->cut_by_work = trainer->cut_by_work;
	result->cut_by_epochs = trainer->cut_by_epochs;
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
	uint32_t jobs = kanary_blas_prepare(settings->jobs ? settings->jobs : 1);
	struct kanary_trainer trainer;
	const char *failure;

	memset(result, 0, sizeof(*result));
	if (!jobs)
		return KANARY_BLAS_NO_ROOM;
	trainer_init(&trainer, dataset, settings);
	trainer.part.whole = progress;
	trainer.folds = settings->folds ? settings->folds : 1;
	trainer.drift = create_drift(settings, 0);
	failure = trainer.drift ? kanary_held_out_check(&trainer) : NO_MEMORY;
	if (!failure)
		failure = kanary_model_fit_heads(&trainer);
	if (!failure)
		failure = trainer.folds > 1 ? run_rounds(&trainer, jobs) : run_only_fold(&trainer);
	if (!failure)
		failure = finish(&trainer, result);
	if (!failure)
		failure = prove(&trainer);
	if (!failure) {
		describe(&trainer, result);
		result->file = trainer.file;
	} else {
		free(trainer.file);
	}
	trainer_free(&trainer);
	return failure;
}
