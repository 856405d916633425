// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive_fixture.h"
#include "command_fixture.h"
#include "commands.h"
#include "import_fixture.h"

static void expect_strace(const char *trace, const char *expected)
{
	command_write("trace", trace);
	command_expect(kanary_import_main, "import strace trace -o strace.rec", 0, NULL);
	import_fixture_expect("strace.rec", expected);
}

static void test_adfa_directory(void **state)
{
	mkdir("adfa", 0755);
	mkdir("adfa/sub", 0755);
	command_write("adfa/b.txt", "3 4 3\n6\r\n");
	command_write("adfa/a.txt", "  1");
	command_write("adfa/sub/c.txt", "5 99999 ");
	command_write("adfa/notes.md", "not a trace");
	command_write("adfa/.shadow.txt", "not a trace");
	command_write("adfa/ADFA-LD+Syscall+List.txt", "#define __NR_read 3");
	command_expect(kanary_import_main, "import adfa adfa -o adfa.rec", 0, NULL);
	import_fixture_expect("adfa.rec", "1.0 a i386:exit:1 exit"
			 " | 2.0 b i386:read:2 i386:write:1 i386:close:1 exit"
			 " | 3.0 c i386:open:1 i386:syscall_479:1 exit");
}

static void test_adfa_periods(void **state)
{
	FILE *file = fopen("long.txt", "w");
	int i;

	/* An exact multiple: the last vector still says that the process ended. */
	for (i = 0; i < 48; i++)
		fputs("4 ", file);
	fclose(file);
	command_expect(kanary_import_main, "import adfa long.txt --period 16 -o long.rec", 0, NULL);
	import_fixture_expect("long.rec", "1.0 long i386:write:16 period"
			 " | 1.1 long i386:write:16 period | 1.2 long i386:write:16 exit");
}

static void make_archive(const char *extra)
{
	struct archive *archive = archive_fixture_create("traces.zip");

	archive_fixture_add(archive, "top/train/2.txt", "4 4");
	archive_fixture_add(archive, "top/train/1.txt", "3");
	archive_fixture_add(archive, "top/attack/9.txt", "11");
	archive_fixture_add(archive, "__MACOSX/top/train/1.txt", "junk");
	archive_fixture_add(archive, "top/train/3.txt", extra);
	archive_fixture_finish(archive);
}

static void test_adfa_archive(void **state)
{
	make_archive("6");
	command_expect(kanary_import_main,
		       "import adfa traces.zip --only */train/* -o zip.rec", 0, NULL);
	import_fixture_expect("zip.rec", "1.0 1 i386:read:1 exit | 2.0 2 i386:write:2 exit"
			 " | 3.0 3 i386:close:1 exit");
}

static void test_adfa_bad(void **state)
{
	struct stat status;

	command_write("kept.rec", "precious");
	make_archive("");
	command_expect(kanary_import_main, "import adfa traces.zip -o kept.rec", 1,
		       "traces.zip/top/train/3.txt: no system call in the whole file");
	make_archive("3 4 x5");
	command_expect(kanary_import_main, "import adfa traces.zip -o kept.rec", 1,
		       "top/train/3.txt: byte 4: not a number");
	make_archive("3 -4");
	command_expect(kanary_import_main, "import adfa traces.zip -o kept.rec", 1,
		       "top/train/3.txt: byte 2: not a number");
	make_archive("3 4294967299");
	command_expect(kanary_import_main, "import adfa traces.zip -o kept.rec", 1,
		       "a number too large");
	command_expect(kanary_import_main, "import adfa traces.zip --only nothing -o kept.rec", 1,
		       "no trace in it");
	command_write("bad.zip", "PK but no archive");
	command_expect(kanary_import_main, "import adfa bad.zip -o kept.rec", 1,
		       "bad.zip: byte 0: not a number");
	make_archive("6");
	assert_int_equal(truncate("traces.zip", 100), 0);
	command_expect(kanary_import_main, "import adfa traces.zip -o kept.rec", 1, "traces.zip");
	command_expect(kanary_import_main, "import adfa absent -o kept.rec", 1,
		       "absent: No such file");
	/* Nothing half-written, nothing lost. */
	assert_int_equal(access("kept.rec.partial", F_OK), -1);
	assert_int_equal(stat("kept.rec", &status), 0);
	assert_int_equal(status.st_size, strlen("precious"));
}

