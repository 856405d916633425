// SPDX-License-Identifier: GPL-2.0
/* Text of sysdig as its versions, options and Falco's libraries write it, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command_fixture.h"
#include "commands.h"
#include "import_fixture.h"

static void expect(const char *trace, const char *expected)
{
	import_fixture_import("sysdig", trace, expected);
}

/* "lines_skipped": 1, "calls_unnamed": 0 */
static void expect_counts(const char *trace, unsigned int skipped, unsigned int unnamed)
{
	static struct command_result result;
	char counts[64];

	command_write("trace", trace);
	command_run(&result, kanary_import_main, "import sysdig trace -o counts.rec --json");
	assert_int_equal(result.status, 0);
	snprintf(counts, sizeof(counts), "\"lines_skipped\": %u, \"calls_unnamed\": %u", skipped,
		 unnamed);
	if (!strstr(result.out, counts))
		fail_msg("%s, not %s", result.out, counts);
}

static void expect_refused(const char *trace, const char *why)
{
	command_write("trace", trace);
	unlink("refused.rec");
	command_expect(kanary_import_main, "import sysdig trace -o refused.rec", 1, why);
	assert_int_equal(access("refused.rec", F_OK), -1);
}

/* A fork returns twice, and an end after somebody else's beginning has none of its own. */
static void ends_alone_are_calls(void **state)
{
	expect("1 10:00:00.1 0 sh (9) < clone res=10(sh) exe=sh args= tid=9(sh) comm=sh\n"
	       "2 10:00:00.2 1 sh (10) < clone res=0 exe=sh args= tid=10(sh) comm=sh\n"
	       "3 10:00:00.3 1 sh (10) < close res=0 fd=4\n"
	       "4 10:00:00.4 1 ls (10) < execve res=0 exe=ls args= comm=ls filename=/bin/ls\n"
	       "5 10:00:00.5 1 ls (10) < getpid\n"
	       "6 10:00:00.6 1 ls (10) < getpid\n"
	       "7 10:00:00.7 1 ls (10) > switch next=9\n"
	       "8 10:00:00.8 1 ls (10) > procexit status=0\n"
	       "9 10:00:00.9 0 sh (9) < wait4 res=10\n"
	       "10 10:00:01.0 0 cat (11) < execve res=0 exe=cat comm=cat trusted_exepath=/bin/cat\n",
	       "execve:/bin/ls | 1.0 sh close:1 execve:1 exec | 2.0 ls getpid:2 exit"
	       " | 3.0  execve:1 exec | 4.0 sh clone:1 wait4:1 exit");
}

static void what_begins_counts_where_it_begins(void **state)
{
	expect("1 10:00:00.1 0 a (1) < poll res=1 fds=\n"
	       "2 10:00:00.2 0 a (1) > connect fd=3\n"
	       "3 10:00:00.3 1 b (2) < read res=1\n"
	       "4 10:00:00.4 0 a (1) < connect res=0 tuple=\n"
	       "5 10:00:00.5 0 a (1) < connect res=0 tuple=\n"
	       "6 10:00:00.6 1 b (2) > futex addr=7\n"
	       "7 10:00:00.7 1 b (2) < read res=1\n"
	       "8 10:00:00.8 1 b (2) < futex res=0\n",
	       "1.0 a poll:1 connect:2 exit | 2.0 b read:2 futex:2 exit");
}

/* The execve that a thread began ends under its process's number. */
static void a_threads_execve_counts_once(void **state)
{
	expect("1 10:00:00.1 0 th (10) > futex addr=7\n"
	       "2 10:00:00.2 1 th (11) > execve filename=/bin/true\n"
	       "3 10:00:00.3 1 th (11) > procexit status=0\n"
	       "4 10:00:00.4 1 true (10) < execve res=0 comm=true filename=/bin/true\n"
	       "5 10:00:00.5 1 true (10) > getpid\n",
	       "execve:/bin/true | 1.0 th execve:1 exit | 2.0 th futex:1 exec | 3.0 true getpid:1 exit");
}

