// SPDX-License-Identifier: GPL-2.0
#include "import_columns.h"

#include <stdlib.h>
#include <string.h>

#include "terminal/arguments.h"
#include "recording/syscall_number.h"
#include "trace_input.h"
#include "trace_text.h"

#define SEPARATORS " \t,;"
#define WORD_SIZE 64

/* Reading one file. */
struct reader {
	struct kanary_trace_text text;
	u64 skipped;
};

/* The column @number of a line, from 1; false where it is absent or longer than any call. */
static bool take_column(const char *line, u32 number, char word[WORD_SIZE])
{
	size_t length;

	line += strspn(line, " \t");
	while (--number) {
		line += strcspn(line, SEPARATORS);
		line += strspn(line, SEPARATORS);
	}
	length = strcspn(line, SEPARATORS);
	if (!length || length >= WORD_SIZE)
		return false;
	memcpy(word, line, length);
	word[length] = 0;
	return true;
}

static bool take_pid(const char *word, u32 *pid)
{
	uint64_t number;

	if (word[strspn(word, "0123456789")] ||
	    !kanary_arguments_number(word, 0, UINT32_MAX, &number))
		return false;
	*pid = (u32)number;
	return true;
}

static struct kanary_trace_thread *find_thread(struct kanary_trace_text *text, u32 pid)
{
	struct kanary_trace_thread *thread = kanary_trace_table_find(&text->threads, pid);

	if (thread)
		return thread;
	thread = kanary_trace_table_add(&text->threads, pid);
	if (thread)
		kanary_trace_begin(&thread->trace, text->import, pid, "", 0);
	return thread;
}

static int take_call(struct kanary_trace_text *text, u32 pid, const char *word)
{
	struct kanary_trace_thread *thread = find_thread(text, pid);
	enum kanary_syscall_abi abi = text->import->abi;
	bool known;
	int error;
	u32 bin;

	if (!thread)
		return kanary_trace_text_no_memory(text);
	bin = kanary_syscall_number_word(word, abi, &known);
	if (!known)
		kanary_trace_text_locate(text, &text->import->calls_unnamed);
	text->calls++;
	text->named += known;
	error = kanary_trace_call(&thread->trace, bin);
	if (error || !kanary_syscall_number_is_exit(bin, abi))
		return error;
	error = kanary_trace_end(&thread->trace, KANARY_REASON_EXIT);
	kanary_trace_table_remove(&text->threads, thread);
	return error;
}

static int skip_line(struct kanary_trace_text *text)
{
	struct reader *reader = (struct reader *)text;

	kanary_trace_text_locate(text, &text->import->lines_skipped);
	/* A file of other things is told before it is read to its end. */
	if (++reader->skipped <= text->calls + 16)
		return 0;
	return kanary_trace_fail(text->import,
		"%s: %llu of %llu lines have no pid in column %u and call in column %u: see --columns",
		text->name, (unsigned long long)reader->skipped,
		(unsigned long long)text->line.number, text->import->columns.pid,
		text->import->columns.call);
}

/* A call is a number, or a word like a name. */
static bool is_call(const char *word)
{
	return !word[strspn(word, "0123456789")] ||
	       !word[strspn(word, "abcdefghijklmnopqrstuvwxyz_0123456789")];
}

static int take_line(struct kanary_trace_text *text)
{
	const struct kanary_import_columns *columns = &text->import->columns;
	char pid_word[WORD_SIZE], call[WORD_SIZE];
	u32 pid;

	if (!text->line.head[strspn(text->line.head, SEPARATORS)])
		return 0;
	if (take_column(text->line.head, columns->pid, pid_word) && take_pid(pid_word, &pid) &&
	    take_column(text->line.head, columns->call, call) && is_call(call))
		return take_call(text, pid, call);
	return skip_line(text);
}

static const struct kanary_trace_text_format format = {
	.size = sizeof(struct reader),
	.thread_size = sizeof(struct kanary_trace_thread),
	.origin = "columns of pids and system calls, of this --abi",
	.take = take_line,
};

bool kanary_import_columns_parse(const char *text, struct kanary_import_columns *columns)
{
	const char *comma = strchr(text, ',');
	uint64_t pid, call;
	char first[8];

	if (!comma || (size_t)(comma - text) >= sizeof(first))
		return false;
	memcpy(first, text, (size_t)(comma - text));
	first[comma - text] = 0;
	if (!kanary_arguments_number(first, 1, KANARY_IMPORT_COLUMNS_MAX, &pid) ||
	    !kanary_arguments_number(comma + 1, 1, KANARY_IMPORT_COLUMNS_MAX, &call) || pid == call)
		return false;
	*columns = (struct kanary_import_columns){ (u32)pid, (u32)call };
	return true;
}

int kanary_import_columns_stream(struct kanary_import *import, const char *name, FILE *file)
{
	return kanary_trace_text_read(&format, import, name, file);
}

int kanary_import_columns(struct kanary_import *import, const char *path)
{
	return kanary_trace_input_read(import, path, kanary_import_columns_stream);
}
