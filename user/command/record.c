// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "terminal/arguments.h"
#include "commands.h"
#include "terminal/interrupt.h"
#include "terminal/message.h"
#include "terminal/output.h"
#include "record_run.h"

enum { KEY_WAIT = 0x100, KEY_FORCE };

static const struct argp_option arguments[] = {
	{ "output", 'o', "FILE", 0, "recording to write", 0 },
	{ "container", 'c', "C", 0, "only this one, as in kanary containers, and whoever has its name "
	  "after it; may be repeated, and be a pattern", 0 },
	{ "wait", KEY_WAIT, NULL, 0, "C need not run yet: wait for its start", 0 },
	{ "all", 'a', NULL, 0, "all containers (the default)", 0 },
	{ "for", 'f', "TIME", 0, "stop after 90s, 10m, 1.5h, 7d; without it, at Ctrl-C", 0 },
	{ "force", KEY_FORCE, NULL, 0, "replace FILE, if it is there", 0 },
	{ "json", 'j', NULL, 0, "say at the end what was recorded as a JSON object", 0 },
	{ 0 },
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	struct kanary_record_options *options = state->input;

	switch (key) {
	case 'o':
		options->output = argument;
		return 0;
	case 'c':
		options->container[options->containers++] = argument;
		return 0;
	case KEY_WAIT:
		options->wait = true;
		return 0;
	case KEY_FORCE:
		options->force = true;
		return 0;
	case 'a':
		options->all = true;
		return 0;
	case 'j':
		options->json = true;
		return 0;
	case 'f':
		if (!kanary_arguments_duration(argument, &options->duration))
			return kanary_arguments_refuse_time(state, argument);
		return 0;
	case ARGP_KEY_ARG:
		return kanary_arguments_extra(state, argument);
	case ARGP_KEY_END:
		if (!options->output)
			return kanary_arguments_refuse(state, "-o FILE is missing");
		if (options->all && options->containers)
			return kanary_arguments_refuse(state,
						       "--all and --container exclude each other");
		if (options->wait && !options->containers)
			return kanary_arguments_refuse(state, "--wait needs --container C");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = arguments,
	.parser = parse_argument,
	.args_doc = "-o FILE [--container C | --all] [--for TIME]",
	.doc = "Write what containers do into a recording, to train a model from.\n\n"
	       "One recorder can run at a time. The file is whole whenever it is stopped. A container\n"
	       "is followed over restarts; when it goes and comes is said here and in the recording.\n"
	       "To lose nothing of a start, the module sends what all containers do.\n"
	       "\vExample:\n\n  kanary record -o web.rec --container web --for 2h\n",
};

/* What is there already is not lost by a slip. */
static int check_output(const struct kanary_record_options *options)
{
	struct stat status;

	if (kanary_output_check("record", options->output))
		return 1;
	if (options->force || lstat(options->output, &status))
		return 0;
	return kanary_message_error("record: %s is there already: --force replaces it",
				    options->output);
}

int kanary_record_main(int argc, char **argv)
{
	struct kanary_record_options options = { 0 };
	int interrupt, error;

	options.container = calloc((size_t)argc + 1, sizeof(char *));
	if (!options.container)
		return kanary_message_error("record: %s", strerror(ENOMEM));
	error = kanary_arguments_parse(&argp, argc, argv, &options);
	if (!error)
		error = check_output(&options);
	if (error)
		goto out;
	interrupt = kanary_interrupt_open();
	if (interrupt < 0) {
		error = kanary_message_error("record: cannot watch for signals: %s",
					     strerror(errno));
		goto out;
	}
	error = kanary_record_run(&options, interrupt);
	close(interrupt);
out:
	free(options.container);
	return error;
}
