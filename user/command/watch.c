// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "terminal/arguments.h"
#include "commands.h"
#include "container/container_name.h"
#include "explain.h"
#include "terminal/interrupt.h"
#include "terminal/json_output.h"
#include "terminal/message.h"
#include "module/netlink.h"
#include "module/netlink_family.h"
#include "syscall_name.h"

/* How often it looks whether the module is there, nanoseconds. */
#define LOOK 5000000000ull

struct options {
	bool json;
	int level;		/* the lowest that is printed */
	uint64_t count;		/* 0 for ever */
	uint64_t duration;	/* nanoseconds, 0 for ever */
};

struct watch {
	const struct options *options;
	uint64_t end;		/* where there is a duration */
	uint64_t alerts;
	uint64_t lost;
	uint32_t sequence;
	uint32_t tampers;	/* the sequence of these, which is another */
	bool started;
	bool tampered;
	bool failed;
};

static const struct argp_option arguments[] = {
	{ "json", 'j', NULL, 0, "one JSON object a line", 0 },
	{ "level", 'l', "LEVEL", 0, "print alerts from this level on: warning (all, the default) or "
	  "critical", 0 },
	{ "count", 'n', "N", 0, "stop after N alerts that were printed", 0 },
	{ "for", 'f', "TIME", 0, "stop after 90s, 10m, 1.5h, 7d; without it, at Ctrl-C", 0 },
	{ 0 },
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'j':
		options->json = true;
		return 0;
	case 'l':
		options->level = kanary_protocol_level(argument);
		if (options->level < 0)
			return kanary_arguments_refuse(state, "--level takes warning or critical");
		return 0;
	case 'n':
		if (!kanary_arguments_number(argument, 1, UINT64_MAX, &options->count))
			return kanary_arguments_refuse(state, "--count takes a number from 1");
		return 0;
	case 'f':
		if (!kanary_arguments_duration(argument, &options->duration))
			return kanary_arguments_refuse_time(state, argument);
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
	.args_doc = "[--json] [--level LEVEL] [--count N] [--for TIME]",
	.doc = "Print alerts as they come. Says \"ready\" on stderr once none can be missed.\n\n"
	       "A surprise of 6 means: under normal behaviour this comes once in 10^6 vectors. The\n"
	       "level is warning where that is as seldom as the recordings bear witness to, and\n"
	       "critical where it is as seldom as your budget asks for. When the module is\n"
	       "unloaded, it says so, and goes on when the module is back.\n"
	       "\vExample:\n\n  kanary watch | while read -r alert; do\n"
	       "      echo \"$alert\" | mail -s \"kanary on $(hostname)\" root\n  done\n",
};

/* When that was by the wall clock, which the kernel's time since boot does not know. */
static void format_time(uint64_t boottime, char *text, size_t size)
{
	struct timespec wall, boot;
	struct tm broken;
	int64_t event;
	time_t second;
	size_t used;

	clock_gettime(CLOCK_REALTIME, &wall);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	event = ((int64_t)wall.tv_sec - boot.tv_sec) * 1000000000 + wall.tv_nsec - boot.tv_nsec +
		(int64_t)boottime;
	second = event / 1000000000;
	gmtime_r(&second, &broken);
	used = strftime(text, size, "%Y-%m-%dT%H:%M:%S", &broken);
	snprintf(text + used, size - used, ".%03dZ", (int)(event / 1000000 % 1000));
}

/* What has gone has no name any more, but for the one that its model was loaded with. */
static const char *name_of(const struct kanary_alert *alert,
			   const struct kanary_container_name *name)
{
	return *name->path || !*alert->container ? name->name : alert->container;
}

/* To the digit as the kernel's log has it */
static void print_surprise(const char *what, uint32_t surprise)
{
	unsigned long long hundredths = kanary_explain_hundredths(surprise);

	printf(" %s=%llu.%02llu", what, hundredths / 100, hundredths % 100);
}

