// SPDX-License-Identifier: GPL-2.0
/* Programs are known by what they do, whatever they call themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_rng.h>
#include <jansson.h>

#include "command_fixture.h"
#include "commands.h"
#include "train/kinds.h"
#include "recording/recording.h"

#define PERIOD 64

/* Shares of calls in percent; one name does two different things. */
static const struct {
	const char *comm;
	uint16_t bin[4];
	uint16_t share[4];
} behaviours[] = {
	{ "reader", { 0, 3, 5, 257 }, { 60, 15, 10, 15 } },
	{ "writer", { 0, 1, 3, 74 }, { 15, 60, 10, 15 } },
	{ "both faces", { 7, 8, 9, 12 }, { 40, 20, 20, 20 } },
	{ "both faces", { 7, 8, 41, 42 }, { 10, 10, 40, 40 } },
	/* these are never learned: of other calls, and of half the calls of one that is */
	{ "sleeper", { 12, 35, 230, 231 }, { 10, 50, 30, 10 } },
	{ "half", { 0, 1, 35, 230 }, { 30, 20, 30, 20 } },
};

static void write_process(struct kanary_recording_writer *writer, gsl_rng *random,
			  uint32_t behaviour, const char *comm, uint64_t stream)
{
	union {
		struct kanary_vector vector;
		uint8_t bytes[sizeof(struct kanary_vector) + 4 * sizeof(struct kanary_count)];
	} memory = { .vector = {
		.stream = stream, .cgroup = 7, .time = stream * 1000, .pid = (uint32_t)stream,
		.calls = PERIOD, .reason = KANARY_REASON_PERIOD,
	} };
	struct kanary_vector *vector = (struct kanary_vector *)memory.bytes;
	uint32_t count[4], i, draw, call;

	strcpy(vector->comm, comm);
	for (vector->index = 0; vector->index < 3; vector->index++) {
		memset(count, 0, sizeof(count));
		for (call = 0; call < PERIOD; call++) {
			draw = (uint32_t)gsl_rng_uniform_int(random, 100);
			for (i = 0; i < 3 && draw >= behaviours[behaviour].share[i]; i++)
				draw -= behaviours[behaviour].share[i];
			count[i]++;
		}
		vector->length = 0;
		for (i = 0; i < 4; i++)
			if (count[i])
				vector->counts[vector->length++] = (struct kanary_count){
					behaviours[behaviour].bin[i], (uint16_t)count[i] };
		vector->reason = vector->index < 2 ? KANARY_REASON_PERIOD : KANARY_REASON_EXIT;
		assert_int_equal(kanary_recording_write(writer, vector), 0);
	}
}

/* @disguised: readers that call themselves writer; @strangers: of a name that is new */
static void write_recording(const char *path, unsigned long seed, uint32_t processes,
			    uint32_t disguised, uint32_t strangers)
{
	struct kanary_recording_writer *writer;
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	uint64_t stream = 0;
	uint32_t i;

	gsl_rng_set(random, seed);
	writer = kanary_recording_create(path, PERIOD, 0, "test", 0);
	assert_non_null(writer);
	for (i = 0; i < processes; i++)
		write_process(writer, random, i % 4, behaviours[i % 4].comm, ++stream);
	for (i = 0; i < disguised; i++)
		write_process(writer, random, 0, "writer", ++stream);
	for (i = 0; i < strangers; i++)
		write_process(writer, random, 3, "stranger", ++stream);
	assert_int_equal(kanary_recording_finish(writer), 0);
	gsl_rng_free(random);
}

static json_t *identify(const char *arguments)
{
	static struct command_result result;
	char words[128];
	json_t *json;

	snprintf(words, sizeof(words), "identify kinds.model %s --json", arguments);
	command_run(&result, kanary_identify_main, words);
	if (result.status)
		fail_msg("%s", result.err);
	json = json_loads(result.out, 0, NULL);
	assert_non_null(json);
	return json;
}

static json_int_t integer(const json_t *json, const char *key)
{
	return json_integer_value(json_object_get(json, key));
}

static int setup(void **state)
{
	static struct command_result result;

	if (command_directory(state))
		return -1;
	write_recording("learned.rec", 1, 200, 0, 0);
	command_run(&result, kanary_train_main,
		    "train learned.rec -o kinds.model --hidden 0 --quiet");
	if (result.status)
		print_error("%s", result.err);
	return result.status;
}

static void processes_are_known_by_what_they_do(void **state)
{
	json_t *json, *process;
	size_t i;

	write_recording("same.rec", 2, 40, 0, 0);
	json = identify("same.rec");
	assert_int_equal(integer(json, "total"), 40);
	assert_int_equal(integer(json, "of_learned_names"), 40);
	assert_int_equal(integer(json, "own_name_nearest"), 40);
	json_array_foreach(json_object_get(json, "processes"), i, process)
		assert_true(json_real_value(json_object_get(process, "confidence")) > 0.7);
	json_decref(json);
}

