// SPDX-License-Identifier: GPL-2.0
#include "train_shape.h"

#include <stdlib.h>
#include <string.h>

#include "terminal/arguments.h"
#include "train/features/feature_map.h"
#include "train/head/grams_train.h"
#include "train/trainer.h"

/* Keys of options without a letter; a number's is KEY_NUMBER and its place in the table. */
enum {
	KEY_NUMBER = 512,
	KEY_DRIFT = 640,
	KEY_SEED,
};

/**
 * struct number - an option that takes one
 * @offset: of a uint32_t in struct kanary_trainer_settings
 * @even: whether it is one
 */
struct number {
	size_t offset;
	uint32_t minimum;
	uint32_t maximum;
	bool even;
};

#define AT(member) offsetof(struct kanary_trainer_settings, member)

enum {
	INPUTS, CODE, CODEBOOK, GRAMS, PATH_HISTOGRAM, HIDDEN, STEPS, PROCESSES, STRIDE, DECAY,
	FOLDS, EPOCHS, NUMBERS,
};

static const struct number numbers[NUMBERS] = {
	[INPUTS] = { AT(inputs), 2 * KANARY_FEATURE_MAP_SHARED + 2, KANARY_MODEL_INPUTS_MAX, true },
	[CODE] = { AT(code), 2, KANARY_MODEL_CODE_MAX, true },
	[CODEBOOK] = { AT(codewords), 0, KANARY_MODEL_CODEBOOK_MAX, false },
	[GRAMS] = { AT(grams), 0, KANARY_GRAMS_ORDER_MAX, false },
	[PATH_HISTOGRAM] = { AT(path_histogram), 0, KANARY_MODEL_HISTOGRAM_CODE_MAX, true },
	[HIDDEN] = { AT(sequence.hidden), 0, KANARY_MODEL_HIDDEN_MAX, true },
	[STEPS] = { AT(sequence.steps), 0, KANARY_MODEL_STEPS_MAX, false },
	[PROCESSES] = { AT(container.steps), 0, KANARY_MODEL_STEPS_MAX, false },
	[STRIDE] = { AT(stride), 1, KANARY_MODEL_STEPS_MAX, false },
	[DECAY] = { AT(decay_limit), 0, 0x7fffffff, false },
	[FOLDS] = { AT(folds), 1, KANARY_DATASET_TURNS, false },
	[EPOCHS] = { AT(sequence.epochs), 1, 1000000, false },
};

static const struct argp_option arguments[] = {
	{ "inputs", KEY_NUMBER + INPUTS, "N", OPTION_HIDDEN, NULL, 0 },
	{ "code", KEY_NUMBER + CODE, "N", OPTION_HIDDEN, NULL, 0 },
	{ "codebook", KEY_NUMBER + CODEBOOK, "N", OPTION_HIDDEN, NULL, 0 },
	{ "grams", KEY_NUMBER + GRAMS, "N", OPTION_HIDDEN, NULL, 0 },
	{ "path-histogram", KEY_NUMBER + PATH_HISTOGRAM, "N", OPTION_HIDDEN, NULL, 0 },
	{ "hidden", KEY_NUMBER + HIDDEN, "N", OPTION_HIDDEN, NULL, 0 },
	{ "steps", KEY_NUMBER + STEPS, "N", OPTION_HIDDEN, NULL, 0 },
	{ "processes", KEY_NUMBER + PROCESSES, "N", OPTION_HIDDEN, NULL, 0 },
	{ "stride", KEY_NUMBER + STRIDE, "N", OPTION_HIDDEN, NULL, 0 },
	{ "decay", KEY_NUMBER + DECAY, "CALLS", OPTION_HIDDEN, NULL, 0 },
	{ "folds", KEY_NUMBER + FOLDS, "N", OPTION_HIDDEN, NULL, 0 },
	{ "epochs", KEY_NUMBER + EPOCHS, "N", OPTION_HIDDEN, NULL, 0 },
	{ "seed", KEY_SEED, "N", OPTION_HIDDEN, NULL, 0 },
	{ "drift", KEY_DRIFT, "X", OPTION_HIDDEN, NULL, 0 },
	{ 0 },
};

static const char *name_of(int key)
{
	const struct argp_option *option = arguments;

	while (option->key != key)
		option++;
	return option->name;
}

static error_t refuse(const struct argp_state *state, int key, const struct number *number)
{
	return kanary_arguments_refuse(state, "--%s takes %s number from %u to %u", name_of(key),
				       number->even ? "an even" : "a", number->minimum,
				       number->maximum);
}

static error_t parse_number(int key, const char *argument, const struct argp_state *state)
{
	const struct number *number = &numbers[key - KEY_NUMBER];
	uint64_t value;

	if (!kanary_arguments_number(argument, number->minimum, number->maximum, &value) ||
	    (number->even && value % 2))
		return refuse(state, key, number);
	if (key == KEY_NUMBER + GRAMS && value && value < KANARY_GRAMS_ORDER_MIN)
		return kanary_arguments_refuse(state, "--grams takes 0, or a number from %d to %d",
					       KANARY_GRAMS_ORDER_MIN, KANARY_GRAMS_ORDER_MAX);
	*(uint32_t *)((char *)state->input + number->offset) = (uint32_t)value;
	return 0;
}

static error_t parse_seed(const struct argp_state *state, const char *argument)
{
	struct kanary_trainer_settings *settings = state->input;
	uint64_t seed;

	if (!kanary_arguments_number(argument, 0, UINT32_MAX, &seed))
		return kanary_arguments_refuse(state, "--seed takes a number from 0 to %u", UINT32_MAX);
	settings->sequence.seed = seed;
	return 0;
}

static error_t parse_drift(const struct argp_state *state, const char *argument)
{
	struct kanary_trainer_settings *settings = state->input;
	char *end;

	settings->drift = strtod(argument, &end);
	if (end == argument || *end || !(settings->drift >= 0 && settings->drift <= 3))
		return kanary_arguments_refuse(state, "--drift takes a number from 0 to 3");
	return 0;
}

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	struct kanary_trainer_settings *settings = state->input;

	switch (key) {
	case KEY_NUMBER ... KEY_NUMBER + NUMBERS - 1:
		return parse_number(key, argument, state);
	case KEY_SEED:
		return parse_seed(state, argument);
	case KEY_DRIFT:
		return parse_drift(state, argument);
	case ARGP_KEY_END:
		if (settings->stride > settings->sequence.steps)
			return kanary_arguments_refuse(state, "--stride is more than --steps");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp kanary_train_shape_argp = { .options = arguments, .parser = parse_argument };
