/* SPDX-License-Identifier: GPL-2.0 */
/* Paths out of the text of sysdig and strace, and logs that are not what they should be. */
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

#include "command_fixture.h"
#include "commands.h"
#include "import_fixture.h"
#include "path.h"
#include "recording/recording.h"
#include "vector.h"

/* Every call stands there twice, and nothing says which is which but what they carry. */
static void sysdig_without_columns(void **state)
{
	import_fixture_import("sysdig",
	       "clone res=0 exe=web args=-D. tid=31(web) pid=30(web) cwd= comm=web flags=5788615\n"
	       "getpid \ngetpid \nmprotect \nmprotect \n"
	       "open \n"
	       "open fd=13(<f>/etc/hosts) name=/etc/hosts flags=4097(O_RDONLY|O_CLOEXEC) mode=0 dev=35 \n"
	       "read fd=13(<f>/etc/hosts) size=512 \n"
	       "read res=7 data=name=/no/path \n"
	       "stat \nstat \n"
	       "stat res=0 path=/srv/a b.html \nstat res=-2(ENOENT) path=/etc/hosts \n"
	       "access mode=0(F_OK) \n"
	       "access res=-2(ENOENT) name=plugin(/srv/plugin) \n"
	       "getcwd \ngetcwd res=5 path=/srv \n"
	       "execve filename=<NA> \nexecve res=0 exe=sh args=-c.id. comm=sh \n"
	       "rename \nrename res=0 oldpath=/tmp/a newpath=/srv/a \n"
	       "exit_group status=0 \nexit_group status=0 \n",
	       "open:/etc/hosts | stat:/srv/a\\x20b.html | access:/srv/plugin | rename:/tmp/a"
	       " | rename!2:/srv/a | 1.0  read:1 open:1 stat:2 mprotect:1 access:1 getpid:1 execve:1"
	       " getcwd:1 rename:1 exit_group:2 exit");
}

static void sysdig_with_columns(void **state)
{
	import_fixture_import("sysdig",
	       "1 10:20:30.123456789 0 web srv (7) > open \n"
	       "2 10:20:30.123456790 1 cron (9.10) > getpid \n"
	       "3 10:20:30.123456791 0 web srv (7) < open fd=-2(ENOENT) name=/x flags=1(O_RDONLY) mode=0 \n"
	       "4 10:20:30.2 1 cron (9.10) < getpid \n"
	       "5 10:20:30.3 0 <NA> (0) > switch next=7 pgft_maj=0 \n"
	       "6 10:20:30.4 0 web srv (7) > openat dirfd=5(<d>/srv) name=y flags=1 mode=0 \n"
	       "7 10:20:30.4 0 web srv (7) < openat fd=3 dirfd=5(<d>/srv) name=y flags=1 mode=0 \n"
	       "8 10:20:30.5 0 web srv (7) > execve filename=/bin/sh \n"
	       "9 10:20:30.5 0 sh (7) < execve res=0 exe=sh args= tid=7(sh) comm=sh cwd=/ \n"
	       "10 10:20:30.6 0 web (0123456789ab) sh (7:1) > exit_group status=0 \n"
	       "11 10:20:30.7 0 sh (7) > procexit status=0 \n",
	       "open:/x | openat!r!d:y | execve:/bin/sh | 1.0 web\x20srv open:1 execve:1 openat:1 exec"
	       " | 2.0 sh exit_group:1 exit | 3.0 cron getpid:1 exit");
}

static void sysdig_cut_and_noisy(void **state)
{
	static struct command_result result;
	static const char noise[] = "\x7f" "ELF\2\1\1\n\n\x80\xff\xfe\r\n";

	command_write("trace", "getpid \nope");
	command_expect(kanary_import_main, "import sysdig trace -o bad.rec", 0,
		       "0 lines not understood and 1 calls of unknown name; the first is trace:2: ope");
	command_write("trace", noise);
	command_expect(kanary_import_main, "import sysdig trace -o bad.rec", 1,
		       "trace: line 3: no system call up to here");
	command_write("trace", "getpid \n\x1b[2Jgetpid \n1 2 web (x) > open\n");
	command_run(&result, kanary_import_main, "import sysdig trace -o bad.rec --json");
	assert_int_equal(result.status, 0);
	assert_non_null(strstr(result.out, "\"lines_skipped\": 2, \"calls_unnamed\": 0"));
	assert_non_null(strstr(result.err, "trace:2: \\x1b[2Jgetpid\\x20"));
}

