// SPDX-License-Identifier: GPL-2.0
/* strace's output in all its versions, with what stands between the lines of calls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command_fixture.h"
#include "commands.h"
#include "import_fixture.h"
#include "kanary_netlink.h"
#include "recording/recording.h"

#define EXEC(program) "execve(\"/bin/" program "\", [\"" program "\"], 0x7ffe /* 20 vars */) = 0\n"

static void expect_said(const char *trace, const char *expected, const char *said)
{
	static struct command_result result;

	unlink("x.rec");
	command_write("trace", trace);
	command_run(&result, kanary_import_main, "import strace trace -o x.rec");
	if (result.status)
		fail_msg("%s", result.err);
	if (said ? !strstr(result.err, said) : *result.err)
		fail_msg("'%s' instead of '%s'", result.err, said);
	import_fixture_pids("x.rec", expected);
}

static void expect(const char *trace, const char *expected)
{
	expect_said(trace, expected, NULL);
}

static void expect_refusal(const char *trace, const char *why)
{
	unlink("x.rec");
	command_write("trace", trace);
	command_expect(kanary_import_main, "import strace trace -o x.rec", 1, why);
	assert_int_equal(access("x.rec", F_OK), -1);
}

/* Three threads come while a line is open, and the main one's pid is told last. */
static void several_remarks_in_a_line(void **state)
{
	expect(EXEC("web")
	       "clone3({flags=CLONE_THREAD}, 88strace: Process 12 attached\n"
	       "strace: Process 13 attached\n"
	       "strace: Process 14 attached\n"
	       ") = 12\n"
	       "[pid    13] getuid( <unfinished ...>\n"
	       "[pid    14] getgid() = 0\n"
	       "[pid    13] <... getuid resumed>) = 0\n"
	       "[pid    12] gettid() = 12\n"
	       "[pid    11] close(3) = 0\n",
	       "1.0 12:web gettid:1 exit | 2.0 13:web getuid:1 exit | 3.0 14:web getgid:1 exit"
	       " | 4.0 11:web close:1 clone3:1 exit");
}

/* The next line is of another thread: what was cut has no rest. */
static void a_torn_line_without_a_rest(void **state)
{
	expect("[pid 7] futex(0x1, FUTEX_WAIT, 0, NULLstrace: Process 8 attached\n"
	       "[pid 8] getuid() = 0\n"
	       "[pid 7] close(3) = 0\n",
	       "1.0 7: close:1 futex:1 exit | 2.0 8: getuid:1 exit");
}

static void remarks_of_old_versions(void **state)
{
	expect("Process 50 attached - interrupt to quit\n"
	       "clone(Process 51 attached (waiting for parent)\n"
	       "Process 51 resumed (parent 50 ready)\n"
	       "child_stack=0, flags=SIGCHLD) = 51\n"
	       "[pid    51] getuid() = 0\n"
	       "[pid    50] waitpid(-1, Process 50 suspended\n"
	       " <unfinished ...>\n"
	       "[pid    51] _exit(0) = ?\n"
	       "Process 50 resumed\n"
	       "Process 51 detached\n"
	       "<... waitpid resumed> NULL, 0) = 51\n"
	       "close(3) = 0\n"
	       "Process 50 detached\n"
	       "Process 51 attached\n"
	       "[pid    51] getuid() = 0\n",
	       "1.0 51: exit:1 getuid:1 exit | 2.0 50: clone:1 i386:close:1 i386:waitpid:1 exit"
	       " | 3.0 51: getuid:1 exit");
}

static void detached_by_ctrl_c(void **state)
{
	expect("strace: Process 300 attached with 2 threads\n"
	       "[pid 301] read(0,  <unfinished ...>\n"
	       "[pid 300] restart_syscall(<... resuming interrupted poll ...> <unfinished ...>\n"
	       "strace: Process 300 detached\n"
	       " <detached ...>\n"
	       "strace: Process 301 detached\n"
	       " <detached ...>\n",
	       "1.0 300: restart_syscall:1 exit | 2.0 301: read:1 exit");
}

