// SPDX-License-Identifier: GPL-2.0
/*
 * Each allocation of ours fails once: a command then ends with one line and exit status 1,
 * leaves no half file behind, and leaks nothing, which LeakSanitizer looks for at the end.
 *
 * The linker puts __wrap_malloc() and its kin where this program's own code calls them; libraries
 * keep theirs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command_fixture.h"
#include "commands.h"
#include "model_fixture.h"
#include "recording/random_vector.h"
#include "recording/recording.h"

/* No command that is tried here makes as many. */
enum { ALLOCATIONS_MAX = 4000 };

/* Allocations until one fails; 0 for never. */
static unsigned int until;
static bool failed;

void *__real_malloc(size_t size);
void *__real_calloc(size_t number, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t number, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

static bool fails(void)
{
	if (!until || --until)
		return false;
	failed = true;
	errno = ENOMEM;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t number, size_t size)
{
	return fails() ? NULL : __real_calloc(number, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
	return fails() ? NULL : __real_realloc(memory, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
	return fails() ? NULL : __real_aligned_alloc(alignment, size);
}

static int setup(void **state)
{
	static struct kanary_random_vector source;
	struct kanary_recording_writer *writer;
	struct model_fixture_shape shape = {
		.inputs = 16, .code = 4, .kinds = 2, .states = 3,
		 .paths_inputs = 8, .paths_code = 2,
		.sequence = { 4, 3, 2, 0 }, .container = { 2, 3, 1, 0 },
	};
	struct model_fixture fixture;
	FILE *file;
	int i;

	if (command_directory(state))
		return -1;
	model_fixture_create_whole(&fixture, 5, &shape);
	file = fopen("model", "w");
	assert_non_null(file);
	assert_int_equal(fwrite(fixture.file, 1, fixture.size, file), fixture.size);
	assert_int_equal(fclose(file), 0);
	writer = kanary_recording_create("rec", ((struct kanary_model_header *)fixture.file)->period,
					 0, "test", 0);
	model_fixture_destroy(&fixture);
	assert_non_null(writer);
	kanary_random_vector_seed(&source, 9);
	for (i = 0; i < 12; i++)
		assert_int_equal(kanary_recording_write(writer,
				 kanary_random_vector_next(&source, i % 4 == 3)), 0);
	assert_int_equal(kanary_recording_finish(writer), 0);
	command_write("trace.txt", "6 6 63 6 42 120 6 195 120 6 6 114 114 1 1 252 252 252\n");
	command_write("names.txt", "read write exit_group read");
	command_write("columns.txt", "7 0\n8 1\n7 231\n8 2\n");
	command_write("strace.txt", "7 execve(\"/bin/x\", [\"x\"], 0x0 /* 2 vars */) = 0\n"
				    "8 openat(AT_FDCWD, \"/etc/x\", O_RDONLY) = 3\n"
				    "7 +++ exited with 0 +++\n");
	command_write("sysdig.txt", "1 10:20:30.1 0 web (7) > open \n"
				    "2 10:20:30.1 0 web (7) < open fd=3 name=/etc/x flags=1 \n"
				    "3 10:20:30.2 0 cat (8) > getpid \n");
	return 0;
}

/* Return: allocations that the command makes. */
static unsigned int try_all(int (*run)(int argc, char **argv), const char *words,
			    const char *output)
{
	static struct command_result result;
	unsigned int n;

	for (n = 1; n < ALLOCATIONS_MAX; n++) {
		if (output)
			unlink(output);
		failed = false;
		until = n;
		command_run(&result, run, words);
		until = 0;
		if (!failed)
			break;
		if (result.status != 0 && result.status != 1)
			fail_msg("'%s': exit status %d when allocation %u fails", words,
				 result.status, n);
		if (result.status == 1 && strncmp(result.err, "kanary: ", 8))
			fail_msg("'%s' says '%s' when allocation %u fails", words, result.err, n);
		if (result.status == 1 && output && !access(output, F_OK))
			fail_msg("'%s' leaves %s behind when allocation %u fails", words, output,
				 n);
	}
	if (failed || result.status)
		fail_msg("'%s': exit status %d without a failure: %s", words, result.status,
			 result.err);
	return n - 1;
}

static void test_import(void **state)
{
	assert_true(try_all(kanary_import_main, "import adfa trace.txt -o out --period 16",
			    "out") >= 3);
	assert_true(try_all(kanary_import_main, "import names names.txt -o out --period 16",
			    "out") >= 3);
	assert_true(try_all(kanary_import_main, "import columns columns.txt -o out --period 16",
			    "out") >= 3);
	assert_true(try_all(kanary_import_main, "import strace strace.txt -o out --period 16",
			    "out") >= 3);
	assert_true(try_all(kanary_import_main, "import sysdig sysdig.txt -o out --period 16",
			    "out") >= 3);
}

static void test_score(void **state)
{
	assert_true(try_all(kanary_score_main, "score model rec", NULL) >= 5);
	assert_true(try_all(kanary_score_main, "score model rec --vectors", NULL) >= 5);
}

static void test_identify(void **state)
{
	assert_true(try_all(kanary_identify_main, "identify model rec", NULL) >= 5);
}

static void test_eval(void **state)
{
	assert_true(try_all(kanary_eval_main, "eval model --normal rec --attack rec", NULL) >= 5);
	assert_true(try_all(kanary_eval_main, "eval model --normal rec", NULL) >= 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_import),
		cmocka_unit_test(test_score),
		cmocka_unit_test(test_identify),
		cmocka_unit_test(test_eval),
	};

	return cmocka_run_group_tests(tests, setup, command_directory_remove);
}
