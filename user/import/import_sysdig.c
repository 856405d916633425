// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "import_sysdig.h"
#include "path_call.h"
#include "sysdig_call.h"
#include "sysdig_probe.h"
#include "trace_input.h"
#include "trace_text.h"

/**
 * struct thread - a thread, or all of them where there is no column that tells
 * @open: the call that it has begun and not ended yet, or NULL
 * @told: where that began, it named a path
 */
struct thread {
	struct kanary_trace_thread thread;
	const struct kanary_sysdig_call *open;
	bool told;
};

/* Reading one file. */
struct reader {
	struct kanary_trace_text text;
	struct kanary_sysdig_probe probe;
	struct kanary_sysdig_calls calls;
};

/* A line, and what it is about. */
struct event {
	struct reader *reader;
	struct thread *thread;
	struct kanary_sysdig_call *call;
	struct kanary_sysdig_line line;
};

static bool has_threads(const struct event *event)
{
	return event->reader->probe.layout.columns;
}

static bool is_success(const struct event *event)
{
	return !strncmp(event->line.arguments, " res=0", 6) &&
	       strchr(" (", event->line.arguments[6]);
}

/* What was begun and has not ended: a thread is in one call at a time. */
static bool is_open(const struct event *event)
{
	if (has_threads(event))
		return event->thread->open == event->call;
	return event->call->open;
}

static void open_call(struct event *event, bool told)
{
	event->call->begins = true;
	event->call->told = told;
	event->thread->told = told;
	event->thread->open = event->call;
	event->call->open += event->call->returns;
}

static void close_call(struct event *event)
{
	event->thread->open = NULL;
	event->call->open -= event->call->open > 0;
}

static bool was_told(const struct event *event)
{
	return has_threads(event) ? event->thread->told : event->call->told;
}

/* Without a column for it: an end has a result, if the ends of this call have any. */
static bool is_beginning(const struct event *event)
{
	const struct kanary_sysdig_call *call = event->call;

	if (event->line.direction != KANARY_SYSDIG_UNTOLD)
		return event->line.direction == KANARY_SYSDIG_ENTER;
	if (!call->returns)
		return true;
	if (kanary_sysdig_call_has_result(call, event->line.arguments))
		return false;
	if (call->result)
		return true;
	return event->reader->probe.pairs && !is_open(event);
}

/*
 * An end that no beginning came before stands for the call. But a child returns from a fork that
 * its parent has called; and a program that a thread starts goes on under its process's number.
 */
static bool is_call(const struct event *event)
{
	const struct kanary_sysdig_call *call = event->call;

	if (is_open(event))
		return false;
	return !is_success(event) || !(call->forks || (call->execs && call->begins));
}

static struct thread *find_thread(struct event *event)
{
	struct kanary_trace_text *text = &event->reader->text;
	const char *comm = event->line.comm;
	struct thread *thread;

	thread = kanary_trace_table_find(&text->threads, event->line.tid);
	if (thread)
		return thread;
	thread = kanary_trace_table_add(&text->threads, event->line.tid);
	if (!thread)
		return NULL;
	/* Behind an execve the name is the new program's: who made the call is not known. */
	if (event->call->execs && event->line.direction == KANARY_SYSDIG_EXIT && is_success(event))
		comm = "";
	kanary_trace_begin(&thread->thread.trace, text->import, event->line.tid, comm,
			   strlen(comm));
	return thread;
}

static int end_thread(struct reader *reader, u32 tid)
{
	struct kanary_trace_table *threads = &reader->text.threads;
	struct thread *thread = kanary_trace_table_find(threads, tid);
	int error;

	if (!thread)
		return 0;
	error = kanary_trace_end(&thread->thread.trace, KANARY_REASON_EXIT);
	kanary_trace_table_remove(threads, &thread->thread);
	return error;
}

static u16 path_flags(const char *arguments, const char *directory, u16 number)
{
	u16 flags = number ? KANARY_PATH_SECOND : 0;
	const char *value;
	size_t length;

	value = kanary_sysdig_line_value(arguments, directory, &length);
	if (value && strncmp(value, "-100", 4))
		flags |= KANARY_PATH_DIRFD;
	return flags;
}

/* Return: paths that the line has named, or -errno. */
static int take_paths(const struct event *event)
{
	static const struct {
		const char *path;
		const char *directory;
	} keys[] = {
		{ "name", "dirfd" }, { "path", "dirfd" }, { "filename", "dirfd" },
		{ "pathname", "dirfd" }, { "oldpath", "olddirfd" }, { "target", "dirfd" },
		{ "newpath", "newdirfd" }, { "linkpath", "linkdirfd" }, { "dir", "dirfd" },
	};
	const char *arguments = event->line.arguments, *value;
	u16 taken = 0, flags;
	size_t length, i;
	int error = 0;

	if (!event->call->paths)
		return 0;
	for (i = 0; !error && i < sizeof(keys) / sizeof(*keys) &&
		    taken < KANARY_PATH_CALL_PATHS; i++) {
		value = kanary_sysdig_line_value(arguments, keys[i].path, &length);
		value = value ? kanary_sysdig_line_path(value, &length) : NULL;
		if (!value)
			continue;
		flags = path_flags(arguments, keys[i].directory, taken++);
		error = kanary_trace_path(&event->thread->thread.trace, event->call->bin, value,
					  length, flags);
	}
	return error ? error : taken;
}

