// SPDX-License-Identifier: GPL-2.0
/* Traces that are names or columns, and what is neither. */
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
#include "recording/recording.h"
#include "import_fixture.h"

static void import(const char *name, const char *trace, const char *format, int status,
		   const char *said)
{
	char words[256];

	unlink("x.rec");
	command_write(name, trace);
	snprintf(words, sizeof(words), "import %s %s -o x.rec", format, name);
	command_expect(kanary_import_main, words, status, said);
	assert_int_equal(access("x.rec", F_OK), status ? -1 : 0);
}

static void names(void **state)
{
	import("web.txt", "execve brk\tread\r\nread  exit_group\n", "names", 0, NULL);
	import_fixture_pids("x.rec", "1.0 1:web read:2 brk:1 execve:1 exit_group:1 exit");
	import("10017.txt", "read", "names", 0, NULL);
	import_fixture_pids("x.rec", "1.0 10017: read:1 exit");
	import("git.812", "read", "names", 0, NULL);
	import_fixture_pids("x.rec", "1.0 812:git read:1 exit");
}

/* A pid that came back, or traces that were joined: one process ends and the next begins. */
static void names_of_several_lives(void **state)
{
	import("a.txt", "read exit_group write exit close", "names", 0, NULL);
	import_fixture_expect("x.rec", "1.0 a read:1 exit_group:1 exit | 2.0 a write:1 exit:1 exit"
				 " | 3.0 a close:1 exit");
}

static void names_of_i386(void **state)
{
	struct kanary_recording_reader *reader;
	const struct kanary_recording_header *header;
	const char *why;

	import("a.txt", "mmap2 socketcall exit_group", "names --abi i386", 0, NULL);
	import_fixture_expect("x.rec", "1.0 a i386:socketcall:1 i386:mmap2:1 i386:exit_group:1 exit");
	reader = kanary_recording_open("x.rec", &why);
	header = kanary_recording_describe(reader);
	assert_int_equal(header->abi, 1);
	kanary_recording_close(reader);
}

static void names_unknown(void **state)
{
	import("a.txt", "read new_thing\nwrite", "names", 0,
	       "0 lines not understood and 1 calls of unknown name; the first is a.txt:1: new_thing");
	import_fixture_expect("x.rec", "1.0 a read:1 write:1 syscall_479:1 exit");
	import("a.txt", "We read what others write, and close it.", "names", 1,
	       "a.txt: line 1: 6 of 8 words up to here are names of no system call");
	import("a.txt", "3 4 5", "names", 1, "3 of 3 words");
	import("a.txt", " \n", "names", 1, "no system call in the whole file");
}

static void columns(void **state)
{
	import("a.txt", "7 0\n8 1\n\n7  close \r\n8 231\n8 2\n", "columns", 0, NULL);
	import_fixture_pids("x.rec", "1.0 8: write:1 exit_group:1 exit"
			       " | 2.0 7: read:1 close:1 exit | 3.0 8: open:1 exit");
	import("a.txt", "7 4\n", "columns --abi i386", 0, NULL);
	import_fixture_pids("x.rec", "1.0 7: i386:write:1 exit");
	/* 60 is no exit there; what has no room of its own is told, as it is one with others */
	import("a.txt", "7 60\n7 1\n7 9999\n", "columns --abi raw", 0,
	       "1 calls of unknown name; the first is a.txt:3: 7\\x209999");
	import_fixture_pids("x.rec", "1.0 7: write:1 exit:1 syscall_479:1 exit");
}

/* As Windows' editors write it */
static void a_mark_of_utf8(void **state)
{
	import("a.txt", "\357\273\277read write", "names", 0, NULL);
	import_fixture_expect("x.rec", "1.0 a read:1 write:1 exit");
	import("a.txt", "\357\273\2773 4", "adfa", 0, NULL);
	import_fixture_expect("x.rec", "1.0 a i386:read:1 i386:write:1 exit");
	import("a.txt", "\357\273\2777 0\n", "columns", 0, NULL);
	import_fixture_expect("x.rec", "1.0  read:1 exit");
	/* a part of it is none */
	import("a.txt", "\357\273 read read", "names", 0, "the first is a.txt:1: \\xef\\xbb");
	import("a.txt", "\357\2733 4", "adfa", 1, "a.txt: byte 0: not a number");
}

