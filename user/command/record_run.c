// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "record_run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "container_claim.h"
#include "terminal/interrupt.h"
#include "terminal/message.h"
#include "module/netlink.h"
#include "record_report.h"
#include "record_sink.h"
#include "recording/roster_wish.h"

#define SECOND 1000000000ull
/* How often it asks whether the module is there, seconds. */
#define LOOK 5

struct recorder {
	const struct kanary_record_options *options;
	struct kanary_netlink *netlink;
	struct kanary_status status;	/* before the recording */
	struct kanary_record_sink sink;
	uint64_t noted;			/* losses that the recording tells of */
	uint64_t begun;			/* CLOCK_BOOTTIME, nanoseconds */
	int interrupt;
	int wake;			/* readable at a signal, and at a container's */
};

/* Who follows a name wants to know; among all containers somebody always comes and goes. */
static void tell_member(void *context, const struct kanary_roster_member *member,
			enum kanary_recording_event event, uint64_t time)
{
	char title[KANARY_ROSTER_WISH_TITLE];
	struct recorder *recorder = context;
	const char *const texts[] = {
		member->name.runtime, kanary_roster_wish_title(&member->name, title),
		member->name.id, member->name.image, member->name.path,
	};

	if (!recorder->sink.writer)
		return;
	kanary_recording_write_container(recorder->sink.writer, member->name.cgroup, time, event,
					 texts);
	if (recorder->options->containers && event != KANARY_RECORDING_CHANGED)
		kanary_record_report_life(member, event, time - recorder->begun);
}

/* What was there before the recording began is in it from its beginning. */
static void note_members(struct recorder *recorder)
{
	const struct kanary_roster *roster = &recorder->sink.roster;
	size_t i;

	for (i = 0; i < roster->members; i++)
		if (roster->member[i]->wanted)
			tell_member(recorder, roster->member[i], KANARY_RECORDING_SEEN,
				    recorder->begun);
}

static void note_host(struct recorder *recorder)
{
	char boot[64] = "";
	struct utsname name;
	FILE *file;

	file = fopen("/proc/sys/kernel/random/boot_id", "re");
	if (file && fgets(boot, sizeof(boot), file))
		boot[strcspn(boot, "\n")] = '\0';
	if (file)
		fclose(file);
	uname(&name);
	kanary_recording_write_host(recorder->sink.writer, recorder->begun, boot, name.release);
}

static uint64_t losses(const struct kanary_record_sink *sink)
{
	return sink->lost + sink->paths_lost + sink->gaps + sink->unnamed;
}

static void tick(struct recorder *recorder, uint64_t elapsed)
{
	if (losses(&recorder->sink) != recorder->noted) {
		recorder->noted = losses(&recorder->sink);
		kanary_record_sink_note(&recorder->sink, 0, KANARY_RECORDING_RUNNING);
	}
	kanary_record_sink_tick(&recorder->sink);
	kanary_record_report_progress(&recorder->sink, elapsed, false);
}

/* Return: 0, or what ended it early: -errno. */
static int run(struct recorder *recorder)
{
	uint64_t begin = kanary_interrupt_now(), next = begin + SECOND, looks = 0, now;
	uint64_t duration = recorder->options->duration, until;
	int error = 0;

	while (!error && !recorder->sink.error && !kanary_interrupt_pending(recorder->interrupt)) {
		now = kanary_interrupt_now();
		if (duration && now - begin >= duration)
			break;
		if (now >= next) {
			tick(recorder, now - begin);
			next = now + SECOND;
			/* The news of its end may have been lost in a flood of vectors. */
			if (++looks % LOOK == 0)
				error = kanary_netlink_check(recorder->netlink);
			continue;
		}
		until = duration && begin + duration < next ? begin + duration : next;
		error = kanary_netlink_wait(recorder->netlink, (int)((until - now) / 1000000 + 1),
					    recorder->wake);
		kanary_roster_take(&recorder->sink.roster);
	}
	kanary_record_report_progress(&recorder->sink, kanary_interrupt_now() - begin, true);
	return error;
}

static int take_container(const struct nlmsghdr *message, void *context)
{
	struct recorder *recorder = context;
	struct kanary_container container;
	uint64_t cgroup;

	if (!kanary_protocol_container(message, &container) || !container.tasks)
		return 0;
	cgroup = container.cgroup;
	kanary_roster_judge(&recorder->sink.roster, &cgroup, container.pidns);
	return 0;
}

