// SPDX-License-Identifier: GPL-2.0
#include "import_names.h"

#include <errno.h>
#include <string.h>

#include "recording/syscall_number.h"
#include "trace_input.h"
#include "trace_line.h"
#include "trace_name.h"

/* No name is as long. */
#define WORD_SIZE 80
/* Unknown names beyond those that are known, before a file is given up */
#define UNKNOWN_MAX 64

/* Reading one file. */
struct reader {
	struct kanary_import *import;
	const char *name;
	FILE *file;
	u64 line;
	u64 known;
	u64 unknown;
	bool ended;	/* what comes next is of another process */
	char word[WORD_SIZE];
	struct kanary_trace trace;
};

static bool is_blank(int byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* The next word, cut to its room; false at the end. */
static bool next_word(struct reader *reader)
{
	size_t length = 0;
	int byte;

	while (is_blank(byte = getc_unlocked(reader->file)))
		reader->line += byte == '\n';
	for (; byte != EOF && !is_blank(byte); byte = getc_unlocked(reader->file))
		if (length < sizeof(reader->word) - 1)
			reader->word[length++] = (char)(byte ? byte : '?');
	if (byte != EOF)
		ungetc(byte, reader->file);
	reader->word[length] = 0;
	return length;
}

static void begin_process(struct reader *reader)
{
	u32 pid = kanary_trace_name_pid(reader->name);
	const char *comm;
	size_t length;

	comm = kanary_trace_name_comm(reader->name, &length);
	/* "10017.txt" is a pid, and no process is called so */
	if (strspn(comm, "0123456789") == length)
		length = 0;
	if (!pid)
		pid = (u32)reader->import->streams + 1;
	kanary_trace_begin(&reader->trace, reader->import, pid, comm, length);
	reader->ended = false;
}

static int too_many_unknown(struct reader *reader)
{
	return kanary_trace_fail(reader->import,
		"%s: line %llu: %llu of %llu words up to here are names of no system call: are they names with blanks between?",
		reader->name, (unsigned long long)reader->line,
		(unsigned long long)reader->unknown,
		(unsigned long long)(reader->known + reader->unknown));
}

static int take_call(struct reader *reader)
{
	bool compat = reader->import->abi == KANARY_SYSCALL_ABI_I386, known;
	u32 bin = kanary_syscall_number_bin(reader->word, compat, &known);
	int error = 0;

	if (reader->ended) {
		error = kanary_trace_end(&reader->trace, KANARY_REASON_EXIT);
		begin_process(reader);
	}
	if (error)
		return error;
	reader->known += known;
	if (!known) {
		kanary_trace_locate(reader->import, &reader->import->calls_unnamed, reader->name,
				    reader->line, reader->word);
		/* A file of other things is told before it is read to its end. */
		if (++reader->unknown > reader->known + UNKNOWN_MAX)
			return too_many_unknown(reader);
	}
	reader->ended = kanary_syscall_number_is_exit(bin, reader->import->abi);
	return kanary_trace_call(&reader->trace, bin);
}

static int check(struct reader *reader)
{
	if (ferror(reader->file))
		return kanary_trace_fail(reader->import, "%s: line %llu: %s", reader->name,
					 (unsigned long long)reader->line, strerror(errno));
	if (!reader->known && !reader->unknown)
		return kanary_trace_fail(reader->import, "%s: no system call in the whole file: leave it out",
					 reader->name);
	if (reader->unknown > reader->known)
		return too_many_unknown(reader);
	return 0;
}

int kanary_import_names_stream(struct kanary_import *import, const char *name, FILE *file)
{
	struct reader reader = { .import = import, .name = name, .file = file, .line = 1 };
	int error = 0;

	kanary_trace_line_skip_mark(file);
	begin_process(&reader);
	while (!error && next_word(&reader))
		error = take_call(&reader);
	if (!error)
		error = check(&reader);
	if (!error)
		error = kanary_trace_end(&reader.trace, KANARY_REASON_EXIT);
	kanary_trace_discard(&reader.trace);
	import->files += !error;
	return error;
}

int kanary_import_names(struct kanary_import *import, const char *path)
{
	return kanary_trace_input_read(import, path, kanary_import_names_stream);
}
