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

void kanary_promise_measure(struct kanary_promise *promise, const struct kanary_alarm_list *list,
			    u32 threshold, uint64_t budget)
{
	size_t alerts;

	promise->vectors = list->count;
	promise->alarms = kanary_alarm_count(list, threshold, &alerts);
	promise->alerts = alerts;
	promise->expected = (double)list->count / budget;
	/* Garwood 1936 */
	promise->low = promise->alarms ?
		       0.5 * gsl_cdf_chisq_Pinv(TAIL, 2.0 * promise->alarms) : 0;
	promise->high = 0.5 * gsl_cdf_chisq_Qinv(TAIL, 2.0 * promise->alarms + 2);
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

static int print(const struct kanary_promise *promise, const struct kanary_model_header *header,
		 uint32_t memory, bool json)
{
	const char *verdict = "kept";
	double ratio = promise->alarms / promise->expected;

	if (kanary_promise_broken(promise))
		verdict = "broken";
	else if (ratio > KANARY_PROMISE_FACTOR || ratio < 1 / KANARY_PROMISE_FACTOR)
		verdict = "not certain";
	if (json)
		return kanary_json_output_print(json_pack(
			"{s:s, s:I, s:f, s:I, s:I, s:f, s:f, s:f, s:f, s:i, s:s}", "profile",
			header->name, "budget_vectors", (json_int_t)header->budget, "threshold",
			header->threshold / SURPRISE_UNIT, "vectors",
			(json_int_t)promise->vectors, "alarms", (json_int_t)promise->alarms,
			"expected", promise->expected, "ratio", ratio, "ratio_low",
			promise->low / promise->expected, "ratio_high",
			promise->high / promise->expected, "alerts", (int)promise->alerts,
			"promise", verdict));
	printf("profile %s: budget one false alarm in %llu vectors, alerts from surprise %.2f on\n",
	       header->name, (unsigned long long)header->budget,
	       header->threshold / SURPRISE_UNIT);
	printf("%llu vectors: %.1f alarms expected, %llu raised, of %llu alerts in all (those of a "
	       "process within %u vectors are one alarm)\n", (unsigned long long)promise->vectors,
	       promise->expected, (unsigned long long)promise->alarms,
	       (unsigned long long)promise->alerts, memory);
	printf("rate by budget %.2f, 95 %% limits %.2f .. %.2f: within a factor of %g: %s\n", ratio,
	       promise->low / promise->expected, promise->high / promise->expected,
	       KANARY_PROMISE_FACTOR, verdict);
	return 0;
}

int kanary_promise_report(const char *model, char *const *recordings, int count,
			  struct kanary_selection *selection, bool json)
{
	struct kanary_alarm_list list = { 0 };
	struct kanary_promise promise;
	struct kanary_model_file file;
	struct kanary_replay replay;
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
		kanary_promise_measure(&promise, &list, file.model.header->threshold,
				       file.model.header->budget);
		status = print(&promise, file.model.header, list.memory, json);
	}
	kanary_alarm_free(&list);
	kanary_replay_free(&replay);
out_file:
	kanary_model_file_free(&file);
	return status;
}
