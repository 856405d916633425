// SPDX-License-Identifier: GPL-2.0
#include "promise.h"

#include <errno.h>
#include <gsl/gsl_cdf.h>
#include <stdio.h>
#include <string.h>

#include "alarm.h"
#include "terminal/json_output.h"
#include "terminal/message.h"
#include "model_file.h"
#include "replay_file.h"

#define SURPRISE_UNIT 256.0
/* Each side of 95 %. */
#define TAIL 0.025

/* What is promised of one level of alerts, and what came. */
struct level {
	const char *name;
	u32 alert;		/* flag of a verdict */
	u32 alarm;
	u32 threshold;
	uint64_t budget;
	struct kanary_promise promise;
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

bool kanary_promise_broken(const struct kanary_promise *promise)
{
	return promise->low > KANARY_PROMISE_FACTOR * promise->expected ||
	       promise->high < promise->expected / KANARY_PROMISE_FACTOR;
}

static int note(void *context, struct kanary_replay_stream *stream,
		const struct kanary_vector *vector)
{
	struct level *level = context;
	int i;

	for (i = KANARY_LEVEL_WARNING; i <= KANARY_LEVEL_CRITICAL; i++) {
		level[i].promise.vectors++;
		level[i].promise.alerts += !!(stream->last.flags & level[i].alert);
		level[i].promise.alarms += !!(stream->last.flags & level[i].alarm);
	}
	return 0;
}

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

	return json_pack("{s:I, s:f, s:I, s:I, s:f, s:f, s:f, s:f, s:I, s:s}", "budget_vectors",
			 (json_int_t)level->budget, "threshold", level->threshold / SURPRISE_UNIT,
			 "vectors", (json_int_t)promise->vectors, "alarms",
			 (json_int_t)promise->alarms, "expected", promise->expected, "ratio",
			 promise->alarms / promise->expected, "ratio_low",
			 promise->low / promise->expected, "ratio_high",
			 promise->high / promise->expected, "alerts", (json_int_t)promise->alerts,
			 "promise", verdict_on(promise));
}

static void print_level(const struct level *level, uint32_t memory)
{
	const struct kanary_promise *promise = &level->promise;

	printf("%-9s from surprise %.2f on, one false alarm in %llu vectors: %.1f expected, %llu "
	       "raised, of %llu alerts in all (those of a thread within %u vectors are one alarm)\n",
	       level->name, level->threshold / SURPRISE_UNIT, (unsigned long long)level->budget,
	       promise->expected, (unsigned long long)promise->alarms,
	       (unsigned long long)promise->alerts, memory);
	printf("          rate by budget %.2f, 95 %% limits %.2f .. %.2f: within a factor of %g: %s\n",
	       promise->alarms / promise->expected, promise->low / promise->expected,
	       promise->high / promise->expected, KANARY_PROMISE_FACTOR, verdict_on(promise));
}

static int print(const struct level level[2], const struct kanary_model_header *header, bool json)
{
	uint32_t memory = kanary_alarm_memory(header);
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

static void set_levels(struct level level[2], const struct kanary_model_header *header)
{
	level[KANARY_LEVEL_WARNING] = (struct level){
		.name = "warning", .alert = KANARY_VERDICT_ALERT, .alarm = KANARY_VERDICT_ALARM,
		.budget = header->budget, .threshold = header->threshold,
	};
	level[KANARY_LEVEL_CRITICAL] = (struct level){
		.name = "critical", .alert = KANARY_VERDICT_CRITICAL,
		.alarm = KANARY_VERDICT_CRITICAL_ALARM, .budget = header->critical_budget,
		.threshold = header->critical_threshold,
	};
}

/* How certain the counts are. */
static void set_limits(struct level level[2])
{
	int i;

	for (i = KANARY_LEVEL_WARNING; i <= KANARY_LEVEL_CRITICAL; i++)
		kanary_promise_limits(&level[i].promise, level[i].promise.vectors,
				      level[i].promise.alarms, level[i].budget);
}

int kanary_promise_report(const char *model, char *const *recordings, int count,
			  struct kanary_selection *selection, bool json)
{
	struct kanary_model_file file;
	struct kanary_replay replay;
	struct level level[2];
	const struct kanary_replay_listener listener = {
		.command = "eval", .context = level, .vector = note,
	};
	int status, i;

	status = kanary_model_file_read("eval", model, &file);
	if (status)
		return status;
	if (!kanary_replay_init(&replay, file.data)) {
		status = kanary_message_error("eval: %s", strerror(ENOMEM));
		goto out_file;
	}
	set_levels(level, file.model.header);
	for (i = 0; !status && i < count; i++)
		status = kanary_replay_file(&replay, &listener, recordings[i], selection, NULL);
	if (!status)
		status = kanary_selection_check(selection);
	if (!status && !level->promise.vectors)
		status = kanary_message_error("eval: there is no vector in %s%s: record again",
					      recordings[0],
					      selection->wishes ? " of that container" : "");
	if (!status) {
		set_limits(level);
		status = print(level, file.model.header, json);
	}
	kanary_replay_free(&replay);
out_file:
	kanary_model_file_free(&file);
	return status;
}