static void columns_anywhere(void **state)
{
	import("a.csv", "time,call,pid\n0.1,read,7\n0.2,openat,7\n", "columns --columns 3,2", 0,
	       "1 lines not understood and 0 calls of unknown name; the first is a.csv:1");
	import_fixture_pids("x.rec", "1.0 7: read:1 openat:1 exit");
	import("a.txt", "  12:00 web 7 x read\n", "columns --columns 3,5", 0, NULL);
	import_fixture_pids("x.rec", "1.0 7: read:1 exit");
	import("a.txt", "read;7\n", "columns --columns 2,1", 0, NULL);
	import_fixture_pids("x.rec", "1.0 7: read:1 exit");
}

static void columns_of_something_else(void **state)
{
	import("a.txt", "read write close\n", "columns", 1, "no system call up to here");
	import("a.txt", "7 9999\n7 470\n", "columns", 1, "not one call of a known name");
	import("a.txt", "7 read\n", "columns --abi raw", 1, "not one call of a known name");
	import("a.txt", "7 0\na b\nc d\ne f\ng h\ni\nj\nk\nl\nm\nn\no\np\nq\nr\ns\nt\nu\nv\n", "columns", 1,
	       "a.txt: 18 of 19 lines have no pid in column 1 and call in column 2");
	import("a.txt", "4294967296 0\n-1 0\n7x 0\n7\n7 Read\n", "columns", 1, "no system call");
}

/* Else pids would be counted as calls. */
static void numbers_with_pids(void **state)
{
	import("a.txt", "460 4\n460 2\n", "adfa", 1, "all 2 lines have 2 numbers, the first a pid");
	import("a.txt", "22799 4  \n", "adfa", 1, "all 1 lines have 2 numbers");
	import("a.txt", "22799 4 1\n22800 2 1\n", "adfa", 1, "all 2 lines have 3 numbers");
	import("a.txt", "4\n2\n", "adfa", 0, NULL);
	import("a.txt", "4 2\n3\n", "adfa", 0, NULL);
	import("a.txt", "4 2", "adfa", 0, NULL);
	import("a.txt", "4 2 3\n4 2 3\n", "adfa", 0, NULL);
	import("a.txt", "470\n", "adfa", 1, "not one of its 1 numbers is a system call of i386");
}

/* As the module's: a recording is used with those of the module. */
static void the_default_period(void **state)
{
	char trace[2 * 1100 + 1];
	int i;

	for (i = 0; i < 1100; i++)
		memcpy(trace + 2 * i, "3 ", 3);
	import("a.txt", trace, "adfa", 0, NULL);
	import_fixture_expect("x.rec", "1.0 a i386:read:1024 period | 1.1 a i386:read:76 exit");
}

static void usage(void **state)
{
	import("a.txt", "", "auditd", 2, "'auditd' is no format: adfa columns names strace sysdig are");
	import("a.txt", "", "names --columns 1,2", 2, "--columns does not go with names");
	import("a.txt", "", "strace --abi i386", 2, "--abi i386 does not go with strace");
	import("a.txt", "", "names --abi raw", 2, "--abi raw does not go with names");
	import("a.txt", "", "names --abi arm", 2, "--abi takes x86-64, i386 or raw");
	import("a.txt", "", "columns --columns 1", 2, "--columns takes two numbers");
	import("a.txt", "", "columns --columns 0,1", 2, "--columns takes two numbers");
	import("a.txt", "", "columns --columns 2,2", 2, "--columns takes two numbers");
	import("a.txt", "", "columns --columns 1,2,3", 2, "--columns takes two numbers");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(names_of_several_lives),
		cmocka_unit_test(names_of_i386),
		cmocka_unit_test(names_unknown),
		cmocka_unit_test(columns),
		cmocka_unit_test(a_mark_of_utf8),
		cmocka_unit_test(columns_anywhere),
		cmocka_unit_test(columns_of_something_else),
		cmocka_unit_test(numbers_with_pids),
		cmocka_unit_test(the_default_period),
		cmocka_unit_test(usage),
	};

	return cmocka_run_group_tests(tests, command_directory, command_directory_remove);
}
