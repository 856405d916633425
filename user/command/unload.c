// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "terminal/arguments.h"
#include "commands.h"
#include "container_list.h"
#include "terminal/message.h"
#include "target.h"

enum { KEY_GONE = 0x100 };

struct options {
	struct kanary_target target;
	bool gone;
};

static const struct argp_option arguments[] = {
	{ "container", 'c', "C", 0, "whose model: as in kanary containers", 0 },
	{ "gone", KEY_GONE, NULL, 0, "those of all containers that have gone", 0 },
	{ 0 },
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case KEY_GONE:
		options->gone = true;
		return 0;
	case 'c':
		options->target.text = argument;
		return 0;
	case ARGP_KEY_ARG:
		if (options->target.text)
			return kanary_arguments_extra(state, argument);
		options->target.text = argument;
		return 0;
	case ARGP_KEY_END:
		if (options->gone && options->target.text)
			return kanary_arguments_refuse(state,
						       "--gone and --container exclude each other");
		return options->gone || options->target.text ? 0 :
		       kanary_arguments_refuse(state, "--container C or --gone is missing");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = arguments,
	.parser = parse_argument,
	.args_doc = "[--container] C | --gone",
	.doc = "Take a container's model out of the kernel. Nothing is scored there from then on.\n"
	       "\vExample:\n\n  kanary unload --container web\n",
};

static int unload_gone(struct kanary_target *target)
{
	struct kanary_container_list list;
	size_t i, count = 0;
	int error = 0;

	if (kanary_container_list_read(&list, target->netlink))
		error = kanary_message_error("unload: %s", kanary_netlink_error(target->netlink));
	for (i = 0; !error && i < list.count; i++) {
		if (!list.entry[i].is_gone || !*list.entry[i].container.profile)
			continue;
		target->cgroup = list.entry[i].container.cgroup;
		error = kanary_target_send("unload", target, KANARY_CMD_UNLOAD, -1);
		count += !error;
	}
	kanary_container_list_free(&list);
	if (error)
		return error;
	if (count == 1)
		printf("1 model of a container that has gone was unloaded\n");
	else
		printf("%zu models of containers that have gone were unloaded\n", count);
	return 0;
}

int kanary_unload_main(int argc, char **argv)
{
	struct options options = { 0 };
	int error;

	error = kanary_arguments_parse(&argp, argc, argv, &options);
	if (error)
		return error;
	error = kanary_target_open("unload", &options.target);
	if (!error)
		error = options.gone ? unload_gone(&options.target) :
				       kanary_target_send("unload", &options.target,
							  KANARY_CMD_UNLOAD, -1);
	kanary_target_close(&options.target);
	return error;
}
