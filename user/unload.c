// SPDX-License-Identifier: GPL-2.0
#include "arguments.h"
#include "commands.h"
#include "target.h"

static const struct argp_option arguments[] = {
	{ "container", 'c', "C", 0, "whose model: as in kanary containers", 0 },
	{ 0 },
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	struct kanary_target *target = state->input;

	switch (key) {
	case 'c':
		target->text = argument;
		return 0;
	case ARGP_KEY_ARG:
		if (target->text)
			return kanary_arguments_extra(state, argument);
		target->text = argument;
		return 0;
	case ARGP_KEY_END:
		return target->text ? 0 :
		       kanary_arguments_refuse(state, "--container C is missing");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = arguments,
	.parser = parse_argument,
	.args_doc = "[--container] C",
	.doc = "Take a container's model out of the kernel. Nothing is scored there from then on.\n"
	       "\vExample:\n\n  kanary unload --container web\n",
};

int kanary_unload_main(int argc, char **argv)
{
	struct kanary_target target = { 0 };
	int error;

	error = kanary_arguments_parse(&argp, argc, argv, &target);
	if (error)
		return error;
	error = kanary_target_open("unload", &target) ||
		kanary_target_send("unload", &target, KANARY_CMD_UNLOAD, -1);
	kanary_target_close(&target);
	return error;
}
