// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "terminal/arguments.h"
#include "commands.h"
#include "terminal/json_output.h"
#include "terminal/message.h"
#include "module/netlink.h"

static const struct argp_option arguments[] = {
	{ "json", 'j', NULL, 0, "say so as a JSON object", 0 },
	{ 0 },
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	bool *json = state->input;

	switch (key) {
	case 'j':
		*json = true;
		return 0;
	case ARGP_KEY_ARG:
		return kanary_arguments_extra(state, argument);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = arguments,
	.parser = parse_argument,
	.doc = "From here on until the machine starts anew the module cannot be unloaded, and load,\n"
	       "unload, mode and record are refused: to root, too. Each attempt is an alert.\n\n"
	       "There is no way back. A container that is started anew cannot be given its model:\n"
	       "load all models first, and lock last.\n"
	       "\vExample:\n\n  kanary load web.model --container web && kanary lock\n",
};

int kanary_lock_main(int argc, char **argv)
{
	struct kanary_netlink *netlink;
	struct kanary_status status;
	bool json = false;
	int error;

	error = kanary_arguments_parse(&argp, argc, argv, &json);
	if (error)
		return error;
	netlink = kanary_netlink_open(&status);
	if (!netlink)
		return 1;
	error = kanary_netlink_request(netlink,
				       kanary_netlink_message(netlink, KANARY_CMD_LOCK, 0), NULL,
				       NULL);
	if (error)
		error = kanary_message_error("lock: %s", kanary_netlink_error(netlink));
	else if (json)
		error = kanary_json_output_print(json_pack("{s:b, s:b}", "locked", 1, "before",
							   status.locked != 0));
	else
		printf("locked until the machine starts anew\n");
	kanary_netlink_close(netlink);
	return error;
}
