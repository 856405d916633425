// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "terminal/arguments.h"
#include "commands.h"
#include "judge/evaluate.h"
#include "terminal/json_output.h"
#include "terminal/message.h"
#include "judge/model_file.h"
#include "judge/promise.h"
#include "judge/replay_file.h"

#define SURPRISE_UNIT 256.0

enum { NORMAL, ATTACK, SETS };

/**
 * struct totals - of the verdicts on one stream, beside those that it keeps itself
 * @process: sum of the process head's surprises, Q.8
 * @sequence: likewise
 * @sequences: vectors with a sequence head's say
 */
struct totals {
	u64 process;
	u64 sequence;
	u64 sequences;
};

/* A stream's score is a mean over it: a maximum finds the rarest vector, not the attack. */
static double score_all(const struct kanary_replay_stream *stream, const struct totals *totals)
{
	return stream->sum / SURPRISE_UNIT / stream->vectors;
}

static double score_process(const struct kanary_replay_stream *stream,
			    const struct totals *totals)
{
	return totals->process / SURPRISE_UNIT / stream->vectors;
}

static double score_sequence(const struct kanary_replay_stream *stream,
			     const struct totals *totals)
{
	return totals->sequences ? totals->sequence / SURPRISE_UNIT / totals->sequences : 0;
}

static double score_highest(const struct kanary_replay_stream *stream,
			    const struct totals *totals)
{
	return stream->highest / SURPRISE_UNIT;
}

static const struct method {
	const char *name;
	const char *help;
	double (*score)(const struct kanary_replay_stream *stream, const struct totals *totals);
} methods[] = {
	{ "kanary", "the verdict's surprise, mean over the stream", score_all },
	{ "process", "process head alone, mean", score_process },
	{ "sequence", "sequence head alone, mean", score_sequence },
	{ "highest", "the verdict's surprise, highest of the stream", score_highest },
};
#define METHODS (sizeof(methods) / sizeof(*methods))

struct options {
	const char *model;
	char **inputs[SETS];
	int input_count[SETS];
	struct kanary_selection selection;
	bool json;
};

/**
 * struct scored - one set of streams
 * @score: [METHODS][streams]
 * @streams: that were judged
 * @room: of each method's scores
 * @alerted: streams with an alert
 * @criticals: with a critical one
 */
struct scored {
	double *score[METHODS];
	size_t streams;
	size_t room;
	size_t alerted;
	size_t criticals;
};

static const struct argp_option arguments[] = {
	{ "normal", 'n', NULL, 0, "recordings after this are normal", 0 },
	{ "attack", 'a', NULL, 0, "recordings after this are attacks", 0 },
	{ "container", 'c', "C", 0, "this container's vectors only, as kanary info names it; may "
	  "be repeated, and be a pattern", 0 },
	{ "json", 'j', NULL, 0, "print a JSON object", 0 },
	{ 0 },
};

/* All that follows, up to the next option. */
static void take_inputs(struct options *options, int set, struct argp_state *state)
{
	while (state->next < state->argc && *state->argv[state->next] != '-')
		options->inputs[set][options->input_count[set]++] = state->argv[state->next++];
}

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'n':
		take_inputs(options, NORMAL, state);
		return 0;
	case 'a':
		take_inputs(options, ATTACK, state);
		return 0;
	case 'c':
		return kanary_selection_parse(&options->selection, argument, state);
	case 'j':
		options->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (!options->model)
			options->model = argument;
		else
			return kanary_arguments_refuse(state, "is '%s' --normal or --attack",
						       argument);
		return 0;
	case ARGP_KEY_END:
		if (!options->model || !options->input_count[NORMAL])
			return kanary_arguments_refuse(state, "a MODEL and --normal recordings "
							      "are needed");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = arguments,
	.parser = parse_argument,
	.args_doc = "MODEL --normal RECORDING... [--attack RECORDING...]",
	.doc = "How well a model tells attacks from normal recordings, stream by stream: area\n"
	       "under the ROC curve, attacks detected at 1, 5 and 15 % false alarms, and false\n"
	       "alarms where 90 % of the attacks are detected. Without attacks: whether there are as\n"
	       "many false alarms as the model's budget allows."
	       "\vExample:\n\n  kanary eval web.model --normal later.rec --attack exploit.rec\n",
};

static int no_memory(void)
{
	return kanary_message_error("eval: %s", strerror(ENOMEM));
}

static int take_vector(void *context, struct kanary_replay_stream *stream,
		       const struct kanary_vector *vector)
{
	struct totals *totals = stream->own;

	if (!totals)
		totals = stream->own = calloc(1, sizeof(*totals));
	if (!totals)
		return no_memory();
	totals->process += stream->last.process_surprise;
	if (stream->last.flags & KANARY_VERDICT_SEQUENCE) {
		totals->sequences++;
		totals->sequence += stream->last.sequence_surprise;
	}
	return 0;
}

static bool reserve(struct scored *scored)
{
	size_t room = 2 * scored->room + 64, method;
	double *score;

	if (scored->streams < scored->room)
		return true;
	for (method = 0; method < METHODS; method++) {
		score = realloc(scored->score[method], room * sizeof(*score));
		if (!score)
			return false;
		scored->score[method] = score;
	}
	scored->room = room;
	return true;
}