static int follow(struct recorder *recorder, const char *text)
{
	char why[1024];

	if (!kanary_roster_follow(&recorder->sink.roster, text, recorder->options->wait, why,
				  sizeof(why)))
		return kanary_message_error("record: %s", why);
	return 0;
}

/* Whether those who are followed are there, and may be recorded. */
static int check_members(const struct recorder *recorder)
{
	const struct kanary_roster *roster = &recorder->sink.roster;
	size_t i, wanted = 0;
	char text[2048];

	if (!recorder->options->containers)
		return 0;
	for (i = 0; i < roster->members; i++) {
		if (!roster->member[i]->wanted)
			continue;
		wanted++;
		if (kanary_container_claim_check("record", &roster->member[i]->name,
						 &recorder->status))
			return 1;
		kanary_message_note("records %s",
				    kanary_container_name_describe(&roster->member[i]->name, text,
								   sizeof(text)));
		kanary_container_claim_warn(&roster->member[i]->name);
	}
	if (!wanted && !recorder->options->wait)
		return kanary_message_error("record: no container fits '%s': kanary containers lists them, and --wait waits for one",
					    recorder->options->container[0]);
	if (!wanted)
		kanary_message_note("no such container runs: waiting for its start");
	return 0;
}

static int gather(struct recorder *recorder)
{
	struct kanary_roster *roster = &recorder->sink.roster;
	int error = kanary_roster_open(roster);
	size_t i;

	if (error)
		return kanary_message_error("record: cannot watch the cgroups: %s",
					    strerror(-error));
	roster->tell = tell_member;
	roster->context = recorder;
	for (i = 0; i < recorder->options->containers; i++)
		if (follow(recorder, recorder->options->container[i]))
			return 1;
	if (kanary_netlink_dump(recorder->netlink, KANARY_CMD_GET_CONTAINERS, take_container,
				recorder))
		return kanary_message_error("record: %s", kanary_netlink_error(recorder->netlink));
	recorder->wake = kanary_interrupt_with(recorder->interrupt, roster->watch.descriptor);
	if (recorder->wake < 0)
		return kanary_message_error("record: cannot watch for signals: %s",
					    strerror(errno));
	return check_members(recorder);
}

static int take_status(const struct nlmsghdr *message, void *context)
{
	return kanary_protocol_status(message, context) ? 0 : -EBADMSG;
}

static uint64_t difference(const struct recorder *recorder, const struct kanary_status *after,
			   enum kanary_counter counter)
{
	return after->counters[counter] - recorder->status.counters[counter];
}

/*
 * What is still on its way comes before the answer. That it is lost in a flood is no failure.
 * Return: vectors that the module dropped meanwhile, of any container.
 */
static uint64_t stop(struct recorder *recorder)
{
	struct kanary_netlink *netlink = recorder->netlink;
	struct kanary_record_sink *sink = &recorder->sink;
	struct kanary_status after;
	uint64_t full;

	kanary_netlink_request(netlink,
			       kanary_netlink_message(netlink, KANARY_CMD_RECORD_STOP, 0), NULL,
			       NULL);
	if (kanary_netlink_request(netlink,
				   kanary_netlink_message(netlink, KANARY_CMD_GET_STATUS, 0),
				   take_status, &after))
		return 0;
	/* The last losses have no message after them that would tell. */
	sink->paths_lost = difference(recorder, &after, KANARY_A_COUNTER_PATHS_DROPPED_QUEUE_FULL) +
			   difference(recorder, &after,
				      KANARY_A_COUNTER_PATHS_DROPPED_RECORDER_FULL) +
			   difference(recorder, &after, KANARY_A_COUNTER_PATHS_DROPPED_NO_MEMORY);
	full = difference(recorder, &after, KANARY_A_COUNTER_DROPPED_RECORDER_FULL);
	if (full > sink->lost)
		sink->lost = full;
	/* Before the recorder's socket there is a queue, which may have been full, too. */
	return full + difference(recorder, &after, KANARY_A_COUNTER_DROPPED_QUEUE_FULL) +
	       difference(recorder, &after, KANARY_A_COUNTER_DROPPED_NO_MEMORY);
}

