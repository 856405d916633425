// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "import_strace.h"
#include "strace_line.h"
#include "strace_path.h"
#include "strace_process.h"
#include "strace_remark.h"
#include "recording/syscall_number.h"
#include "trace_input.h"
#include "trace_name.h"

/*
 * Reading one file.
 * @torn: whose call something cut into, in a line before this; 0 for nobody's
 * @by_remark: a remark of strace's did, so that the next line that is no remark goes on
 */
struct reader {
	struct kanary_trace_text text;
	struct kanary_strace_processes processes;
	struct kanary_strace_summary summary;
	u32 torn;
	bool by_remark;
};

/*
 * The files of "strace -ff" are read twice: once for who began whom.
 * @is_first: that is done now
 */
struct folder {
	struct kanary_strace_family family;
	bool is_first;
};

static int take_paths(struct kanary_strace_process *process, u32 bin, const char *name,
		      const char *arguments)
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

/* A name that only 32-bit programs have tells what a process is: strace -o does not say it. */
static u32 find_bin(struct kanary_strace_process *process, const char *name, bool *known)
{
	process->compat |= kanary_syscall_number_is_i386(name);
	return kanary_syscall_number_bin(name, process->compat, known);
}

static int count_call(struct reader *reader, struct kanary_strace_process *process,
		      const struct kanary_strace_call *call)
{
	bool known;
	u32 bin = find_bin(process, call->name, &known);
	int error;

	reader->text.calls++;
	reader->text.named += known;
	/* The execve at the top of a trace is strace's own. */
	if (process->by_strace && process->pending == KANARY_STRACE_PENDING_EXEC)
		return 0;
	if (!known)
		kanary_trace_text_locate(&reader->text, &reader->text.import->calls_unnamed);
	error = kanary_trace_call(&process->thread.trace, bin);
	return error ? error : take_paths(process, bin, call->name, call->arguments);
}

/* What the call whose end this line has decides. */
static int finish_call(struct reader *reader, struct kanary_strace_process *process)
{
	long long result;

	if (!process->pending || !kanary_strace_line_result(&reader->text.line, &result))
		return 0;
	return kanary_strace_process_finish(&reader->processes, process, result);
}

static int take_call(struct reader *reader, struct kanary_strace_process *process,
		     const struct kanary_strace_call *call, enum kanary_strace_shape shape)
{
	int error;

	kanary_strace_process_expect(&reader->processes, process, call->name, call->arguments);
	error = count_call(reader, process, call);
	process->by_strace = false;
	reader->torn = shape == KANARY_STRACE_TORN ? process->thread.tid : 0;
	reader->by_remark = false;
	if (!error && shape == KANARY_STRACE_WHOLE)
		error = finish_call(reader, process);
	return error;
}

static bool begins_with(const char *text, const char *beginning)
{
	return !strncmp(text, beginning, strlen(beginning));
}

/* A line that begins like no call, and yet is of a process. */
static bool is_event(const char *text)
{
	return begins_with(text, "<... ") || begins_with(text, "+++ ");
}

static int take_event(struct reader *reader, u32 pid, const char *text)
{
	static const char superseded[] = "+++ superseded by execve in pid ";
	struct kanary_strace_process *process;

	reader->torn = 0;
	reader->text.events++;
	if (begins_with(text, "+++ exited") || begins_with(text, "+++ killed"))
		return kanary_strace_process_end(&reader->processes, pid);
	process = kanary_strace_process_find(&reader->processes, pid);
	if (!process)
		return kanary_trace_text_no_memory(&reader->text);
	if (begins_with(text, superseded))
		return kanary_strace_process_supersede(&reader->processes, process->thread.tid,
			(u32)strtoul(text + strlen(superseded), NULL, 10));
	return begins_with(text, "<... ") ? finish_call(reader, process) : 0;
}

static bool is_known(const char *name)
{
	bool native, compat;

	kanary_syscall_number_bin(name, false, &native);
	kanary_syscall_number_bin(name, true, &compat);
	return native || compat;
}

/* Text that looks like the beginning of a call may be anything, unless its name is one. */
static enum kanary_strace_shape take_shape(struct reader *reader, const char *text,
					   struct kanary_strace_call *call)
{
	enum kanary_strace_shape shape = kanary_strace_line_call(&reader->text.line, text, call);

	return shape == KANARY_STRACE_TORN && !is_known(call->name) ? KANARY_STRACE_OTHER : shape;
}

static void skip_line(struct reader *reader, bool is_foreign)
{
	kanary_trace_text_locate(&reader->text, &reader->text.import->lines_skipped);
	reader->text.import->lines_foreign += is_foreign;
}

/* What goes on with a call of a line before, was written by the program, or is not understood. */
static int take_other(struct reader *reader, const char *text, bool has_pid)
{
	struct kanary_strace_process *process;

	if (kanary_strace_remark_is_summary(&reader->summary, reader->text.line.head))
		return 0;
	if (has_pid || !reader->torn ||
	    !(reader->by_remark || kanary_strace_line_is_rest(&reader->text.line))) {
		if (!kanary_strace_remark_is_noise(text))
			skip_line(reader, !has_pid);
		else
			reader->text.events += begins_with(text, "--- ");
		return 0;
	}
	process = kanary_trace_table_find(&reader->text.threads, reader->torn);
	reader->torn = 0;
	return process ? finish_call(reader, process) : 0;
}