static void paths_of_either_side_count_once(void **state)
{
	expect("1 10:00:00.1 0 a (1) > openat dirfd=-100(AT_FDCWD) name=/both flags=1\n"
	       "2 10:00:00.2 0 a (1) < openat fd=3 dirfd=-100(AT_FDCWD) name=/both flags=1\n"
	       "3 10:00:00.3 0 a (1) > mkdir path=/begin mode=0\n"
	       "4 10:00:00.4 0 a (1) < mkdir res=0\n"
	       "5 10:00:00.5 0 a (1) > unlink path=<NA>\n"
	       "6 10:00:00.6 0 a (1) < unlink res=0 path=/end\n"
	       "7 10:00:00.7 0 a (1) < renameat2 res=0 olddirfd=4 oldpath=x newdirfd=-100(AT_FDCWD) newpath=y\n"
	       "8 10:00:00.8 0 a (1) < stat64 res=0 path=/old\n"
	       "9 10:00:00.9 0 a (1) > execve filename=/bin/b\n"
	       "10 10:00:01.0 0 b (1) < execve res=0 comm=b filename=/bin/b\n",
	       "openat:/both | mkdir:/begin | unlink:/end | renameat2!r!d:x | renameat2!r!2:y"
	       " | stat:/old | execve:/bin/b"
	       " | 1.0 a stat:1 execve:1 mkdir:1 unlink:1 openat:1 renameat2:1 exec");
}

static void ends_alone_without_columns(void **state)
{
	expect("getpid \ngetpid \nread res=1 data=a fd=3 size=1 \nread res=0 data= fd=3 size=1 \n"
	       "openat fd=3(<f>/a) dirfd=-100(AT_FDCWD) name=/a flags=1 \nclose res=0 fd=3 \n"
	       "clone res=0 exe=a \nclone res=7 exe=a \nsocket fd=3(<4>) domain=2(AF_INET) \n",
	       "openat:/a | 1.0  read:2 close:1 getpid:2 socket:1 clone:1 openat:1 exit");
	/* and where some begin */
	expect("getuid uid=0(root) \ngetpid \nopen name=/a flags=1 \nread res=1 data=a \n"
	       "open fd=3(<f>/a) name=/a flags=1 \nclose res=0 \nclose res=0 \n",
	       "open:/a | 1.0  read:1 open:1 close:2 getpid:1 getuid:1 exit");
}

/* Two threads' lines in one stream: what stood there before the first result, too. */
static void beginnings_in_a_row_without_columns(void **state)
{
	expect("bind fd=3 \nbind fd=4 \nbind fd=5 \nbind res=0 \nbind res=0 \nbind res=0 \n"
	       "poll res=1 fds= \npoll fds= \npoll res=1 fds= \ngetpid \ngetpid \n",
	       "1.0  poll:2 getpid:1 bind:3 exit");
}

static void events_are_no_calls(void **state)
{
	expect("1 10:00:00.1 0 a (1) > getpid\n"
	       "2 10:00:00.1 0 a (1) > useradded uid=1 name=u\n"
	       "3 10:00:00.1 0 a (1) > userdeleted uid=1\n"
	       "4 10:00:00.1 0 a (1) > groupadded gid=1 name=u\n"
	       "5 10:00:00.1 0 a (1) > groupdeleted gid=1\n"
	       "6 10:00:00.1 0 a (1) > task ppid=1\n"
	       "7 10:00:00.1 0 a (1) > task_file_socket_inet6 fd=3\n"
	       "8 10:00:00.1 0 a (1) > scapevent event_type=1\n"
	       "9 10:00:00.1 0 a (1) > asyncevent plugin_id=0 name=x\n"
	       "10 10:00:00.1 0 a (1) > pluginevent plugin_id=0\n"
	       "11 10:00:00.1 0 a (1) < NA\n",
	       "1.0 a getpid:1 exit");
	expect_counts("1 10:00:00.1 0 a (1) > getpid\n"
		      "2 10:00:00.1 0 a (1) > page_fault addr=1\n", 0, 0);
}

