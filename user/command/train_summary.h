/* SPDX-License-Identifier: GPL-2.0 */
/* What "kanary train" says when it is done. */
#ifndef KANARY_TRAIN_SUMMARY_H
#define KANARY_TRAIN_SUMMARY_H

#include "train/trainer.h"

/* Seconds of recording from which on there is a rate of vectors. */
#define KANARY_TRAIN_SUMMARY_SECONDS_MIN 1.0

/** kanary_train_summary_time() - "3.2 h", on stdout */
void kanary_train_summary_time(double seconds);

/** kanary_train_summary_interval() - "4000 vectors (3.2 h)", at the rate of the recording */
void kanary_train_summary_interval(double vectors, const struct kanary_dataset *dataset);

/** kanary_train_summary_note() - on stderr, what a model lacks: data, heads, or time to learn */
void kanary_train_summary_note(const struct kanary_trainer_settings *settings,
			       const struct kanary_dataset *dataset,
			       const struct kanary_trainer_result *result);

/**
 * kanary_train_summary_json() - one object
 * @path: of the model file
 * @seconds: that it took
 *
 * Return: exit status.
 */
int kanary_train_summary_json(const char *path, const struct kanary_dataset *dataset,
			      const struct kanary_trainer_result *result, double seconds);

/** kanary_train_summary_print() - the same for people */
void kanary_train_summary_print(const char *path, const struct kanary_dataset *dataset,
				const struct kanary_trainer_result *result, double seconds);

#endif /* KANARY_TRAIN_SUMMARY_H */