static void test_strace_plain(void **state)
{
	expect_strace("execve(\"/bin/cat\", [\"cat\"], 0x7ffe /* 20 vars */) = 0\n"
		      "brk(NULL)                               = 0x55d\n"
		      "read(3, \"a = 0\\n\", 6) = 6\n"
		      "--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED} ---\n"
		      "rt_sigreturn({mask=[]}) = 0\n"
		      "read(3, \"\", 6) = 0\n"
		      "exit_group(0) = ?\n"
		      "+++ exited with 0 +++\n",
		      "1.0 cat read:2 brk:1 rt_sigreturn:1 exit_group:1 exit");
}

static void test_strace_exec(void **state)
{
	expect_strace("execve(\"/bin/sh\", [\"sh\"], 0x7ffe /* 20 vars */) = 0\n"
		      "brk(NULL) = 0x55d\n"
		      "execve(\"/no/such\", [\"such\"], 0x7ffe /* 20 vars */) = -1 ENOENT (No such file)\n"
		      "execve(\"/bin/ls\", [\"ls\"], 0x7ffe /* 20 vars */) = 0 <0.000123>\n"
		      "close(3) = 0\n"
		      "+++ killed by SIGKILL +++\n",
		      "1.0 sh brk:1 execve:2 exec | 2.0 ls close:1 exit");
}

/* Calls that others interrupt count once; whether an execve worked is known at its end. */
static void test_strace_unfinished(void **state)
{
	expect_strace("10 execve(\"/bin/sh\", [\"sh\"], 0x7ffe /* 20 vars */) = 0\n"
		      "10 clone(child_stack=NULL <unfinished ...>\n"
		      "11 execve(\"/bin/ls\", [\"ls\"], 0x7f <unfinished ...>\n"
		      "10 <... clone resumed>, child_tidptr=0x7f) = 11\n"
		      "10 wait4(-1,  <unfinished ...>\n"
		      "11 <... execve resumed>) = 0\n"
		      "11 close(3) = 0\n"
		      "11 +++ exited with 0 +++\n"
		      "10 <... wait4 resumed>, NULL) = 11\n"
		      "10 --- SIGCHLD {si_signo=SIGCHLD} ---\n"
		      "10 +++ exited with 0 +++\n",
		      "1.0 sh execve:1 exec | 2.0 ls close:1 exit | 3.0 sh clone:1 wait4:1 exit");
}

/* On a terminal the pids appear with the second process, and vanish with it. */
static void test_strace_terminal(void **state)
{
	expect_strace("execve(\"/bin/sh\", [\"sh\"], 0x7ffe /* 20 vars */) = 0\n"
		      "getpid() = 10\n"
		      "clone(child_stack=NULL, flags=SIGCHLDstrace: Process 11 attached\n"
		      ", child_tidptr=0x7f) = 11\n"
		      "[pid    10] wait4(-1,  <unfinished ...>\n"
		      "[pid    11] close(3) = 0\n"
		      "[pid    11] +++ exited with 0 +++\n"
		      "<... wait4 resumed>, NULL) = 11\n"
		      "getuid() = 0\n"
		      "+++ exited with 0 +++\n",
		      "1.0 sh close:1 exit | 2.0 sh getpid:1 clone:1 wait4:1 getuid:1 exit");
}

static void test_strace_thread_exec(void **state)
{
	expect_strace("10 execve(\"./th\", [\"th\"], 0x7f /* 20 vars */) = 0\n"
		      "10 pause( <unfinished ...>\n"
		      "11 gettid() = 11\n"
		      "11 execve(\"/bin/true\", [\"true\"], 0x7f <unfinished ...>\n"
		      "10 <... pause resumed>) = ?\n"
		      "10 +++ superseded by execve in pid 11 +++\n"
		      "10 <... execve resumed>) = 0\n"
		      "10 close(3) = 0\n",
		      "2.0 th pause:1 exit | 1.0 th execve:1 gettid:1 exec | 3.0 true close:1 exit");
}

