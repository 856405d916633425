// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "terminal/arguments.h"
#include "commands.h"
#include "terminal/message.h"
#include "judge/model_file.h"
#include "terminal/output.h"
#include "train_budget.h"
#include "train_foreign.h"
#include "train_shape.h"
#include "train_summary.h"
#include "terminal/workers.h"

/* Sum of a stream's counts, in periods, at which they are halved. */
#define DECAY_PERIODS 4
/* Sequences times steps: what a minute was enough for on one core of 2020. */
#define WORK_DEFAULT 50000000
#define WORK_MIN 10000
#define WORK_MAX 1000000000000000

/* Keys of options without a letter. */
enum {
	KEY_STRICT_BUDGET = 256,
	KEY_PATH_NEWS,
	KEY_CLOCK,
	KEY_WORK_LIMIT,
	KEY_TIME_LIMIT,
	KEY_JOBS,
	KEY_AGAINST,
};

struct options {
	char **inputs;
	int input_count;
	char **against_inputs;
	int against_count;
	const char *output;
	char name[KANARY_NAME_SIZE];
	struct kanary_selection selection;
	const char *budget;
	const char *path_news;
	enum kanary_dataset_clock clock;
	bool json;
	bool quiet;
	struct kanary_foreign_list foreign;
	struct kanary_foreign_list against;
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
	{ "work-limit", KEY_WORK_LIMIT, "N", OPTION_HIDDEN, NULL, 0 },
	{ "time-limit", KEY_TIME_LIMIT, "TIME", OPTION_HIDDEN, NULL, 0 },
	{ "jobs", KEY_JOBS, "N", 0, "models that are trained at a time, by default one for each CPU; the "
	  "model is the same for any number", 0 },
	{ "path-news", KEY_PATH_NEWS, "N/TIME", 0, "how often, by what you know, it uses a new name where the "
	  "recordings have none, or once, early: 1/year; by default what they tell", 0 },
	{ "clock", KEY_CLOCK, "HOW", 0, "keep or drop calls for the time, the CPU and random bytes, which "
	  "some kernels see and some do not: drop of a kernel's recordings, keep of imported "
	  "traces", 0 },
	{ "against", KEY_AGAINST, "REC", 0, "recording of programs that are none of the container's: say how "
	  "many of them the model would see, beside those of make foreign; may be repeated", 0 },
	{ "json", 'j', NULL, 0, "print the summary as a JSON object", 0 },
	{ "quiet", 'q', NULL, 0, "no progress, no summary", 0 },
	{ 0 },
};

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

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;
	struct kanary_trainer_settings *settings = &options->settings;
	uint64_t number;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = settings;
		return 0;
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
	case KEY_STRICT_BUDGET:
		settings->strict_budget = true;
		return 0;
	case KEY_CLOCK:
		return parse_clock(state, argument, &options->clock);
	case KEY_TIME_LIMIT:
		return kanary_arguments_refuse(state, "--time-limit is no more, as a model must not depend on the clock: say --work-limit N (50M by default) or --epochs N");
	case KEY_WORK_LIMIT:
		return parse_work(state, argument, &settings->sequence.work);
	case KEY_AGAINST:
		options->against_inputs[options->against_count++] = argument;
		return 0;
	case KEY_JOBS:
		if (!kanary_arguments_number(argument, 1, KANARY_WORKERS_MAX, &number))
			return kanary_arguments_refuse(state, "--jobs takes a number from 1 to %d",
						       KANARY_WORKERS_MAX);
		settings->jobs = (uint32_t)number;
		return 0;
	case ARGP_KEY_ARG:
		options->inputs[options->input_count++] = argument;
		return 0;
	case ARGP_KEY_END:
		if (!options->input_count)
			return kanary_arguments_refuse(state, "a recording to train on is missing");
		if (!options->output)
			return kanary_arguments_refuse(state, "-o MODEL is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = { { &kanary_train_shape_argp, 0, NULL, 0 }, { 0 } };

static const struct argp argp = {
	.options = arguments,
	.children = children,
	.parser = parse_argument,
	.args_doc = "RECORDING... -o MODEL",
	.doc = "Make a model out of recordings of a container's normal life."
	       "\vWhat a model is made of, such as --hidden, --grams and --folds: see kanary(8).\n\n"
	       "Example:\n\n  kanary train web.rec -o web.model --budget 1/week\n",
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

/* What the model is to be tried with, where somebody is to be told of it. */
static int read_programs(struct options *options)
{
	bool told = options->json || !options->quiet;
	int status = 0, i;

	for (i = 0; !status && i < options->against_count; i++)
		status = kanary_train_foreign_read(&options->against, options->against_inputs[i]);
	if (status || !told)
		return status;
	kanary_train_foreign_find(&options->foreign);
	options->settings.foreign = &options->foreign;
	options->settings.against = &options->against;
	return 0;
}

static bool is_same(const char *one, const char *other)
{
	struct stat a, b;

	return !stat(one, &a) && !stat(other, &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static bool is_among(const char *path, char *const *others, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (is_same(path, others[i]))
			return true;
	return false;
}

/* An input is not written over, and nothing is both learned and foreign, or counted twice. */
static int check_files(const struct options *options)
{
	char *const *against = options->against_inputs;
	int i;

	if (is_among(options->output, options->inputs, options->input_count) ||
	    is_among(options->output, against, options->against_count))
		return kanary_message_error("train: -o %s is an input: give another name",
					    options->output);
	for (i = 0; i < options->against_count; i++) {
		if (is_among(against[i], options->inputs, options->input_count))
			return kanary_message_error("train: --against %s is learned, too: give a recording of other programs",
						    against[i]);
		if (is_among(against[i], against, i))
			return kanary_message_error("train: --against %s is given twice: give it once",
						    against[i]);
	}
	return 0;
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
			.kinds = KANARY_MODEL_KINDS_MAX,
			.decay_limit = KANARY_TRAIN_SHAPE_DECAY_UNSET,
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
	options.against_inputs = calloc((size_t)argc + 1, sizeof(*options.against_inputs));
	if (options.inputs && options.against_inputs)
		status = kanary_arguments_parse(&argp, argc, argv, &options);
	else
		status = kanary_message_error("train: %s", strerror(ENOMEM));
	if (!status)
		status = kanary_output_check("train", options.output);
	if (!status)
		status = check_files(&options);
	if (!status)
		status = read_programs(&options);
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
		if (options.settings.decay_limit == KANARY_TRAIN_SHAPE_DECAY_UNSET)
			options.settings.decay_limit = DECAY_PERIODS * dataset.period;
		else if (options.settings.decay_limit &&
			 options.settings.decay_limit < dataset.period)
			options.settings.decay_limit = dataset.period;
		status = train(&options, &dataset);
	}
	kanary_dataset_free(&dataset);
	kanary_foreign_program_free(&options.foreign);
	kanary_foreign_program_free(&options.against);
	kanary_selection_free(&options.selection);
	free(options.inputs);
	free(options.against_inputs);
	return status;
}
