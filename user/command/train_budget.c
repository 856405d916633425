// SPDX-License-Identifier: GPL-2.0
#include "train_budget.h"

#include <math.h>

#include "terminal/budget.h"
#include "terminal/message.h"
#include "train_summary.h"

#define BUDGET_DEFAULT "1/week"
/* Of recordings without times, vectors for each false alarm. */
#define BUDGET_VECTORS 1000000

/*
 * convert() - a number in a time to vectors for each, by the recordings' rate
 * @fallback: of recordings without times; 0 where there is none
 */
static int convert(const char *text, const struct kanary_dataset *dataset, double fallback,
		   double *vectors)
{
	struct kanary_budget budget;

	if (!kanary_budget_parse(text, &budget)) {
		kanary_message_error("train: '%s' is no number in a time: say 1/week, 2/day, 1/12h or 1/1000000",
				     text);
		return 2;
	}
	*vectors = budget.vectors;
	if (budget.seconds > 0 && dataset->seconds >= KANARY_TRAIN_SUMMARY_SECONDS_MIN)
		*vectors = budget.seconds * dataset->count / dataset->seconds;
	else if (budget.seconds > 0 && fallback > 0)
		*vectors = fallback;
	else if (budget.seconds > 0)
		return kanary_message_error("train: the recordings carry no times to convert '%s' with: say 1/VECTORS",
					    text);
	*vectors = fmin(*vectors / budget.alarms, 1e18);
	return 0;
}

int kanary_train_budget_apply(struct kanary_trainer_settings *settings, const char *text,
			      const struct kanary_dataset *dataset)
{
	double vectors;
	int status;

	status = convert(text ? text : BUDGET_DEFAULT, dataset, text ? 0 : BUDGET_VECTORS,
			 &vectors);
	if (status)
		return status;
	if (vectors < KANARY_TRAINER_BUDGET_MIN)
		return kanary_message_error("train: '%s' is an alarm every %.1f vectors: ask for fewer",
					    text ? text : BUDGET_DEFAULT, vectors);
	settings->budget = (uint64_t)vectors;
	return 0;
}

int kanary_train_budget_apply_news(struct kanary_trainer_settings *settings, const char *text,
				   const struct kanary_dataset *dataset)
{
	double vectors;
	int status;

	if (!text)
		return 0;
	if (!kanary_path_list_timed(&dataset->paths))
		return kanary_message_error("train: --path-news needs recordings of kanary record with paths: the module's paths=1");
	status = convert(text, dataset, 0, &vectors);
	if (status)
		return status;
	if (vectors < 1)
		return kanary_message_error("train: '%s' is more than one a vector: leave --path-news out",
					    text);
	settings->path_news = (uint64_t)vectors;
	return 0;
}
