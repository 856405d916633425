// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arguments.h"
#include "budget.h"
#include "commands.h"
#include "container_name.h"
#include "json_output.h"
#include "message.h"
#include "trainer.h"

#define BUDGET_DEFAULT "1/week"
/* For recordings without times, when the user did not say. */
#define BUDGET_VECTORS 1000000
/* Sum of a stream's counts, in periods, at which they are halved. */
#define DECAY_PERIODS 4
/* Seconds of recording from which on there is a rate of vectors. */
#define SECONDS_MIN 1.0

/* Keys of options without a letter. */
enum {
	KEY_INPUTS = 256,
	KEY_CODE,
	KEY_CODEBOOK,
	KEY_HIDDEN,
	KEY_STEPS,
	KEY_STRIDE,
	KEY_PROCESSES,
	KEY_DECAY,
	KEY_DRIFT,
	KEY_EPOCHS,
	KEY_TIME_LIMIT,
	KEY_SEED,
};

struct options {
	char **inputs;
	int input_count;
	const char *output;
	char name[KANARY_NAME_SIZE];
	const char *container;
	const char *budget;
	bool decay_given;
	bool json;
	bool quiet;
	struct kanary_trainer_settings settings;
};

static const struct argp_option arguments[] = {
	{ "output", 'o', "MODEL", 0, "model file to write (replaced only when all went well)", 0 },
	{ "name", 'n', "NAME", 0, "of the profile; by default the model file's", 0 },
	{ "container", 'c', "C", 0, "train on this container's vectors only", 0 },
	{ "budget", 'b', "N/TIME", 0, "false alarms that you accept of a container: 1/week, 2/day, 1/12h, "
	  "or 1/1000000 for one in so many vectors", 0 },
	{ "time-limit", KEY_TIME_LIMIT, "TIME", 0, "of the sequence head's training, 60s; half as "
	  "much for the container head's", 0 },
	{ "inputs", KEY_INPUTS, "N", 0, "features at most, 32", 0 },
	{ "code", KEY_CODE, "N", 0, "width of the process head's bottleneck, 8", 0 },
	{ "codebook", KEY_CODEBOOK, "N", 0, "rare situations that it learns by heart at most, 64", 0 },
	{ "hidden", KEY_HIDDEN, "N", 0, "width of the LSTMs, 32; 0 for no sequence head", 0 },
	{ "steps", KEY_STEPS, "N", 0, "vectors in a sequence, 16", 0 },
	{ "processes", KEY_PROCESSES, "N", 0, "of a container in a sequence, 8; 0 for no container "
	  "head", 0 },
	{ "stride", KEY_STRIDE, "N", 0, "vectors between verdicts on sequences, as many as steps", 0 },
	{ "decay", KEY_DECAY, "CALLS", 0, "halve a process's counts beyond so many calls, "
	  "4 periods; 0 for never", 0 },
	{ "drift", KEY_DRIFT, "X", 0, "how far the mix of calls may drift under normal load: a usual "
	  "factor is e^X, X is 0.3; 0 for not at all", 0 },
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
	case KEY_CODE:
		return parse_even(state, "code", argument, 2, KANARY_MODEL_CODE_MAX, &settings->code);
	case KEY_HIDDEN:
		return parse_even(state, "hidden", argument, 0, KANARY_MODEL_HIDDEN_MAX,
				  &settings->sequence.hidden);
	case KEY_STEPS:
		error = parse_number(state, "steps", argument, 2, KANARY_MODEL_STEPS_MAX, &number);
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
		options->container = argument;
		return 0;
	case 'b':
		options->budget = argument;
		return 0;
	case 'j':
		options->json = true;
		return 0;
	case 'q':
		options->quiet = true;
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
	case KEY_TIME_LIMIT:
		if (!kanary_arguments_duration(argument, &number))
			return kanary_arguments_refuse(state, "--time-limit takes a time like 60s or 5m");
		settings->sequence.seconds = number * 1e-9;
		return 0;
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

/* Sets the vectors for each false alarm. */
static int apply_budget(struct options *options, const struct kanary_dataset *dataset)
{
	struct kanary_budget budget;
	double vectors;

	if (!kanary_budget_parse(options->budget ? options->budget : BUDGET_DEFAULT, &budget)) {
		kanary_message_error("train: '%s' is no budget: say 1/week, 2/day, 1/12h or 1/1000000",
				     options->budget);
		return 2;
	}
	vectors = budget.vectors;
	if (budget.seconds > 0 && dataset->seconds >= SECONDS_MIN) {
		vectors = budget.seconds * dataset->count / dataset->seconds;
	} else if (budget.seconds > 0) {
		if (options->budget)
			return kanary_message_error("train: the recordings carry no times to convert "
						    "'%s' with: say --budget 1/VECTORS",
						    options->budget);
		vectors = BUDGET_VECTORS;
	}
	vectors /= budget.alarms;
	if (vectors < 10)
		return kanary_message_error("train: '%s' is an alarm every %.1f vectors: ask for fewer",
					    options->budget, vectors);
	options->settings.budget = vectors < 1e18 ? (uint64_t)vectors : (uint64_t)1e18;
	return 0;
}

static int write_model(const char *path, const void *file, size_t size)
{
	char *partial = NULL;
	int descriptor, status = 1;
	ssize_t written;

	if (asprintf(&partial, "%s.XXXXXX", path) < 0)
		return kanary_message_error("train: %s", strerror(ENOMEM));
	descriptor = mkstemp(partial);
	if (descriptor < 0) {
		kanary_message_error("train: cannot write %s: %s", path, strerror(errno));
		goto out_free;
	}
	written = write(descriptor, file, size);
	if (written != (ssize_t)size || fsync(descriptor) || fchmod(descriptor, 0644)) {
		kanary_message_error("train: cannot write %s: %s", path,
				     written < 0 || (size_t)written == size ? strerror(errno) :
									      "the disk is full");
		close(descriptor);
		goto out_unlink;
	}
	close(descriptor);
	if (rename(partial, path)) {
		kanary_message_error("train: cannot write %s: %s", path, strerror(errno));
		goto out_unlink;
	}
	status = 0;
	goto out_free;
out_unlink:
	unlink(partial);
out_free:
	free(partial);
	return status;
}

static json_t *describe_head(const struct kanary_trainer_head *head)
{
	return json_pack("{s:I, s:f, s:f, s:f, s:f, s:f}", "errors", (json_int_t)head->errors,
			 "median_error", head->median_error, "tail_shape", head->tail.shape,
			 "tail_scale", head->tail.scale, "quantisation_loss_median",
			 head->loss_median, "quantisation_loss_max", head->loss_max);
}

static int print_json(const struct options *options, const struct kanary_dataset *dataset,
		      const struct kanary_trainer_result *result, double seconds)
{
	const struct kanary_model_header *header = result->file;
	json_t *object = json_pack(
		"{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}",
		"model", options->output, "name", header->name, "model_bytes",
		(json_int_t)result->size, "vectors", (json_int_t)dataset->count, "streams",
		(json_int_t)dataset->streams, "containers", (json_int_t)dataset->containers,
		"trained_on", (json_int_t)dataset->in_part[KANARY_DATASET_TRAIN], "validated_on",
		(json_int_t)dataset->in_part[KANARY_DATASET_VALIDATION], "calibrated_on",
		(json_int_t)dataset->in_part[KANARY_DATASET_CALIBRATION], "period", header->period,
		"inputs", header->inputs, "system_calls", result->seen, "code", header->code,
		"codewords", header->codebook, "hidden", header->sequence.hidden, "steps",
		header->sequence.steps, "stride", header->sequence.stride);

	if (!object)
		return kanary_json_output_print(NULL);
	json_object_set_new(object, "train_seconds", json_real(seconds));
	json_object_set_new(object, "recorded_seconds", json_real(dataset->seconds));
	json_object_set_new(object, "budget_vectors", json_integer((json_int_t)header->budget));
	json_object_set_new(object, "threshold", json_real(result->threshold));
	json_object_set_new(object, "supported_vectors", json_real(result->supported));
	json_object_set_new(object, "held_out_highest", json_real(result->highest));
	json_object_set_new(object, "held_out_alerts", json_integer(result->alerts));
	json_object_set_new(object, "process", describe_head(&result->process));
	json_object_set_new(object, "processes", json_integer(result->processes));
	if (result->has_container) {
		json_t *head = describe_head(&result->container);

		json_object_set_new(head, "sequences", json_integer(result->container_sequences));
		json_object_set_new(head, "steps", json_integer(header->container.steps));
		json_object_set_new(head, "first_loss", json_real(result->container_first_loss));
		json_object_set_new(head, "loss", json_real(result->container_loss));
		json_object_set_new(object, "container", head);
	}
	if (result->has_sequence) {
		json_t *head = describe_head(&result->sequence);

		json_object_set_new(head, "sequences", json_integer(result->sequences));
		json_object_set_new(head, "epochs", json_integer(result->epochs));
		json_object_set_new(head, "first_loss", json_real(result->first_loss));
		json_object_set_new(head, "loss", json_real(result->loss));
		json_object_set_new(head, "stopped", json_string(result->stopped));
		json_object_set_new(object, "sequence", head);
	}
	return kanary_json_output_print(object);
}

static void print_head(const char *name, const struct kanary_trainer_head *head)
{
	printf("%-9s error %.1f (median of %u), tail shape %.2f; fixed point differs by "
	       "%.3f %% (median), %.2f %% (max)\n", name, head->median_error, head->errors,
	       head->tail.shape, 100 * head->loss_median, 100 * head->loss_max);
}

/* "every 3.2 h", at the rate of the recording. */
static void print_interval(double vectors, const struct kanary_dataset *dataset)
{
	double seconds = vectors * dataset->seconds / dataset->count;

	printf("%.0f vectors", vectors);
	if (dataset->seconds < SECONDS_MIN)
		return;
	if (seconds < 120)
		printf(" (%.1f s)", seconds);
	else if (seconds < 7200)
		printf(" (%.1f min)", seconds / 60);
	else if (seconds < 172800)
		printf(" (%.1f h)", seconds / 3600);
	else
		printf(" (%.1f d)", seconds / 86400);
}

static void print_summary(const struct options *options, const struct kanary_dataset *dataset,
			  const struct kanary_trainer_result *result, double seconds)
{
	const struct kanary_model_header *header = result->file;

	printf("%s: profile %s, %zu bytes, trained in %.1f s on %u vectors of %u streams "
	       "(%u to fit, %u to validate, %u to calibrate)\n", options->output, header->name,
	       result->size, seconds, dataset->count, dataset->streams,
	       dataset->in_part[KANARY_DATASET_TRAIN], dataset->in_part[KANARY_DATASET_VALIDATION],
	       dataset->in_part[KANARY_DATASET_CALIBRATION]);
	printf("inputs    %u system calls of their own, %u shared by all others; code of %u keeps "
	       "%.1f %% of the variance, %u codewords\n", result->seen,
	       result->inputs - result->seen, header->code, 100 * result->explained,
	       result->codewords);
	print_head("process", &result->process);
	if (result->has_container) {
		printf("container loss %.5f to %.5f on %u sequences of %u processes\n",
		       result->container_first_loss, result->container_loss,
		       result->container_sequences, header->container.steps);
		print_head("container", &result->container);
	}
	if (result->has_sequence) {
		printf("sequence  loss %.5f to %.5f in %u epochs on %u sequences: %s\n",
		       result->first_loss, result->loss, result->epochs, result->sequences,
		       result->stopped);
		print_head("sequence", &result->sequence);
	}
	printf("alert     from surprise %.2f on, one false alarm in ", result->threshold);
	print_interval(header->budget, dataset);
	printf("; the data themselves reach to one in ");
	print_interval(result->supported, dataset);
	printf("%s\n", header->budget > result->supported ? ", beyond that the tail is extrapolated" :
							     "");
	printf("held out  highest surprise %.2f, %u alerts\n", result->highest, result->alerts);
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
	if (options->settings.sequence.hidden && !result.has_sequence && !options->quiet)
		kanary_message_note("no sequence head: too few streams of %u and more vectors",
				    2 * options->settings.sequence.steps);
	if (options->settings.container.hidden && !result.has_container && !options->quiet)
		kanary_message_note("no container head: %u processes ended in the recordings, too few to learn their order",
				    result.processes);
	status = write_model(options->output, result.file, result.size);
	seconds = kanary_progress_now() - start;
	if (!status && options->json)
		status = print_json(options, dataset, &result, seconds);
	else if (!status && !options->quiet)
		print_summary(options, dataset, &result, seconds);
	free(result.file);
	return status;
}

static int find_container(const char *text, uint64_t *cgroup)
{
	char why[256];

	if (text && !kanary_container_name_find(text, cgroup, why, sizeof(why)))
		return kanary_message_error("train: %s", why);
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
	container->seconds = settings->sequence.seconds / 2;
	settings->container_stride = 1;
}

int kanary_train_main(int argc, char **argv)
{
	struct options options = {
		.settings = {
			.inputs = 32,
			.code = 8,
			.codewords = 64,
			.drift = 0.3,
			.sequence = {
				.hidden = 32, .steps = 16, .epochs = 200, .seconds = 60, .seed = 1,
			},
			.container = { .steps = 8 },
		},
	};
	struct kanary_dataset dataset = { 0 };
	uint64_t cgroup = 0;
	int status, i;

	options.inputs = calloc((size_t)argc + 1, sizeof(*options.inputs));
	if (!options.inputs)
		return kanary_message_error("train: %s", strerror(ENOMEM));
	status = kanary_arguments_parse(&argp, argc, argv, &options);
	if (!status)
		status = find_container(options.container, &cgroup);
	for (i = 0; !status && i < options.input_count; i++)
		status = !kanary_dataset_read(&dataset, options.inputs[i], cgroup);
	if (!status && !kanary_dataset_finish(&dataset))
		status = kanary_message_error("train: %s", strerror(ENOMEM));
	if (!status && !dataset.count)
		status = kanary_message_error("train: there is not a single vector%s: nothing to learn",
					      cgroup ? " of that container" : "");
	if (!status)
		status = apply_budget(&options, &dataset);
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
	free(options.inputs);
	return status;
}
