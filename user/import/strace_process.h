/* SPDX-License-Identifier: GPL-2.0 */
/* The processes of a trace of strace: which pid a line is of, and how a process is called. */
#ifndef KANARY_STRACE_PROCESS_H
#define KANARY_STRACE_PROCESS_H

#include "strace_family.h"
#include "trace_text.h"

/* stands for the process whose pid the trace has not told (yet) */
#define KANARY_STRACE_PROCESS_UNTOLD 1

/**
 * enum kanary_strace_pending - what the result of a process's last call decides
 * @KANARY_STRACE_PENDING_NONE: nothing
 * @KANARY_STRACE_PENDING_EXEC: whether it runs @program from then on
 * @KANARY_STRACE_PENDING_FORK: which process it has begun
 * @KANARY_STRACE_PENDING_NAME: whether it is called @program from then on
 */
enum kanary_strace_pending {
	KANARY_STRACE_PENDING_NONE,
	KANARY_STRACE_PENDING_EXEC,
	KANARY_STRACE_PENDING_FORK,
	KANARY_STRACE_PENDING_NAME,
};

/**
 * struct kanary_strace_process - a process that lives
 * @thread: of the table; how it is called stands in its vector
 * @pending: by its last call
 * @program: for @pending
 * @before: how it was called before its last execve
 * @compat: its calls are those of 32-bit programs
 * @mode_told: since its last execve began, a remark said so, or that they are not
 * @guessed: how it is called was concluded from those that live
 * @by_strace: its first call, if that is an execve, is strace's own
 */
struct kanary_strace_process {
	struct kanary_trace_thread thread;
	enum kanary_strace_pending pending;
	char program[KANARY_COMM_SIZE];
	char before[KANARY_COMM_SIZE];
	bool compat;
	bool mode_told;
	bool guessed;
	bool by_strace;
};

/**
 * struct kanary_strace_processes - those of a file
 * @text: the file
 * @family: of the files beside it, or NULL
 * @known: children are noted there, or NULL
 * @born: children that no line was of yet
 * @main: the process whose lines carry no pid
 * @main_told: @main is its pid
 * @forking: who has called fork() last, 0 when that is done
 * @comm: what all programs up to here are called
 * @comms: 0 no program was started yet, 1 all are called @comm, 2 they are not
 */
struct kanary_strace_processes {
	struct kanary_trace_text *text;
	const struct kanary_strace_family *family;
	struct kanary_strace_family *known;
	struct kanary_strace_family born;
	u32 main;
	bool main_told;
	u32 forking;
	char comm[KANARY_COMM_SIZE];
	u32 comms;
};

/** kanary_strace_process_begin() - before the first line; @pid is the main one, or 0 */
void kanary_strace_process_begin(struct kanary_strace_processes *processes,
				 struct kanary_trace_text *text, u32 pid);

/**
 * kanary_strace_process_find() - the process that a line is of
 * @pid: as it says, 0 where it says none
 *
 * Return: it, made where it is new; NULL without memory.
 */
struct kanary_strace_process *
kanary_strace_process_find(struct kanary_strace_processes *processes, u32 pid);

/** kanary_strace_process_attach() - the same of one that is traced from now on */
struct kanary_strace_process *
kanary_strace_process_attach(struct kanary_strace_processes *processes, u32 pid);

/** kanary_strace_process_end() - end a process; 0 or -errno, with import->why set */
int kanary_strace_process_end(struct kanary_strace_processes *processes, u32 pid);

/** kanary_strace_process_expect() - note what the call that begins now decides */
void kanary_strace_process_expect(struct kanary_strace_processes *processes,
				  struct kanary_strace_process *process, const char *name,
				  const char *arguments);

/** kanary_strace_process_finish() - the last call returned @result; 0 or -errno, why set */
int kanary_strace_process_finish(struct kanary_strace_processes *processes,
				 struct kanary_strace_process *process, long long result);

/**
 * kanary_strace_process_supersede() - thread @tid has called execve, and goes on as @pid
 *
 * Return: 0 or -errno, with import->why set.
 */
int kanary_strace_process_supersede(struct kanary_strace_processes *processes, u32 pid, u32 tid);

/**
 * kanary_strace_process_call() - a line says how a process is called
 *
 * It may still say what was right before an execve: strace looks seldom.
 */
void kanary_strace_process_call(struct kanary_strace_process *process,
				const char comm[KANARY_COMM_SIZE]);

/** kanary_strace_process_free() - forget what is kept beside the table of threads */
void kanary_strace_process_free(struct kanary_strace_processes *processes);

#endif /* KANARY_STRACE_PROCESS_H */