/* Each line is something that a program wrote or read, or a file that it opened. */
static void remarks_that_a_program_wrote(void **state)
{
	expect("40  " EXEC("tail")
	       "40  write(2, \"strace: Process 77 attached\\n\", 28) = 28\n"
	       "40  write(2, \"Process 78 detached\", 19 <unfinished ...>\n"
	       "40  <... write resumed>) = 19\n"
	       "40  read(3, \"[ Process PID=40 runs in 32 bit mode. ]\", 39) = 39\n"
	       "40  write(4</tmp/strace: Process 79 attached>, \"x\", 1) = 1\n"
	       "40  read(3, \"strace: Process 80 attached\n"
	       "40  getpid() = 40\n",
	       "1.0 40:tail read:2 write:3 getpid:1 exit");
}

static void modes(void **state)
{
	expect("execve(\"./old\", [\"old\"], 0x7f /* 2 vars */strace: [ Process PID=9 runs in 32 bit mode. ]\n"
	       ") = 0\n"
	       "read(3, \"\", 6) = 0\n"
	       "write(1, \"x\", 1[ Process PID=9 runs in 64 bit mode. ]\n"
	       ") = 1\n"
	       "read(3, \"\", 6) = 0\n",
	       "1.0 9:old read:1 i386:read:1 i386:write:1 exit");
	/* -o says nothing of it, but some names do */
	expect("9 brk(NULL) = 0x1\n9 mmap2(NULL, 1, 0, 0, -1, 0) = 0x2\n9 read(3, \"\", 1) = 0\n"
	       "9 " EXEC("new") "9 read(3, \"\", 1) = 0\n",
	       "1.0 9: brk:1 i386:read:1 i386:execve:1 i386:mmap2:1 exec | 2.0 9:new read:1 exit");
}

static void names_of_children(void **state)
{
	/* before fork() has returned, and after */
	expect("1 " EXEC("sh") "1 fork() = 2\n2 " EXEC("ls") "1 fork( <unfinished ...>\n"
	       "3 getpid() = 3\n1 <... fork resumed>) = 3\n1 vfork() = 4\n4 getpid() = 4\n"
	       "3 vfork() = 5\n5 getuid() = 0\n",
	       "1.0 2:sh execve:1 exec | 2.0 1:sh fork:2 vfork:1 exit | 3.0 3:sh getpid:1 vfork:1 exit"
	       " | 4.0 4:sh getpid:1 exit | 5.0 5:sh getuid:1 exit");
	/* forks are not traced: one name for all, or none is known */
	expect("1 " EXEC("sh") "1 close(1) = 0\n2 close(2) = 0\n",
	       "1.0 1:sh close:1 exit | 2.0 2:sh close:1 exit");
	expect("1 " EXEC("sh") "1 close(1) = 0\n2 " EXEC("ls") "2 close(2) = 0\n3 close(3) = 0\n",
	       "1.0 2:sh execve:1 exec | 2.0 1:sh close:1 exit | 3.0 2:ls close:1 exit"
	       " | 4.0 3: close:1 exit");
	/* in a pid namespace, the number that strace writes before lines counts */
	expect("70 " EXEC("sh") "70 fork() = 2 /* 71 in strace's PID NS */\n71 getpid() = 2\n",
	       "1.0 70:sh fork:1 exit | 2.0 71:sh getpid:1 exit");
}

static void names_that_a_line_tells(void **state)
{
	expect("7<strace> " EXEC("sh") "7<sh> getpid() = 7<sh>\n7<sh> clone(flags=SIGCHLD) = 8<sh>\n"
	       "8<sh> execve(\"/bin/ls\", [\"ls\"], 0x7f /* 2 vars */ <unfinished ...>\n"
	       "8<ls> <... execve resumed>) = 0\n8<sh> close(3) = 0\n8<a\\76 b\\74> close(4) = 0\n",
	       "1.0 8:sh execve:1 exec | 2.0 7:sh getpid:1 clone:1 exit | 3.0 8:a> b< close:2 exit");
	expect("[pid 7<CPU 0/KVM>] ioctl(18, KVM_RUN <unfinished ...>\n"
	       "[pid 8<x]y>] close(3) = 0\n[pid 7<CPU 0/KVM>] <... ioctl resumed>, 0) = 0\n",
	       "1.0 7:CPU 0/KVM ioctl:1 exit | 2.0 8:x]y close:1 exit");
}

