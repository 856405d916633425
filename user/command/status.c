// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "terminal/arguments.h"
#include "commands.h"
#include "container_list.h"
#include "terminal/json_output.h"
#include "terminal/message.h"
#include "module/netlink.h"

static const struct argp_option arguments[] = {
	{ "json", 'j', NULL, 0, "as a JSON object", 0 },
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
	.doc = "What the module is doing, and its counters.\n\n"
	       "Of every vector seen exactly one is true: it is queued, delivered to a recorder,\n"
	       "scored by a model, or dropped for a reason that has a counter.\n"
	       "\vExample:\n\n  kanary status --json | jq .counters.dropped_queue_full\n",
};

static const char *unit(uint32_t counter)
{
	if (counter == KANARY_A_COUNTER_VERDICT_NS_MEDIAN ||
	    counter == KANARY_A_COUNTER_VERDICT_NS_MAX)
		return "ns";
	if (counter >= KANARY_A_COUNTER_CALLS_NO_MEMORY &&
	    counter <= KANARY_A_COUNTER_CALLS_MISSED)
		return "calls";
	if (counter >= KANARY_A_COUNTER_PATHS_COUNTED &&
	    counter <= KANARY_A_COUNTER_PATHS_MIRRORED)
		return counter == KANARY_A_COUNTER_PATHS_MISSED ? "calls" : "paths";
	if (counter == KANARY_A_COUNTER_WATCHDOG_TESTS ||
	    counter == KANARY_A_COUNTER_WATCHDOG_FAILURES)
		return "tests";
	if (counter == KANARY_A_COUNTER_KILLED)
		return "processes";
	if (counter == KANARY_A_COUNTER_TAMPERS)
		return "attempts on what is locked";
	if (counter == KANARY_A_COUNTER_EVENTS_NO_MEMORY)
		return "alerts and attempts";
	if (counter == KANARY_A_COUNTER_ALERTS || counter == KANARY_A_COUNTER_ALERTS_CRITICAL ||
	    counter == KANARY_A_COUNTER_ALERTS_THROTTLED)
		return "alerts";
	if (counter == KANARY_A_COUNTER_ALARMS || counter == KANARY_A_COUNTER_ALARMS_CRITICAL)
		return "alarms";
	return "vectors";
}

/* The part after "verdict_ns_" and the like says the unit; a person reads it behind the number. */
static void print_counters(const struct kanary_status *status)
{
	char name[64], *cursor;
	uint32_t counter, zeros = 0;

	for (counter = 1; counter <= KANARY_A_COUNTER_MAX; counter++) {
		zeros += status->has_counter[counter] && !status->counters[counter];
		if (!status->counters[counter])
			continue;
		snprintf(name, sizeof(name), "%s", kanary_protocol_counter_name(counter));
		cursor = strstr(name, "_ns");
		if (cursor)
			memmove(cursor, cursor + 3, strlen(cursor + 3) + 1);
		for (cursor = name; *cursor; cursor++)
			*cursor = *cursor == '_' ? ' ' : *cursor;
		printf("  %-30s%llu %s\n", name, (unsigned long long)status->counters[counter],
		       unit(counter));
	}
	printf("  %-30s%u counters: kanary status --json names them\n", "0", zeros);
}

/* Who has a model, and what that is for. */
static void print_watched(const struct kanary_container_list *list)
{
	char escaped[KANARY_MESSAGE_ESCAPED_SIZE(sizeof(list->entry->name.name))];
	size_t i, watched = 0;

	printf("watched     ");
	for (i = 0; i < list->count; i++) {
		const struct kanary_container_entry *entry = &list->entry[i];

		if (!*entry->container.profile)
			continue;
		printf("%s%s %s (%s)", watched++ ? ", " : "", entry->name.runtime,
		       kanary_message_escape(entry->name.name, sizeof(entry->name.name), escaped),
		       entry->is_gone ? "gone" :
					kanary_protocol_mode_name(entry->container.mode));
	}
	printf("%s\n", watched ? "" : "nobody: kanary load gives a container a model");
}

static int print_text(const struct kanary_status *status,
		      const struct kanary_container_list *list)
{
	char escaped[KANARY_MESSAGE_ESCAPED_SIZE(KANARY_PROTOCOL_TEXT)];

	printf("module      %s, netlink API %u\n",
	       kanary_message_escape(status->version, sizeof(status->version), escaped),
	       status->api_version);
	printf("hook        %s, ",
	       kanary_message_escape(status->hook, sizeof(status->hook), escaped));
	printf("self-test %s\n",
	       kanary_message_escape(status->self_test, sizeof(status->self_test), escaped));
	printf("watchdog    %s\n",
	       kanary_message_escape(status->watchdog, sizeof(status->watchdog), escaped));
	printf("scope       %s\n",
	       kanary_message_escape(status->scope, sizeof(status->scope), escaped));
	printf("period      %u calls per vector\n", status->period);
	printf("tasks       %u of at most %u\n", status->tasks, status->max_tasks);
	printf("memory      %llu KiB\n", (unsigned long long)(status->memory + 1023) / 1024);
	if (status->recorder)
		printf("recorder    netlink port %u\n", status->recorder);
	else
		printf("recorder    none\n");
	if (status->path_calls)
		printf("paths       of %u system calls\n", status->path_calls);
	else
		printf("paths       not looked at\n");
	printf("lock        %s\n", status->locked ? "locked until the machine starts anew" : "open");
	printf("signatures  %s\n",
	       kanary_message_escape(status->signatures, sizeof(status->signatures), escaped));
	print_watched(list);
	printf("counters\n");
	print_counters(status);
	return 0;
}

static int print_json(const struct kanary_status *status)
{
	json_t *counters = json_object();
	uint32_t counter;

	for (counter = 1; counter <= KANARY_A_COUNTER_MAX; counter++)
		if (status->has_counter[counter])
			json_object_set_new(counters, kanary_protocol_counter_name(counter),
					    json_integer((json_int_t)status->counters[counter]));
	return kanary_json_output_print(json_pack(
		"{s:o, s:i, s:o, s:o, s:o, s:o, s:i, s:i, s:i, s:I, s:I, s:I, s:b, s:o, s:o}",
		"version", kanary_json_output_text(status->version, sizeof(status->version)),
		"api_version", (int)status->api_version,
		"hook", kanary_json_output_text(status->hook, sizeof(status->hook)),
		"self_test", kanary_json_output_text(status->self_test, sizeof(status->self_test)),
		"watchdog", kanary_json_output_text(status->watchdog, sizeof(status->watchdog)),
		"scope", kanary_json_output_text(status->scope, sizeof(status->scope)),
		"period", (int)status->period,
		"tasks", (int)status->tasks,
		"max_tasks", (int)status->max_tasks,
		"memory_bytes", (json_int_t)status->memory,
		"recorder_port", (json_int_t)status->recorder,
		"path_calls", (json_int_t)status->path_calls,
		"locked", status->locked != 0,
		"signatures", kanary_json_output_text(status->signatures,
						      sizeof(status->signatures)),
		"counters", counters));
}

int kanary_status_main(int argc, char **argv)
{
	struct kanary_container_list list = { 0 };
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
	if (!json && kanary_container_list_read(&list, netlink))
		error = kanary_message_error("status: %s", kanary_netlink_error(netlink));
	if (!error)
		error = json ? print_json(&status) : print_text(&status, &list);
	kanary_container_list_free(&list);
	kanary_netlink_close(netlink);
	return error;
}