/* Names that sysdig gives to calls, and those of 32-bit programs. */
static void names_of_sysdig(void **state)
{
	static const char trace[] =
		"1 10:00:00.1 0 a (1) > prlimit pid=0\n2 10:00:00.1 0 a (1) > pread fd=3\n"
		"3 10:00:00.1 0 a (1) > pwrite fd=3\n4 10:00:00.1 0 a (1) > umount flags=0\n"
		"5 10:00:00.1 0 a (1) > fstat64 fd=3\n6 10:00:00.1 0 a (1) > llseek fd=3\n"
		"7 10:00:00.1 0 a (1) > mmap2 addr=0\n8 10:00:00.1 0 a (1) > send fd=3\n"
		"9 10:00:00.1 0 a (1) > recv fd=3\n10 10:00:00.1 0 a (1) > getuid32\n"
		"11 10:00:00.1 0 a (1) > syscall ID=39(getpid) nativeID=39\n"
		"12 10:00:00.1 0 a (1) < syscall ID=39(getpid)\n";

	expect(trace, "1.0 a fstat:1 lseek:1 mmap:1 pread64:1 pwrite64:1 getpid:1 sendto:1 recvfrom:1"
	       " getuid:1 umount2:1 prlimit64:1 exit");
	expect_counts(trace, 0, 0);
	/* each call counts, not each name */
	expect_counts("1 10:00:00.1 0 a (1) > getpid\n2 10:00:00.1 0 a (1) > syscall\n"
		      "3 10:00:00.1 0 a (1) < syscall\n4 10:00:00.1 0 a (1) > syscall\n", 0, 2);
}

static void columns_of_sysdig(void **state)
{
	static const char *const lines[] = {
		"1 10:00:00.000000002 0 %s (9) > getpid\n",
		"1 2023-05-01 10:00:00.000000002 0 %s (9) > getpid\n",
		"1 2023-05-01T10:00:00.000000002+0000 0 %s (9) > getpid\n",
		"1 1682935200.000000002 0 %s (9) > getpid\n",
		"1 10:00:00.000000002 0 web-1 (0123456789ab) %s (9:1) > getpid\n",
		"1 10:00:00.000000002 0 host (host) %s (9:9) > getpid\n",
		"1 10:00:00.000000002 0 <NA> () %s (9:9) > getpid\n",
		"1 10:00:00.000000002 0 7 (0123456789abcdef0123) %s (9:1) > getpid\n",
		"1 10:00:00.000000002 0 %s (8.9) > getpid\n",
		"1 10:00:00.1 0 \x1b[01;32m%s\x1b[00m (\x1b[01;36m8\x1b[00m.9) > \x1b[01;34mgetpid\x1b[00m\n",
		"%s (9) > getpid\n",
		"1 10:00:00.000000002 0 %s (9) getpid\n",
	};
	static const char *const names[] = {
		"nginx", "(sd-pam)", "Web Content", "a (b) c", "7", "<NA>", "", "(1) > dup a=",
		"kworker/u16:2-events",
	};
	char trace[512], expected[128];
	size_t i, j, used;

	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		for (j = 0; j < sizeof(names) / sizeof(*names); j++) {
			/* another thread has an ordinary name */
			used = (size_t)snprintf(trace, sizeof(trace), lines[i], names[j]);
			used += (size_t)snprintf(trace + used, sizeof(trace) - used, lines[i], "sh");
			used += (size_t)snprintf(trace + used, sizeof(trace) - used, lines[i], "sh");
			/* without a column for it, every other line is an end */
			snprintf(expected, sizeof(expected), "1.0 %.15s getpid:%u exit", names[j],
				 strchr(lines[i], '>') ? 3 : 2);
			expect(trace, expected);
			expect_counts(trace, 0, 0);
		}
}