static int count_call(const struct event *event)
{
	struct kanary_trace_text *text = &event->reader->text;

	text->calls++;
	text->named += event->call->named;
	if (!event->call->named)
		kanary_trace_text_locate(text, &text->import->calls_unnamed);
	return kanary_trace_call(&event->thread->thread.trace, event->call->bin);
}

/* With the first result it is known that lines without one, two in a row, were beginnings. */
static int learn_result(struct event *event)
{
	struct kanary_sysdig_call *call = event->call;
	int error = 0;

	if (!kanary_sysdig_call_has_result(call, event->line.arguments)) {
		call->taken_for_ends += event->line.direction == KANARY_SYSDIG_UNTOLD;
		return 0;
	}
	call->result = true;
	for (; !error && call->taken_for_ends && !has_threads(event); call->taken_for_ends--) {
		call->open += 2;
		error = count_call(event);
	}
	return error;
}

static int take_beginning(struct event *event)
{
	int taken, error = count_call(event);

	if (error)
		return error;
	taken = take_paths(event);
	open_call(event, taken > 0);
	if (taken >= 0 && !event->call->returns && has_threads(event))
		return end_thread(event->reader, event->line.tid);
	return taken < 0 ? taken : 0;
}

/* The process goes on as another program; without columns, who it is is not known. */
static int run_program(const struct event *event)
{
	struct kanary_trace *trace = &event->thread->thread.trace;
	const char *comm;
	size_t length;
	int error;

	error = kanary_trace_end(trace, KANARY_REASON_EXEC);
	comm = kanary_sysdig_line_value(event->line.arguments, "comm", &length);
	if (!comm) {
		comm = event->line.comm;
		length = strlen(comm);
	}
	kanary_trace_begin(trace, event->reader->text.import, event->line.tid, comm, length);
	return error;
}

static int take_end(struct event *event)
{
	int error = learn_result(event);
	bool counts, news;

	/* a path that is told on both sides counts once */
	counts = is_call(event);
	news = counts || (is_open(event) && !was_told(event));
	close_call(event);
	if (!error && counts)
		error = count_call(event);
	if (!error && news)
		error = take_paths(event);
	if (error < 0 || !event->call->execs || !is_success(event) || !has_threads(event))
		return error < 0 ? error : 0;
	return run_program(event);
}

static int take_event(struct event *event)
{
	struct reader *reader = event->reader;

	event->call = kanary_sysdig_call_find(&reader->calls, &event->line);
	if (!event->call)
		return kanary_trace_text_no_memory(&reader->text);
	if (event->call->event) {
		if (has_threads(event) && !strcmp(event->call->name, "procexit"))
			return end_thread(reader, event->line.tid);
		return 0;
	}
	event->thread = find_thread(event);
	if (!event->thread)
		return kanary_trace_text_no_memory(&reader->text);
	return is_beginning(event) ? take_beginning(event) : take_end(event);
}

static int take_line(struct kanary_trace_text *text)
{
	struct event event = { .reader = (struct reader *)text };

	kanary_sysdig_line_uncolour(text->line.head);
	if (kanary_sysdig_line_take(text->line.head, &event.reader->probe.layout, &event.line))
		return take_event(&event);
	if (*text->line.head)
		kanary_trace_text_locate(text, &text->import->lines_skipped);
	return 0;
}

static int probe(struct kanary_trace_text *text, const char *first, size_t size)
{
	struct reader *reader = (struct reader *)text;
	const char *why = kanary_sysdig_probe_take(&reader->probe, first, size);

	return why ? kanary_trace_fail(text->import, "%s: this is %s", text->name, why) : 0;
}

static void end(struct kanary_trace_text *text)
{
	kanary_sysdig_call_free(&((struct reader *)text)->calls);
}

static const struct kanary_trace_text_format format = {
	.size = sizeof(struct reader),
	.thread_size = sizeof(struct thread),
	.origin = "text of sysdig, with its own columns or those of -pc or -p '%evt.type %evt.args'",
	.end = end,
	.probe = probe,
	.take = take_line,
};

int kanary_import_sysdig_stream(struct kanary_import *import, const char *name, FILE *file)
{
	return kanary_trace_text_read(&format, import, name, file);
}

int kanary_import_sysdig(struct kanary_import *import, const char *path)
{
	return kanary_trace_input_read(import, path, kanary_import_sysdig_stream);
}
