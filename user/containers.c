// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "arguments.h"
#include "commands.h"
#include "container_name.h"
#include "json_output.h"
#include "message.h"
#include "netlink.h"

struct output {
	json_t *list;	/* NULL for text */
	size_t count;
};

static const struct argp_option arguments[] = {
	{ "json", 'j', NULL, 0, "as a JSON object with a list", 0 },
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
	.doc = "What runs here, and what watches over it. A model of a container that has not begun,\n"
	       "or has gone, is listed with no tasks: kanary unload --container CGROUP frees it.\n\n"
	       "Other commands take as --container what stands in the columns CGROUP and NAME, a\n"
	       "runtime's id or a unique beginning of it, or a path below /sys/fs/cgroup.\n"
	       "\vExample:\n\n  kanary containers\n",
};

static void print_text(const struct kanary_container *container,
		       const struct kanary_container_name *name)
{
	char escaped[KANARY_MESSAGE_ESCAPED_SIZE(sizeof(name->name))];

	printf("%-10llu %-11s ", (unsigned long long)container->cgroup, name->runtime);
	printf("%-24s ", kanary_message_escape(name->name, sizeof(name->name), escaped));
	printf("%5u %-15s %9llu", container->tasks,
	       container->tasks ?
	       kanary_message_escape(container->comm, sizeof(container->comm), escaped) : "-",
	       (unsigned long long)container->vectors);
	if (*container->profile)
		printf(" %-8s %-16s %9llu %6llu", kanary_protocol_mode_name(container->mode),
		       kanary_message_escape(container->profile, sizeof(container->profile),
					     escaped),
		       (unsigned long long)container->scored,
		       (unsigned long long)container->alerts);
	else
		printf(" %-8s %-16s %9s %6s", "-", "-", "-", "-");
	putchar('\n');
}

static json_t *describe(const struct kanary_container *container,
			const struct kanary_container_name *name)
{
	json_t *profile = json_null();
	char checksum[16];

	snprintf(checksum, sizeof(checksum), "%08x", container->model_checksum);
	if (*container->profile)
		profile = json_pack("{s:o, s:s, s:I, s:o, s:I, s:I, s:s}",
			"name", kanary_json_output_text(container->profile,
							sizeof(container->profile)),
			"mode", kanary_protocol_mode_name(container->mode),
			"budget_vectors", (json_int_t)container->budget,
			"threshold", kanary_json_output_fixed(container->threshold, 8),
			"scored", (json_int_t)container->scored,
			"alerts", (json_int_t)container->alerts,
			"model_checksum", checksum);
	return json_pack("{s:I, s:I, s:s, s:o, s:o, s:o, s:I, s:I, s:o, s:I, s:o}",
		"cgroup", (json_int_t)container->cgroup,
		"pidns", (json_int_t)container->pidns,
		"runtime", name->runtime,
		"id", kanary_json_output_text(name->id, sizeof(name->id)),
		"name", kanary_json_output_text(name->name, sizeof(name->name)),
		"path", kanary_json_output_text(name->path, sizeof(name->path)),
		"tasks", (json_int_t)container->tasks,
		"pid", (json_int_t)container->pid,
		"comm", kanary_json_output_text(container->comm, sizeof(container->comm)),
		"vectors", (json_int_t)container->vectors,
		"profile", profile);
}

static int take_container(const struct nlmsghdr *message, void *context)
{
	const struct kanary_container_name *name;
	struct kanary_container container;
	struct output *output = context;

	if (!kanary_protocol_container(message, &container))
		return 0;
	name = kanary_container_name_resolve(container.cgroup);
	if (output->list) {
		json_array_append_new(output->list, describe(&container, name));
		return 0;
	}
	if (!output->count++)
		printf("%-10s %-11s %-24s %5s %-15s %9s %-8s %-16s %9s %6s\n", "CGROUP", "RUNTIME",
		       "NAME", "TASKS", "COMMAND", "VECTORS", "MODE", "PROFILE", "SCORED",
		       "ALERTS");
	print_text(&container, name);
	return 0;
}

int kanary_containers_main(int argc, char **argv)
{
	struct kanary_netlink *netlink;
	struct output output = { 0 };
	struct kanary_status status;
	bool json = false;
	int error;

	error = kanary_arguments_parse(&argp, argc, argv, &json);
	if (error)
		return error;
	netlink = kanary_netlink_open(&status);
	if (!netlink)
		return 1;
	if (json)
		output.list = json_array();
	error = kanary_netlink_dump(netlink, KANARY_CMD_GET_CONTAINERS, take_container, &output);
	if (error) {
		kanary_message_error("containers: %s", kanary_netlink_error(netlink));
		json_decref(output.list);
	} else if (json) {
		error = kanary_json_output_print(json_pack("{s:o}", "containers", output.list));
	} else if (!output.count) {
		printf("no container runs here\n");
	}
	kanary_netlink_close(netlink);
	return !!error;
}