static int start(struct recorder *recorder)
{
	struct nl_msg *message = kanary_netlink_message(recorder->netlink,
							KANARY_CMD_RECORD_START, 0);

	if (kanary_netlink_request(recorder->netlink, message, NULL, NULL) ||
	    kanary_netlink_guard(recorder->netlink))
		return kanary_message_error("record: %s", kanary_netlink_error(recorder->netlink));
	return 0;
}

static int put_in_place(const struct kanary_record_options *options, const char *partial)
{
	if (!options->force &&
	    !renameat2(AT_FDCWD, partial, AT_FDCWD, options->output, RENAME_NOREPLACE))
		return 0;
	/* Not every file system can promise that. */
	if ((options->force || errno == EINVAL) && !rename(partial, options->output))
		return 0;
	return kanary_message_error("record: cannot write %s: %s", options->output,
				    strerror(errno));
}

/*
 * Vectors may come before the module's answer to start(), so the file has to be
 * there; and a refusal must not cost the user the file of that name.
 */
static int open_recording(struct recorder *recorder)
{
	char *partial;
	int error;

	if (asprintf(&partial, "%s.partial", recorder->options->output) < 0)
		return kanary_message_error("record: %s", strerror(ENOMEM));
	recorder->sink.writer = kanary_recording_create(partial, recorder->status.period, 0,
							"kernel", (uint64_t)time(NULL));
	if (!recorder->sink.writer) {
		error = kanary_message_error("record: cannot write %s: %s", partial,
					     strerror(errno));
		goto out;
	}
	recorder->begun = kanary_roster_now();
	note_host(recorder);
	note_members(recorder);
	kanary_record_sink_note(&recorder->sink, 0, KANARY_RECORDING_RUNNING);
	kanary_netlink_events(recorder->netlink, kanary_record_sink_take, &recorder->sink);
	error = start(recorder) || put_in_place(recorder->options, partial);
	if (error) {
		kanary_recording_finish(recorder->sink.writer);
		unlink(partial);
	} else if (!isatty(STDERR_FILENO)) {
		/* For a script that waits for it. */
		fprintf(stderr, "ready\n");
	}
out:
	free(partial);
	return error;
}

/* Return: 0, or 1 after a line on stderr. */
static int close_recording(struct recorder *recorder, int error, uint64_t *dropped)
{
	enum kanary_recording_end end = error == -ENODEV ? KANARY_RECORDING_MODULE_GONE :
							   KANARY_RECORDING_ENDED;
	struct kanary_record_sink *sink = &recorder->sink;
	int finish;

	*dropped = error ? 0 : stop(recorder);
	kanary_record_sink_drain(sink);
	kanary_record_sink_note(sink, *dropped, end);
	finish = kanary_recording_finish(sink->writer);
	sink->writer = NULL;
	if (sink->error || finish)
		return kanary_message_error("record: cannot write %s: %s", recorder->options->output,
					    strerror(sink->error ? -sink->error : -finish));
	if (error == -EBADMSG)
		return kanary_message_error("record: the module sent what is no vector: install matching versions");
	if (error && error != -ENODEV)
		return kanary_message_error("record: %s", kanary_netlink_error(recorder->netlink));
	return 0;
}

static int record(struct recorder *recorder)
{
	uint64_t begin = kanary_interrupt_now(), dropped;
	int error, status;

	if (open_recording(recorder))
		return 1;
	error = run(recorder);
	status = close_recording(recorder, error, &dropped);
	if (!status) {
		const struct kanary_record_summary summary = {
			.output = recorder->options->output,
			.sink = &recorder->sink,
			.period = recorder->status.period,
			.nanoseconds = kanary_interrupt_now() - begin,
			.begun = recorder->begun,
			.dropped = dropped,
			.overruns = kanary_netlink_overruns(recorder->netlink),
			.follows = recorder->options->containers > 0,
			.module_gone = error == -ENODEV,
		};

		status = kanary_record_report_end(&summary, recorder->options->json);
	}
	return status;
}

int kanary_record_run(const struct kanary_record_options *options, int interrupt)
{
	struct recorder recorder = {
		.options = options,
		.sink.roster.watch.descriptor = -1,
		.interrupt = interrupt,
		.wake = -1,
	};
	int error = 1;

	recorder.netlink = kanary_netlink_open(&recorder.status);
	if (recorder.netlink && !gather(&recorder))
		error = record(&recorder);
	kanary_netlink_close(recorder.netlink);
	kanary_record_sink_free(&recorder.sink);
	if (recorder.wake >= 0)
		close(recorder.wake);
	return error;
}
