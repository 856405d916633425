// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "import_sysdig.h"
#include "path_call.h"
#include "strace_line.h"
#include "syscall_number.h"
#include "sysdig_line.h"
#include "trace_input.h"

/* Names of system calls that a file can have, at most; further ones have no parity. */
#define CALLS_MAX 512

/**
 * struct call - what the file has told of a system call
 * @name: as it stands there
 * @bin: of it
 * @paths: whether it takes any
 * @result: its ends carry a result
 * @returns: it does
 * @begun: the latest line without a result was a beginning
 */
struct call {
	char name[KANARY_SYSDIG_LINE_CALL];
	u32 bin;
	bool paths;
	bool result;
	bool returns;
	bool begun;
};

struct thread {
	u32 tid;
	struct kanary_trace trace;
};

/* Reading one file. */
struct reader {
	struct kanary_import *import;
	const char *name;
	u64 number;		/* of the line, from 1 */
	u64 calls;
	void *threads;		/* tsearch() tree by tid */
	u32 known;		/* entries of @call, ordered by name */
	struct call call[CALLS_MAX];
	struct kanary_strace_line line;
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

static int compare_threads(const void *left, const void *right)
{
	const struct thread *a = left, *b = right;

	return a->tid < b->tid ? -1 : a->tid > b->tid;
}

static struct thread *find_thread(struct reader *reader, const struct kanary_sysdig_line *line)
{
	struct thread key = { .tid = line->tid };
	struct thread **found = tfind(&key, &reader->threads, compare_threads);
	struct thread *thread;

	if (found)
		return *found;
	thread = calloc(1, sizeof(*thread));
	if (!thread)
		return NULL;
	thread->tid = line->tid;
	if (!tsearch(thread, &reader->threads, compare_threads)) {
		free(thread);
		return NULL;
	}
	kanary_trace_begin(&thread->trace, reader->import, line->tid, line->comm,
			   strlen(line->comm));
	return thread;
}

static int end_thread(struct reader *reader, u32 tid)
{
	struct thread key = { .tid = tid };
	struct thread **found = tfind(&key, &reader->threads, compare_threads);
	struct thread *thread;
	int error;

	if (!found)
		return 0;
	thread = *found;
	error = kanary_trace_end(&thread->trace, KANARY_REASON_EXIT);
	tdelete(&key, &reader->threads, compare_threads);
	free(thread);
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
	if (!known)
		kanary_trace_locate(reader->import, &reader->import->calls_unnamed, reader->name,
				    reader->number, reader->line.head);
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

static int take_paths(struct thread *thread, const struct call *call, const char *arguments)
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
static int run_program(struct reader *reader, struct thread *thread,
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
	kanary_trace_begin(&thread->trace, reader->import, line->tid, comm, length);
	return error;
}

static int take_event(struct reader *reader, const struct kanary_sysdig_line *line)
{
	struct call *call = find_call(reader, line->call);
	struct thread *thread;
	bool beginning;
	int error = 0;

	if (!call)
		return !strcmp(line->call, "procexit") ? end_thread(reader, line->tid) : 0;
	beginning = is_beginning(call, line);
	thread = find_thread(reader, line);
	if (!thread)
		return kanary_trace_fail(reader->import, "%s: %s", reader->name, strerror(ENOMEM));
	/* a program's first path is told where its execve begins */
	if (call->paths && (!beginning || !strncmp(call->name, "exec", 4)))
		error = take_paths(thread, call, line->arguments);
	if (!error && beginning) {
		error = kanary_trace_call(&thread->trace, call->bin);
		reader->calls++;
	}
	if (!error && !beginning && !strncmp(call->name, "exec", 4))
		error = run_program(reader, thread, line);
	if (!error && !call->returns && line->tid)
		error = end_thread(reader, line->tid);
	return error;
}

static void note_any(const void *node, VISIT visit, void *any)
{
	if (visit == preorder || visit == leaf)
		*(u32 *)any = (*(struct thread *const *)node)->tid;
}

/* Threads that were still running when the trace ended. */
static int end_rest(struct reader *reader)
{
	int error = 0;
	u32 tid = 0;

	while (!error && reader->threads) {
		twalk_r(reader->threads, note_any, &tid);
		error = end_thread(reader, tid);
	}
	return error;
}

int kanary_import_sysdig_stream(struct kanary_import *import, const char *name, FILE *file)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	struct kanary_sysdig_line line;
	int error;

	if (!reader)
		return kanary_trace_fail(import, "%s: %s", name, strerror(ENOMEM));
	reader->import = import;
	reader->name = name;
	while ((error = kanary_strace_line_read(&reader->line, file)) > 0) {
		reader->number++;
		error = 0;
		if (kanary_sysdig_line_take(reader->line.head, &line))
			error = take_event(reader, &line);
		else if (*reader->line.head)
			kanary_trace_locate(import, &import->lines_skipped, name, reader->number,
					    reader->line.head);
		if (error)
			goto out;
	}
	if (error < 0)
		kanary_trace_fail(import, "%s: line %llu: %s", name,
				  (unsigned long long)reader->number + 1, strerror(-error));
	if (!error)
		error = end_rest(reader);
	if (!error && !reader->calls)
		error = kanary_trace_fail(import,
			"%s: line %llu: no system call up to here: is it the text of sysdig?", name,
			(unsigned long long)reader->number);
out:
	tdestroy(reader->threads, free);
	free(reader);
	import->files += !error;
	return error;
}

int kanary_import_sysdig(struct kanary_import *import, const char *path)
{
	return kanary_trace_input_read(import, path, kanary_import_sysdig_stream);
}
