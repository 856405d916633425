// SPDX-License-Identifier: GPL-2.0
#include "import_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "command_fixture.h"
#include "commands.h"
#include "terminal/message.h"
#include "recording/recording.h"
#include "syscall_name.h"
#include "vector.h"

/* Between those of calls and those of paths there is none. */
static void expect_nothing_reserved(const struct kanary_vector *vector)
{
	u32 calls = kanary_vector_calls(vector);

	assert_true(calls == vector->length || vector->counts[calls].bin >= KANARY_PATH_FIRST);
}

static const char *reason_name(u32 reason)
{
	return reason == KANARY_REASON_EXIT ? "exit" :
	       reason == KANARY_REASON_EXEC ? "exec" : "period";
}

static void describe(const struct kanary_vector *vector, bool pids, FILE *file)
{
	char buffer[64];
	u32 i;

	fprintf(file, "%llu.%u ", (unsigned long long)vector->stream, vector->index);
	if (pids)
		fprintf(file, "%u:", vector->pid);
	fprintf(file, "%s", vector->comm);
	for (i = 0; i < kanary_vector_calls(vector); i++)
		fprintf(file, " %s:%u",
			kanary_syscall_name(vector->counts[i].bin, buffer, sizeof(buffer)),
			vector->counts[i].count);
	fprintf(file, " %s", reason_name(vector->reason));
}

static void expect(const char *path, const char *expected, bool pids)
{
	struct kanary_recording_reader *reader;
	const struct kanary_vector *vector;
	char text[8192] = "";
	const char *why;
	FILE *file = fmemopen(text, sizeof(text), "w");

	reader = kanary_recording_open(path, &why);
	if (!reader)
		fail_msg("%s: %s", path, why);
	while ((vector = kanary_recording_next(reader))) {
		if (ftell(file))
			fputs(" | ", file);
		expect_nothing_reserved(vector);
		describe(vector, pids, file);
	}
	assert_null(kanary_recording_damage(reader));
	kanary_recording_close(reader);
	fclose(file);
	assert_string_equal(text, expected);
}

void import_fixture_expect(const char *path, const char *expected)
{
	expect(path, expected, false);
}

void import_fixture_pids(const char *path, const char *expected)
{
	expect(path, expected, true);
}

static void describe_path(const struct kanary_path *path, FILE *file)
{
	char escaped[KANARY_MESSAGE_ESCAPED_SIZE(KANARY_PATH_SIZE_MAX)], buffer[64];

	fprintf(file, "%s%s%s%s:%s", kanary_syscall_name(path->call, buffer, sizeof(buffer)),
		path->flags & KANARY_PATH_RELATIVE ? "!r" : "",
		path->flags & KANARY_PATH_DIRFD ? "!d" : "",
		path->flags & KANARY_PATH_SECOND ? "!2" : "",
		kanary_message_escape(path->name, path->length, escaped));
}

void import_fixture_describe(const char *path, char *text, size_t size)
{
	struct kanary_recording_reader *reader;
	struct kanary_recording_record record;
	const char *why;
	FILE *file = fmemopen(text, size, "w");

	reader = kanary_recording_open(path, &why);
	if (!reader)
		fail_msg("%s: %s", path, why);
	while (kanary_recording_read(reader, &record)) {
		if (ftell(file))
			fputs(" | ", file);
		if (record.path)
			describe_path(record.path, file);
		else
			describe(record.vector, false, file);
	}
	assert_null(kanary_recording_damage(reader));
	kanary_recording_close(reader);
	fclose(file);
}

void import_fixture_import(const char *format, const char *trace, const char *expected)
{
	char words[64], text[16384];

	command_write("trace", trace);
	snprintf(words, sizeof(words), "import %s trace -o trace.rec", format);
	command_expect(kanary_import_main, words, 0, NULL);
	import_fixture_describe("trace.rec", text, sizeof(text));
	assert_string_equal(text, expected);
}
