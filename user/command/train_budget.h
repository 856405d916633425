/* SPDX-License-Identifier: GPL-2.0 */
/* Budgets of time, as the user says them, by the rate of what was recorded. */
#ifndef KANARY_TRAIN_BUDGET_H
#define KANARY_TRAIN_BUDGET_H

#include "recording/dataset.h"
#include "train/trainer.h"

/**
 * kanary_train_budget_apply() - false alarms that the user accepts, into the settings
 * @text: 1/week, 1/1000000; NULL for one a week, where there are times, else one in a million
 *
 * Return: 0, or the exit status after a line on stderr.
 */
int kanary_train_budget_apply(struct kanary_trainer_settings *settings, const char *text,
			      const struct kanary_dataset *dataset);

/**
 * kanary_train_budget_apply_news() - the same of new names in quiet directories
 * @text: 1/year; NULL where the recordings are to tell
 */
int kanary_train_budget_apply_news(struct kanary_trainer_settings *settings, const char *text,
				   const struct kanary_dataset *dataset);

#endif /* KANARY_TRAIN_BUDGET_H */