static void print_text(const struct kanary_alert *alert, const struct kanary_container_name *name,
		       const char *when)
{
	char escaped[KANARY_MESSAGE_ESCAPED_SIZE(sizeof(name->name))];
	char path[KANARY_MESSAGE_ESCAPED_SIZE(KANARY_PATH_SIZE_MAX)];
	char buffer[64];
	uint32_t i;

	printf("%s alert container=%s", when,
	       kanary_message_escape(name_of(alert, name), strlen(name_of(alert, name)),
				     escaped));
	printf(" cgroup=%llu profile=%s pid=%u", (unsigned long long)alert->cgroup,
	       kanary_message_escape(alert->profile, sizeof(alert->profile), escaped), alert->pid);
	printf(" comm=%s", kanary_message_escape(alert->comm, sizeof(alert->comm), escaped));
	printf(" level=%s", kanary_protocol_level_name(alert->level));
	print_surprise("surprise", alert->surprise);
	print_surprise("threshold", alert->threshold);
	printf(" budget=1/%llu mode=%s", (unsigned long long)alert->budget,
	       kanary_protocol_mode_name(alert->mode));
	if (alert->mode == KANARY_MODE_ENFORCE)
		printf(" killed=%s", alert->killed ? "yes" : "no");
	printf(" head=%s unusual=", kanary_explain_head(&alert->verdict));
	for (i = 0; i < alert->unusual_count; i++)
		printf("%s%s:%+d", i ? "," : "",
		       kanary_syscall_name(alert->unusual[i].bin, buffer, sizeof(buffer)),
		       alert->unusual[i].excess);
	if (!alert->unusual_count)
		putchar('-');
	for (i = 0; i < alert->paths; i++)
		printf("%s%s%s", i ? "," : " paths=",
		       kanary_message_escape(alert->path[i].name, alert->path[i].length, path),
		       alert->path[i].flags & KANARY_PATH_TRUNCATED ? "..." : "");
	putchar('\n');
}

static json_t *describe_path(const struct kanary_unusual_path *path)
{
	char buffer[64];

	return json_pack("{s:o, s:o, s:s, s:b, s:b}",
		"path", kanary_json_output_text(path->name, path->length),
		"surprise", kanary_json_output_fixed(path->surprise, 8),
		"syscall", kanary_syscall_name(path->call, buffer, sizeof(buffer)),
		"relative", path->flags & KANARY_PATH_RELATIVE,
		"truncated", path->flags & KANARY_PATH_TRUNCATED);
}

static json_t *describe(const struct kanary_alert *alert, const struct kanary_container_name *name,
			const char *when)
{
	const struct kanary_verdict *verdict = &alert->verdict;
	json_t *unusual = json_array();
	json_t *paths = json_array();
	json_t *sequence = json_null();
	json_t *container = json_null();
	json_t *object;
	char buffer[64];
	uint32_t i;

	for (i = 0; i < alert->unusual_count; i++)
		json_array_append_new(unusual, json_pack("{s:s, s:i}", "syscall",
			kanary_syscall_name(alert->unusual[i].bin, buffer, sizeof(buffer)),
			"excess", alert->unusual[i].excess));
	for (i = 0; i < alert->paths; i++)
		json_array_append_new(paths, describe_path(&alert->path[i]));
	/* Null rather than 0: this head had nothing to say yet. */
	if (verdict->flags & KANARY_VERDICT_SEQUENCE)
		sequence = kanary_json_output_fixed(verdict->sequence_surprise, 8);
	if (verdict->flags & KANARY_VERDICT_CONTAINER)
		container = kanary_json_output_fixed(verdict->container_surprise, 8);
	object = json_pack("{s:s, s:s, s:I, s:o, s:s, s:o, s:I, s:I, s:o, s:I, s:I, s:o, s:o, s:o,"
			 " s:o, s:o, s:o, s:s, s:I, s:s, s:s, s:o, s:o}",
		"event", "alert", "time", when, "boottime_ns", (json_int_t)alert->time,
		"container", kanary_json_output_text(name_of(alert, name),
						     strlen(name_of(alert, name))),
		"runtime", name->runtime,
		"id", kanary_json_output_text(name->id, sizeof(name->id)),
		"cgroup", (json_int_t)alert->cgroup, "pidns", (json_int_t)alert->pidns,
		"profile", kanary_json_output_text(alert->profile, sizeof(alert->profile)),
		"pid", (json_int_t)alert->pid, "tgid", (json_int_t)alert->tgid,
		"comm", kanary_json_output_text(alert->comm, sizeof(alert->comm)),
		"surprise", kanary_json_output_fixed(alert->surprise, 8),
		"threshold", kanary_json_output_fixed(alert->threshold, 8),
		"process_surprise", kanary_json_output_fixed(verdict->process_surprise, 8),
		"sequence_surprise", sequence,
		"container_surprise", container,
		"head", kanary_explain_head(verdict),
		"budget_vectors", (json_int_t)alert->budget,
		"reason", kanary_protocol_reason_name(alert->reason),
		"mode", kanary_protocol_mode_name(alert->mode),
		"unusual", unusual, "paths", paths);
	json_object_set_new(object, "level",
			    json_string(kanary_protocol_level_name(alert->level)));
	json_object_set_new(object, "alarm", json_boolean(verdict->flags & KANARY_VERDICT_ALARM));
	json_object_set_new(object, "critical_alarm",
			    json_boolean(verdict->flags & KANARY_VERDICT_CRITICAL_ALARM));
	json_object_set_new(object, "killed", json_boolean(alert->killed));
	kanary_json_output_views(object, verdict);
	return object;
}

