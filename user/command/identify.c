// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "terminal/arguments.h"
#include "commands.h"
#include "recording/dataset.h"
#include "terminal/json_output.h"
#include "train/kinds.h"
#include "terminal/message.h"
#include "judge/model_file.h"
#include "train/features/process_stream.h"
#include "judge/replay_fit.h"

struct options {
	const char *model;
	const char *recording;
	struct kanary_selection selection;
	bool json;
};

/**
 * struct identify - what was found
 * @named: processes that have a name
 * @learned: processes whose name the model knows
 * @own: of these, with a nearest kind of their own name
 * @none: processes that are like none of the kinds
 * @sure: sum of the confidences in the kinds
 */
struct identify {
	struct options *options;
	struct kanary_model_file file;
	struct kanary_dataset dataset;
	struct kanary_feature_map features;
	json_t *list;
	uint32_t named;
	uint32_t learned;
	uint32_t own;
	uint32_t none;
	double sure;
};

static const struct argp_option arguments[] = {
	{ "container", 'c', "C", 0, "this container's processes only, as kanary info names it; may "
	  "be repeated, and be a pattern", 0 },
	{ "json", 'j', NULL, 0, "print a JSON object", 0 },
	{ 0 },
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'c':
		return kanary_selection_parse(&options->selection, argument, state);
	case 'j':
		options->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (options->recording)
			return kanary_arguments_extra(state, argument);
		if (options->model)
			options->recording = argument;
		else
			options->model = argument;
		return 0;
	case ARGP_KEY_END:
		if (!options->recording)
			return kanary_arguments_refuse(state,
						       "a MODEL and a RECORDING are needed");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = arguments,
	.parser = parse_argument,
	.args_doc = "MODEL RECORDING",
	.doc = "Name the learned kind of process that each recorded one is most like, by what it\n"
	       "does, or none. A confidence of 0.5 is a toss-up between two names, 1 is certain. A\n"
	       "distance of 0 is the kind itself, 1.41 has nothing in common with it. What is 2.8 times\n"
	       "as far from its nearest kind as that kind's own processes are is like none.\n"
	       "\vExample:\n\n  kanary identify web.model today.rec\n",
};

static int print_process(struct identify *identify, const struct kanary_vector *vector,
			 uint32_t vectors, const struct kanary_kinds_match *match)
{
	const char *kind = identify->file.model.kind[match->kind].label;
	char escaped[KANARY_MESSAGE_ESCAPED_SIZE(KANARY_COMM_SIZE)];

	if (identify->list)
		return json_array_append_new(identify->list, json_pack(
			"{s:I, s:I, s:I, s:o, s:I, s:s, s:b, s:f, s:f}",
			"stream", (json_int_t)vector->stream,
			"cgroup", (json_int_t)vector->cgroup, "pid", (json_int_t)vector->pid,
			"comm", kanary_json_output_text(vector->comm, sizeof(vector->comm)),
			"vectors", (json_int_t)vectors, "kind", kind,
			"like_none", match->none, "confidence", match->confidence, "distance", match->distance));
	kanary_message_escape(vector->comm, sizeof(vector->comm), escaped);
	return printf("pid=%u comm=%s vectors=%u kind=%s%s confidence=%.2f distance=%.2f\n",
		      vector->pid, escaped, vectors, match->none ? "none nearest=" : "", kind,
		      match->confidence, match->distance) < 0;
}

/* That a process's features were counted from, as far as they are remembered. */
static uint32_t count_calls(const struct identify *identify,
			    const struct kanary_dataset_stream *place)
{
	uint32_t limit = identify->features.decay_limit, i;
	uint64_t calls = 0;

	for (i = 0; i < place->length; i++)
		calls += kanary_dataset_vector(&identify->dataset, place->first + i)->calls;
	if (!limit)
		limit = UINT32_MAX;
	return calls < limit ? (uint32_t)calls : limit;
}

