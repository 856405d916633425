// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "commands.h"
#include "grams_train.h"
#include "message.h"
#include "model_file.h"
#include "output.h"
#include "train_budget.h"
#include "train_summary.h"
#include "workers.h"

/* Sum of a stream's counts, in periods, at which they are halved. */
#define DECAY_PERIODS 4
/* Sequences times steps: what a minute was enough for on one core of 2020. */
#define WORK_DEFAULT 50000000
#define WORK_MIN 10000
#define WORK_MAX 1000000000000000

/* Keys of options without a letter. */
enum {
	KEY_INPUTS = 256,
	KEY_CODE,
	KEY_CODEBOOK,
	KEY_MEMORY,
	KEY_TRIPLES,
	KEY_GRAMS,
	KEY_PATH_HISTOGRAM,
	KEY_PATH_NEWS,
	KEY_EVEN,
	KEY_WEIGHTS,
	KEY_STRICT_BUDGET,
	KEY_HIDDEN,
	KEY_STEPS,
	KEY_STRIDE,
	KEY_PROCESSES,
	KEY_DECAY,
	KEY_DRIFT,
	KEY_CLOCK,
	KEY_FOLDS,
	KEY_EPOCHS,
	KEY_TIME_LIMIT,
	KEY_WORK_LIMIT,
	KEY_JOBS,
	KEY_SEED,
};

struct options {
	char **inputs;
	int input_count;
	const char *output;
	char name[KANARY_NAME_SIZE];
	struct kanary_selection selection;
	const char *budget;
	const char *path_news;
	enum kanary_dataset_clock clock;
	bool decay_given;
	bool json;
	bool quiet;
	struct kanary_trainer_settings settings;
};

static const struct argp_option arguments[] = {
	{ "output", 'o', "MODEL", 0, "model file to write (replaced only when all went well)", 0 },
	{ "name", 'n', "NAME", 0, "of the profile; by default the model file's", 0 },
	{ "container", 'c', "C", 0, "train on this container's vectors only, as kanary info names it; "
	  "may be repeated, and be a pattern", 0 },
	{ "budget", 'b', "N/TIME", 0, "false alarms that you accept of a container: 1/week, 2/day, 1/12h, "
	  "or 1/1000000 for one in so many vectors; critical alerts keep to it", 0 },
	{ "strict-budget", KEY_STRICT_BUDGET, NULL, 0, "no warnings: no alert that is more usual than the "
	  "budget asks for, however little the recordings bear witness to", 0 },
	{ "work-limit", KEY_WORK_LIMIT, "N", 0, "sequences times steps that a sequence head learns from at "
	  "most, 50M; half as many for a container head", 0 },
	{ "time-limit", KEY_TIME_LIMIT, "TIME", OPTION_HIDDEN, NULL, 0 },
	{ "jobs", KEY_JOBS, "N", 0, "models that are trained at a time, by default one for each CPU; the "
	  "model is the same for any number", 0 },
	{ "inputs", KEY_INPUTS, "N", 0, "features at most, 32", 0 },
	{ "code", KEY_CODE, "N", 0, "width of the process head's bottleneck, 8", 0 },
	{ "codebook", KEY_CODEBOOK, "N", 0, "rare situations that it learns by heart at most, 64", 0 },
	{ "memory", KEY_MEMORY, "N", 0, "histograms of calls, and of triples of calls, that it learns "
	  "by heart at most, 0: none", 0 },
	{ "triples", KEY_TRIPLES, "N", 0, "width of the bottleneck of the head that judges triples of "
	  "calls, 0: no such head", 0 },
	{ "grams", KEY_GRAMS, "N", 0, "calls of the longest runs of calls that it learns in their order, "
	  "2 to 9, 6; 0 for none", 0 },
	{ "path-histogram", KEY_PATH_HISTOGRAM, "N", 0, "width of the bottleneck of the head that judges the "
	  "mix of directories that paths lie in, half of what is counted at most; none by default", 0 },
	{ "path-news", KEY_PATH_NEWS, "N/TIME", 0, "how often, by what you know, it uses a new name where the "
	  "recordings have none, or once, early: 1/year; by default what they tell", 0 },
	{ "weights", KEY_WEIGHTS, "W", 0, "of the process head's inputs: even, or variance for more weight "
	  "on what seldom varies, as rare calls; even", 0 },
	{ "even", KEY_EVEN, NULL, OPTION_HIDDEN, NULL, 0 },
	{ "hidden", KEY_HIDDEN, "N", 0, "width of the LSTMs, 32; 0 for neither sequence nor container head", 0 },
	{ "steps", KEY_STEPS, "N", 0, "vectors in a sequence, 16; 0 for no sequence head", 0 },
	{ "processes", KEY_PROCESSES, "N", 0, "of a container in a sequence, 8; 0 for no container "
	  "head", 0 },
	{ "stride", KEY_STRIDE, "N", 0, "vectors between verdicts on sequences, as many as steps", 0 },
	{ "decay", KEY_DECAY, "CALLS", 0, "halve a process's counts beyond so many calls, "
	  "4 periods; 0 for never", 0 },
	{ "drift", KEY_DRIFT, "X", 0, "how far the mix of calls may drift under normal load: a usual "
	  "factor is e^X, X is 0.3; 0 for not at all", 0 },
	{ "clock", KEY_CLOCK, "HOW", 0, "keep or drop calls for the time, the CPU and random bytes, which "
	  "some kernels see and some do not: drop of a kernel's recordings, keep of imported "
	  "traces", 0 },
	{ "folds", KEY_FOLDS, "N", 0, "parts that are held out in turn, 5; 1 for one only", 0 },
	{ "epochs", KEY_EPOCHS, "N", 0, "of the sequence head, at most, 200", 0 },
	{ "seed", KEY_SEED, "N", 0, "of everything random, 1", 0 },
	{ "json", 'j', NULL, 0, "print the summary as a JSON object", 0 },
	{ "quiet", 'q', NULL, 0, "no progress, no summary", 0 },
	{ 0 },
};

