// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "import_strace.h"
#include "strace_line.h"
#include "strace_path.h"
#include "syscall_number.h"
#include "trace_input.h"
#include "trace_text.h"

/* stands for the process whose pid the trace has not told (yet) */
#define PID_UNTOLD 1

struct process {
	struct kanary_trace_thread thread;
	bool compat;
	char program[KANARY_COMM_SIZE];	/* what a pending execve will run */
};

/* Reading one file. */
struct reader {
	struct kanary_trace_text text;
	u32 main;		/* whose lines carry no pid */
	bool first;		/* no call seen yet */
	bool torn;		/* a remark cut into the line before; this is its rest */
	char comm[KANARY_COMM_SIZE];	/* of the program that was started last */
};

static struct process *find_process(struct reader *reader, u32 pid)
{
	struct process *process = kanary_trace_table_find(&reader->text.threads, pid);

	if (process)
		return process;
	process = kanary_trace_table_add(&reader->text.threads, pid);
	if (process)
		kanary_trace_begin(&process->thread.trace, reader->text.import, pid, reader->comm,
				   strlen(reader->comm));
	return process;
}

static int end_process(struct reader *reader, u32 pid)
{
	struct process *process = kanary_trace_table_find(&reader->text.threads, pid);
	int error;

	if (!process)
		return 0;
	error = kanary_trace_end(&process->thread.trace, KANARY_REASON_EXIT);
	kanary_trace_table_remove(&reader->text.threads, &process->thread);
	return error;
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
		error = kanary_trace_path(&process->thread.trace, bin, path, length, flags);
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
	int error = kanary_trace_end(&process->thread.trace, KANARY_REASON_EXEC);

	if (error)
		return error;
	if (*process->program)
		memcpy(reader->comm, process->program, sizeof(reader->comm));
	process->compat = false;
	kanary_trace_begin(&process->thread.trace, reader->text.import, process->thread.tid,
			   reader->comm, strlen(reader->comm));
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
		return kanary_trace_text_no_memory(&reader->text);
	bin = kanary_syscall_number_bin(name, process->compat, &known);
	/* The execve at the top of a trace is strace's own. */
	by_strace = reader->first && is_exec(name);
	reader->first = false;
	if (!by_strace) {
		if (!known)
			kanary_trace_text_locate(&reader->text,
						 &reader->text.import->calls_unnamed);
		error = kanary_trace_call(&process->thread.trace, bin);
		if (!error)
			error = take_paths(process, bin, name, arguments + 1);
	}
	reader->text.calls++;
	reader->text.named += known;
	if (error || !is_exec(name))
		return error;
	remember_program(process, arguments);
	if (kanary_strace_line_succeeded(&reader->text.line))
		error = run_program(reader, process);
	return error;
}

/* "<... read resumed>" was counted where it began; only execve's result is news. */
static int take_resumed(struct reader *reader, u32 pid, const char *text)
{
	struct process *process;

	if (strncmp(text, "<... execve", 11) || !kanary_strace_line_succeeded(&reader->text.line))
		return 0;
	process = find_process(reader, pid);
	return process ? run_program(reader, process) : 0;
}

/* "+++ superseded by execve in pid 7 +++": thread 7 goes on under this pid. */
static int take_superseded(struct reader *reader, u32 pid, const char *text)
{
	u32 tid = (u32)strtoul(text, NULL, 10);
	struct process *thread = kanary_trace_table_find(&reader->text.threads, tid);
	struct process *leader = find_process(reader, pid);
	int error;

	if (!leader || !thread || thread == leader)
		return 0;
	memcpy(leader->program, thread->program, sizeof(leader->program));
	error = kanary_trace_end(&leader->thread.trace, KANARY_REASON_EXIT);
	if (error)
		return error;
	/* The thread's calls become those that the execve ends. */
	kanary_trace_move(&leader->thread.trace, &thread->thread.trace);
	leader->compat = thread->compat;
	kanary_trace_table_remove(&reader->text.threads, &thread->thread);
	return 0;
}

/*
 * On a terminal strace -f writes no pid while there is a single process. The
 * first pid that was not announced as attached is that process.
 */
static int resolve_pid(struct reader *reader, u32 *pid)
{
	struct kanary_trace_table *threads = &reader->text.threads;
	struct process *process;

	if (kanary_trace_table_find(threads, *pid ? *pid : reader->main)) {
		*pid = *pid ? *pid : reader->main;
		return 0;
	}
	if (!*pid) {
		/* All but one have ended, the first of them too. */
		*pid = threads->first ? threads->first->tid : reader->main;
		return 0;
	}
	process = kanary_trace_table_find(threads, PID_UNTOLD);
	if (!process || reader->main != PID_UNTOLD)
		return 0;
	process->thread.trace.vector.pid = *pid;
	process->thread.trace.vector.tgid = *pid;
	reader->main = *pid;
	if (kanary_trace_table_rename(threads, &process->thread, *pid))
		return kanary_trace_text_no_memory(&reader->text);
	return 0;
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
	if (reader->main == PID_UNTOLD) {
		pid = 0;
		resolve_pid(reader, &pid);
	}
	process = find_process(reader, pid);
	if (process)
		process->compat = strstr(end, "32 bit") != NULL;
	return true;
}

static int take_line(struct kanary_trace_text *trace)
{
	struct reader *reader = (struct reader *)trace;
	const char *text, *end;
	char name[64];
	int error;
	u32 pid;

	if (reader->torn) {
		reader->torn = false;
		return 0;
	}
	if (take_personality(reader, reader->text.line.head))
		return 0;
	take_attached(reader, reader->text.line.head);
	text = kanary_strace_line_skip(reader->text.line.head, &pid);
	if (kanary_strace_line_is_remark(text) && strncmp(text, "<... ", 5) &&
	    strncmp(text, "+++ ", 4))
		return 0;
	error = resolve_pid(reader, &pid);
	if (error)
		return error;
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
	kanary_trace_text_locate(&reader->text, &reader->text.import->lines_skipped);
	return 0;
}

static void begin(struct kanary_trace_text *text)
{
	struct reader *reader = (struct reader *)text;

	reader->main = PID_UNTOLD;
	reader->first = true;
}

static const struct kanary_trace_text_format format = {
	.size = sizeof(struct reader),
	.thread_size = sizeof(struct process),
	.origin = "the output of strace",
	.begin = begin,
	.take = take_line,
};

int kanary_import_strace_stream(struct kanary_import *import, const char *name, FILE *file)
{
	return kanary_trace_text_read(&format, import, name, file);
}

int kanary_import_strace(struct kanary_import *import, const char *path)
{
	return kanary_trace_input_read(import, path, kanary_import_strace_stream);
}
