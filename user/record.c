// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "arguments.h"
#include "commands.h"
#include "interrupt.h"
#include "json_output.h"
#include "message.h"
#include "path_wait.h"
#include "recording.h"
#include "target.h"

#define SECOND 1000000000ull
#define WAITING_MAX 65536

struct options {
	struct kanary_target target;
	const char *output;
	bool all;
	bool json;
	uint64_t duration;	/* nanoseconds, 0 for ever */
};

struct recorder {
	struct kanary_recording_writer *writer;
	uint64_t vectors;
	uint64_t calls;
	uint64_t streams;
	void *seen;		/* tsearch() set: stream numbers as pointers */
	uint64_t lost;		/* the module's own count */
	uint64_t gaps;		/* messages that never reached us */
	uint64_t dropped;	/* by the module meanwhile, of any container */
	uint64_t paths;
	uint64_t paths_lost;	/* the module's own count, and messages that never came */
	uint32_t sequence;
	uint32_t path_sequence;
	bool started;
	bool path_started;
	struct kanary_path_wait waiting;
	int error;		/* of the file */
};

static const struct argp_option arguments[] = {
	{ "output", 'o', "FILE", 0, "recording to write", 0 },
	{ "container", 'c', "C", 0, "only this one: as in kanary containers", 0 },
	{ "all", 'a', NULL, 0, "all containers (the default)", 0 },
	{ "for", 'f', "TIME", 0, "stop after 90s, 10m, 1.5h, 7d; without it, at Ctrl-C", 0 },
	{ "json", 'j', NULL, 0, "say at the end what was recorded as a JSON object", 0 },
	{ 0 },
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'o':
		options->output = argument;
		return 0;
	case 'c':
		options->target.text = argument;
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
		if (options->all && options->target.text)
			return kanary_arguments_refuse(state,
						       "--all and --container exclude each other");
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
	       "One recorder can run at a time. The file is whole whenever it is stopped.\n"
	       "\vExample:\n\n  kanary record -o web.rec --container web --for 2h\n",
};

static int compare_numbers(const void *left, const void *right)
{
	return left < right ? -1 : left > right;
}

static void forget_number(void *number)
{
}

static void note_stream(struct recorder *recorder, uint64_t stream)
{
	void *key = (void *)(uintptr_t)stream;

	if (tfind(key, &recorder->seen, compare_numbers))
		return;
	if (tsearch(key, &recorder->seen, compare_numbers))
		recorder->streams++;
}

static int write_path(const struct kanary_path *path, void *context)
{
	struct recorder *recorder = context;

	recorder->error = kanary_recording_write_path(recorder->writer, path);
	return recorder->error;
}

/* In the file a path stands before the vector that it came before, as the worker was told of it. */
static int take_vector(const struct kanary_vector *vector, void *context)
{
	struct recorder *recorder = context;

	if (kanary_path_wait_pass(&recorder->waiting, vector->time, write_path, recorder))
		return recorder->error;
	note_stream(recorder, vector->stream);
	recorder->vectors++;
	recorder->calls += vector->calls;
	recorder->error = kanary_recording_write(recorder->writer, vector);
	return recorder->error;
}

static int take_path(const struct kanary_path *path, void *context)
{
	struct recorder *recorder = context;

	recorder->paths++;
	if (!kanary_path_wait_add(&recorder->waiting, path))
		recorder->error = -ENOMEM;
	/* Tasks that make no vector must not fill our memory. */
	if (!recorder->error && recorder->waiting.count == WAITING_MAX)
		kanary_path_wait_pass(&recorder->waiting, UINT64_MAX, write_path, recorder);
	return recorder->error;
}

static int take_paths(const struct nlmsghdr *message, struct recorder *recorder)
{
	struct kanary_vectors paths;
	int error;

	error = kanary_protocol_paths(message, &paths, take_path, recorder);
	if (error)
		return error;
	if (recorder->path_started)
		recorder->gaps += paths.sequence - recorder->path_sequence - 1;
	recorder->path_started = true;
	recorder->path_sequence = paths.sequence;
	recorder->paths_lost = paths.lost;
	return 0;
}

static int take_event(const struct nlmsghdr *message, void *context)
{
	struct recorder *recorder = context;
	struct kanary_vectors vectors;
	int error;

	if (kanary_protocol_command(message) == KANARY_CMD_PATHS)
		return take_paths(message, recorder);
	if (kanary_protocol_command(message) != KANARY_CMD_VECTORS)
		return 0;
	error = kanary_protocol_vectors(message, &vectors, take_vector, recorder);
	if (error)
		return error;
	if (recorder->started)
		recorder->gaps += vectors.sequence - recorder->sequence - 1;
	recorder->started = true;
	recorder->sequence = vectors.sequence;
	recorder->lost = vectors.lost;
	return 0;
}