static int take_process(struct identify *identify, uint32_t stream)
{
	const struct kanary_dataset_stream *place = &identify->dataset.stream[stream];
	const struct kanary_model *model = &identify->file.model;
	struct kanary_kinds_match match = { 0 };
	const struct kanary_vector *last;
	s16 x[KANARY_MODEL_INPUTS_MAX];
	char label[KANARY_COMM_SIZE];

	last = kanary_dataset_vector(&identify->dataset, place->first + place->length - 1);
	kanary_process_stream_features(&identify->dataset, stream, &identify->features, x);
	kanary_kinds_nearest(model, x, count_calls(identify, place), &match);
	kanary_kinds_label(last->comm, label);
	identify->sure += match.confidence;
	identify->none += match.none;
	identify->named += !!*last->comm;
	if (*last->comm && kanary_kinds_known(model, label)) {
		identify->learned++;
		identify->own += !strcmp(model->kind[match.kind].label, label);
	}
	return print_process(identify, last, place->length, &match);
}

static int print_summary(struct identify *identify)
{
	uint32_t processes = identify->dataset.streams;
	double share = identify->learned ? (double)identify->own / identify->learned : 0;

	if (identify->list)
		return kanary_json_output_print(json_pack(
			"{s:O, s:I, s:I, s:I, s:I, s:I, s:o, s:f}", "processes", identify->list,
			"total", (json_int_t)processes,
			"named", (json_int_t)identify->named,
			"like_none", (json_int_t)identify->none,
			"of_learned_names", (json_int_t)identify->learned,
			"own_name_nearest", (json_int_t)identify->own,
			"accuracy", identify->learned ? json_real(share) : json_null(),
			"mean_confidence", processes ? identify->sure / processes : 0));
	printf("%u processes, %u like none that was learned; ", processes, identify->none);
	if (identify->named)
		printf("%u of a name that was learned", identify->learned);
	else
		printf("no process has a name: whether the kinds are right cannot be told");
	if (identify->learned)
		printf("; share of these whose nearest kind has their own name: %.1f %% (%u)",
		       100 * share, identify->own);
	return putchar('\n') == EOF;
}

static int run(struct identify *identify)
{
	const struct kanary_model_header *header = identify->file.model.header;
	uint32_t i;

	identify->dataset.clock = header->flags & KANARY_MODEL_DROPS_CLOCK ?
				  KANARY_DATASET_CLOCK_DROP : KANARY_DATASET_CLOCK_KEEP;
	if (!header->kinds)
		return kanary_message_error("identify: %s knows no kinds of processes: train it again",
					    identify->options->model);
	if (kanary_replay_fit_file("identify", &identify->file.model,
				   identify->options->recording) ||
	    !kanary_dataset_read(&identify->dataset, identify->options->recording,
				 &identify->options->selection) ||
	    kanary_selection_check(&identify->options->selection))
		return 1;
	if (!kanary_dataset_finish(&identify->dataset))
		return kanary_message_error("identify: %s", strerror(ENOMEM));
	identify->features.inputs = header->inputs;
	identify->features.decay_limit = header->decay_limit;
	identify->features.bins = KANARY_BINS;
	memcpy(identify->features.map, identify->file.model.feature, KANARY_BINS * sizeof(u16));
	for (i = 0; i < identify->dataset.streams; i++)
		if (take_process(identify, i))
			return kanary_message_error("identify: cannot write: %s", strerror(errno));
	return print_summary(identify);
}

int kanary_identify_main(int argc, char **argv)
{
	struct options options = { 0 };
	struct identify identify = { .options = &options };
	int error;

	error = kanary_arguments_parse(&argp, argc, argv, &options);
	if (!error)
		error = kanary_model_file_read("identify", options.model, &identify.file);
	if (error)
		goto out;
	if (options.json)
		identify.list = json_array();
	error = run(&identify);
	json_decref(identify.list);
	kanary_dataset_free(&identify.dataset);
	kanary_model_file_free(&identify.file);
out:
	kanary_selection_free(&options.selection);
	return error;
}
