// SPDX-License-Identifier: GPL-2.0
#include "train_promise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "train/kinds.h"
#include "terminal/message.h"
#include "judge/promise.h"
#include "train_summary.h"

/* Tails beyond have no variance: the largest error that will come is anybody's guess. */
#define SHAPE_HEAVY 0.5
/* Shares of the vectors that one program has, where it sets the threshold of the others. */
#define SHARE_MUCH 0.4
#define SHARE_ALL 0.95

static void limits(struct kanary_promise *promise, const struct kanary_trainer_result *result)
{
	const struct kanary_model_header *header = result->file;

	kanary_promise_limits(promise, result->held_out, result->alarms, header->budget);
}

/* How many times as much has to be recorded for the user's budget, 1 and less for no more. */
static double missing(const struct kanary_trainer_result *result)
{
	const struct kanary_model_header *header = result->file;

	return header->critical_budget / (KANARY_TRAINER_BUDGET_FACTOR * result->supported);
}

static void print_warning(const struct kanary_dataset *dataset,
			  const struct kanary_trainer_result *result)
{
	const struct kanary_model_header *header = result->file;
	struct kanary_promise promise;

	limits(&promise, result);
	printf("warning   from surprise %.2f on, one false alarm in ", result->threshold);
	kanary_train_summary_interval(header->budget, dataset);
	printf("\n          the held-out data have %zu in %u vectors: one in ", result->alarms,
	       result->held_out);
	kanary_train_summary_interval(promise.vectors / promise.high, dataset);
	if (promise.low > 0) {
		printf(" to ");
		kanary_train_summary_interval(promise.vectors / promise.low, dataset);
	} else {
		printf(" or less often");
	}
	printf(", with 95 %% confidence\n");
}

/* Where the held-out data contradict the budget, they are to be believed. */
static void print_critical(const struct kanary_dataset *dataset,
			   const struct kanary_trainer_result *result)
{
	const struct kanary_model_header *header = result->file;
	struct kanary_promise promise;

	kanary_promise_limits(&promise, result->held_out, result->critical_alarms,
			      header->critical_budget);
	printf("critical  from surprise %.2f on, by your budget one false alarm in ",
	       result->critical_threshold);
	kanary_train_summary_interval(header->critical_budget, dataset);
	printf("\n          the held-out data have %zu", result->critical_alarms);
	if (promise.low > KANARY_PROMISE_FACTOR * promise.expected) {
		printf(": do not rely on your budget, expect one in ");
		kanary_train_summary_interval(promise.vectors / (double)promise.alarms, dataset);
	}
	printf("\n");
}

void kanary_train_promise_print(const struct kanary_dataset *dataset,
				const struct kanary_trainer_result *result)
{
	const struct kanary_model_header *header = result->file;
	double times = missing(result);

	if (header->critical_budget > header->budget)
		print_warning(dataset, result);
	print_critical(dataset, result);
	printf("support   the held-out data bear one false alarm in ");
	kanary_train_summary_interval(result->supported, dataset);
	if (times > 1) {
		printf("; for your budget record %.1f times as much", times);
		if (dataset->seconds >= KANARY_TRAIN_SUMMARY_SECONDS_MIN) {
			printf(", ");
			kanary_train_summary_time(times * dataset->seconds);
		}
	}
	printf("\n");
}

void kanary_train_promise_json(json_t *object, const struct kanary_trainer_result *result)
{
	const struct kanary_model_header *header = result->file;
	struct kanary_promise promise;

	limits(&promise, result);
	json_object_set_new(object, "budget_vectors", json_integer((json_int_t)header->budget));
	json_object_set_new(object, "threshold", json_real(result->threshold));
	json_object_set_new(object, "held_out", json_integer(result->held_out));
	json_object_set_new(object, "held_out_alarms", json_integer((json_int_t)result->alarms));
	json_object_set_new(object, "held_out_alarms_low", json_real(promise.low));
	json_object_set_new(object, "held_out_alarms_high", json_real(promise.high));
	json_object_set_new(object, "critical_budget_vectors",
			    json_integer((json_int_t)header->critical_budget));
	json_object_set_new(object, "critical_threshold", json_real(result->critical_threshold));
	json_object_set_new(object, "held_out_critical_alarms",
			    json_integer((json_int_t)result->critical_alarms));
	json_object_set_new(object, "supported_vectors", json_real(result->supported));
	json_object_set_new(object, "recording_factor", json_real(missing(result)));
	json_object_set_new(object, "held_out_highest", json_real(result->highest));
}

static void note_tails(const struct kanary_trainer_result *result)
{
	const struct {
		const char *name;
		const struct kanary_trainer_head *head;
	} heads[] = {
		{ "process", &result->process }, { "grams", &result->grams },
		{ "path-histogram", &result->path_histogram },
		{ "path-names", &result->names }, { "sequence", &result->sequence },
		{ "process-sequence", &result->container },
	};
	size_t i;

	for (i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		if (heads[i].head->errors && heads[i].head->tail.shape > SHAPE_HEAVY)
			kanary_message_note("what is rare was recorded too seldom (head %s, tail shape %.2f, at most %.1f is sound): record starts, backups, rotation of logs and other loads, each of them twice",
					    heads[i].name, heads[i].head->tail.shape, SHAPE_HEAVY);
}

static int compare(const void *left, const void *right)
{
	return memcmp(left, right, KANARY_COMM_SIZE);
}

/* The program that most vectors are of, and their number; 0 without memory. */
static uint32_t busiest(const struct kanary_dataset *dataset, char name[KANARY_COMM_SIZE])
{
	char (*label)[KANARY_COMM_SIZE] = calloc(dataset->count, sizeof(*label));
	uint32_t i, length = 0, most = 0;

	for (i = 0; label && i < dataset->count; i++)
		kanary_kinds_label(kanary_dataset_vector(dataset, i)->comm, label[i]);
	if (label)
		qsort(label, dataset->count, sizeof(*label), compare);
	for (i = 0; label && i < dataset->count; i++) {
		length = i && !compare(label[i], label[i - 1]) ? length + 1 : 1;
		if (length > most) {
			most = length;
			memcpy(name, label[i], KANARY_COMM_SIZE);
		}
	}
	free(label);
	return most;
}

static void note_busiest(const struct kanary_dataset *dataset)
{
	char name[KANARY_COMM_SIZE] = "";
	double share = (double)busiest(dataset, name) / dataset->count;

	if (*name && share > SHARE_MUCH && share < SHARE_ALL)
		kanary_message_note("%.0f %% of the vectors are of '%s', which sets the threshold of all other programs: record more of what these do",
				    100 * share, name);
}

void kanary_train_promise_note(const struct kanary_dataset *dataset,
			       const struct kanary_trainer_result *result)
{
	note_tails(result);
	note_busiest(dataset);
	if (dataset->containers == 1 && dataset->seconds >= KANARY_TRAIN_SUMMARY_SECONDS_MIN)
		kanary_message_note("a single life of the container was recorded: record it over a restart, too (kanary record --container NAME goes on over restarts)");
}
