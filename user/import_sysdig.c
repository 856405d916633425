// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "import_sysdig.h"
#include "path_call.h"
#include "syscall_number.h"
#include "sysdig_line.h"
#include "trace_input.h"
#include "trace_text.h"

/* Names of system calls that a file can have, at most; further ones have no parity. */
#define CALLS_MAX 512

/**
 * struct call - what the file has told of a system call
 * @name: as it stands there
 * @bin: of it
 * @named: whether that is known
 * @paths: whether it takes any
 * @result: its ends carry a result
 * @returns: it does
 * @begun: the latest line without a result was a beginning
 */
struct call {
	char name[KANARY_SYSDIG_LINE_CALL];
	u32 bin;
	bool named;
	bool paths;
	bool result;
	bool returns;
	bool begun;
};

/* Reading one file. */
struct reader {
	struct kanary_trace_text text;
	u32 known;		/* entries of @call, ordered by name */
	struct call call[CALLS_MAX];
};

/* Events of sysdig that are no system calls. */
static const char *const events[] = {
	"switch", "procexit", "procinfo", "page_fault", "signaldeliver", "sysdigevent", "drop",
	"container", "notification", "pluginevent", "syscall", "infra", "cpu_hotplug", "k8s",
	"mesos", "tracer", "scapevent", "asyncevent", "async", "user_added", "user_deleted",
	"group_added", "group_deleted", "unknown", "trace",
};

static bool is_event(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(events) / sizeof(*events); i++)
		if (!strcmp(name, events[i]))
			return true;
	return false;
}

static struct kanary_trace_thread *find_thread(struct reader *reader,
					       const struct kanary_sysdig_line *line)
{
	struct kanary_trace_thread *thread;

	thread = kanary_trace_table_find(&reader->text.threads, line->tid);
	if (thread)
		return thread;
	thread = kanary_trace_table_add(&reader->text.threads, line->tid);
	if (thread)
		kanary_trace_begin(&thread->trace, reader->text.import, line->tid, line->comm,
				   strlen(line->comm));
	return thread;
}

static int end_thread(struct reader *reader, u32 tid)
{
	struct kanary_trace_thread *thread;
	int error;

	thread = kanary_trace_table_find(&reader->text.threads, tid);
	if (!thread)
		return 0;
	error = kanary_trace_end(&thread->trace, KANARY_REASON_EXIT);
	kanary_trace_table_remove(&reader->text.threads, thread);
	return error;
}

/* NULL for what is no system call, and for names beyond those that a file can have. */
static struct call *find_call(struct reader *reader, const char *name)
{
	u32 low = 0, high = reader->known, middle;
	struct call *call;
	int order;
	bool known;

