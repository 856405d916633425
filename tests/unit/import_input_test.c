// SPDX-License-Identifier: GPL-2.0
/* Where traces may lie, however they are packed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive_fixture.h"
#include "command_fixture.h"
#include "commands.h"
#include "import_fixture.h"
#include "recording/recording.h"
#include "import/trace_name.h"

static void run(const char *command)
{
	if (system(command))
		fail_msg("%s failed", command);
}

static void expect(const char *words, const char *expected)
{
	char command[256];

	unlink("x.rec");
	snprintf(command, sizeof(command), "import %s -o x.rec", words);
	command_expect(kanary_import_main, command, 0, NULL);
	import_fixture_expect("x.rec", expected);
}

static void expect_refusal(const char *words, const char *why)
{
	char command[256];

	unlink("x.rec");
	snprintf(command, sizeof(command), "import %s -o x.rec", words);
	command_expect(kanary_import_main, command, 1, why);
	assert_int_equal(access("x.rec", F_OK), -1);
}

/* The file that each vector of x.rec is from, one behind the other */
static void expect_files(const char *expected)
{
	struct kanary_recording_reader *reader;
	char files[256] = "";
	const char *why;

	reader = kanary_recording_open("x.rec", &why);
	assert_non_null(reader);
	while (kanary_recording_next(reader)) {
		strcat(files, kanary_recording_file(reader));
		strcat(files, ";");
	}
	kanary_recording_close(reader);
	assert_string_equal(files, expected);
}

static void files_are_noted(void **state)
{
	run("mkdir noted && printf read >noted/1.txt && printf 'write read' >noted/2.txt");
	run("tar cf noted.tar noted && printf '3 4' >n.int");
	command_expect(kanary_import_main, "import names noted noted.tar -o x.rec", 0, NULL);
	expect_files("noted/1.txt;noted/2.txt;noted.tar/noted/1.txt;noted.tar/noted/2.txt;");
	command_expect(kanary_import_main, "import adfa n.int -o x.rec", 0, NULL);
	expect_files("n.int;");
}

static void compressed_files(void **state)
{
	command_write("web.strace", "read(3, \"\", 1) = 0\n+++ exited with 0 +++\n");
	run("gzip -k web.strace && xz -k web.strace && bzip2 -k web.strace && zstd -q web.strace");
	/* its bytes say what a file is, and its name does not */
	run("cp web.strace.xz web.txt && cp web.strace web.tar");
	expect("strace web.strace.gz", "1.0  read:1 exit");
	expect("strace web.strace.xz", "1.0  read:1 exit");
	expect("strace web.strace.bz2", "1.0  read:1 exit");
	expect("strace web.strace.zst", "1.0  read:1 exit");
	expect("strace web.txt", "1.0  read:1 exit");
	expect("strace web.tar", "1.0  read:1 exit");
}

static void a_damaged_file(void **state)
{
	run("awk 'BEGIN { split(\"read write close open stat\", name, \" \");"
	    " for (i = 0; i < 200000; i++) print name[int(rand() * 5) + 1] }' |"
	    " gzip >whole.gz && head -c 60000 whole.gz >cut.gz && head -c 60 whole.gz >stub.gz");
	expect_refusal("names cut.gz", "cut.gz: damaged: truncated gzip input");
	expect_refusal("names stub.gz", "stub.gz: cannot be unpacked: truncated gzip input");
	/* nothing but the checksum behind the text is short, and libarchive has no words for it */
	run("head -c -1 whole.gz >short.gz && mkdir t && gunzip -c whole.gz >t/t.txt");
	expect_refusal("names short.gz", "short.gz: damaged: its end is missing");
	run("tar cz -b 1 t | head -c -1 >t.tgz");
	expect_refusal("names t.tgz", "t.tgz/t/t.txt: damaged: its end is missing");
	run("xz -k t/t.txt && head -c 60 t/t.txt.xz >stub.xz");
	expect_refusal("names stub.xz", "stub.xz: cannot be unpacked: Lzma library error");
}

static void from_standard_input(const char *input, const char *words, const char *expected)
{
	int descriptor = open(input, O_RDONLY | O_CLOEXEC), before = dup(STDIN_FILENO);

	assert_true(descriptor >= 0 && before >= 0);
	dup2(descriptor, STDIN_FILENO);
	expect(words, expected);
	dup2(before, STDIN_FILENO);
	close(descriptor);
	close(before);
}

static void standard_input(void **state)
{
	command_write("s.strace", "7 read(3, \"\", 1) = 0\n");
	command_write("s.sysdig", "getpid \ngetpid \n");
	command_write("s.numbers", "3 3 4");
	command_write("s.names", "read write");
	command_write("s.columns", "7 0\n7 1\n");
	run("gzip -k s.names && tar cf s.tar s.strace");
	from_standard_input("s.strace", "strace -", "1.0  read:1 exit");
	from_standard_input("s.sysdig", "sysdig -", "1.0  getpid:1 exit");
	from_standard_input("s.numbers", "adfa -", "1.0  i386:read:2 i386:write:1 exit");
	from_standard_input("s.names", "names -", "1.0  read:1 write:1 exit");
	from_standard_input("s.names.gz", "names -", "1.0  read:1 write:1 exit");
	from_standard_input("s.columns", "columns -", "1.0  read:1 write:1 exit");
	from_standard_input("s.tar", "strace -", "1.0  read:1 exit");
}

