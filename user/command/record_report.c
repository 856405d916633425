// SPDX-License-Identifier: GPL-2.0
#include "record_report.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "terminal/json_output.h"
#include "terminal/message.h"
#include "recording/roster_wish.h"

#define SECOND 1000000000ull
#define ESCAPED KANARY_MESSAGE_ESCAPED_SIZE(KANARY_ROSTER_WISH_TITLE)

static const char *format_time(uint64_t nanoseconds, char text[32])
{
	uint64_t second = nanoseconds / SECOND;

	snprintf(text, 32, "%02llu:%02llu:%02llu", (unsigned long long)(second / 3600),
		 (unsigned long long)(second / 60 % 60), (unsigned long long)(second % 60));
	return text;
}

void kanary_record_report_life(const struct kanary_roster_member *member,
			       enum kanary_recording_event event, uint64_t elapsed)
{
	char escaped[ESCAPED], title[KANARY_ROSTER_WISH_TITLE], text[32];

	/* What was there at the start has been said. */
	if (event == KANARY_RECORDING_SEEN && !elapsed)
		return;
	kanary_message_note("%s %s %s at %s (cgroup %llu)", member->name.runtime,
			    kanary_message_escape(kanary_roster_wish_title(&member->name, title),
						  sizeof(title), escaped),
			    event == KANARY_RECORDING_GONE ? "went" : "came",
			    format_time(elapsed, text),
			    (unsigned long long)member->name.cgroup);
}

void kanary_record_report_progress(const struct kanary_record_sink *sink, uint64_t elapsed,
				   bool last)
{
	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\rrecording %llu s: %llu vectors, %llu streams, %llu lost ",
		(unsigned long long)(elapsed / SECOND), (unsigned long long)sink->vectors,
		(unsigned long long)sink->streams, (unsigned long long)(sink->lost + sink->gaps));
	if (last)
		fputc('\n', stderr);
	fflush(stderr);
}

static uint64_t since(const struct kanary_record_summary *summary, uint64_t time)
{
	return time > summary->begun ? time - summary->begun : 0;
}

static json_t *describe_life(const struct kanary_record_summary *summary,
			     const struct kanary_roster_member *member)
{
	const struct kanary_container_name *name = &member->name;
	char title[KANARY_ROSTER_WISH_TITLE];
	json_t *ended = json_null();

	if (member->gone)
		ended = json_real((double)(since(summary, member->ended) / 1000000) / 1e3);
	return json_pack("{s:I, s:s, s:o, s:o, s:o, s:f, s:o}",
		"cgroup", (json_int_t)name->cgroup, "runtime", name->runtime,
		"name", kanary_json_output_text(kanary_roster_wish_title(name, title),
						sizeof(title)),
		"id", kanary_json_output_text(name->id, sizeof(name->id)),
		"image", kanary_json_output_text(name->image, sizeof(name->image)),
		"came", (double)(since(summary, member->began) / 1000000) / 1e3, "went", ended);
}

static json_t *list_lives(const struct kanary_record_summary *summary)
{
	const struct kanary_roster *roster = &summary->sink->roster;
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < roster->members; i++)
		if (roster->member[i]->wanted)
			json_array_append_new(list, describe_life(summary, roster->member[i]));
	return list;
}

static int print_json(const struct kanary_record_summary *summary)
{
	const struct kanary_record_sink *sink = summary->sink;

	return kanary_json_output_print(json_pack(
		"{s:s, s:f, s:i, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:o}",
		"recording", summary->output,
		"seconds", (double)(summary->nanoseconds / 1000000) / 1e3,
		"period", (int)summary->period, "vectors", (json_int_t)sink->vectors,
		"streams", (json_int_t)sink->streams, "calls", (json_int_t)sink->calls,
		"vectors_lost", (json_int_t)sink->lost,
		"vectors_dropped_meanwhile", (json_int_t)summary->dropped,
		"vectors_of_others", (json_int_t)sink->others,
		"vectors_unnamed", (json_int_t)sink->unnamed,
		"messages_lost", (json_int_t)sink->gaps,
		"overruns", (json_int_t)summary->overruns,
		"paths", (json_int_t)sink->paths,
		"paths_dropped_meanwhile", (json_int_t)sink->paths_lost,
		"module_gone", summary->module_gone,
		"lives", list_lives(summary)));
}

static void print_life(const struct kanary_record_summary *summary,
		       const struct kanary_roster_member *member)
{
	char escaped[ESCAPED], title[KANARY_ROSTER_WISH_TITLE];
	char came[32], went[32];

	printf("  %s %s, cgroup %llu: from %s to %s\n", member->name.runtime,
	       kanary_message_escape(kanary_roster_wish_title(&member->name, title),
				     sizeof(title), escaped),
	       (unsigned long long)member->name.cgroup,
	       format_time(since(summary, member->began), came),
	       member->gone ? format_time(since(summary, member->ended), went) : "the end");
}

static void print_text(const struct kanary_record_summary *summary)
{
	const struct kanary_record_sink *sink = summary->sink;
	size_t i;

	printf("%s: %llu vectors of up to %u calls in %llu streams, %llu lost, and %llu paths, in %.1f s\n",
	       summary->output, (unsigned long long)sink->vectors, summary->period,
	       (unsigned long long)sink->streams, (unsigned long long)sink->lost,
	       (unsigned long long)sink->paths, (double)summary->nanoseconds / 1e9);
	if (!summary->follows)
		return;
	for (i = 0; i < sink->roster.members; i++)
		if (sink->roster.member[i]->wanted)
			print_life(summary, sink->roster.member[i]);
	printf("  %llu vectors of other containers were sent, too, and passed over\n",
	       (unsigned long long)sink->others);
}

static void note_losses(const struct kanary_record_summary *summary)
{
	const struct kanary_record_sink *sink = summary->sink;

	if (summary->dropped > sink->lost)
		kanary_message_note("the module dropped %llu vectors meanwhile, of any container: kanary status has the causes",
				    (unsigned long long)summary->dropped);
	if (sink->paths_lost)
		kanary_message_note("the module dropped %llu paths meanwhile, of any container: kanary status has the causes",
				    (unsigned long long)sink->paths_lost);
	if (sink->gaps)
		kanary_message_note("%llu messages with vectors or paths never came: the machine is overloaded",
				    (unsigned long long)sink->gaps);
	if (sink->unnamed)
		kanary_message_note("%llu vectors are left out: their cgroups went before their container was known",
				    (unsigned long long)sink->unnamed);
}

int kanary_record_report_end(const struct kanary_record_summary *summary, bool json)
{
	char text[32];
	int status = 0;

	if (json) {
		status = print_json(summary);
	} else {
		print_text(summary);
		note_losses(summary);
	}
	if (!summary->module_gone)
		return status;
	return kanary_message_error("record: the kanary module was unloaded at %s: %s has what came before",
				    format_time(summary->nanoseconds, text), summary->output);
}