static void names_that_a_thread_gives_itself(void **state)
{
	expect("7 prctl(PR_SET_NAME, \"worker\\0401\") = 0\n7 close(3) = 0\n"
	       "8 prctl(PR_SET_NAME, \"no\") = -1 EFAULT (Bad address)\n"
	       "9 prctl(PR_SET_NAME, \"a name of more bytes\" <unfinished ...>\n"
	       "9 <... prctl resumed>) = 0\n",
	       "1.0 7:worker 1 close:1 prctl:1 exit | 2.0 8: prctl:1 exit"
	       " | 3.0 9:a name of more  prctl:1 exit");
}

static void programs_in_escapes(void **state)
{
	expect("7 execve(\"\\x2f\\x62\\x69\\x6e\\x2f\\x73\\x68\", [\"\\x73\\x68\"], 0x7f /* 1 var */) = 0\n"
	       "7 close(3) = 0\n"
	       "7 execve(\"/opt/na\\303\\257f \\\"x\\\"\", [\"x\"], 0x7f /* 1 var */) = 0\n"
	       "7 close(3) = 0\n"
	       "7 execveat(3, \"\", [\"x\"], 0x7f /* 1 var */, AT_EMPTY_PATH) = 0\n"
	       "7 close(3) = 0\n",
	       "1.0 7:sh close:1 execve:1 exec | 2.0 7:na\303\257f \"x\" close:1 execveat:1 exec"
	       " | 3.0 7:3 close:1 exit");
}

static void calls_by_number(void **state)
{
	expect("7 syscall_318(0x1) = 8\n7 SYS_319(0x2) = 3\n7 syscall_0x13d(0x1) = 0\n"
	       "7 syscall_0xffff(1) = -1 ENOSYS (Function not implemented)\n",
	       "1.0 7: seccomp:1 getrandom:1 memfd_create:1 syscall_479:1 exit");
}

static void columns_of_all_options(void **state)
{
	expect("\357\273\2777 [unconfined_t:s0-s0:c0.c1] 2026-11-29T02:58:25+0000 close(3) = 0\r\n"
	       "7 12:34:56.7 (+     0.000123) [  59] [00007f0d25d54ad7] getuid() = 0 <0.000011>\r\n"
	       "7      0.000042 openat(AT_FDCWD, \"/etc/x\" [etc_t], O_RDONLY) = 3</etc/x> [etc_t]\r\n"
	       "7 +++ exited with 0 +++\r\n",
	       "1.0 7: close:1 getuid:1 openat:1 exit");
}

static void what_stands_between_calls(void **state)
{
	expect(EXEC("cat")
	       "read(3, \"abc\", 3) = 3\n"
	       " | 00000  61 62 63                                          abc              |\n"
	       " * 3 bytes in buffer 0\n"
	       " | 00000  61 62 63                                          abc              |\n"
	       " > /usr/lib/libc.so.6(read+0xd) [0xf]\n"
	       "--- SIGUSR1 {si_signo=SIGUSR1} ---\n"
	       "write(1, \"a\\n\", 2a\n"
	       ") = 2\n"
	       "+++ exited with 0 +++\n"
	       "% time     seconds  usecs/call     calls    errors syscall\n"
	       "------ ----------- ----------- --------- --------- ----------------\n"
	       " 98.10    0.000013           2         7           read\n"
	       "  0.00    0.000000           0         1         1 write\n"
	       "------ ----------- ----------- --------- --------- ----------------\n"
	       "100.00    0.000013           1         8         1 total\n",
	       "1.0 1:cat read:1 write:1 exit");
}

/* A rule that a program writes hides no call. */
static void what_a_program_writes(void **state)
{
	expect_said("write(1, \"------\\nhello\\n\", 13------ ------\n"
		    "hello\n"
		    ") = 13\n"
		    "close(1) = 0\n"
		    "printf(\"%d\\n\", 7);\n"
		    "[pid 9] what is this?\n",
		    "1.0 1: write:1 close:1 exit",
		    "3 lines not understood (2 of them look like a program's own output) and 0 calls");
}