static void marks_of_other_systems(void **state)
{
	expect("\xEF\xBB\xBF" "1 10:00:00.1 0 nginx (9) > getpid\r\n"
	       "2 10:00:00.2 0 nginx (9) < getpid\r\n",
	       "1.0 nginx getpid:1 exit");
	expect("\xEF\xBB\xBF" "getpid\r\ngetpid\r\nopen \r\nopen fd=3(<f>/a) name=/a\r\n",
	       "open:/a | 1.0  open:1 getpid:1 exit");
}

static void noise_between_lines(void **state)
{
	static const char trace[] = "cannot add procs tid = 30904, parenttid = 30887\n"
				    "warning: 12 events dropped\n"
				    "getpid\n"
				    "1 10:00:00.1 0 nginx (9) > read fd=3 size=1\n"
				    "2 10:00:00.2 0 nginx (9) < read res=1 data=a\n";

	expect(trace, "1.0 nginx read:1 exit");
	expect_counts(trace, 3, 0);
	expect_counts("getpid \ngetpid \nread about it\nclose (9)\nbash 1234 /etc/passwd\n", 3, 0);
}

static void what_is_no_trace(void **state)
{
	char words[4096];
	size_t used = 0;
	int i;

	expect_refused("Attaching 1 probe...\nbash 1234 /etc/passwd\n@[openat]: 12\n",
		       "no system call up to here");
	expect_refused("puts(\"a\");\nint main(void)\n{\n", "no system call up to here");
	expect_refused("openat(AT_FDCWD, \"/a\", O_RDONLY) = 3\n", "is it text of sysdig");
	expect_refused("aardvark\nabacus\n", "not one call of a known name");
	for (i = 0; i < 200; i++)
		used += (size_t)sprintf(words + used, "word%c%c\n", 'a' + i % 26, 'a' + i / 26);
	strcpy(words + used, "read\n");
	expect_refused(words, "calls, and 1 of a known name");
	expect_refused("{\"evt.num\":1,\"evt.type\":\"read\"}\n", "JSON");
	expect_refused("\n [{\"evt.num\":1}]\n", "no system call");
	expect_refused("\x0A\x0D\x0D\x0A binary", "a capture file");
	expect_refused("\n\n", "line 2: no system call");
}

/* Which of them is the process's name, and which its thread, they do not say. */
static void columns_of_ones_own(void **state)
{
	expect_refused("0 17:45:01.2 h1 redis(123:124:1) /usr/bin/bash(99) > read fd=3 size=1\n",
		       "no system call");
	expect_refused("1 10:00:00.1 0 sh (9) sh (1) > read fd=3\n2 10:00:00.1 0 a (8) sh (1) > dup fd=3\n",
		       "columns that sysdig does not write by itself");
	expect_refused("1 10:00:00.1 0 h1 nginx (9) > read fd=3\n2 10:00:00.2 0 h1 sh (8) > read fd=3\n",
		       "columns that sysdig does not write by itself");
	expect_refused("1 10:00:00.1 0 nginx 9 > read fd=3\n", "no system call");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_alone_are_calls),
		cmocka_unit_test(what_begins_counts_where_it_begins),
		cmocka_unit_test(a_threads_execve_counts_once),
		cmocka_unit_test(paths_of_either_side_count_once),
		cmocka_unit_test(ends_alone_without_columns),
		cmocka_unit_test(beginnings_in_a_row_without_columns),
		cmocka_unit_test(events_are_no_calls),
		cmocka_unit_test(names_of_sysdig),
		cmocka_unit_test(columns_of_sysdig),
		cmocka_unit_test(marks_of_other_systems),
		cmocka_unit_test(noise_between_lines),
		cmocka_unit_test(what_is_no_trace),
		cmocka_unit_test(columns_of_ones_own),
	};

	return cmocka_run_group_tests(tests, command_directory, command_directory_remove);
}
