// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "terminal/arguments.h"
#include "commands.h"
#include "container_list.h"
#include "terminal/json_output.h"
#include "terminal/message.h"
#include "module/netlink.h"
#include "recording/roster_wish.h"
#include "terminal/table.h"

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
	.doc = "What runs here, and what watches over it. A model whose container has gone is listed\n"
	       "with MODE gone: kanary unload --gone frees all of them.\n\n"
	       "Other commands take as --container what stands in the columns CGROUP and NAME, a\n"
	       "runtime's id or a unique beginning of it, or a path below /sys/fs/cgroup.\n"
	       "\vExample:\n\n  kanary containers\n",
};

static const char *format_age(uint64_t seconds, char text[32])
{
	static const struct {
		uint64_t seconds;
		char unit;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
	size_t i = 0;

	/* The largest of which there are two, as a person would say it. */
	while (i < 3 && seconds < 2 * units[i].seconds)
		i++;
	snprintf(text, 32, "%llu%c", (unsigned long long)(seconds / units[i].seconds),
		 units[i].unit);
	return text;
}

static void add_row(struct kanary_table *table, const struct kanary_container_entry *entry)
{
	const struct kanary_container *container = &entry->container;
	char comm[KANARY_COMM_SIZE + 1], age[32], title[KANARY_ROSTER_WISH_TITLE];

	kanary_table_row(table);
	kanary_table_number(table, 0, container->cgroup);
	kanary_table_text(table, 1, entry->name.runtime);
	kanary_table_text(table, 2, kanary_roster_wish_title(&entry->name, title));
	kanary_table_text(table, 3, entry->name.image);
	kanary_table_number(table, 4, container->tasks);
	kanary_table_number(table, 7, container->vectors);
	if (container->tasks) {
		snprintf(comm, sizeof(comm), "%.*s", KANARY_COMM_SIZE, entry->comm);
		kanary_table_text(table, 5, format_age(entry->seconds, age));
		kanary_table_text(table, 6, comm);
	}
	if (!*container->profile)
		return;
	kanary_table_text(table, 8, entry->is_gone ? "gone" :
			  kanary_protocol_mode_name(container->mode));
	kanary_table_text(table, 9, container->profile);
	kanary_table_number(table, 10, container->scored);
	kanary_table_number(table, 11, container->alerts);
	kanary_table_number(table, 12, container->alarms);
	kanary_table_number(table, 13, container->critical_alarms);
}

static int print_text(const struct kanary_container_list *list)
{
	static const char *const heads[] = {
		"CGROUP", "RUNTIME", "NAME", "IMAGE", ">TASKS", ">AGE", "COMMAND", ">VECTORS", "MODE",
		"PROFILE", ">SCORED", ">ALERTS", ">ALARMS", ">CRITICAL",
	};
	struct kanary_table table = { .heads = heads, .columns = 14 };
	size_t i;

	if (!list->count) {
		printf("no container runs here\n");
		return 0;
	}
	for (i = 0; i < list->count; i++)
		add_row(&table, &list->entry[i]);
	if (kanary_table_print(&table))
		return 0;
	return kanary_message_error("containers: %s", strerror(ENOMEM));
}

static json_t *describe(const struct kanary_container_entry *entry)
{
	const struct kanary_container *container = &entry->container;
	const struct kanary_container_name *name = &entry->name;
	json_t *profile = json_null();
	char checksum[16];

	snprintf(checksum, sizeof(checksum), "%08x", container->model_checksum);
	if (*container->profile)
		profile = json_pack("{s:o, s:s, s:I, s:o, s:I, s:o, s:I, s:I, s:I, s:I, s:I, s:s}",
			"name", kanary_json_output_text(container->profile,
							sizeof(container->profile)),
			"mode", kanary_protocol_mode_name(container->mode),
			"budget_vectors", (json_int_t)container->budget,
			"threshold", kanary_json_output_fixed(container->threshold, 8),
			"critical_budget_vectors", (json_int_t)container->critical_budget,
			"critical_threshold",
			kanary_json_output_fixed(container->critical_threshold, 8),
			"scored", (json_int_t)container->scored,
			"alerts", (json_int_t)container->alerts,
			"critical_alerts", (json_int_t)container->critical_alerts,
			"alarms", (json_int_t)container->alarms,
			"critical_alarms", (json_int_t)container->critical_alarms,
			"model_checksum", checksum);
	return json_pack("{s:I, s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:o, s:I, s:I, s:b, s:o}",
		"cgroup", (json_int_t)container->cgroup,
		"pidns", (json_int_t)container->pidns,
		"runtime", name->runtime,
		"id", kanary_json_output_text(name->id, sizeof(name->id)),
		"name", kanary_json_output_text(name->name, sizeof(name->name)),
		"image", kanary_json_output_text(name->image, sizeof(name->image)),
		"pod", kanary_json_output_text(name->pod, sizeof(name->pod)),
		"path", kanary_json_output_text(name->path, sizeof(name->path)),
		"tasks", (json_int_t)container->tasks,
		"pid", (json_int_t)container->pid,
		"comm", kanary_json_output_text(entry->comm, sizeof(entry->comm)),
		"seconds", (json_int_t)entry->seconds,
		"vectors", (json_int_t)container->vectors,
		"gone", entry->is_gone, "profile", profile);
}

static int print_json(const struct kanary_container_list *list)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < list->count; i++)
		json_array_append_new(array, describe(&list->entry[i]));
	return kanary_json_output_print(json_pack("{s:o}", "containers", array));
}

int kanary_containers_main(int argc, char **argv)
{
	struct kanary_container_list list;
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
	if (kanary_container_list_read(&list, netlink))
		error = kanary_message_error("containers: %s", kanary_netlink_error(netlink));
	else
		error = json ? print_json(&list) : print_text(&list);
	kanary_container_list_free(&list);
	kanary_netlink_close(netlink);
	return error;
}
