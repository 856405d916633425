// SPDX-License-Identifier: GPL-2.0
/* Programs that were not learned, and what kanary train says a model sees of them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <gsl/gsl_rng.h>
#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command_fixture.h"
#include "commands.h"
#include "train/foreign_program.h"
#include "recording/recording.h"
#include "vector.h"

#define PROCESSES 80
#define CALLS 400

static struct command_result said;

/* A server that waits, reads and writes in any order, so that calls may be put between. */
static void serve(FILE *file, gsl_rng *random, int calls)
{
	static const char *const names[] = {
		"epoll_wait ", "read ", "read ", "write ", "openat ", "fstat ",
	};

	for (; calls > 0; calls--)
		fputs(names[gsl_rng_uniform_int(random, 6)], file);
}

static void scan(FILE *file, gsl_rng *random, int calls)
{
	for (; calls > 0; calls -= 3)
		fputs("socket connect close ", file);
}

static void trace(const char *path, void (*write)(FILE *file, gsl_rng *random, int calls),
		  gsl_rng *random)
{
	FILE *file = fopen(path, "a");

	assert_non_null(file);
	write(file, random, CALLS);
	fclose(file);
}

static void run(int (*command)(int argc, char **argv), const char *words)
{
	command_run(&said, command, words);
	if (said.status)
		fail_msg("%s: status %d: %s", words, said.status, said.err);
}

/* normal.rec, scan.rec with two scanners, more.rec with as much of the server's own */
static int make_recordings(void **state)
{
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	char path[64];
	int i;

	if (command_directory(state))
		return 1;
	assert_int_equal(system("mkdir normal more scan long"), 0);
	for (i = 0; i < PROCESSES; i++) {
		snprintf(path, sizeof(path), "normal/%d.txt", i);
		trace(path, serve, random);
	}
	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "scan/%d.txt", i);
		trace(path, scan, random);
		snprintf(path, sizeof(path), "more/%d.txt", i);
		trace(path, serve, random);
	}
	/* longer than a log */
	for (i = 0; i < 12 * PROCESSES; i++) {
		snprintf(path, sizeof(path), "long/%d.txt", i / 12);
		trace(path, serve, random);
	}
	gsl_rng_free(random);
	run(kanary_import_main, "import names normal -o normal.rec --period 64");
	run(kanary_import_main, "import names scan -o scan.rec --period 1024");
	run(kanary_import_main, "import names more -o more.rec --period 1024");
	run(kanary_import_main, "import names scan -o other.rec --abi i386");
	return 0;
}

/* What the summary says of the programs that it was given, or NULL. */
static json_t *against(const char *options)
{
	char words[256];
	json_t *summary, *found;

	snprintf(words, sizeof(words), "train normal.rec -o model --hidden 0 --json %s", options);
	run(kanary_train_main, words);
	summary = json_loads(said.out, 0, NULL);
	assert_non_null(summary);
	found = json_incref(json_object_get(summary, "against"));
	json_decref(summary);
	return found;
}

static double share(const json_t *found, const char *way, const char *what)
{
	const json_t *value = json_object_get(json_object_get(found, way), what);

	assert_non_null(value);
	return json_real_value(value);
}

static void a_foreign_program_is_seen(void **state)
{
	json_t *found = against("--against scan.rec");

	assert_int_equal(json_integer_value(json_object_get(found, "programs")), 2);
	assert_float_equal(share(found, "alone", "alerts"), 1, 1e-9);
	assert_float_equal(share(found, "alone", "normal_calls_instead"), 0, 1e-9);
	assert_true(share(found, "fourth", "alerts") > 0.9);
	assert_true(share(found, "fourth", "critical") <= share(found, "fourth", "alerts"));
	assert_true(share(found, "sixteenth", "critical") <= share(found, "fourth", "critical"));
	json_decref(found);
}

/* Its own calls are no discovery, as processes or put among more of them. */
static void the_service_itself_is_not(void **state)
{
	static const char *const ways[] = { "alone", "fourth", "sixteenth" };
	json_t *found = against("--against more.rec");
	int i;

	for (i = 0; i < 3; i++) {
		print_message("%s: %.2f, normal calls in their place %.2f\n", ways[i],
			      share(found, ways[i], "alerts"),
			      share(found, ways[i], "normal_calls_instead"));
		assert_true(share(found, ways[i], "alerts") <= 0.2);
		assert_true(share(found, ways[i], "normal_calls_instead") <= 0.2);
	}
	json_decref(found);
}

static void programs_add_up(void **state)
{
	json_t *found = against("--against scan.rec --against more.rec");

	assert_int_equal(json_integer_value(json_object_get(found, "programs")), 4);
	assert_true(share(found, "alone", "alerts") >= 0.5);
	assert_true(share(found, "alone", "alerts") <= 0.6);
	json_decref(found);
}

/* Numbers of another ABI are all new, which says nothing. */
static void another_abi_is_left_out(void **state)
{
	json_t *found = against("--against other.rec --against scan.rec");

	assert_int_equal(json_integer_value(json_object_get(found, "programs")), 2);
	assert_int_equal(json_integer_value(json_object_get(found, "left_out")), 2);
	json_decref(found);
	found = against("--against other.rec");
	assert_int_equal(json_integer_value(json_object_get(found, "programs")), 0);
	assert_null(json_object_get(found, "alone"));
	json_decref(found);
	run(kanary_train_main, "train normal.rec -o model --hidden 0 --against other.rec");
	assert_non_null(strstr(said.out, "2 programs cannot be judged"));
}

