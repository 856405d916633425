// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "import_strace.h"
#include "strace_line.h"
#include "strace_path.h"
#include "syscall_number.h"
#include "trace_input.h"

/* stands for the process whose pid the trace has not told (yet) */
#define PID_UNTOLD 1

struct process {
	u32 pid;
	bool compat;
	char program[KANARY_COMM_SIZE];	/* what a pending execve will run */
	struct kanary_trace trace;
};

/* Reading one file. */
struct reader {
	struct kanary_import *import;
	const char *name;
	u64 number;		/* of the line, from 1 */
	u64 calls;
	void *processes;	/* tsearch() tree by pid */
	u32 main;		/* whose lines carry no pid */
	bool first;		/* no call seen yet */
	bool torn;		/* a remark cut into the line before; this is its rest */
	char comm[KANARY_COMM_SIZE];	/* of the program that was started last */
	struct kanary_strace_line line;
};

static int compare_processes(const void *left, const void *right)
{
	const struct process *a = left, *b = right;

	return a->pid < b->pid ? -1 : a->pid > b->pid;
}

static struct process *find_process(struct reader *reader, u32 pid)
{
	struct process key_only = { .pid = pid };
	struct process **found = tfind(&key_only, &reader->processes, compare_processes);
	struct process *process;

	if (found)
		return *found;
	process = calloc(1, sizeof(*process));
	if (!process)
		return NULL;
	process->pid = pid;
	if (!tsearch(process, &reader->processes, compare_processes)) {
		free(process);
		return NULL;
	}
	kanary_trace_begin(&process->trace, reader->import, pid, reader->comm,
			   strlen(reader->comm));
	return process;
}

static int end_process(struct reader *reader, u32 pid)
{
	struct process key_only = { .pid = pid };
	struct process **found = tfind(&key_only, &reader->processes, compare_processes);
	struct process *process;
	int error;

	if (!found)
		return 0;
	process = *found;
	error = kanary_trace_end(&process->trace, KANARY_REASON_EXIT);
	tdelete(process, &reader->processes, compare_processes);
	free(process);
	return error;
}

static void locate(struct reader *reader, uint64_t *counter)
{
	kanary_trace_locate(reader->import, counter, reader->name, reader->number,
			    reader->line.head);
}

static int take_paths(struct process *process, u32 bin, const char *name, const char *arguments)
{
	const struct kanary_path_call *call = kanary_path_call_find(name, process->compat);
	char path[KANARY_STRACE_PATH_SIZE];
	int error = 0;
	size_t length;
	u16 flags;
	u32 i;

	for (i = 0; call && !error && i < KANARY_PATH_CALL_PATHS; i++) {
		length = kanary_strace_path_take(arguments, call, i, path, &flags);
		error = kanary_trace_path(&process->trace, bin, path, length, flags);
	}
	return error;
}

/* execve("/usr/bin/env", ... and execveat(AT_FDCWD, "/usr/bin/env", ... */
static void remember_program(struct process *process, const char *arguments)
{
	const char *path = strchr(arguments, '"');
	const char *end, *base;
	size_t length;

	memset(process->program, 0, sizeof(process->program));
	end = path ? strchr(path + 1, '"') : NULL;
	if (!end)
		return;
	for (base = end; base[-1] != '/' && base[-1] != '"'; base--)
		;
	length = (size_t)(end - base);
	if (length >= sizeof(process->program))
		length = sizeof(process->program) - 1;
	memcpy(process->program, base, length);
}

static int run_program(struct reader *reader, struct process *process)
{
	int error = kanary_trace_end(&process->trace, KANARY_REASON_EXEC);

	if (error)
		return error;
	if (*process->program)
		memcpy(reader->comm, process->program, sizeof(reader->comm));
	process->compat = false;
	kanary_trace_begin(&process->trace, reader->import, process->pid, reader->comm,
			   strlen(reader->comm));
	return 0;
}

static bool is_exec(const char *name)
{
	return !strcmp(name, "execve") || !strcmp(name, "execveat");
}

static int take_call(struct reader *reader, u32 pid, const char *name, const char *arguments)
{
	struct process *process = find_process(reader, pid);
	bool by_strace, known;
	int error = 0;
	u32 bin;

	if (!process)
		return kanary_trace_fail(reader->import, "%s: %s", reader->name,
					  strerror(ENOMEM));
	bin = kanary_syscall_number_bin(name, process->compat, &known);
	/* The execve at the top of a trace is strace's own. */
	by_strace = reader->first && is_exec(name);
	reader->first = false;
	if (!by_strace) {
		if (!known)
			locate(reader, &reader->import->calls_unnamed);
		error = kanary_trace_call(&process->trace, bin);
		if (!error)
			error = take_paths(process, bin, name, arguments + 1);
	}
	reader->calls++;
	if (error || !is_exec(name))
		return error;
	remember_program(process, arguments);
	if (kanary_strace_line_succeeded(&reader->line))
		error = run_program(reader, process);
	return error;
}

/* "<... read resumed>" was counted where it began; only execve's result is news. */
static int take_resumed(struct reader *reader, u32 pid, const char *text)
{
	struct process *process;

	if (strncmp(text, "<... execve", 11) || !kanary_strace_line_succeeded(&reader->line))
		return 0;
	process = find_process(reader, pid);
	return process ? run_program(reader, process) : 0;
}