static int end_stream(void *context, struct kanary_replay_stream *stream)
{
	struct scored *scored = context;
	size_t method;

	/* of some there was a path, and no vector */
	if (!stream->vectors)
		return 0;
	if (!reserve(scored))
		return no_memory();
	for (method = 0; method < METHODS; method++)
		scored->score[method][scored->streams] = methods[method].score(stream,
									       stream->own);
	scored->streams++;
	scored->alerted += !!stream->alerts;
	scored->criticals += !!stream->criticals;
	return 0;
}

static int score_set(struct scored *scored, struct kanary_replay *replay, char **inputs,
		     int count, struct kanary_selection *selection)
{
	const struct kanary_replay_listener listener = {
		.command = "eval", .context = scored, .vector = take_vector, .end = end_stream,
	};
	int input;

	for (input = 0; input < count; input++)
		if (kanary_replay_file(replay, &listener, inputs[input], selection, NULL))
			return 1;
	if (!scored->streams)
		return kanary_message_error("eval: there is no vector in %s%s: record again",
					    inputs[0], selection->wishes ? " of that container" : "");
	return 0;
}

static int report(const struct options *options, struct scored sets[SETS])
{
	struct kanary_evaluation evaluation;
	json_t *object = NULL, *list = NULL;
	size_t method;

	if (options->json) {
		list = json_object();
		object = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "model", options->model,
				   "normal_streams", (json_int_t)sets[NORMAL].streams,
				   "attack_streams", (json_int_t)sets[ATTACK].streams,
				   "normal_streams_alerted", (json_int_t)sets[NORMAL].alerted,
				   "attack_streams_alerted", (json_int_t)sets[ATTACK].alerted,
				   "normal_streams_critical", (json_int_t)sets[NORMAL].criticals,
				   "attack_streams_critical", (json_int_t)sets[ATTACK].criticals,
				   "methods", list);
	} else {
		printf("%zu normal and %zu attack streams; with the model's own thresholds %zu and %zu "
		       "of them raise alerts, %zu and %zu critical ones\n\n", sets[NORMAL].streams,
		       sets[ATTACK].streams, sets[NORMAL].alerted, sets[ATTACK].alerted,
		       sets[NORMAL].criticals, sets[ATTACK].criticals);
		printf("%-10s %6s %11s %11s %12s %15s\n", "method", "AUC", "DR at 1 %", "DR at 5 %",
		       "DR at 15 %", "FAR at 90 % DR");
	}
	for (method = 0; method < METHODS; method++) {
		kanary_evaluate_scores(sets[NORMAL].score[method], sets[NORMAL].streams,
				       sets[ATTACK].score[method], sets[ATTACK].streams,
				       &evaluation);
		if (options->json)
			json_object_set_new(list, methods[method].name, json_pack(
				"{s:f, s:f, s:f, s:f, s:f}", "auc", evaluation.auc, "dr_at_1",
				evaluation.detected_at_1, "dr_at_5", evaluation.detected_at_5,
				"dr_at_15", evaluation.detected_at_15, "far_at_90",
				evaluation.false_at_90));
		else
			printf("%-10s %6.3f %9.1f %% %9.1f %% %10.1f %% %13.1f %%   %s\n",
			       methods[method].name, evaluation.auc, 100 * evaluation.detected_at_1,
			       100 * evaluation.detected_at_5, 100 * evaluation.detected_at_15,
			       100 * evaluation.false_at_90, methods[method].help);
	}
	return options->json ? kanary_json_output_print(object) : 0;
}

static int evaluate(struct options *options)
{
	struct scored sets[SETS] = { 0 };
	struct kanary_model_file file;
	struct kanary_replay replay;
	size_t method;
	int status, set;

	status = kanary_model_file_read("eval", options->model, &file);
	if (status)
		return status;
	if (!kanary_replay_init(&replay, file.data)) {
		status = kanary_message_error("eval: %s", strerror(ENOMEM));
		goto out_file;
	}
	for (set = 0; !status && set < SETS; set++)
		status = score_set(&sets[set], &replay, options->inputs[set],
				   options->input_count[set], &options->selection);
	if (!status)
		status = kanary_selection_check(&options->selection);
	if (!status)
		status = report(options, sets);
	for (set = 0; set < SETS; set++)
		for (method = 0; method < METHODS; method++)
			free(sets[set].score[method]);
	kanary_replay_free(&replay);
out_file:
	kanary_model_file_free(&file);
	return status;
}

int kanary_eval_main(int argc, char **argv)
{
	struct options options = { 0 };
	int status;

	options.inputs[NORMAL] = calloc((size_t)argc + 1, sizeof(char *));
	options.inputs[ATTACK] = calloc((size_t)argc + 1, sizeof(char *));
	if (!options.inputs[NORMAL] || !options.inputs[ATTACK])
		status = kanary_message_error("eval: %s", strerror(ENOMEM));
	else
		status = kanary_arguments_parse(&argp, argc, argv, &options);
	if (!status && options.input_count[ATTACK])
		status = evaluate(&options);
	else if (!status)
		status = kanary_promise_report(options.model, options.inputs[NORMAL],
					       options.input_count[NORMAL], &options.selection,
					       options.json);
	free(options.inputs[NORMAL]);
	free(options.inputs[ATTACK]);
	kanary_selection_free(&options.selection);
	return status;
}