/* As text, and as a path: the line is read to its end, and the rest of the file as well. */
static void a_long_line(void **state)
{
	size_t size = 1 << 20, head;
	char *text = malloc(size + 256), described[2048], *name;

	head = sprintf(text, "open \nopen fd=3(<f>/a) name=/");
	memset(text + head, 'a', size);
	strcpy(text + head + size, " flags=1 \ngetpid \ngetpid \n");
	command_write("trace", text);
	command_expect(kanary_import_main, "import sysdig trace -o long.rec", 0, NULL);
	import_fixture_describe("long.rec", described, sizeof(described));
	assert_memory_equal(described, "open:/aaaa", 10);
	name = strchr(described, ' ');
	assert_int_equal(name - described - strlen("open:"), KANARY_PATH_SIZE_MAX);
	assert_string_equal(name, " | 1.0  open:1 getpid:1 exit");

	head = sprintf(text, "open(\"/");
	memset(text + head, 'b', size);
	strcpy(text + head + size, "\", 1) = 3\ngetpid() = 1\n");
	command_write("trace", text);
	command_expect(kanary_import_main, "import strace trace -o long.rec", 0, NULL);
	import_fixture_describe("long.rec", described, sizeof(described));
	assert_memory_equal(described, "open:/bbbb", 10);
	assert_string_equal(strchr(described, ' '), " | 1.0  open:1 getpid:1 exit");
	free(text);
}

static void strace_paths(void **state)
{
	import_fixture_import("strace",
	       "10 execve(\"/bin/web\", [\"web\"], 0x7ffe /* 20 vars */) = 0\n"
	       "10 openat(AT_FDCWD, \"/etc/hosts\", O_RDONLY <unfinished ...>\n"
	       "11 stat(\"relative\", {st_mode=S_IFREG, ...}) = 0\n"
	       "10 <... openat resumed>) = 3\n"
	       "10 openat(3, \"child\", O_RDONLY) = 4\n"
	       "10 openat(3</srv/x>, \"child\", O_RDONLY) = 4</srv/x/child>\n"
	       "10 openat(AT_FDCWD</home/u>, \"f\", O_RDONLY) = 4\n"
	       "10 rename(\"/a,\\\")b\", \"/c\\n\\33\\x7f\\\\\\377\") = 0\n"
	       "10 open(NULL, O_RDONLY) = -1 EFAULT (Bad address)\n"
	       "10 open(0x1234, O_RDONLY) = -1 EFAULT (Bad address)\n"
	       "10 open(\"\", O_RDONLY) = -1 ENOENT (No such file)\n"
	       "10 read(3, \"/no/path\", 8) = 8\n"
	       "10 linkat(5, \"p\", AT_FDCWD, \"q\", 0) = 0\n"
	       "10 open(\"/etc/hosts\", O_RDONLY) = 3\n"
	       "10 open(\"/cut\n",
	       "openat:/etc/hosts | stat!r:relative | openat!r!d:child | openat:/srv/x/child"
	       " | openat:/home/u/f | rename:/a\\x2c\\x22)b | rename!2:/c\\x0a\\x1b\\x7f\\x5c\\xff"
	       " | linkat!r!d:p | linkat!r!2:q | open:/cut"
	       " | 1.0 web read:1 open:5 rename:1 openat:4 linkat:1 exit"
	       " | 2.0 web stat:1 exit");
}