static void show_progress(const struct recorder *recorder, uint64_t elapsed, bool last)
{
	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\rrecording %llu s: %llu vectors, %llu streams, %llu lost ",
		(unsigned long long)(elapsed / SECOND), (unsigned long long)recorder->vectors,
		(unsigned long long)recorder->streams,
		(unsigned long long)(recorder->lost + recorder->gaps));
	if (last)
		fputc('\n', stderr);
	fflush(stderr);
}

/* Return: 0, or 1 after a line on stderr. */
static int run(struct recorder *recorder, struct options *options, int interrupt)
{
	struct kanary_netlink *netlink = options->target.netlink;
	uint64_t begin = kanary_interrupt_now();
	uint64_t tick = begin + SECOND;
	int error = 0;

	for (;;) {
		uint64_t now = kanary_interrupt_now();
		uint64_t next = tick;

		if (now >= tick) {
			/* Whatever becomes of us, a second of vectors is the most that is lost. */
			recorder->error = kanary_recording_flush(recorder->writer);
			show_progress(recorder, now - begin, false);
			tick = now + SECOND;
			continue;
		}
		if (options->duration && now - begin >= options->duration)
			break;
		if (options->duration && begin + options->duration < next)
			next = begin + options->duration;
		if (recorder->error || error || kanary_interrupt_pending(interrupt))
			break;
		error = kanary_netlink_wait(netlink, (int)((next - now) / 1000000 + 1), interrupt);
	}
	show_progress(recorder, kanary_interrupt_now() - begin, true);
	if (recorder->error)
		return kanary_message_error("record: cannot write %s: %s", options->output,
					    strerror(-recorder->error));
	if (error == -EBADMSG)
		return kanary_message_error("record: the module sent what is no vector: install matching versions");
	if (error)
		return kanary_message_error("record: %s", kanary_netlink_error(netlink));
	return 0;
}

static int start(struct options *options)
{
	struct kanary_netlink *netlink = options->target.netlink;
	struct nl_msg *message = kanary_netlink_message(netlink, KANARY_CMD_RECORD_START, 64);

	if (message && options->target.text)
		nla_put_u64(message, KANARY_A_CGROUP, options->target.cgroup);
	if (kanary_netlink_request(netlink, message, NULL, NULL))
		return kanary_message_error("record: %s", kanary_netlink_error(netlink));
	return 0;
}

static int take_status(const struct nlmsghdr *message, void *context)
{
	return kanary_protocol_status(message, context) ? 0 : -EBADMSG;
}

static uint64_t count_dropped(const struct kanary_status *status)
{
	return status->counters[KANARY_A_COUNTER_DROPPED_QUEUE_FULL] +
	       status->counters[KANARY_A_COUNTER_DROPPED_RECORDER_FULL] +
	       status->counters[KANARY_A_COUNTER_DROPPED_NO_MEMORY];
}

static uint64_t count_paths_dropped(const struct kanary_status *status)
{
	return status->counters[KANARY_A_COUNTER_PATHS_DROPPED_QUEUE_FULL] +
	       status->counters[KANARY_A_COUNTER_PATHS_DROPPED_RECORDER_FULL] +
	       status->counters[KANARY_A_COUNTER_PATHS_DROPPED_NO_MEMORY];
}

/* What is still on its way comes before the answer. That it is lost in a flood is no failure. */
static void stop(struct recorder *recorder, struct options *options)
{
	struct kanary_netlink *netlink = options->target.netlink;
	const struct kanary_status *before = &options->target.status;
	struct kanary_status after;
	uint64_t full;

	kanary_netlink_request(netlink,
			       kanary_netlink_message(netlink, KANARY_CMD_RECORD_STOP, 0), NULL,
			       NULL);
	/* Before the recorder's socket there is a queue, which may have been full, too. */
	if (kanary_netlink_request(netlink,
				   kanary_netlink_message(netlink, KANARY_CMD_GET_STATUS, 0),
				   take_status, &after))
		return;
	recorder->dropped = count_dropped(&after) - count_dropped(before);
	/* The last losses have no message after them that would tell. */
	recorder->paths_lost = count_paths_dropped(&after) - count_paths_dropped(before);
	full = after.counters[KANARY_A_COUNTER_DROPPED_RECORDER_FULL] -
	       before->counters[KANARY_A_COUNTER_DROPPED_RECORDER_FULL];
	if (full > recorder->lost)
		recorder->lost = full;
}