static error_t parse_even(struct argp_state *state, const char *option, const char *argument,
			  uint32_t minimum, uint32_t maximum, uint32_t *value)
{
	uint64_t number;

	if (!kanary_arguments_number(argument, minimum, maximum, &number) || number % 2)
		return kanary_arguments_refuse(state, "--%s takes an even number from %u to %u",
					       option, minimum, maximum);
	*value = (uint32_t)number;
	return 0;
}

static error_t parse_number(struct argp_state *state, const char *option, const char *argument,
			    uint64_t minimum, uint64_t maximum, uint64_t *value)
{
	if (!kanary_arguments_number(argument, minimum, maximum, value))
		return kanary_arguments_refuse(state, "--%s takes a number from %llu to %llu", option,
					       (unsigned long long)minimum,
					       (unsigned long long)maximum);
	return 0;
}

/* "50M", "200k", or a plain number. */
static error_t parse_work(struct argp_state *state, const char *argument, uint64_t *work)
{
	size_t length = strlen(argument);
	char digits[24];
	uint64_t unit = 1;

	if (length && strchr("kM", argument[length - 1]))
		unit = argument[--length] == 'k' ? 1000 : 1000000;
	snprintf(digits, sizeof(digits), "%.*s", (int)(length < 23 ? length : 0), argument);
	if (!kanary_arguments_number(digits, 1, WORK_MAX / unit, work) || *work * unit < WORK_MIN)
		return kanary_arguments_refuse(state, "--work-limit takes sequences times steps from 10k on, like 200k or 50M");
	*work *= unit;
	return 0;
}

static error_t parse_clock(struct argp_state *state, const char *argument,
			   enum kanary_dataset_clock *clock)
{
	if (!strcmp(argument, "keep"))
		*clock = KANARY_DATASET_CLOCK_KEEP;
	else if (!strcmp(argument, "drop"))
		*clock = KANARY_DATASET_CLOCK_DROP;
	else
		return kanary_arguments_refuse(state, "--clock takes keep or drop");
	return 0;
}