static void report_gap(struct watch *watch, uint32_t gap)
{
	watch->lost += gap;
	if (watch->options->json)
		watch->failed |= kanary_json_output_print(json_pack("{s:s, s:I, s:I}", "event",
			"lost", "alerts", (json_int_t)gap, "total", (json_int_t)watch->lost));
	else
		kanary_message_note("%u alerts were lost on the way: see the kernel log", gap);
}

/* Not one more than was asked for, though more may have come. */
static int counted(struct watch *watch)
{
	watch->alerts++;
	if (!watch->failed && (fflush(stdout) || ferror(stdout)))
		watch->failed = kanary_message_error("watch: cannot write: %s", strerror(errno));
	return watch->failed || watch->alerts == watch->options->count;
}

static int take_tamper(const struct nlmsghdr *message, struct watch *watch)
{
	char attempt[KANARY_MESSAGE_ESCAPED_SIZE(KANARY_PROTOCOL_TEXT)];
	char comm[KANARY_MESSAGE_ESCAPED_SIZE(KANARY_COMM_SIZE)];
	struct kanary_tamper tamper;
	char when[64];

	if (!kanary_protocol_tamper(message, &tamper))
		return -EBADMSG;
	if (watch->tampered && tamper.sequence != watch->tampers + 1)
		report_gap(watch, tamper.sequence - watch->tampers - 1);
	watch->tampered = true;
	watch->tampers = tamper.sequence;
	format_time(tamper.time, when, sizeof(when));
	if (watch->options->json) {
		watch->failed |= kanary_json_output_print(json_pack(
			"{s:s, s:s, s:I, s:o, s:I, s:I, s:o}", "event", "tamper", "time", when,
			"boottime_ns", (json_int_t)tamper.time,
			"attempt", kanary_json_output_text(tamper.attempt, sizeof(tamper.attempt)),
			"pid", (json_int_t)tamper.pid, "tgid", (json_int_t)tamper.tgid,
			"comm", kanary_json_output_text(tamper.comm, sizeof(tamper.comm))));
		return counted(watch);
	}
	kanary_message_escape(tamper.attempt, sizeof(tamper.attempt), attempt);
	kanary_message_escape(tamper.comm, sizeof(tamper.comm), comm);
	printf("%s tamper attempt=%s pid=%u comm=%s\n", when, attempt, tamper.pid, comm);
	return counted(watch);
}

static int take_event(const struct nlmsghdr *message, void *context)
{
	const struct kanary_container_name *name;
	struct watch *watch = context;
	struct kanary_alert alert;
	char when[64];

	if (kanary_protocol_command(message) == KANARY_CMD_TAMPER)
		return take_tamper(message, watch);
	if (kanary_protocol_command(message) != KANARY_CMD_ALERT)
		return 0;
	if (!kanary_protocol_alert(message, &alert))
		return -EBADMSG;
	if (watch->started && alert.sequence != watch->sequence + 1)
		report_gap(watch, alert.sequence - watch->sequence - 1);
	watch->started = true;
	watch->sequence = alert.sequence;
	if ((int)alert.level < watch->options->level)
		return 0;
	name = kanary_container_name_resolve(alert.cgroup);
	format_time(alert.time, when, sizeof(when));
	if (watch->options->json)
		watch->failed |= kanary_json_output_print(describe(&alert, name, when));
	else
		print_text(&alert, name, when);
	return counted(watch);
}

