// SPDX-License-Identifier: GPL-2.0
/* What kanary train says of false alarms to come, of made-up models whose figures are known. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "command_fixture.h"
#include "command/train_promise.h"

static struct kanary_model_header header;
static struct kanary_trainer_result result;
static struct kanary_dataset dataset;
static struct command_result said;

/* Of redis' traces: 5 alarms in 1,745 held-out vectors, at 3 times what these bear. */
static void begin(void)
{
	memset(&dataset, 0, sizeof(dataset));
	header = (struct kanary_model_header){ .budget = 523, .critical_budget = 1000000 };
	result = (struct kanary_trainer_result){
		.file = &header, .held_out = 1745, .supported = 174.5, .alarms = 5,
		.threshold = 3.22, .critical_threshold = 6.5,
	};
	dataset.count = 1745;
}

static int print(int argc, char **argv)
{
	kanary_train_promise_print(&dataset, &result);
	return 0;
}

static int note(int argc, char **argv)
{
	kanary_train_promise_note(&dataset, &result);
	return 0;
}

/* What the summary has of it, or has not. */
static void prints(const char *text, bool expected)
{
	command_run(&said, print, "print");
	if (!strstr(said.out, text) == expected)
		fail_msg("'%s' is %s: %s", text, expected ? "missing" : "there", said.out);
}

static void notes(const char *text, bool expected)
{
	command_run(&said, note, "note");
	if (!strstr(said.err, text) == expected)
		fail_msg("'%s' is %s: %s", text, expected ? "missing" : "there", said.err);
}

/* Limits by Garwood 1936: 5 events are 1.62 to 11.67, none are 0 to 3.69. */
static void warnings_have_limits(void **state)
{
	begin();
	prints("warning   from surprise 3.22 on, one false alarm in 523 vectors\n", true);
	prints("have 5 in 1745 vectors: one in 150 vectors to 1075 vectors, with 95 %", true);
	result.alarms = 0;
	prints("have 0 in 1745 vectors: one in 473 vectors or less often, with 95 %", true);
	dataset.seconds = 174.5;
	prints("one false alarm in 523 vectors (52.3 s)\n", true);
}

static void a_budget_is_not_held_up_against_the_data(void **state)
{
	begin();
	prints("by your budget one false alarm in 1000000 vectors\n          the held-out data have 0\n",
	       true);
	result.critical_alarms = 4;
	prints("have 4: do not rely on your budget, expect one in 436 vectors\n", true);
	/* within the limits of what was asked for */
	header.critical_budget = 500;
	prints("do not rely", false);
}

static void what_is_missing_is_said(void **state)
{
	begin();
	prints("bear one false alarm in 174 vectors; for your budget record 1910.2 times as much\n",
	       true);
	dataset.seconds = 3600;
	prints("record 1910.2 times as much, 79.6 d\n", true);
	header.critical_budget = header.budget;
	prints("record", false);
	prints("warning", false);
}

/* A dataset of so many vectors of each of two programs. */
static void record(uint32_t busy, uint32_t others)
{
	struct kanary_vector vector = { .calls = 1 };
	uint32_t i;

	begin();
	dataset.count = 0;
	for (i = 0; i < busy + others; i++) {
		strcpy(vector.comm, i < busy ? "busy" : "other");
		vector.index = i;
		assert_true(kanary_dataset_add(&dataset, 0, &vector));
	}
	dataset.count = busy + others;
}

static void heavy_tails_are_said(void **state)
{
	record(2, 2);
	result.grams = (struct kanary_trainer_head){ .errors = 100, .tail.shape = 0.5 };
	notes("too seldom", false);
	result.grams.tail.shape = 0.51;
	notes("too seldom (head grams, tail shape 0.51, at most 0.5 is sound): record starts", true);
	/* a head that is not there has none */
	result.grams.errors = 0;
	notes("too seldom", false);
	kanary_dataset_free(&dataset);
}

static void a_busy_program_is_said(void **state)
{
	static const struct {
		uint32_t busy, others;
		const char *text;
		bool expected;
	} cases[] = {
		{ 60, 40, "60 % of the vectors are of 'busy', which sets the threshold", true },
		{ 40, 60, "60 % of the vectors are of 'other'", true },
		{ 100, 0, "sets the threshold", false },
		{ 96, 4, "sets the threshold", false },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		record(cases[i].busy, cases[i].others);
		notes(cases[i].text, cases[i].expected);
		kanary_dataset_free(&dataset);
	}
}

static void a_single_life_is_said(void **state)
{
	record(2, 2);
	dataset.containers = 1;
	notes("a single life", false);
	dataset.seconds = 100;
	notes("a single life of the container was recorded: record it over a restart", true);
	dataset.containers = 2;
	notes("a single life", false);
	kanary_dataset_free(&dataset);
}

static void json_has_the_same(void **state)
{
	json_t *object = json_object();

	begin();
	result.critical_alarms = 4;
	kanary_train_promise_json(object, &result);
	assert_int_equal(json_integer_value(json_object_get(object, "budget_vectors")), 523);
	assert_int_equal(json_integer_value(json_object_get(object, "critical_budget_vectors")),
			 1000000);
	assert_int_equal(json_integer_value(json_object_get(object, "held_out_alarms")), 5);
	assert_int_equal(json_integer_value(json_object_get(object, "held_out_critical_alarms")), 4);
	assert_float_equal(json_real_value(json_object_get(object, "held_out_alarms_low")), 1.62, 0.01);
	assert_float_equal(json_real_value(json_object_get(object, "held_out_alarms_high")), 11.67,
			   0.01);
	assert_float_equal(json_real_value(json_object_get(object, "recording_factor")), 1910.2, 0.1);
	json_decref(object);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(warnings_have_limits),
		cmocka_unit_test(a_budget_is_not_held_up_against_the_data),
		cmocka_unit_test(what_is_missing_is_said),
		cmocka_unit_test(heavy_tails_are_said),
		cmocka_unit_test(a_busy_program_is_said),
		cmocka_unit_test(a_single_life_is_said),
		cmocka_unit_test(json_has_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