/* "+++ superseded by execve in pid 7 +++": thread 7 goes on under this pid. */
static int take_superseded(struct reader *reader, u32 pid, const char *text)
{
	struct process key_only = { .pid = (u32)strtoul(text, NULL, 10) };
	struct process **thread = tfind(&key_only, &reader->processes, compare_processes);
	struct process *leader = find_process(reader, pid);
	struct process *process;
	int error;

	if (!leader || !thread || *thread == leader)
		return 0;
	memcpy(leader->program, (*thread)->program, sizeof(leader->program));
	error = kanary_trace_end(&leader->trace, KANARY_REASON_EXIT);
	if (error)
		return error;
	/* The thread's calls become those that the execve ends. */
	leader->trace = (*thread)->trace;
	leader->compat = (*thread)->compat;
	process = *thread;
	tdelete(&key_only, &reader->processes, compare_processes);
	free(process);
	return 0;
}

static void note_any(const void *node, VISIT visit, void *any)
{
	if (visit == preorder || visit == leaf)
		*(u32 *)any = (*(struct process *const *)node)->pid;
}

/*
 * On a terminal strace -f writes no pid while there is a single process. The
 * first pid that was not announced as attached is that process.
 */
static u32 resolve_pid(struct reader *reader, u32 pid)
{
	struct process key_only = { .pid = pid ? pid : reader->main };
	struct process **found = tfind(&key_only, &reader->processes, compare_processes);
	struct process *process;

	if (found)
		return key_only.pid;
	if (!pid) {
		/* All but one have ended, the first of them too. */
		twalk_r(reader->processes, note_any, &key_only.pid);
		return key_only.pid;
	}
	key_only.pid = PID_UNTOLD;
	found = tfind(&key_only, &reader->processes, compare_processes);
	if (!found || reader->main != PID_UNTOLD)
		return pid;
	process = *found;
	tdelete(process, &reader->processes, compare_processes);
	process->pid = pid;
	process->trace.vector.pid = pid;
	process->trace.vector.tgid = pid;
	reader->main = pid;
	if (!tsearch(process, &reader->processes, compare_processes))
		free(process);
	return pid;
}

static void take_attached(struct reader *reader, const char *text)
{
	const char *found = strstr(text, "strace: Process ");
	char *end;
	u32 pid;

	if (!found)
		return;
	pid = (u32)strtoul(found + 16, &end, 10);
	if (strncmp(end, " attached", 9))
		return;
	find_process(reader, pid);
	reader->torn = found != text;
}

/* "[ Process PID=7 runs in 32 bit mode. ]", before the first call that does */
static bool take_personality(struct reader *reader, const char *text)
{
	const char *found = strstr(text, "[ Process PID=");
	struct process *process;
	char *end;
	u32 pid;

	if (!found)
		return false;
	pid = (u32)strtoul(found + 14, &end, 10);
	if (reader->main == PID_UNTOLD)
		pid = resolve_pid(reader, 0);
	process = find_process(reader, pid);
	if (process)
		process->compat = strstr(end, "32 bit") != NULL;
	return true;
}

static int take_line(struct reader *reader)
{
	const char *text, *end;
	char name[64];
	u32 pid;

	if (reader->torn) {
		reader->torn = false;
		return 0;
	}
	if (take_personality(reader, reader->line.head))
		return 0;
	take_attached(reader, reader->line.head);
	text = kanary_strace_line_skip(reader->line.head, &pid);
	if (kanary_strace_line_is_remark(text) && strncmp(text, "<... ", 5) &&
	    strncmp(text, "+++ ", 4))
		return 0;
	pid = resolve_pid(reader, pid);
	if (!strncmp(text, "<... ", 5))
		return take_resumed(reader, pid, text);
	if (!strncmp(text, "+++ superseded by execve in pid ", 32))
		return take_superseded(reader, pid, text + 32);
	if (!strncmp(text, "+++ exited", 10) || !strncmp(text, "+++ killed", 10))
		return end_process(reader, pid);
	end = text;
	while (isalnum((unsigned char)*end) || *end == '_')
		end++;
	if (end > text && *end == '(' && !isdigit((unsigned char)*text) &&
	    (size_t)(end - text) < sizeof(name)) {
		memcpy(name, text, (size_t)(end - text));
		name[end - text] = 0;
		return take_call(reader, pid, name, end);
	}
	locate(reader, &reader->import->lines_skipped);
	return 0;
}

static void free_rest(void *node)
{
	free(node);
}

/* Processes that were still running when the trace ended. */
static int end_rest(struct reader *reader)
{
	int error = 0;
	u32 pid = 0;

	while (!error && reader->processes) {
		twalk_r(reader->processes, note_any, &pid);
		error = end_process(reader, pid);
	}
	return error;
}

int kanary_import_strace_stream(struct kanary_import *import, const char *name, FILE *file)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	int error;

	if (!reader)
		return kanary_trace_fail(import, "%s: %s", name, strerror(ENOMEM));
	reader->import = import;
	reader->name = name;
	reader->main = PID_UNTOLD;
	reader->first = true;
	while ((error = kanary_strace_line_read(&reader->line, file)) > 0) {
		reader->number++;
		error = take_line(reader);
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
			"%s: line %llu: no system call up to here: is it the output of strace?", name,
			(unsigned long long)reader->number);
out:
	tdestroy(reader->processes, free_rest);
	free(reader);
	import->files += !error;
	return error;
}

int kanary_import_strace(struct kanary_import *import, const char *path)
{
	return kanary_trace_input_read(import, path, kanary_import_strace_stream);
}
