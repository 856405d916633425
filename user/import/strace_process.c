// SPDX-License-Identifier: GPL-2.0
#include "strace_process.h"

#include <stdlib.h>
#include <string.h>

#include "strace_string.h"

static const char no_comm[KANARY_COMM_SIZE];

static char *comm_of(struct kanary_strace_process *process)
{
	return process->thread.trace.vector.comm;
}

static struct kanary_strace_process *find_living(const struct kanary_strace_processes *processes,
						 u32 pid)
{
	return kanary_trace_table_find(&processes->text->threads, pid);
}

void kanary_strace_process_begin(struct kanary_strace_processes *processes,
				 struct kanary_trace_text *text, u32 pid)
{
	memset(processes, 0, sizeof(*processes));
	processes->text = text;
	processes->main = pid ? pid : KANARY_STRACE_PROCESS_UNTOLD;
}

/*
 * How a process is called that nobody has announced: its parent is whoever forks just now.
 * Where forks are not traced, all programs may be called the same.
 */
static const char *guess_comm(const struct kanary_strace_processes *processes)
{
	struct kanary_strace_process *parent = find_living(processes, processes->forking);

	if (processes->forking && parent)
		return comm_of(parent);
	return processes->comms == 1 ? processes->comm : no_comm;
}

static struct kanary_strace_process *add(struct kanary_strace_processes *processes, u32 pid)
{
	bool is_first = !processes->text->threads.first;
	struct kanary_strace_process *process;
	char comm[KANARY_COMM_SIZE];

	process = kanary_trace_table_add(&processes->text->threads, pid);
	if (!process)
		return NULL;
	if (!kanary_strace_family_take(&processes->born, pid, comm) &&
	    !(processes->family && kanary_strace_family_find(processes->family, pid, comm))) {
		process->by_strace = is_first;
		process->guessed = true;
		memcpy(comm, guess_comm(processes), sizeof(comm));
	}
	kanary_trace_begin(&process->thread.trace, processes->text->import, pid, comm,
			   strlen(comm));
	return process;
}

/* The main process of a terminal is the first whose pid was not announced. */
static struct kanary_strace_process *tell_main(struct kanary_strace_processes *processes, u32 pid)
{
	struct kanary_strace_process *process = find_living(processes, processes->main);

	if (processes->main_told || !process)
		return NULL;
	process->thread.trace.vector.pid = pid;
	process->thread.trace.vector.tgid = pid;
	processes->main = pid;
	processes->main_told = true;
	if (kanary_trace_table_rename(&processes->text->threads, &process->thread, pid))
		return NULL;
	return process;
}

/* On a terminal strace -f writes no pid while there is a single process. */
static u32 find_alone(const struct kanary_strace_processes *processes)
{
	const struct kanary_trace_thread *first = processes->text->threads.first;

	return !find_living(processes, processes->main) && first ? first->tid : processes->main;
}

struct kanary_strace_process *
kanary_strace_process_find(struct kanary_strace_processes *processes, u32 pid)
{
	struct kanary_strace_process *process;
	bool was_told = processes->main_told;

	if (!pid)
		pid = find_alone(processes);
	else if (pid == processes->main)
		processes->main_told = true;
	process = find_living(processes, pid);
	if (process)
		return process;
	if (pid != processes->main) {
		process = tell_main(processes, pid);
		if (process || processes->main_told != was_told)
			return process;
	}
	return add(processes, pid);
}

struct kanary_strace_process *
kanary_strace_process_attach(struct kanary_strace_processes *processes, u32 pid)
{
	struct kanary_strace_process *process = find_living(processes, pid);

	if (process)
		return process;
	/* Nothing was said before: it is traced alone, or the first of several. */
	if (!processes->text->threads.first && !processes->main_told && !processes->text->calls) {
		processes->main = pid;
		processes->main_told = true;
	}
	process = add(processes, pid);
	if (process)
		process->by_strace = false;
	return process;
}

int kanary_strace_process_end(struct kanary_strace_processes *processes, u32 pid)
{
	struct kanary_strace_process *process;
	int error;

	if (!pid)
		pid = find_alone(processes);
	process = find_living(processes, pid);
	if (!process && pid != processes->main) {
		process = tell_main(processes, pid);
		if (!process && processes->main == pid)
			return kanary_trace_text_no_memory(processes->text);
	}
	if (!process)
		return 0;
	error = kanary_trace_end(&process->thread.trace, KANARY_REASON_EXIT);
	kanary_trace_table_remove(&processes->text->threads, &process->thread);
	return error;
}

void kanary_strace_process_call(struct kanary_strace_process *process,
				const char comm[KANARY_COMM_SIZE])
{
	if (!*comm || !strcmp(comm, process->before))
		return;
	memcpy(comm_of(process), comm, KANARY_COMM_SIZE);
	process->guessed = false;
}

void kanary_strace_process_free(struct kanary_strace_processes *processes)
{
	kanary_strace_family_free(&processes->born);
}

static enum kanary_strace_pending pending_of(const char *name, const char *arguments)
{
	if (*name == 'e' && (!strcmp(name, "execve") || !strcmp(name, "execveat")))
		return KANARY_STRACE_PENDING_EXEC;
	if (*name == 'c' && (!strcmp(name, "clone") || !strcmp(name, "clone3")))
		return KANARY_STRACE_PENDING_FORK;
	if ((*name == 'f' || *name == 'v') && (!strcmp(name, "fork") || !strcmp(name, "vfork")))
		return KANARY_STRACE_PENDING_FORK;
	if (*name == 'p' && !strcmp(name, "prctl") && !strncmp(arguments, "PR_SET_NAME, \"", 14))
		return KANARY_STRACE_PENDING_NAME;
	return KANARY_STRACE_PENDING_NONE;
}

