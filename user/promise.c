// SPDX-License-Identifier: GPL-2.0
#include "promise.h"

#include <errno.h>
#include <gsl/gsl_cdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_output.h"
#include "message.h"
#include "model_file.h"
#include "replay_file.h"

#define SURPRISE_UNIT 256.0
/* Each side of 95 %. */
#define TAIL 0.025

/* A verdict, before the verdicts of a stream are put in a row. */
struct judged {
	u64 stream;
	size_t number;
	u32 surprise;
};

struct judgement {
	struct judged *judged;
	size_t count;
	size_t room;
};

void kanary_promise_limits(struct kanary_promise *promise, uint64_t vectors, uint64_t alarms,
			   uint64_t budget)
{
	promise->vectors = vectors;
	promise->alarms = alarms;
	promise->expected = (double)vectors / budget;
	promise->low = alarms ? 0.5 * gsl_cdf_chisq_Pinv(TAIL, 2.0 * alarms) : 0;
	promise->high = 0.5 * gsl_cdf_chisq_Qinv(TAIL, 2.0 * alarms + 2);
}

void kanary_promise_measure(struct kanary_promise *promise, const struct kanary_alarm_list *list,
			    u32 threshold, uint64_t budget)
{
	size_t alerts;

	kanary_promise_limits(promise, list->count, kanary_alarm_count(list, threshold, &alerts),
			      budget);
	promise->alerts = alerts;
}

bool kanary_promise_broken(const struct kanary_promise *promise)
{
	return promise->low > KANARY_PROMISE_FACTOR * promise->expected ||
	       promise->high < promise->expected / KANARY_PROMISE_FACTOR;
}

