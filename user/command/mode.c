// SPDX-License-Identifier: GPL-2.0
#include "terminal/arguments.h"
#include "commands.h"
#include "target.h"

struct options {
	struct kanary_target target;
	int mode;
	const char *words[2];
	int word_count;
};

static const struct argp_option arguments[] = {
	{ "container", 'c', "C", 0, "whose mode: as in kanary containers", 0 },
	{ 0 },
};

/* C may stand behind --container or be the first of two words. */
static error_t take_words(struct options *options, const struct argp_state *state)
{
	const char *mode = options->word_count ? options->words[options->word_count - 1] : NULL;

	if (!mode)
		return kanary_arguments_refuse(state, "the mode is missing");
	if (options->target.text && options->word_count == 2)
		return kanary_arguments_extra(state, mode);
	if (!options->target.text && options->word_count == 2)
		options->target.text = options->words[0];
	options->mode = kanary_protocol_mode(mode);
	if (options->mode < 0)
		return kanary_arguments_refuse(state,
					       "'%s' is no mode: learn, monitor and enforce are",
					       mode);
	if (!options->target.text)
		return kanary_arguments_refuse(state, "--container C is missing");
	return 0;
}

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'c':
		options->target.text = argument;
		return 0;
	case ARGP_KEY_ARG:
		if (options->word_count == 2)
			return kanary_arguments_extra(state, argument);
		options->words[options->word_count++] = argument;
		return 0;
	case ARGP_KEY_END:
		return take_words(options, state);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = arguments,
	.parser = parse_argument,
	.args_doc = "[--container] C learn|monitor|enforce",
	.doc = "Say what a container's model is for.\n\n"
	       "  learn     nothing is scored; vectors go to the recorder, if there is one\n"
	       "  monitor   vectors are scored, and alerts raised\n"
	       "  enforce   as monitor, and a process that raised an alert is killed\n"
	       "\vExample:\n\n  kanary mode web learn\n",
};

int kanary_mode_main(int argc, char **argv)
{
	struct options options = { .mode = -1 };
	int error;

	error = kanary_arguments_parse(&argp, argc, argv, &options);
	if (error)
		return error;
	error = kanary_target_open("mode", &options.target) ||
		kanary_target_send("mode", &options.target, KANARY_CMD_SET_MODE, options.mode);
	kanary_target_close(&options.target);
	return error;
}
