/* SPDX-License-Identifier: GPL-2.0 */
/* What models make of vectors that they were not fitted to: calibration and threshold. */
#ifndef KANARY_HELD_OUT_H
#define KANARY_HELD_OUT_H

#include "judge/alarm_list.h"
#include "train/features/feature_map.h"
#include "train/head/grams_train.h"
#include "held_out_set.h"
#include "kinds.h"
#include "train/head/name_fit.h"
#include "train/features/process_stream.h"
#include "train/head/process_train.h"
#include "train/features/sequence_source.h"
#include "trainer.h"

/**
 * struct kanary_trainer - what the stages of one model share, and those of the final one all
 * @part: of the progress that is shown
 * @held_out: errors of models on what they do not know
 * @fitted: errors of the final model on what it was fitted to, as it was recorded; of no container
 * @alarms: what models say of vectors that were held out from them
 * @folds: parts that are held out in turn
 * @name_fit: what names were learned from
 * @with_sequence: whether the first fold has enough for a sequence head: then all may have one
 * @with_path_histogram: likewise of the path histogram head, and then all have one
 * @told: names are learned as the user's word has it: of the model that is used, and not of
 *	those that show how it would do without
 * @fold: [@folds], models without their part
 * @file: the present model
 * @networks: as in struct kanary_trainer_result
 * @cut_by_work: likewise
 * @cut_by_epochs: likewise
 */
struct kanary_trainer {
	struct kanary_dataset *dataset;
	struct kanary_progress_part part;
	const struct kanary_trainer_settings *settings;
	struct kanary_feature_map features;
	struct kanary_drift *drift;
	struct kanary_process_head process;
	struct kanary_sequence_head sequence;
	struct kanary_process_stream processes;
	struct kanary_sequence_source process_source;
	struct kanary_sequence_head container;
	struct kanary_kinds kinds;
	struct kanary_feature_map path_histogram_features;
	struct kanary_process_head path_histogram;
	struct kanary_name_table names;
	struct kanary_name_fit name_fit;
	bool with_sequence;
	bool with_path_histogram;
	bool told;
	struct kanary_grams grams;
	struct kanary_held_out_set held_out;
	struct kanary_held_out_set fitted;
	struct kanary_alarm_list alarms;
	uint32_t folds;
	void *fold[KANARY_DATASET_TURNS];
	void *file;
	uint32_t networks;
	uint32_t cut_by_work;
	uint32_t cut_by_epochs;
};

/**
 * kanary_held_out_check() - whether there is enough to learn from, and to hold out in each turn
 *
 * Return: NULL, or a sentence that says what is missing, valid until the next call.
 */
const char *kanary_held_out_check(struct kanary_trainer *trainer);

/**
 * kanary_held_out_split() - give each vector its part, as the dataset's turn says
 *
 * Blocks that a sequence head can use, if there is enough for one; else any.
 *
 * Return: NULL, or a sentence that says why not.
 */
const char *kanary_held_out_split(struct kanary_trainer *trainer);

/**
 * kanary_held_out_score() - add the present model's errors on the part that it does not know
 *
 * Return: NULL, or a sentence that says why not; the same below.
 */
const char *kanary_held_out_score(struct kanary_trainer *trainer);

/** kanary_held_out_score_fitted() - the final model's errors on all that it knows */
const char *kanary_held_out_score_fitted(struct kanary_trainer *trainer);

/**
 * kanary_held_out_score_container() - errors of the final model's container head
 *
 * Of this model itself, on the processes that this head was not fitted to. Where their order hardly
 * varies, two networks that were fitted to it differ by more than what either makes of this
 * day and the next.
 */
const char *kanary_held_out_score_container(struct kanary_trainer *trainer);

/**
 * kanary_held_out_threshold() - set the first fold's threshold
 *
 * It is where all folds together, calibrated, raise as many alarms on what was held out
 * from them as the budget allows.
 */
const char *kanary_held_out_threshold(struct kanary_trainer *trainer,
				      struct kanary_trainer_result *result);

void kanary_held_out_free(struct kanary_trainer *trainer);

#endif /* KANARY_HELD_OUT_H */