static void test_strace_prefixes(void **state)
{
	expect_strace("7  12:34:56.789012 close(3) = 0 <0.000012>\n"
		      "7  1795348594.926392 [  59] [00007f0d25d54ad7] getuid() = 0\n"
		      "[pid 7] 12:34:56 (+     0.000123) getgid() = 0\n"
		      " > /lib/libc.so(close+0x7) [0x1234]\n"
		      "7  syscall_0x1a7(0x1) = -1 ENOSYS\n"
		      "7  +++ exited with 0 +++\n",
		      "1.0  close:1 getuid:1 getgid:1 syscall_423:1 exit");
}

static void test_strace_compat(void **state)
{
	expect_strace("strace: [ Process PID=9 runs in 32 bit mode. ]\n"
		      "read(3, \"\", 6) = 0\n"
		      "[ Process PID=9 runs in 64 bit mode. ]\n"
		      "read(3, \"\", 6) = 0\n",
		      "1.0  read:1 i386:read:1 exit");
}

static void test_strace_long_line(void **state)
{
	size_t size = 1 << 20;
	char *text = malloc(size + 256), *cursor;

	cursor = text + sprintf(text, "close(1) = 0\nexecve(\"/bin/ls\", [\"");
	memset(cursor, 'a', size);
	strcpy(cursor + size, "\"], 0x7f /* 2 vars */) = 0\nclose(2) = 0\n");
	expect_strace(text, "1.0  close:1 execve:1 exec | 2.0 ls close:1 exit");
	free(text);
}

static void test_strace_bad(void **state)
{
	static struct command_result result;

	command_write("trace", "close(1) = 0\nwhat is \033[31mthis?\nsomething_new(1) = 0\n");
	command_run(&result, kanary_import_main, "import strace trace -o bad.rec --json");
	assert_int_equal(result.status, 0);
	assert_non_null(strstr(result.out, "\"lines_skipped\": 1, \"calls_unnamed\": 1"));
	/* Located, and nobody's terminal is at the mercy of the file. */
	assert_non_null(strstr(result.err, "trace:2: what\\x20is\\x20\\x1b[31mthis?"));

	unlink("bad.rec");
	command_write("trace", "1 2 3\n4 5 6\n");
	command_expect(kanary_import_main, "import strace trace -o bad.rec", 1,
		       "trace: line 2: no system call up to here");
	command_write("trace", "");
	command_expect(kanary_import_main, "import strace trace -o bad.rec", 1,
		       "trace: not one system call to record");
	command_expect(kanary_import_main, "import strace absent -o bad.rec", 1, "absent: No such");
	assert_int_equal(access("bad.rec", F_OK), -1);
	assert_int_equal(access("bad.rec.partial", F_OK), -1);
}

static void test_usage(void **state)
{
	command_expect(kanary_import_main, "import", 2, "are missing");
	command_expect(kanary_import_main, "import adfa x", 2, "-o FILE is missing");
	command_expect(kanary_import_main, "import auditd x -o y", 2, "no format");
	command_expect(kanary_import_main, "import adfa x -o y --period 8", 2, "16 to 32768");
	command_expect(kanary_import_main, "import adfa x -o /nonexistent/y", 1, "cannot write");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_adfa_directory),
		cmocka_unit_test(test_adfa_periods),
		cmocka_unit_test(test_adfa_archive),
		cmocka_unit_test(test_adfa_bad),
		cmocka_unit_test(test_strace_plain),
		cmocka_unit_test(test_strace_exec),
		cmocka_unit_test(test_strace_unfinished),
		cmocka_unit_test(test_strace_terminal),
		cmocka_unit_test(test_strace_thread_exec),
		cmocka_unit_test(test_strace_prefixes),
		cmocka_unit_test(test_strace_compat),
		cmocka_unit_test(test_strace_long_line),
		cmocka_unit_test(test_strace_bad),
		cmocka_unit_test(test_usage),
	};

	return cmocka_run_group_tests(tests, command_directory, command_directory_remove);
}