static void no_trace(void **state)
{
	expect_refusal("strlen(\"a\") = 1\nmalloc(5) = 0x1\nclose(3) = 0\n",
		       "3 calls, and 1 of a known name: is it the output of strace?");
	expect_refusal("def f():\n\tclose(fd);\n\tread(fd, x) {\nopen(\"x\").write(\"y\")\n",
		       "line 4: no system call up to here");
	expect_refusal("% time     seconds  usecs/call     calls    errors syscall\n"
		       "------ ----------- ----------- --------- --------- ----------------\n"
		       "100.00    0.000013           2         7           read\n"
		       "------ ----------- ----------- --------- --------- ----------------\n"
		       "100.00    0.000013           2         7           total\n",
		       "no system call up to here");
	expect_refusal("+++ exited with 0 +++\n", "not one system call to record");
}

static void paths_that_strace_cut(void **state)
{
	struct kanary_recording_reader *reader;
	struct kanary_recording_record record;
	const char *why;
	u32 paths = 0;

	expect("7 open(\"/long/pa\"..., O_RDONLY) = 3\n7 open(\"/whole\", O_RDONLY) = 3\n"
	       "7 openat(3</a,b>, \"c\"..., O_RDONLY) = 3\n",
	       "1.0 7: open:2 openat:1 exit");
	reader = kanary_recording_open("x.rec", &why);
	while (kanary_recording_read(reader, &record)) {
		if (!record.path)
			continue;
		assert_int_equal(!!(record.path->flags & KANARY_PATH_TRUNCATED), paths != 1);
		paths++;
	}
	assert_int_equal(paths, 3);
	kanary_recording_close(reader);
}

/* As strace -ff leaves them: the parent's file may come after its child's. */
static void a_folder_of_processes(void **state)
{
	mkdir("ff", 0755);
	command_write("ff/trace.40", EXEC("sh") "vfork() = 39\nfork() = 41\n+++ exited with 0 +++\n");
	command_write("ff/trace.39", EXEC("ls") "close(3) = 0\n+++ exited with 0 +++\n");
	command_write("ff/trace.41", "fork() = 100\n+++ exited with 0 +++\n");
	command_write("ff/trace.100", "getuid() = 0\n+++ exited with 0 +++\n");
	command_write("ff/trace.42", "+++ killed by SIGKILL +++\n");
	/* of a process that made no call that was asked for, with -qqq */
	command_write("ff/trace.43", "");
	command_write("ff/notes", "nothing");
	command_expect(kanary_import_main, "import strace ff -o x.rec", 0, "1 files left out");
	import_fixture_pids("x.rec", "1.0 100:sh getuid:1 exit | 2.0 39:sh execve:1 exec"
			    " | 3.0 39:ls close:1 exit | 4.0 40:sh fork:1 vfork:1 exit"
			    " | 5.0 41:sh fork:1 exit");
	/* one of them alone: its pid is known, and that it is a child is not */
	command_expect(kanary_import_main, "import strace ff/trace.39 -o x.rec", 0, NULL);
	import_fixture_pids("x.rec", "1.0 39:ls close:1 exit");
	/* a number at the end of a name may be something else: lines tell better */
	command_write("web.log.2", EXEC("sh") "getpid() = 10\n[pid 10] close(3) = 0\n");
	command_expect(kanary_import_main, "import strace web.log.2 -o x.rec", 0, NULL);
	import_fixture_pids("x.rec", "1.0 10:sh close:1 getpid:1 exit");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(several_remarks_in_a_line),
		cmocka_unit_test(a_torn_line_without_a_rest),
		cmocka_unit_test(remarks_of_old_versions),
		cmocka_unit_test(detached_by_ctrl_c),
		cmocka_unit_test(remarks_that_a_program_wrote),
		cmocka_unit_test(modes),
		cmocka_unit_test(names_of_children),
		cmocka_unit_test(names_that_a_line_tells),
		cmocka_unit_test(names_that_a_thread_gives_itself),
		cmocka_unit_test(programs_in_escapes),
		cmocka_unit_test(calls_by_number),
		cmocka_unit_test(columns_of_all_options),
		cmocka_unit_test(what_stands_between_calls),
		cmocka_unit_test(what_a_program_writes),
		cmocka_unit_test(no_trace),
		cmocka_unit_test(paths_that_strace_cut),
		cmocka_unit_test(a_folder_of_processes),
	};

	return cmocka_run_group_tests(tests, command_directory, command_directory_remove);
}