/* As the shell's <(zcat ...) is: what is read of it once is gone. */
static void a_pipe(void **state)
{
	command_write("p.strace", "7 read(3, \"\", 1) = 0\n");
	run("mkfifo pipe.7 pipe && mkdir in && cp p.strace in/plain && tar cf p.tar in");
	/* a reader that comes again would wait for ever */
	alarm(60);
	run("cat p.strace >pipe.7 &");
	expect("strace pipe.7", "1.0  read:1 exit");
	run("cat p.tar >pipe &");
	expect_refusal("strace pipe", "pipe: no trace in it");
	alarm(0);
}

static void names_without_an_ending(void **state)
{
	mkdir("plain", 0755);
	command_write("plain/first", "read");
	command_write("plain/second", "write");
	command_write("plain/.hidden", "this is no trace");
	expect("names plain", "1.0 first read:1 exit | 2.0 second write:1 exit");
	run("tar cf plain.tgz --sort=name -z plain");
	expect("names plain.tgz", "1.0 first read:1 exit | 2.0 second write:1 exit");
	expect("names plain --only */second", "1.0 second write:1 exit");
}

/* Where some are called like traces, others are not read; that is said. */
static void other_files_beside_traces(void **state)
{
	static struct command_result result;

	mkdir("mixed", 0755);
	command_write("mixed/1.txt", "read");
	command_write("mixed/README", "this is no trace");
	command_run(&result, kanary_import_main, "import names mixed -o x.rec --json");
	assert_int_equal(result.status, 0);
	assert_non_null(strstr(result.out, "\"files\": 1, \"files_left_out\": 1"));
	assert_non_null(strstr(result.err, "1 files left out"));
}

/* What a link leads to may be beside it, and would count twice. */
static void links_in_a_folder(void **state)
{
	run("mkdir links && ln -s ../x.txt links/a.txt && ln -s . links/again");
	expect_refusal("names links", "links: 2 symbolic links, which are not followed, and no trace");
	command_write("links/1.txt", "read");
	command_expect(kanary_import_main, "import names links -o x.rec", 0, "2 files left out");
}

static void packed_twice(void **state)
{
	struct archive *archive;

	mkdir("deep", 0755);
	command_write("deep/1.txt", "read");
	run("gzip deep/1.txt && tar cf deep.tar deep && gzip -k deep.tar");
	expect("names deep", "1.0  read:1 exit");
	expect("names deep.tar.gz", "1.0  read:1 exit");
	run("mkdir outer && cp deep.tar outer/inner && tar cf outer.tar outer");
	expect("names outer.tar", "1.0  read:1 exit");
	archive = archive_fixture_create("zipped.zip");
	archive_fixture_add(archive, "a/1.txt", "close");
	archive_fixture_finish(archive);
	expect("names zipped.zip", "1.0  close:1 exit");
	run("for i in 1 2 3 4 5 6; do mv deep.tar in && tar cf deep.tar in; done");
	expect_refusal("names deep.tar", "packed more than");
}

static void what_names_say(void **state)
{
	assert_int_equal(kanary_trace_name_pid("a/trace.1234"), 1234);
	assert_int_equal(kanary_trace_name_pid("strace.txt.863.xz"), 863);
	assert_int_equal(kanary_trace_name_pid("trace.01"), 0);
	assert_int_equal(kanary_trace_name_pid("trace.99999999999"), 0);
	assert_int_equal(kanary_trace_name_pid("1234"), 0);
	assert_int_equal(kanary_trace_name_pid("a/10017.txt"), 10017);
	assert_int_equal(kanary_trace_name_pid("a.7/trace"), 0);
	assert_true(kanary_trace_name_is_trace("x.log.zst"));
	assert_true(kanary_trace_name_is_trace("x.7"));
	assert_false(kanary_trace_name_is_trace("x.log.md"));
	assert_false(kanary_trace_name_is_trace("7.md"));
	assert_false(kanary_trace_name_is_trace("log"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_noted),
		cmocka_unit_test(compressed_files),
		cmocka_unit_test(a_damaged_file),
		cmocka_unit_test(standard_input),
		cmocka_unit_test(a_pipe),
		cmocka_unit_test(names_without_an_ending),
		cmocka_unit_test(other_files_beside_traces),
		cmocka_unit_test(links_in_a_folder),
		cmocka_unit_test(packed_twice),
		cmocka_unit_test(what_names_say),
	};

	return cmocka_run_group_tests(tests, command_directory, command_directory_remove);
}