/* Behind an execve this is the new program's name already: its end comes first. */
static int take_named_event(struct reader *reader, const struct kanary_strace_prefix *prefix,
			    const char *text)
{
	struct kanary_strace_process *process;
	int error = take_event(reader, prefix->pid, text);

	if (error || !*prefix->comm)
		return error;
	process = kanary_trace_table_find(&reader->text.threads, prefix->pid);
	if (process)
		kanary_strace_process_call(process, prefix->comm);
	return 0;
}

static int take_text(struct reader *reader)
{
	struct kanary_strace_process *process;
	struct kanary_strace_prefix prefix;
	struct kanary_strace_call call;
	enum kanary_strace_shape shape;
	const char *text;

	text = kanary_strace_line_skip(reader->text.line.head, &prefix);
	if (is_event(text))
		return take_named_event(reader, &prefix, text);
	shape = take_shape(reader, text, &call);
	if (shape == KANARY_STRACE_OTHER)
		return take_other(reader, text, prefix.pid);
	process = kanary_strace_process_find(&reader->processes, prefix.pid);
	if (!process)
		return kanary_trace_text_no_memory(&reader->text);
	kanary_strace_process_call(process, prefix.comm);
	return take_call(reader, process, &call, shape);
}

static int take_mode(struct reader *reader, u32 pid, bool compat)
{
	struct kanary_strace_process *process;

	if (reader->text.threads.first)
		process = kanary_strace_process_find(&reader->processes, pid);
	else
		process = kanary_strace_process_attach(&reader->processes, pid);
	if (!process)
		return kanary_trace_text_no_memory(&reader->text);
	process->compat = compat;
	process->mode_told = true;
	return 0;
}

static int take_remark(struct reader *reader, const struct kanary_strace_remark *remark)
{
	switch (remark->kind) {
	case KANARY_STRACE_REMARK_ATTACHED:
		return kanary_strace_process_attach(&reader->processes, remark->pid) ?
			       0 : kanary_trace_text_no_memory(&reader->text);
	case KANARY_STRACE_REMARK_DETACHED:
		return kanary_strace_process_end(&reader->processes, remark->pid);
	case KANARY_STRACE_REMARK_COMPAT:
	case KANARY_STRACE_REMARK_NATIVE:
		return take_mode(reader, remark->pid,
				 remark->kind == KANARY_STRACE_REMARK_COMPAT);
	case KANARY_STRACE_REMARK_PAUSED:
		return kanary_strace_process_find(&reader->processes, remark->pid) ?
			       0 : kanary_trace_text_no_memory(&reader->text);
	default:
		return 0;
	}
}

/* The call that a remark cut into counts before what the remark says. */
static int take_line(struct kanary_trace_text *text)
{
	struct reader *reader = (struct reader *)text;
	struct kanary_strace_remark remark;
	u32 torn = reader->torn;
	int error = 0;

	if (!kanary_strace_remark_cut(&text->line, &remark))
		return take_text(reader);
	if (text->line.head[strspn(text->line.head, " \t")]) {
		error = take_text(reader);
		reader->by_remark = true;
		torn = reader->torn;
	}
	if (!error)
		error = take_remark(reader, &remark);
	/* Another remark may follow before the call goes on; this one may have told the pid. */
	if (torn == KANARY_STRACE_PROCESS_UNTOLD && reader->processes.main_told)
		torn = reader->processes.main;
	reader->torn = torn;
	return error;
}

static void begin(struct kanary_trace_text *text)
{
	struct kanary_strace_processes *processes = &((struct reader *)text)->processes;
	struct folder *folder = text->import->context;

	kanary_strace_process_begin(processes, text, kanary_trace_name_pid(text->name));
	if (folder && folder->is_first)
		processes->known = &folder->family;
	else if (folder)
		processes->family = &folder->family;
}

static void end(struct kanary_trace_text *text)
{
	kanary_strace_process_free(&((struct reader *)text)->processes);
}

static const struct kanary_trace_text_format format = {
	.size = sizeof(struct reader),
	.thread_size = sizeof(struct kanary_strace_process),
	.origin = "the output of strace",
	.begin = begin,
	.end = end,
	.take = take_line,
	.unnamed_max = 1,
};

int kanary_import_strace_stream(struct kanary_import *import, const char *name, FILE *file)
{
	return kanary_trace_text_read(&format, import, name, file);
}

static int drop(void *unused, const struct kanary_vector *vector)
{
	return 0;
}

/* Nothing is to be found where the first file is none of -ff: the reading ends then. */
static int read_family(struct kanary_import *import, const char *name, FILE *file)
{
	if (!kanary_trace_name_pid(name))
		return -ECANCELED;
	kanary_import_strace_stream(import, name, file);
	return 0;
}

int kanary_import_strace(struct kanary_import *import, const char *path)
{
	struct folder folder = { .is_first = true };
	struct kanary_import first = {
		.take = drop, .period = import->period, .only = import->only, .context = &folder,
	};
	int error;

	/* What is wrong is said when it is read for good. */
	if (kanary_trace_input_is_lasting(path))
		kanary_trace_input_read(&first, path, read_family);
	folder.is_first = false;
	import->context = &folder;
	error = kanary_trace_input_read(import, path, kanary_import_strace_stream);
	import->context = NULL;
	kanary_strace_family_free(&folder.family);
	return error;
}