static void names_do_not_matter(void **state)
{
	json_t *json, *process;

	write_recording("other.rec", 3, 8, 5, 3);
	json = identify("other.rec");
	assert_int_equal(integer(json, "total"), 16);
	assert_int_equal(integer(json, "of_learned_names"), 13);
	assert_int_equal(integer(json, "own_name_nearest"), 8);
	process = json_array_get(json_object_get(json, "processes"), 8);
	assert_string_equal(json_string_value(json_object_get(process, "comm")), "writer");
	assert_string_equal(json_string_value(json_object_get(process, "kind")), "reader");
	/* what is not printable in a name is no part of its label */
	process = json_array_get(json_object_get(json, "processes"), 15);
	assert_string_equal(json_string_value(json_object_get(process, "comm")), "stranger");
	assert_string_equal(json_string_value(json_object_get(process, "kind")), "both?faces");
	json_decref(json);
}

static bool is_like_none(const json_t *process)
{
	bool none = json_is_true(json_object_get(process, "like_none"));

	/* no name is likely where none is */
	if (none)
		assert_true(json_real_value(json_object_get(process, "confidence")) < 0.5);
	return none;
}

/* Nearest to something is everything. */
static void strangers_are_like_none(void **state)
{
	static struct command_result result;
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	struct kanary_recording_writer *writer;
	json_t *json, *process;
	uint32_t i;

	writer = kanary_recording_create("strangers.rec", PERIOD, 0, "test", 0);
	for (i = 0; i < 12; i++)
		write_process(writer, random, i % 6, behaviours[i % 6].comm, i + 1);
	assert_int_equal(kanary_recording_finish(writer), 0);
	gsl_rng_free(random);
	json = identify("strangers.rec");
	for (i = 0; i < 12; i++) {
		process = json_array_get(json_object_get(json, "processes"), i);
		assert_int_equal(is_like_none(process), i % 6 >= 4);
	}
	assert_int_equal(integer(json, "like_none"), 4);
	json_decref(json);
	command_run(&result, kanary_identify_main, "identify kinds.model strangers.rec");
	assert_non_null(strstr(result.out, "pid=5 comm=sleeper vectors=3 kind=none nearest="));
	assert_non_null(strstr(result.out, "12 processes, 4 like none that was learned"));
}

/* Who has no name cannot bear out a kind's. */
static void no_name_is_no_right_one(void **state)
{
	static struct command_result result;
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	struct kanary_recording_writer *writer;
	json_t *json;
	uint32_t i;

	writer = kanary_recording_create("nameless.rec", PERIOD, 0, "test", 0);
	for (i = 0; i < 80; i++)
		write_process(writer, random, i % 4, "", i + 1);
	assert_int_equal(kanary_recording_finish(writer), 0);
	gsl_rng_free(random);
	command_run(&result, kanary_train_main,
		    "train nameless.rec -o nameless.model --hidden 0 --quiet");
	assert_int_equal(result.status, 0);
	command_run(&result, kanary_identify_main, "identify nameless.model nameless.rec");
	assert_non_null(strstr(result.out, "no process has a name: whether the kinds are right"));
	assert_null(strstr(result.out, "100.0 %"));
	json = identify("nameless.rec");
	assert_int_equal(integer(json, "named"), 0);
	assert_true(json_is_null(json_object_get(json, "accuracy")));
	json_decref(json);
}

static void other_containers_are_left_out(void **state)
{
	json_t *json;

	write_recording("seven.rec", 2, 40, 0, 0);
	json = identify("seven.rec --container 7");
	assert_int_equal(integer(json, "total"), 40);
	json_decref(json);
	command_expect(kanary_identify_main, "identify kinds.model seven.rec --container 8", 1,
		       "8");
}

static void labels_are_printable(void **state)
{
	static const char odd[KANARY_COMM_SIZE] = "a b\n-\xff=", none[KANARY_COMM_SIZE];
	char label[KANARY_COMM_SIZE];

	kanary_kinds_label(odd, label);
	assert_string_equal(label, "a?b?-?=");
	kanary_kinds_label(none, label);
	assert_string_equal(label, "?");
	kanary_kinds_label("0123456789abcde", label);
	assert_string_equal(label, "0123456789abcde");
}

static void wrong_usage_is_told(void **state)
{
	command_expect(kanary_identify_main, "identify kinds.model", 2, "a RECORDING are needed");
	command_expect(kanary_identify_main, "identify kinds.model learned.rec x", 2,
		       "one argument too many");
	command_expect(kanary_identify_main, "identify absent learned.rec", 1, "No such file");
	command_expect(kanary_identify_main, "identify kinds.model absent", 1, "absent");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(processes_are_known_by_what_they_do),
		cmocka_unit_test(names_do_not_matter),
		cmocka_unit_test(strangers_are_like_none),
		cmocka_unit_test(no_name_is_no_right_one),
		cmocka_unit_test(other_containers_are_left_out),
		cmocka_unit_test(labels_are_printable),
		cmocka_unit_test(wrong_usage_is_told),
	};

	return cmocka_run_group_tests(tests, setup, command_directory_remove);
}