/* A period above what a log holds: programs are judged, and there is nothing to put them among. */
static void what_was_not_measured_is_no_zero(void **state)
{
	json_t *found, *summary;

	run(kanary_import_main, "import names long -o long.rec --period 2048");
	run(kanary_train_main, "train long.rec -o model --hidden 0 --grams 0 --json --against scan.rec");
	summary = json_loads(said.out, 0, NULL);
	found = json_object_get(summary, "against");
	assert_true(share(found, "alone", "alerts") > 0);
	assert_true(json_is_null(json_object_get(found, "fourth")));
	json_decref(summary);
	run(kanary_train_main, "train long.rec -o model --hidden 0 --grams 0 --against scan.rec");
	assert_non_null(strstr(said.out, "not measured"));
}

static void the_model_does_not_depend_on_it(void **state)
{
	run(kanary_train_main, "train normal.rec -o without --name m --hidden 0 --quiet");
	run(kanary_train_main, "train normal.rec -o with --name m --hidden 0 --json --against scan.rec");
	assert_int_equal(system("cmp without with"), 0);
}

static void says_what_is_wrong_with_a_file(void **state)
{
	assert_int_equal(system("head -c -100 scan.rec >cut.rec"), 0);
	command_expect(kanary_train_main, "train normal.rec -o model --hidden 0 --against cut.rec --json",
		       0, "cut.rec: ");
	command_expect(kanary_train_main, "train normal.rec -o model --against none.rec --quiet", 1,
		       "train: --against none.rec: ");
	command_expect(kanary_train_main, "train normal.rec -o model --against long.rec", 1,
		       "no process tells the order of all its calls");
	command_expect(kanary_train_main, "train normal.rec -o scan.rec --against scan.rec", 1,
		       "-o scan.rec is an input");
	command_expect(kanary_train_main, "train normal.rec -o ./normal.rec", 1,
		       "-o ./normal.rec is an input");
	command_expect(kanary_train_main, "train normal.rec -o model --against normal.rec", 1,
		       "--against normal.rec is learned, too");
	command_expect(kanary_train_main, "train normal.rec -o model --against scan.rec --against scan/../scan.rec",
		       1, "is given twice");
}

/* A vector of @calls calls, of which @logged are told in their order: all or none. */
static void add(struct kanary_recording_writer *writer, uint64_t stream, uint32_t tgid,
		uint32_t calls, uint32_t logged)
{
	_Alignas(8) uint8_t bytes[KANARY_VECTOR_SIZE_MAX] = { 0 };
	struct kanary_vector *vector = (struct kanary_vector *)bytes;
	static const u16 call[] = { 1, 1, 1 };
	struct kanary_log log = { .call = call, .calls = logged };

	vector->stream = stream;
	vector->tgid = tgid;
	vector->calls = calls;
	vector->length = 1;
	vector->counts[0].bin = 1;
	vector->counts[0].count = (u16)calls;
	kanary_vector_append_log(vector, &log);
	assert_int_equal(kanary_recording_write(writer, vector), 0);
}

static struct kanary_foreign_list list_of(const char *path)
{
	struct kanary_foreign_list list = { 0 };
	const char *why = NULL;

	assert_int_equal(kanary_foreign_program_read(&list, path, &why), 0);
	if (why)
		fail_msg("%s: %s", path, why);
	return list;
}

static void a_program_is_a_file_or_a_process(void **state)
{
	struct kanary_recording_writer *writer = kanary_recording_create("k.rec", 64, 0, "kernel", 0);
	struct kanary_foreign_list list;

	add(writer, 1, 10, 3, 3);
	add(writer, 2, 20, 3, 3);
	/* what process 10 executes, or a thread of it */
	add(writer, 7, 10, 3, 3);
	add(writer, 1, 10, 2, 2);
	/* the order of some of these calls is not known */
	add(writer, 3, 30, 64, 0);
	assert_int_equal(kanary_recording_write_file(writer, "a"), 0);
	add(writer, 4, 10, 3, 3);
	add(writer, 5, 20, 1, 1);
	assert_int_equal(kanary_recording_write_file(writer, "b"), 0);
	add(writer, 6, 10, 1, 1);
	assert_int_equal(kanary_recording_finish(writer), 0);
	list = list_of("k.rec");
	assert_int_equal(list.streams, 6);
	assert_int_equal(list.programs, 5);
	assert_int_equal(list.stream[0].calls.count, 5);
	assert_int_equal(list.stream[0].calls.call[4], 1);
	assert_int_equal(list.stream[1].program, 1);
	assert_int_equal(list.stream[2].program, list.stream[0].program);
	assert_int_equal(list.stream[3].program, list.stream[4].program);
	assert_int_equal(list.stream[5].program, 4);
	kanary_foreign_program_free(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_foreign_program_is_seen),
		cmocka_unit_test(the_service_itself_is_not),
		cmocka_unit_test(programs_add_up),
		cmocka_unit_test(another_abi_is_left_out),
		cmocka_unit_test(what_was_not_measured_is_no_zero),
		cmocka_unit_test(the_model_does_not_depend_on_it),
		cmocka_unit_test(says_what_is_wrong_with_a_file),
		cmocka_unit_test(a_program_is_a_file_or_a_process),
	};

	return cmocka_run_group_tests(tests, make_recordings, command_directory_remove);
}