	while (low < high) {
		middle = (low + high) / 2;
		order = strcmp(reader->call[middle].name, name);
		if (!order)
			return &reader->call[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (is_event(name) || reader->known == CALLS_MAX)
		return NULL;
	call = &reader->call[low];
	memmove(call + 1, call, (reader->known++ - low) * sizeof(*call));
	memset(call, 0, sizeof(*call));
	strcpy(call->name, name);
	call->bin = kanary_syscall_number_bin(name, false, &known);
	call->paths = kanary_path_call_find(name, false);
	/* the ends of these always do */
	call->result = call->paths;
	call->returns = strcmp(name, "exit") && strcmp(name, "exit_group");
	call->named = known;
	if (!known)
		kanary_trace_text_locate(&reader->text, &reader->text.import->calls_unnamed);
	return call;
}

/* What only an end says: " res=", or of calls that make a descriptor, " fd=" first. */
static bool has_result(const struct call *call, const char *arguments)
{
	static const char *const makers[] = { "open", "openat", "openat2", "creat", "accept",
					      "accept4" };
	size_t i;

	if (!strncmp(arguments, " res=", 5))
		return true;
	if (strncmp(arguments, " fd=", 4))
		return false;
	for (i = 0; i < sizeof(makers) / sizeof(*makers); i++)
		if (!strcmp(call->name, makers[i]))
			return true;
	return false;
}

static bool is_beginning(struct call *call, const struct kanary_sysdig_line *line)
{
	if (line->direction != KANARY_SYSDIG_UNTOLD)
		return line->direction == KANARY_SYSDIG_ENTER;
	if (!call->returns)
		return true;
	if (has_result(call, line->arguments)) {
		call->result = true;
		call->begun = false;
		return false;
	}
	call->begun = call->result || !call->begun;
	return call->begun;
}

static int take_paths(struct kanary_trace_thread *thread, const struct call *call,
		      const char *arguments)
{
	static const char *const keys[] = {
		"name", "path", "filename", "pathname", "oldpath", "target", "newpath", "linkpath",
		"dir",
	};
	const char *value, *directory;
	u16 taken = 0, flags;
	size_t length, i;
	int error = 0;

	for (i = 0; !error && i < sizeof(keys) / sizeof(*keys) &&
		    taken < KANARY_PATH_CALL_PATHS; i++) {
		value = kanary_sysdig_line_value(arguments, keys[i], &length);
		value = value ? kanary_sysdig_line_path(value, &length) : NULL;
		if (!value)
			continue;
		flags = taken++ ? KANARY_PATH_SECOND : 0;
		directory = strstr(arguments, "dirfd=");
		if (directory && strncmp(directory + 6, "-100", 4))
			flags |= KANARY_PATH_DIRFD;
		error = kanary_trace_path(&thread->trace, call->bin, value, length, flags);
	}
	return error;
}

/* The process goes on as another program; without columns, who it is is not known. */
static int run_program(struct reader *reader, struct kanary_trace_thread *thread,
		       const struct kanary_sysdig_line *line)
{
	const char *comm;
	size_t length;
	int error;

	if (!line->tid || strncmp(line->arguments, " res=0 ", 7))
		return 0;
	error = kanary_trace_end(&thread->trace, KANARY_REASON_EXEC);
	comm = kanary_sysdig_line_value(line->arguments, "comm", &length);
	if (!comm) {
		comm = line->comm;
		length = strlen(comm);
	}
	kanary_trace_begin(&thread->trace, reader->text.import, line->tid, comm, length);
	return error;
}

static int take_event(struct reader *reader, const struct kanary_sysdig_line *line)
{
	struct call *call = find_call(reader, line->call);
	struct kanary_trace_thread *thread;
	bool beginning;
	int error = 0;

	if (!call)
		return !strcmp(line->call, "procexit") ? end_thread(reader, line->tid) : 0;
	beginning = is_beginning(call, line);
	thread = find_thread(reader, line);
	if (!thread)
		return kanary_trace_text_no_memory(&reader->text);
	/* a program's first path is told where its execve begins */
	if (call->paths && (!beginning || !strncmp(call->name, "exec", 4)))
		error = take_paths(thread, call, line->arguments);
	if (!error && beginning) {
		error = kanary_trace_call(&thread->trace, call->bin);
		reader->text.calls++;
		reader->text.named += call->named;
	}
	if (!error && !beginning && !strncmp(call->name, "exec", 4))
		error = run_program(reader, thread, line);
	if (!error && !call->returns && line->tid)
		error = end_thread(reader, line->tid);
	return error;
}

static int take_line(struct kanary_trace_text *text)
{
	struct kanary_sysdig_line line;

	if (kanary_sysdig_line_take(text->line.head, &line))
		return take_event((struct reader *)text, &line);
	if (*text->line.head)
		kanary_trace_text_locate(text, &text->import->lines_skipped);
	return 0;
}

static const struct kanary_trace_text_format format = {
	.size = sizeof(struct reader),
	.thread_size = sizeof(struct kanary_trace_thread),
	.origin = "the text of sysdig",
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