static int report(const struct recorder *recorder, const struct options *options,
		  uint64_t elapsed)
{
	if (options->json)
		return kanary_json_output_print(json_pack(
			"{s:s, s:f, s:i, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
			"recording", options->output, "seconds", (double)(elapsed / 1000000) / 1e3,
			"period", (int)options->target.status.period,
			"vectors", (json_int_t)recorder->vectors,
			"streams", (json_int_t)recorder->streams,
			"calls", (json_int_t)recorder->calls,
			"vectors_lost", (json_int_t)recorder->lost,
			"vectors_dropped_meanwhile", (json_int_t)recorder->dropped,
			"messages_lost", (json_int_t)recorder->gaps,
			"overruns", (json_int_t)kanary_netlink_overruns(options->target.netlink),
			"paths", (json_int_t)recorder->paths,
			"paths_dropped_meanwhile", (json_int_t)recorder->paths_lost));
	printf("%s: %llu vectors of up to %u calls in %llu streams, %llu lost, and %llu paths, in %.1f s\n",
	       options->output, (unsigned long long)recorder->vectors,
	       options->target.status.period, (unsigned long long)recorder->streams,
	       (unsigned long long)recorder->lost, (unsigned long long)recorder->paths,
	       (double)elapsed / 1e9);
	if (recorder->dropped > recorder->lost)
		kanary_message_note("the module dropped %llu vectors meanwhile, of any container: kanary status has the causes",
				    (unsigned long long)recorder->dropped);
	if (recorder->paths_lost)
		kanary_message_note("the module dropped %llu paths meanwhile, of any container: kanary status has the causes",
				    (unsigned long long)recorder->paths_lost);
	if (recorder->gaps)
		kanary_message_note("%llu messages with vectors or paths never came: the machine is overloaded",
				    (unsigned long long)recorder->gaps);
	return 0;
}

/*
 * Vectors may come before the module's answer to start(), so the file has to be
 * there; and a refusal must not cost the user the file of that name.
 */
static int open_recording(struct recorder *recorder, struct options *options)
{
	char *partial;
	int error;

	if (asprintf(&partial, "%s.partial", options->output) < 0)
		return kanary_message_error("record: %s", strerror(ENOMEM));
	recorder->writer = kanary_recording_create(partial, options->target.status.period, 0,
						   "kernel", (uint64_t)time(NULL));
	if (!recorder->writer) {
		error = kanary_message_error("record: cannot write %s: %s", partial,
					     strerror(errno));
		goto out;
	}
	kanary_netlink_events(options->target.netlink, take_event, recorder);
	error = start(options);
	if (!error && rename(partial, options->output))
		error = kanary_message_error("record: cannot write %s: %s", options->output,
					     strerror(errno));
	if (error) {
		kanary_recording_finish(recorder->writer);
		unlink(partial);
	} else if (!isatty(STDERR_FILENO)) {
		/* For a script that waits for it. */
		fprintf(stderr, "ready\n");
	}
out:
	free(partial);
	return error;
}

/* What still waits has no vector behind it. */
static int finish_recording(struct recorder *recorder)
{
	int error = kanary_path_wait_pass(&recorder->waiting, UINT64_MAX, write_path, recorder);
	int finish = kanary_recording_finish(recorder->writer);

	return error ? error : finish;
}

int kanary_record_main(int argc, char **argv)
{
	struct recorder recorder = { 0 };
	struct options options = { 0 };
	int interrupt, error, finish;
	uint64_t begin;

	error = kanary_arguments_parse(&argp, argc, argv, &options);
	if (error)
		return error;
	interrupt = kanary_interrupt_open();
	if (interrupt < 0)
		return kanary_message_error("record: cannot watch for signals: %s",
					    strerror(errno));
	error = 1;
	if (kanary_target_open("record", &options.target))
		goto out;
	begin = kanary_interrupt_now();
	if (open_recording(&recorder, &options))
		goto out;
	error = run(&recorder, &options, interrupt);
	if (!error)
		stop(&recorder, &options);
	finish = finish_recording(&recorder);
	if (!error && finish)
		error = kanary_message_error("record: cannot write %s: %s", options.output,
					     strerror(-finish));
	if (!error)
		error = report(&recorder, &options, kanary_interrupt_now() - begin);
out:
	kanary_target_close(&options.target);
	kanary_path_wait_free(&recorder.waiting);
	tdestroy(recorder.seen, forget_number);
	close(interrupt);
	return error;
}