static error_t parse_name(struct argp_state *state, const char *argument, char *name)
{
	size_t length = strlen(argument);

	if (!length || length >= KANARY_NAME_SIZE ||
	    strspn(argument, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") !=
		    length)
		return kanary_arguments_refuse(state, "--name takes 1 to %d of A-Z a-z 0-9 . _ -",
					       KANARY_NAME_SIZE - 1);
	strcpy(name, argument);
	return 0;
}

static error_t parse_weights(struct argp_state *state, const char *argument, bool *even)
{
	*even = !strcmp(argument, "even");
	if (!*even && strcmp(argument, "variance"))
		return kanary_arguments_refuse(state, "--weights takes even or variance");
	return 0;
}

static error_t parse_shape(int key, char *argument, struct argp_state *state)
{
	struct kanary_trainer_settings *settings = &((struct options *)state->input)->settings;
	uint64_t number = 0;
	error_t error;

	switch (key) {
	case KEY_INPUTS:
		return parse_even(state, "inputs", argument, 2 * KANARY_FEATURE_MAP_SHARED + 2,
				  KANARY_MODEL_INPUTS_MAX, &settings->inputs);
	case KEY_CODEBOOK:
		error = parse_number(state, "codebook", argument, 0, KANARY_MODEL_CODEBOOK_MAX,
				     &number);
		settings->codewords = number;
		return error;
	case KEY_MEMORY:
		error = parse_number(state, "memory", argument, 0, KANARY_MODEL_ITEMS_MAX, &number);
		settings->items = (uint32_t)number;
		return error;
	case KEY_TRIPLES:
		return parse_even(state, "triples", argument, 0, KANARY_MODEL_HISTOGRAM_CODE_MAX,
				  &settings->triples);
	case KEY_PATH_HISTOGRAM:
		return parse_even(state, "path-histogram", argument, 0, KANARY_MODEL_PATHS_CODE_MAX,
				  &settings->path_histogram);
	case KEY_GRAMS:
		error = parse_number(state, "grams", argument, 0, KANARY_GRAMS_ORDER_MAX, &number);
		settings->grams = number;
		if (!error && settings->grams == 1)
			return kanary_arguments_refuse(state, "--grams takes 0, or a number from %d to %d",
						       KANARY_GRAMS_ORDER_MIN,
						       KANARY_GRAMS_ORDER_MAX);
		return error;
	case KEY_STRICT_BUDGET:
		settings->strict_budget = true;
		return 0;
	case KEY_EVEN:
		settings->even = true;
		return 0;
	case KEY_WEIGHTS:
		return parse_weights(state, argument, &settings->even);
	case KEY_CODE:
		return parse_even(state, "code", argument, 2, KANARY_MODEL_CODE_MAX, &settings->code);
	case KEY_HIDDEN:
		return parse_even(state, "hidden", argument, 0, KANARY_MODEL_HIDDEN_MAX,
				  &settings->sequence.hidden);
	case KEY_STEPS:
		error = parse_number(state, "steps", argument, 0, KANARY_MODEL_STEPS_MAX, &number);
		settings->sequence.steps = (uint32_t)number;
		return error;
	case KEY_PROCESSES:
		error = parse_number(state, "processes", argument, 0, KANARY_MODEL_STEPS_MAX,
				     &number);
		settings->container.steps = (uint32_t)number;
		return error;
	case KEY_STRIDE:
		error = parse_number(state, "stride", argument, 1, KANARY_MODEL_STEPS_MAX, &number);
		settings->stride = (uint32_t)number;
		return error;
	case KEY_FOLDS:
		error = parse_number(state, "folds", argument, 1, KANARY_DATASET_TURNS, &number);
		settings->folds = (uint32_t)number;
		return error;
	case KEY_EPOCHS:
		error = parse_number(state, "epochs", argument, 1, 1000000, &number);
		settings->sequence.epochs = (uint32_t)number;
		return error;
	case KEY_SEED:
		error = parse_number(state, "seed", argument, 0, UINT32_MAX, &number);
		settings->sequence.seed = number;
		return error;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;
	struct kanary_trainer_settings *settings = &options->settings;
	uint64_t number = 0;
	error_t error;
	char *end;

	switch (key) {
	case 'o':
		options->output = argument;
		return 0;
	case 'n':
		return parse_name(state, argument, options->name);
	case 'c':
		return kanary_selection_parse(&options->selection, argument, state);
	case 'b':
		options->budget = argument;
		return 0;
	case 'j':
		options->json = true;
		return 0;
	case 'q':
		options->quiet = true;
		return 0;
	case KEY_PATH_NEWS:
		options->path_news = argument;
		return 0;
	case KEY_DECAY:
		error = parse_number(state, "decay", argument, 0, 0x7fffffff, &number);
		settings->decay_limit = (uint32_t)number;
		options->decay_given = true;
		return error;
	case KEY_DRIFT:
		settings->drift = strtod(argument, &end);
		if (end == argument || *end || !(settings->drift >= 0 && settings->drift <= 3))
			return kanary_arguments_refuse(state, "--drift takes a number from 0 to 3");
		return 0;
	case KEY_CLOCK:
		return parse_clock(state, argument, &options->clock);
	case KEY_TIME_LIMIT:
		return kanary_arguments_refuse(state, "--time-limit is no more, as a model must not depend on the clock: say --work-limit N (50M by default) or --epochs N");
	case KEY_WORK_LIMIT:
		return parse_work(state, argument, &settings->sequence.work);
	case KEY_JOBS:
		error = parse_number(state, "jobs", argument, 1, KANARY_WORKERS_MAX, &number);
		settings->jobs = (uint32_t)number;
		return error;
	case ARGP_KEY_ARG:
		options->inputs[options->input_count++] = argument;
		return 0;
	case ARGP_KEY_END:
		if (!options->input_count)
			return kanary_arguments_refuse(state, "a recording to train on is missing");
		if (!options->output)
			return kanary_arguments_refuse(state, "-o MODEL is missing");
		if (settings->stride > settings->sequence.steps)
			return kanary_arguments_refuse(state, "--stride is more than --steps");
		return 0;
	default:
		return parse_shape(key, argument, state);
	}
}

static const struct argp argp = {
	.options = arguments,
	.parser = parse_argument,
	.args_doc = "RECORDING... -o MODEL",
	.doc = "Make a model out of recordings of a container's normal life."
	       "\vExample:\n\n  kanary train web.rec -o web.model --budget 1/week\n",
};

/* The output file's name without folder and suffix, as far as a profile's name allows. */
static void default_name(struct options *options)
{
	const char *base = strrchr(options->output, '/');
	char *out = options->name, *dot;
	size_t i;

	base = base ? base + 1 : options->output;
	for (i = 0; base[i] && i < sizeof(options->name) - 1; i++)
		*out++ = isalnum((unsigned char)base[i]) || strchr("._-", base[i]) ? base[i] : '_';
	*out = '\0';
	dot = strrchr(options->name, '.');
	if (dot && dot != options->name)
		*dot = '\0';
	if (!*options->name)
		strcpy(options->name, "model");
}

static int train(struct options *options, struct kanary_dataset *dataset)
{
	double start = kanary_progress_now(), seconds;
	struct kanary_trainer_result result;
	struct kanary_progress progress;
	const char *failure;
	int status;

	kanary_progress_init(&progress, options->quiet);
	failure = kanary_trainer_run(&result, dataset, &options->settings, &progress);
	kanary_progress_clear(&progress);
	if (failure)
		return kanary_message_error("train: %s", failure);
	if (!options->quiet)
		kanary_train_summary_note(&options->settings, dataset, &result);
	status = kanary_model_file_write("train", options->output, result.file, result.size);
	seconds = kanary_progress_now() - start;
	if (!status && options->json)
		status = kanary_train_summary_json(options->output, dataset, &result, seconds);
	else if (!status && !options->quiet)
		kanary_train_summary_print(options->output, dataset, &result, seconds);
	free(result.file);
	return status;
}

/* What the container head takes over from the sequence head. */
static void share_settings(struct kanary_trainer_settings *settings)
{
	struct kanary_sequence_settings *container = &settings->container;

	if (!container->steps)
		return;
	container->hidden = settings->sequence.hidden;
	container->epochs = settings->sequence.epochs;
	container->seed = settings->sequence.seed;
	container->work = settings->sequence.work / 2;
	settings->container_stride = 1;
}

int kanary_train_main(int argc, char **argv)
{
	struct options options = {
		.settings = {
			.inputs = 32,
			.code = 8,
			.codewords = 64,
			.grams = 6,
			.even = true,
			.kinds = KANARY_MODEL_KINDS_MAX,
			.drift = 0.3,
			.folds = KANARY_DATASET_TURNS,
			.jobs = kanary_workers_cpus(),
			.sequence = {
				.hidden = 32, .steps = 16, .epochs = 200, .work = WORK_DEFAULT,
				.seed = 1,
			},
			.container = { .steps = 8 },
		},
	};
	struct kanary_dataset dataset = { 0 };
	int status, i;

	options.inputs = calloc((size_t)argc + 1, sizeof(*options.inputs));
	if (!options.inputs)
		return kanary_message_error("train: %s", strerror(ENOMEM));
	status = kanary_arguments_parse(&argp, argc, argv, &options);
	if (!status)
		status = kanary_output_check("train", options.output);
	dataset.clock = options.clock;
	for (i = 0; !status && i < options.input_count; i++)
		status = !kanary_dataset_read(&dataset, options.inputs[i],
					      &options.selection);
	if (!status)
		status = kanary_selection_check(&options.selection);
	if (!status && !kanary_dataset_finish(&dataset))
		status = kanary_message_error("train: %s", strerror(ENOMEM));
	if (!status && !dataset.count)
		status = kanary_message_error("train: there is not a single vector%s: nothing to learn",
					      options.selection.wishes ?
					      " of that container" : "");
	if (!status)
		status = kanary_train_budget_apply(&options.settings, options.budget, &dataset);
	if (!status)
		status = kanary_train_budget_apply_news(&options.settings, options.path_news,
							&dataset);
	if (!status) {
		options.settings.name = options.name;
		if (!*options.name)
			default_name(&options);
		share_settings(&options.settings);
		if (!options.settings.stride)
			options.settings.stride = options.settings.sequence.steps;
		if (!options.decay_given)
			options.settings.decay_limit = DECAY_PERIODS * dataset.period;
		else if (options.settings.decay_limit &&
			 options.settings.decay_limit < dataset.period)
			options.settings.decay_limit = dataset.period;
		status = train(&options, &dataset);
	}
	kanary_dataset_free(&dataset);
	kanary_selection_free(&options.selection);
	free(options.inputs);
	return status;
}