/* What is counted is what a path's own bins are, once a call. */
static void paths_are_counted_in_their_vector(void **state)
{
	struct kanary_recording_reader *reader;
	const struct kanary_vector *vector;
	u16 bins[KANARY_PATH_DEPTH_MAX];
	u32 count, i, j, total = 0;
	const char *why;

	command_write("trace", "open(\"/a/b\", 0) = 3\nopen(\"/a/b\", 0) = 3\nopen(\"/a/c\", 0) = 3\n");
	command_expect(kanary_import_main, "import strace trace -o count.rec", 0, NULL);
	reader = kanary_recording_open("count.rec", &why);
	vector = kanary_recording_next(reader);
	count = kanary_path_bins((const u8 *)"/a/b", 4, 0, bins);
	assert_int_equal(count, 2);
	for (i = 0; i < vector->length; i++) {
		if (vector->counts[i].bin < KANARY_PATH_FIRST)
			continue;
		total += vector->counts[i].count;
		for (j = 0; j < count; j++)
			if (vector->counts[i].bin == bins[j])
				assert_int_equal(vector->counts[i].count, j ? 2 : 3);
	}
	assert_int_equal(total, 6);
	kanary_recording_close(reader);
}

static void run(const char *command)
{
	if (system(command))
		fail_msg("%s failed", command);
}

static void archives_and_directories(void **state)
{
	static const char *const inputs[] = { "t", "t.tar", "t.tar.gz", "t.tar.zst" };
	char words[64], text[1024];
	size_t i;

	mkdir("t", 0755);
	mkdir("t/in", 0755);
	command_write("t/in/1.log", "open \nopen fd=3 name=/a flags=1 \n");
	command_write("t/in/2.log", "open \nopen fd=3 name=/a flags=1 \n");
	command_write("t/in/.3.log", "no");
	command_write("t/README", "no");
	run("tar cf t.tar --sort=name t && gzip -kc t.tar >t.tar.gz && tar --zstd -cf t.tar.zst --sort=name t");
	for (i = 0; i < sizeof(inputs) / sizeof(*inputs); i++) {
		snprintf(words, sizeof(words), "import sysdig %s -o archive.rec", inputs[i]);
		command_expect(kanary_import_main, words, 0, NULL);
		import_fixture_describe("archive.rec", text, sizeof(text));
		/* each file is a recording of its own: what the first has is news in the second */
		assert_string_equal(text, "open:/a | 1.0  open:1 exit | open:/a | 2.0  open:1 exit");
	}
	command_expect(kanary_import_main, "import sysdig t.tar.gz --only */2.log -o archive.rec", 0,
		       NULL);
	import_fixture_describe("archive.rec", text, sizeof(text));
	assert_string_equal(text, "open:/a | 1.0  open:1 exit");
}

static void archives_without_recordings(void **state)
{
	mkdir("empty", 0755);
	command_write("empty/.hidden", "nothing here");
	run("tar cf empty.tar empty && head -c 1400 empty.tar >cut.tar");
	unlink("bad.rec");
	command_expect(kanary_import_main, "import sysdig empty -o bad.rec", 1,
		       "empty: no trace in it");
	command_expect(kanary_import_main, "import strace empty.tar -o bad.rec", 1,
		       "empty.tar: no trace in it");
	command_expect(kanary_import_main, "import sysdig empty.tar --only x -o bad.rec", 1,
		       "no trace in it whose path matches x");
	command_expect(kanary_import_main, "import sysdig cut.tar -o bad.rec", 1, "cut.tar: ");
	/* no file there is called like a trace, and so all are read */
	command_write("empty/README", "nothing here");
	command_expect(kanary_import_main, "import sysdig empty -o bad.rec", 1, "empty/README: ");
	command_write("text.tar.zst", "this is no archive, but a text that is somewhat longer\n");
	command_expect(kanary_import_main, "import sysdig text.tar.zst -o bad.rec", 1,
		       "text.tar.zst: ");
	assert_int_equal(access("bad.rec", F_OK), -1);
	assert_int_equal(access("bad.rec.partial", F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sysdig_without_columns),
		cmocka_unit_test(sysdig_with_columns),
		cmocka_unit_test(sysdig_cut_and_noisy),
		cmocka_unit_test(a_long_line),
		cmocka_unit_test(strace_paths),
		cmocka_unit_test(paths_are_counted_in_their_vector),
		cmocka_unit_test(archives_and_directories),
		cmocka_unit_test(archives_without_recordings),
	};

	return cmocka_run_group_tests(tests, command_directory, command_directory_remove);
}