static int compare_judged(const void *left, const void *right)
{
	const struct judged *a = left, *b = right;

	if (a->stream != b->stream)
		return a->stream < b->stream ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

static int note(void *context, struct kanary_replay_stream *stream,
		const struct kanary_vector *vector)
{
	struct judgement *judgement = context;

	if (judgement->count == judgement->room) {
		size_t room = 2 * judgement->room + 1024;
		struct judged *judged = realloc(judgement->judged, room * sizeof(*judged));

		if (!judged)
			return kanary_message_error("eval: %s", strerror(ENOMEM));
		judgement->judged = judged;
		judgement->room = room;
	}
	judgement->judged[judgement->count] = (struct judged){
		.stream = stream->number,
		.number = judgement->count,
		.surprise = stream->last.surprise,
	};
	judgement->count++;
	return 0;
}

static int add(struct kanary_alarm_list *list, struct kanary_replay *replay, const char *path,
	       struct kanary_selection *selection)
{
	struct judgement judgement = { 0 };
	const struct kanary_replay_listener listener = {
		.command = "eval", .context = &judgement, .vector = note,
	};
	int status = kanary_replay_file(replay, &listener, path, selection, NULL);
	size_t i;

	if (!status && judgement.judged)
		qsort(judgement.judged, judgement.count, sizeof(*judgement.judged),
		      compare_judged);
	for (i = 0; !status && judgement.judged && i < judgement.count; i++)
		if (!kanary_alarm_add(list, judgement.judged[i].surprise,
				      !i || judgement.judged[i].stream !=
					    judgement.judged[i - 1].stream))
			status = kanary_message_error("eval: %s", strerror(ENOMEM));
	free(judgement.judged);
	return status;
}

/* What is promised of one level of alerts, and what came. */
struct level {
	const char *name;
	u32 threshold;
	uint64_t budget;
	struct kanary_promise promise;
};

static const char *verdict_on(const struct kanary_promise *promise)
{
	double ratio = promise->alarms / promise->expected;

	if (kanary_promise_broken(promise))
		return "broken";
	if (ratio > KANARY_PROMISE_FACTOR || ratio < 1 / KANARY_PROMISE_FACTOR)
		return "not certain";
	return "kept";
}

static json_t *describe(const struct level *level)
{
	const struct kanary_promise *promise = &level->promise;

	return json_pack("{s:I, s:f, s:I, s:I, s:f, s:f, s:f, s:f, s:i, s:s}", "budget_vectors",
			 (json_int_t)level->budget, "threshold", level->threshold / SURPRISE_UNIT,
			 "vectors", (json_int_t)promise->vectors, "alarms",
			 (json_int_t)promise->alarms, "expected", promise->expected, "ratio",
			 promise->alarms / promise->expected, "ratio_low",
			 promise->low / promise->expected, "ratio_high",
			 promise->high / promise->expected, "alerts", (int)promise->alerts,
			 "promise", verdict_on(promise));
}

static void print_level(const struct level *level, uint32_t memory)
{
	const struct kanary_promise *promise = &level->promise;

	printf("%-9s from surprise %.2f on, one false alarm in %llu vectors: %.1f expected, %llu "
	       "raised, of %llu alerts in all (those of a process within %u vectors are one alarm)\n",
	       level->name, level->threshold / SURPRISE_UNIT, (unsigned long long)level->budget,
	       promise->expected, (unsigned long long)promise->alarms,
	       (unsigned long long)promise->alerts, memory);
	printf("          rate by budget %.2f, 95 %% limits %.2f .. %.2f: within a factor of %g: %s\n",
	       promise->alarms / promise->expected, promise->low / promise->expected,
	       promise->high / promise->expected, KANARY_PROMISE_FACTOR, verdict_on(promise));
}

static int print(const struct level level[2], const struct kanary_model_header *header,
		 uint32_t memory, bool json)
{
	bool both = header->critical_budget > header->budget;
	json_t *object;

	if (json) {
		object = describe(&level[KANARY_LEVEL_WARNING]);
		json_object_set_new(object, "profile", json_string(header->name));
		json_object_set_new(object, "critical", describe(&level[KANARY_LEVEL_CRITICAL]));
		return kanary_json_output_print(object);
	}
	printf("profile %s, %llu vectors judged\n", header->name,
	       (unsigned long long)level->promise.vectors);
	if (both)
		print_level(&level[KANARY_LEVEL_WARNING], memory);
	print_level(&level[KANARY_LEVEL_CRITICAL], memory);
	return 0;
}

static void measure(struct level level[2], const struct kanary_alarm_list *list,
		    const struct kanary_model_header *header)
{
	int i;

	level[KANARY_LEVEL_WARNING] = (struct level){ .name = "warning", .budget = header->budget,
						      .threshold = header->threshold };
	level[KANARY_LEVEL_CRITICAL] = (struct level){ .name = "critical",
						       .budget = header->critical_budget,
						       .threshold = header->critical_threshold };
	for (i = KANARY_LEVEL_WARNING; i <= KANARY_LEVEL_CRITICAL; i++)
		kanary_promise_measure(&level[i].promise, list, level[i].threshold,
				       level[i].budget);
}

int kanary_promise_report(const char *model, char *const *recordings, int count,
			  struct kanary_selection *selection, bool json)
{
	struct kanary_alarm_list list = { 0 };
	struct kanary_model_file file;
	struct kanary_replay replay;
	struct level level[2];
	int status, i;

	status = kanary_model_file_read("eval", model, &file);
	if (status)
		return status;
	if (!kanary_replay_init(&replay, file.data)) {
		status = kanary_message_error("eval: %s", strerror(ENOMEM));
		goto out_file;
	}
	list.memory = kanary_alarm_memory(file.model.header);
	for (i = 0; !status && i < count; i++)
		status = add(&list, &replay, recordings[i], selection);
	if (!status)
		status = kanary_selection_check(selection);
	if (!status && !list.count)
		status = kanary_message_error("eval: there is no vector in %s%s: record again",
					      recordings[0],
					      selection->wishes ? " of that container" : "");
	if (!status) {
		measure(level, &list, file.model.header);
		status = print(level, file.model.header, list.memory, json);
	}
	kanary_alarm_free(&list);
	kanary_replay_free(&replay);
out_file:
	kanary_model_file_free(&file);
	return status;
}
