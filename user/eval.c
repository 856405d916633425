// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "commands.h"
#include "dataset.h"
#include "evaluate.h"
#include "json_output.h"
#include "message.h"
#include "model_file.h"
#include "promise.h"
#include "replay.h"

#define SURPRISE_UNIT 256.0

enum { NORMAL, ATTACK, SETS };

/**
 * struct totals - of the verdicts on one stream
 * @vectors: judged
 * @sequences: of these, with a sequence head's say
 */
struct totals {
	double process;
	double sequence;
	double both;
	double highest;
	uint32_t vectors;
	uint32_t sequences;
	uint32_t alerts;
};

/* A stream's score is a mean over it: a maximum finds the rarest vector, not the attack. */
static double score_both(const struct totals *totals)
{
	return totals->both / totals->vectors;
}

static double score_process(const struct totals *totals)
{
	return totals->process / totals->vectors;
}

static double score_sequence(const struct totals *totals)
{
	return totals->sequences ? totals->sequence / totals->sequences : 0;
}

static double score_highest(const struct totals *totals)
{
	return totals->highest;
}

static const struct method {
	const char *name;
	const char *help;
	double (*score)(const struct totals *totals);
} methods[] = {
	{ "kanary", "both heads' surprise, mean over the stream", score_both },
	{ "process", "process head alone, mean", score_process },
	{ "sequence", "sequence head alone, mean", score_sequence },
	{ "highest", "both heads' surprise, highest of the stream", score_highest },
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
 * @alerted: streams with an alert
 */
struct scored {
	struct kanary_dataset dataset;
	double *score[METHODS];
	uint32_t alerted;
	uint32_t alerts;
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

static int read_set(struct scored *scored, char **inputs, int count,
		    struct kanary_selection *selection, u32 period)
{
	size_t i;
	int input;

	for (input = 0; input < count; input++)
		if (!kanary_dataset_read(&scored->dataset, inputs[input], selection))
			return 1;
	if (!kanary_dataset_finish(&scored->dataset))
		return kanary_message_error("eval: %s", strerror(ENOMEM));
	if (!scored->dataset.count)
		return kanary_message_error("eval: there is no vector in %s: record again",
					    inputs[0]);
	if (scored->dataset.period != period)
		return kanary_message_error("eval: %s has a period of %u calls, the model %u: "
					    "they do not belong together", inputs[0],
					    scored->dataset.period, period);
	for (i = 0; i < METHODS; i++) {
		scored->score[i] = malloc(scored->dataset.streams * sizeof(double));
		if (!scored->score[i])
			return kanary_message_error("eval: %s", strerror(ENOMEM));
	}
	return 0;
}

static void score_stream(struct scored *scored, struct kanary_replay *replay, uint32_t number)
{
	const struct kanary_dataset_stream *stream = &scored->dataset.stream[number];
	struct kanary_verdict verdict;
	struct totals totals = { 0 };
	double surprise;
	uint32_t i;
	size_t method;

	kanary_replay_restart(replay);
	for (i = 0; i < stream->length; i++) {
		kanary_replay_vector(replay,
				     kanary_dataset_vector(&scored->dataset, stream->first + i),
				     &verdict);
		surprise = verdict.surprise / SURPRISE_UNIT;
		totals.vectors++;
		totals.both += surprise;
		totals.process += verdict.process_surprise / SURPRISE_UNIT;
		totals.highest = surprise > totals.highest ? surprise : totals.highest;
		totals.alerts += !!(verdict.flags & KANARY_VERDICT_ALERT);
		if (verdict.flags & KANARY_VERDICT_SEQUENCE) {
			totals.sequences++;
			totals.sequence += verdict.sequence_surprise / SURPRISE_UNIT;
		}
	}
	for (method = 0; method < METHODS; method++)
		scored->score[method][number] = methods[method].score(&totals);
	scored->alerts += totals.alerts;
	scored->alerted += !!totals.alerts;
}

static int report(const struct options *options, struct scored sets[SETS])
{
	struct kanary_evaluation evaluation;
	json_t *object = NULL, *list = NULL;
	size_t method;

	if (options->json) {
		list = json_object();
		object = json_pack("{s:s, s:I, s:I, s:I, s:I, s:o}", "model", options->model,
				   "normal_streams", (json_int_t)sets[NORMAL].dataset.streams,
				   "attack_streams", (json_int_t)sets[ATTACK].dataset.streams,
				   "normal_streams_alerted", (json_int_t)sets[NORMAL].alerted,
				   "attack_streams_alerted", (json_int_t)sets[ATTACK].alerted,
				   "methods", list);
	} else {
		printf("%u normal and %u attack streams; at the model's own threshold %u and %u of "
		       "them raise alerts\n\n", sets[NORMAL].dataset.streams,
		       sets[ATTACK].dataset.streams, sets[NORMAL].alerted, sets[ATTACK].alerted);
		printf("%-10s %6s %11s %11s %12s %15s\n", "method", "AUC", "DR at 1 %", "DR at 5 %",
		       "DR at 15 %", "FAR at 90 % DR");
	}
	for (method = 0; method < METHODS; method++) {
		kanary_evaluate_scores(sets[NORMAL].score[method], sets[NORMAL].dataset.streams,
				       sets[ATTACK].score[method], sets[ATTACK].dataset.streams,
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
	uint32_t i;
	int status, set;

	status = kanary_model_file_read("eval", options->model, &file);
	if (status)
		return status;
	if (!kanary_replay_init(&replay, file.data)) {
		status = kanary_message_error("eval: %s", strerror(ENOMEM));
		goto out_file;
	}
	for (set = 0; !status && set < SETS; set++) {
		status = read_set(&sets[set], options->inputs[set], options->input_count[set],
				  &options->selection, file.model.header->period);
		for (i = 0; !status && i < sets[set].dataset.streams; i++)
			score_stream(&sets[set], &replay, i);
	}
	if (!status)
		status = kanary_selection_check(&options->selection);
	if (!status)
		status = report(options, sets);
	for (set = 0; set < SETS; set++) {
		for (method = 0; method < METHODS; method++)
			free(sets[set].score[method]);
		kanary_dataset_free(&sets[set].dataset);
	}
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