/* execve("/usr/bin/env", ... and execveat(AT_FDCWD, "/usr/bin/env", ... */
static void take_program(struct kanary_strace_process *process, const char *arguments)
{
	const char *path = strchr(arguments, '"');
	size_t digits = strspn(arguments, "0123456789");

	memset(process->program, 0, sizeof(process->program));
	if (path)
		kanary_strace_string_base(path + 1, process->program, sizeof(process->program));
	/* execveat(3, "", ..., AT_EMPTY_PATH): the kernel calls it "3" */
	if (path && !*process->program && digits < sizeof(process->program))
		memcpy(process->program, arguments, digits);
}

static void take_name(struct kanary_strace_process *process, const char *arguments)
{
	const char *name = strchr(arguments, '"') + 1;

	memset(process->program, 0, sizeof(process->program));
	kanary_strace_string_take(&name, '"', process->program, sizeof(process->program) - 1);
}

void kanary_strace_process_expect(struct kanary_strace_processes *processes,
				  struct kanary_strace_process *process, const char *name,
				  const char *arguments)
{
	process->pending = pending_of(name, arguments);
	if (process->pending == KANARY_STRACE_PENDING_EXEC) {
		take_program(process, arguments);
		process->mode_told = false;
	} else if (process->pending == KANARY_STRACE_PENDING_FORK) {
		processes->forking = process->thread.tid;
	} else if (process->pending == KANARY_STRACE_PENDING_NAME) {
		take_name(process, arguments);
	}
}

static void note_comm(struct kanary_strace_processes *processes, const char *comm)
{
	if (!processes->comms) {
		memcpy(processes->comm, comm, sizeof(processes->comm));
		processes->comms = 1;
	} else if (strcmp(processes->comm, comm)) {
		processes->comms = 2;
	}
}

static int run_program(struct kanary_strace_processes *processes,
		       struct kanary_strace_process *process)
{
	struct kanary_trace *trace = &process->thread.trace;
	char comm[KANARY_COMM_SIZE];
	int error;

	memcpy(comm, *process->program ? process->program : comm_of(process), sizeof(comm));
	memcpy(process->before, comm_of(process), sizeof(process->before));
	error = kanary_trace_end(trace, KANARY_REASON_EXEC);
	if (error)
		return error;
	if (!process->mode_told)
		process->compat = false;
	process->guessed = false;
	note_comm(processes, comm);
	kanary_trace_begin(trace, processes->text->import, process->thread.tid, comm,
			   strlen(comm));
	return 0;
}

/* The parent has come back from fork(): the child is called like it, unless it is more by now. */
static int take_child(struct kanary_strace_processes *processes,
		      struct kanary_strace_process *parent, u32 pid)
{
	struct kanary_strace_process *child = find_living(processes, pid);

	if (processes->forking == parent->thread.tid)
		processes->forking = 0;
	if (processes->known &&
	    !kanary_strace_family_add(processes->known, pid, parent->thread.tid,
				      parent->guessed ? no_comm : comm_of(parent)))
		return kanary_trace_text_no_memory(processes->text);
	/* It may never come: without -f, and in files of -ff. */
	if (!child)
		return kanary_strace_family_add(&processes->born, pid, parent->thread.tid,
						comm_of(parent)) ?
			       0 : kanary_trace_text_no_memory(processes->text);
	if (child->guessed)
		memcpy(comm_of(child), comm_of(parent), KANARY_COMM_SIZE);
	child->guessed = false;
	return 0;
}

int kanary_strace_process_finish(struct kanary_strace_processes *processes,
				 struct kanary_strace_process *process, long long result)
{
	enum kanary_strace_pending pending = process->pending;

	process->pending = KANARY_STRACE_PENDING_NONE;
	if (pending == KANARY_STRACE_PENDING_EXEC && !result)
		return run_program(processes, process);
	if (pending == KANARY_STRACE_PENDING_FORK && result > 0 && result <= UINT32_MAX)
		return take_child(processes, process, (u32)result);
	if (pending == KANARY_STRACE_PENDING_NAME && !result) {
		memcpy(comm_of(process), process->program, KANARY_COMM_SIZE);
		process->guessed = false;
	}
	return 0;
}

int kanary_strace_process_supersede(struct kanary_strace_processes *processes, u32 pid, u32 tid)
{
	struct kanary_strace_process *leader = kanary_strace_process_find(processes, pid);
	struct kanary_strace_process *thread = find_living(processes, tid);
	int error;

	if (!leader)
		return kanary_trace_text_no_memory(processes->text);
	if (!thread || thread == leader)
		return 0;
	error = kanary_trace_end(&leader->thread.trace, KANARY_REASON_EXIT);
	if (error)
		return error;
	/* The thread's calls become those that the execve ends. */
	kanary_trace_move(&leader->thread.trace, &thread->thread.trace);
	memcpy(leader->program, thread->program, sizeof(leader->program));
	leader->pending = thread->pending;
	leader->compat = thread->compat;
	leader->mode_told = thread->mode_told;
	leader->guessed = thread->guessed;
	kanary_trace_table_remove(&processes->text->threads, &thread->thread);
	return 0;
}