/* How long it may wait until it has to look at the module or at the clock. */
static uint64_t time_left(const struct watch *watch, uint64_t now)
{
	if (!watch->options->duration || watch->end - now > LOOK)
		return LOOK;
	return watch->end - now;
}

static bool is_over(const struct watch *watch, int interrupt)
{
	return kanary_interrupt_pending(interrupt) ||
	       (watch->options->duration && kanary_interrupt_now() >= watch->end);
}

/* Return: 0 or 1 at its end, -ENODEV where the module went. */
static int run(struct kanary_netlink *netlink, struct watch *watch, int interrupt)
{
	uint64_t look = kanary_interrupt_now() + LOOK;
	int result = 0;

	while (!result && !is_over(watch, interrupt)) {
		uint64_t now = kanary_interrupt_now();

		result = kanary_netlink_wait(netlink, (int)(time_left(watch, now) / 1000000 + 1),
					     interrupt);
		/* The news of its end may have been lost in a flood of alerts. */
		if (!result && now >= look) {
			result = kanary_netlink_check(netlink);
			look = now + LOOK;
		}
	}
	if (result == -EBADMSG)
		return kanary_message_error("watch: the module sent what is no alert: install matching versions");
	if (result == -ENODEV)
		return result;
	if (result < 0)
		return kanary_message_error("watch: %s", kanary_netlink_error(netlink));
	return watch->failed;
}

static int report_module(const struct watch *watch, const char *event, const char *text)
{
	if (watch->options->json)
		return kanary_json_output_print(json_pack("{s:s}", "event", event));
	kanary_message_note("%s", text);
	return 0;
}

/* Until the module is back. Return: 0, or 1 where the watch is over before it is. */
static int await_module(struct watch *watch, int interrupt)
{
	if (report_module(watch, "module_gone",
			  "the kanary module was unloaded: nothing is watched until it is back"))
		return 1;
	while (!is_over(watch, interrupt))
		if (kanary_netlink_family_await((int)(time_left(watch, kanary_interrupt_now()) /
						      1000000 + 1), interrupt))
			return report_module(watch, "module_back",
					     "the kanary module is back, without any model");
	return kanary_message_error("watch: the kanary module is not loaded: modprobe kanary");
}

/* Return: 0 or 1 at its end, -ENODEV where the module went. */
static int watch_module(struct watch *watch, int interrupt)
{
	struct kanary_netlink *netlink;
	struct kanary_status status;
	int error;

	netlink = kanary_netlink_open(&status);
	if (!netlink)
		return 1;
	/* Another module counts anew. */
	watch->started = false;
	watch->tampered = false;
	kanary_netlink_events(netlink, take_event, watch);
	if (kanary_netlink_guard(netlink) || kanary_netlink_subscribe(netlink)) {
		error = kanary_message_error("watch: %s", kanary_netlink_error(netlink));
	} else {
		fprintf(stderr, "ready\n");
		error = run(netlink, watch, interrupt);
	}
	kanary_netlink_close(netlink);
	return error;
}

int kanary_watch_main(int argc, char **argv)
{
	struct options options = { 0 };
	struct watch watch = { .options = &options };
	int interrupt, error;

	error = kanary_arguments_parse(&argp, argc, argv, &options);
	if (error)
		return error;
	interrupt = kanary_interrupt_open();
	if (interrupt < 0)
		return kanary_message_error("watch: cannot watch for signals: %s",
					    strerror(errno));
	watch.end = kanary_interrupt_now() + options.duration;
	for (;;) {
		error = watch_module(&watch, interrupt);
		if (error != -ENODEV)
			break;
		error = await_module(&watch, interrupt);
		if (error)
			break;
	}
	if (watch.lost)
		kanary_message_note("%llu alerts were lost in all", (unsigned long long)watch.lost);
	close(interrupt);
	return error;
}
