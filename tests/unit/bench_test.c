// SPDX-License-Identifier: GPL-2.0
/* The protocol of "kanary bench", on an archive with the folders of ADFA-LD. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_rng.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "archive_fixture.h"
#include "command_fixture.h"
#include "commands.h"

#define TRAINING "ADFA-LD/Training_Data_Master/UTD-%04u.txt"
#define VALIDATION "ADFA-LD/Validation_Data_Master/UVD-%04u.txt"
#define ATTACK "ADFA-LD/Attack_Data_Master/Adduser_1/UAD-Adduser-1-%u.txt"
#define TRAINED 80
#define VALIDATED 21
#define ATTACKS 6
/* Of the validation traces: equal to training traces. */
#define DUPLICATES 3

static void add_member(struct archive *archive, const char *format, unsigned int number,
		       const char *text)
{
	char name[128];

	snprintf(name, sizeof(name), format, number);
	archive_fixture_add(archive, name, text);
}

/* @length calls: four of a service's in turns, now and then another, or an attack's. */
static void make_trace(gsl_rng *random, unsigned int length, bool attack, char *text)
{
	unsigned int i;

	for (i = 0; i < length; i++)
		text += sprintf(text, "%lu ",
				gsl_rng_uniform_int(random, 10) < (attack ? 5 : 1) ?
				(attack ? 120 : 5) + gsl_rng_uniform_int(random, 4) : 3 + i % 4);
}

/* @attack: a member for the attacks' folder, NULL for proper ones */
static void make_archive(const char *path, const char *attack)
{
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	struct archive *archive = archive_fixture_create(path);
	char text[8192], first[8192] = "";
	unsigned int i;

	gsl_rng_set(random, 1);
	for (i = 1; i <= TRAINED; i++) {
		make_trace(random, 200 + 5 * i, false, text);
		if (i == 1)
			strcpy(first, text);
		add_member(archive, TRAINING, i, text);
	}
	for (i = 1; i <= VALIDATED; i++) {
		make_trace(random, 150 + 10 * i, false, text);
		/* equal call for call, though not byte for byte */
		if (i == 2)
			strcat(first, "\n");
		add_member(archive, VALIDATION, i, i <= DUPLICATES ? first : text);
	}
	for (i = 1; i <= ATTACKS; i++) {
		make_trace(random, 300, true, text);
		add_member(archive, ATTACK, i, attack ? attack : text);
	}
	/* what else is in the archive */
	add_member(archive, "ADFA-LD/ADFA-LD+Syscall+List.txt", 0, "not a trace");
	add_member(archive, "__MACOSX/ADFA-LD/Training_Data_Master/._UTD-0001.txt", 0, "nor this");
	archive_fixture_finish(archive);
	gsl_rng_free(random);
}

static int setup(void **state)
{
	if (command_directory(state))
		return -1;
	make_archive("adfa.zip", NULL);
	make_archive("poisoned.zip", "this is no trace");
	return 0;
}

static void parts(void **state)
{
	struct kanary_bench_data data;
	uint32_t validated = 0, i;

	assert_true(kanary_bench_data_read(&data, "adfa.zip", true));
	assert_int_equal(data.traces, TRAINED + VALIDATED + ATTACKS);
	assert_int_equal(data.in_part[KANARY_BENCH_TRAIN], TRAINED);
	assert_int_equal(data.in_part[KANARY_BENCH_DESIGN], (VALIDATED + 1) / 2);
	assert_int_equal(data.in_part[KANARY_BENCH_REPORTED], VALIDATED / 2);
	assert_int_equal(data.in_part[KANARY_BENCH_ATTACK], ATTACKS);
	assert_int_equal(data.duplicates, DUPLICATES);
	/* UVD-0001, odd, is for design; UVD-0002 is not; and so on, as the lengths tell */
	for (i = 0; i < data.traces; i++) {
		const struct kanary_bench_trace *trace = &data.trace[i];

		if (trace->part != KANARY_BENCH_DESIGN && trace->part != KANARY_BENCH_REPORTED)
			continue;
		validated++;
		assert_int_equal(trace->part, validated % 2 ? KANARY_BENCH_DESIGN :
							      KANARY_BENCH_REPORTED);
		if (validated > DUPLICATES)
			assert_int_equal(trace->length, 150 + 10 * validated);
	}
	kanary_bench_data_free(&data);
}

/* What is not an input of any design must not even be looked at. */
static void design_reads_no_attack(void **state)
{
	struct kanary_bench_data data;

	assert_true(kanary_bench_data_read(&data, "poisoned.zip", false));
	assert_int_equal(data.in_part[KANARY_BENCH_ATTACK], 0);
	assert_int_equal(data.traces, TRAINED + VALIDATED);
	kanary_bench_data_free(&data);
	command_expect(kanary_bench_main, "bench poisoned.zip --design --methods stide", 0, NULL);
	command_expect(kanary_bench_main, "bench poisoned.zip --methods stide", 1,
		       "UAD-Adduser-1-1.txt: byte 0: not a number");
}

/* A run is what is right below the folder of attacks, whatever lies below that. */
static void runs_of_attacks(void **state)
{
	static const struct {
		const char *name;
		uint32_t run;
		bool odd;
	} expected[] = {
		{ "Adduser_1/UAD-Adduser-1-2.txt", 0, true },
		{ "Adduser_1/more/UAD-Adduser-1-4.txt", 0, true },
		{ "Adduser_1/UAD-Adduser-1-6.txt", 0, true },
		{ "Adduser_10/UAD-Adduser-10-1.txt", 1, false },
		{ "Adduser_2/UAD-Adduser-2-1.txt", 2, false },
		{ "Shell/UAD-Shell-1.txt", 3, false },
		{ "alone-13.txt", 4, true },
	};
	/* as they come: by name */
	static const unsigned int order[] = { 0, 2, 1, 3, 4, 5, 6 };
	struct archive *archive = archive_fixture_create("runs.zip");
	struct kanary_bench_data data;
	char name[128], text[64];
	unsigned int i;

	add_member(archive, TRAINING, 1, "1 2 3");
	add_member(archive, VALIDATION, 1, "1 2 3");
	add_member(archive, VALIDATION, 2, "1 2 3");
	for (i = 0; i < 7; i++) {
		snprintf(name, sizeof(name), "Attack_Data_Master/Attack_Data_Master/%s",
			 expected[i].name);
		snprintf(text, sizeof(text), "%u", i + 1);
		archive_fixture_add(archive, name, text);
	}
	archive_fixture_finish(archive);
	assert_true(kanary_bench_data_read(&data, "runs.zip", true));
	assert_int_equal(data.runs, 5);
	for (i = 0; i < 7; i++) {
		const struct kanary_bench_trace *trace = &data.trace[3 + i];
		unsigned int number = data.call[trace->first] - 1;

		if (number != order[i] || trace->run != expected[number].run ||
		    trace->odd != expected[number].odd)
			fail_msg("attack %u is %s, run %u, %s", i, expected[number].name, trace->run,
				 trace->odd ? "odd" : "even");
	}
	kanary_bench_data_free(&data);
}

struct sums {
	uint32_t vectors;
	uint32_t calls;
	uint16_t last_reason;
};

static int sum_vector(void *taker, const struct kanary_vector *vector)
{
	struct sums *sums = taker;

	assert_int_equal(vector->index, sums->vectors);
	assert_true(vector->counts[0].bin >= KANARY_BINS_BANK);
	sums->vectors++;
	sums->calls += vector->calls;
	sums->last_reason = vector->reason;
	return 0;
}

static void vectors(void **state)
{
	struct kanary_bench_data data;
	struct sums sums = { 0 };

	assert_true(kanary_bench_data_read(&data, "adfa.zip", false));
	/* 205 calls */
	assert_int_equal(kanary_bench_data_vectors(&data, 0, 64, sum_vector, &sums), 0);
	assert_int_equal(sums.vectors, 4);
	assert_int_equal(sums.calls, 205);
	assert_int_equal(sums.last_reason, KANARY_REASON_EXIT);
	kanary_bench_data_free(&data);
}

static json_t *run_json(const char *words)
{
	static struct command_result result;
	json_error_t error;
	json_t *object;

	command_run(&result, kanary_bench_main, words);
	if (result.status)
		fail_msg("'%s': exit status %d: %s", words, result.status, result.err);
	object = json_loads(result.out, 0, &error);
	if (!object)
		fail_msg("'%s': %s: %s", words, error.text, result.out);
	return object;
}

static void expect_keys(json_t *object, const char *const *keys)
{
	size_t count = 0;

	for (; keys[count]; count++)
		if (!json_object_get(object, keys[count]))
			fail_msg("no \"%s\" in %s", keys[count], json_dumps(object, 0));
	if (json_object_size(object) != count)
		fail_msg("more than asked for in %s", json_dumps(object, 0));
}

static double number(json_t *object, const char *key)
{
	if (!json_is_number(json_object_get(object, key)))
		fail_msg("\"%s\" is no number in %s", key, json_dumps(object, 0));
	return json_number_value(json_object_get(object, key));
}

/* All ways, of all runs; there is no run of an even number. */
static void expect_runs(json_t *ways)
{
	static const char *const names[] = { "largest", "share", "cusum", NULL };
	static const char *const sets[] = { "held_out", "even_runs", "full", NULL };
	json_t *way, *figures;
	const char *name;

	expect_keys(ways, names);
	json_object_foreach(ways, name, way) {
		expect_keys(way, sets);
		assert_true(json_is_null(json_object_get(way, "even_runs")));
		figures = json_object_get(way, "held_out");
		/* six blunt attacks at once, among what is as usual as design */
		if (number(json_object_get(figures, "auc"), "mean") < 0.6)
			fail_msg("%s: %s", name, json_dumps(way, 0));
		number(json_object_get(figures, "dr_at_fpr"), "0.01");
	}
}

static void json_shape(void **state)
{
	static const char *const top[] = { "protocol", "seeds", "methods", NULL };
	static const char *const method_keys[] = { "name", "held_out", "full", "runs", "seconds",
		"model_bytes", "integer_ops_per_syscall", NULL };
	static const char *const figure_keys[] = { "auc", "dr_at_fpr", "far_at_dr90", NULL };
	static const char *const auc_keys[] = { "mean", "sd", NULL };
	static const char *const rate_keys[] = { "0.01", "0.05", "0.15", NULL };
	json_t *object = run_json("bench adfa.zip --json --seeds 2"), *method, *figures;
	json_t *protocol = json_object_get(object, "protocol");
	size_t i, set, seen = 0;

	expect_keys(object, top);
	assert_int_equal(json_integer_value(json_object_get(protocol, "duplicates")), DUPLICATES);
	assert_int_equal(json_integer_value(json_object_get(protocol, "attacks")), ATTACKS);
	assert_int_equal(json_integer_value(json_object_get(protocol, "runs")), 1);
	assert_int_equal(json_array_size(json_object_get(object, "seeds")), 2);
	json_array_foreach(json_object_get(object, "methods"), i, method) {
		const char *name = json_string_value(json_object_get(method, "name"));

		expect_keys(method, method_keys);
		expect_runs(json_object_get(method, "runs"));
		seen += !strcmp(name, "kanary");
		assert_true(number(method, "integer_ops_per_syscall") > 1);
		assert_true(number(method, "model_bytes") >= 1);
		for (set = 0; set < 2; set++) {
			figures = json_object_get(method, method_keys[1 + set]);
			expect_keys(figures, figure_keys);
			expect_keys(json_object_get(figures, "auc"), auc_keys);
			expect_keys(json_object_get(figures, "dr_at_fpr"), rate_keys);
			/* the attacks are blunt */
			if (number(json_object_get(figures, "auc"), "mean") < 0.95)
				fail_msg("%s: %s", name, json_dumps(figures, 0));
			assert_true(number(json_object_get(figures, "auc"), "sd") < 0.1);
			assert_true(number(figures, "far_at_dr90") <= 0.2);
		}
	}
	assert_int_equal(seen, 1);
	json_decref(object);
}

/* All but the times. */
static json_t *run_timeless(const char *words)
{
	json_t *object = run_json(words), *method;
	size_t i;

	json_array_foreach(json_object_get(object, "methods"), i, method)
		json_object_del(method, "seconds");
	return object;
}

static void expect_same(const char *words)
{
	json_t *once = run_timeless(words), *twice = run_timeless(words);

	if (!json_equal(once, twice))
		fail_msg("%s and %s", json_dumps(once, 0), json_dumps(twice, 0));
	json_decref(once);
	json_decref(twice);
}

/* The means of scores show the least difference; areas are coarse with so few traces. */
static void same_again(void **state)
{
	json_t *one = run_timeless("bench adfa.zip --json --seeds 1 --design --methods kanary");
	json_t *two = run_timeless("bench adfa.zip --json --seeds 2 --design --methods kanary");

	expect_same("bench adfa.zip --json --seeds 2 --methods all");
	expect_same("bench adfa.zip --json --seeds 2 --methods all --design");
	if (json_equal(json_object_get(one, "methods"), json_object_get(two, "methods")))
		fail_msg("the seed changes nothing: %s", json_dumps(two, 0));
	json_decref(one);
	json_decref(two);
}

/* What has no chance in it gives the same whatever the seeds. */
static void not_random(void **state)
{
	json_t *one = run_timeless("bench adfa.zip --json --seeds 1 --methods linear,ngram");
	json_t *three = run_timeless("bench adfa.zip --json --seeds 3 --methods linear,ngram");
	json_t *method, *other, *figures;
	double difference;
	size_t i;

	json_array_foreach(json_object_get(three, "methods"), i, method) {
		figures = json_object_get(json_object_get(method, "held_out"), "auc");
		assert_true(number(figures, "sd") == 0);
		other = json_array_get(json_object_get(one, "methods"), i);
		other = json_object_get(json_object_get(other, "held_out"), "auc");
		difference = number(figures, "mean") - number(other, "mean");
		assert_true(fabs(difference) < 1e-12);
	}
	json_decref(one);
	json_decref(three);
}

/* A model that the commands made of the training traces is a row like another. */
static void own_model(void **state)
{
	json_t *object, *methods, *own;

	command_expect(kanary_import_main, "import adfa adfa.zip --only *Training* -o t.rec", 0, NULL);
	command_expect(kanary_train_main, "train t.rec -o own.model --quiet --hidden 0 --decay 0", 0,
		       NULL);
	object = run_json("bench adfa.zip --json --methods stide --model own.model");
	methods = json_object_get(object, "methods");
	assert_int_equal(json_array_size(methods), 2);
	own = json_array_get(methods, 1);
	assert_string_equal(json_string_value(json_object_get(own, "name")), "own");
	assert_true(number(json_object_get(json_object_get(own, "held_out"), "auc"), "mean") > 0.95);
	assert_true(number(own, "model_bytes") > 100);
	assert_true(number(own, "integer_ops_per_syscall") > 1);
	json_decref(object);
	command_expect(kanary_bench_main, "bench adfa.zip --model t.rec", 1, "bench: t.rec: ");
}

/* A method is for the table when its name says who it is, and once. */
static void table(void **state)
{
	uint32_t i, j;

	for (i = 0; i < kanary_bench_methods_count; i++) {
		assert_non_null(kanary_bench_methods[i].score);
		assert_true(strlen(kanary_bench_methods[i].name) <= 10);
		assert_true(strlen(kanary_bench_methods[i].help) <= 80);
		for (j = 0; j < i; j++)
			assert_string_not_equal(kanary_bench_methods[i].name,
						kanary_bench_methods[j].name);
	}
}

static void tables_for_people(void **state)
{
	static struct command_result result;
	char *newline;

	command_run(&result, kanary_bench_main, "bench adfa.zip --methods stide,linear");
	assert_int_equal(result.status, 0);
	assert_non_null(strstr(result.out, "\nheld out "));
	assert_non_null(strstr(result.out, "\nlinear "));
	while ((newline = strchr(result.out, '\n')))
		*newline = ' ';
	if (!strstr(result.out, " 3 of the validation traces are duplicates"))
		fail_msg("no word of duplicates: %s", result.out);
	assert_null(strstr(result.out, "ngram"));
	if (!strstr(result.out, "numbers in a row") || !strstr(result.out, "linear     share "))
		fail_msg("no word of runs and their neighbours: %s", result.out);
	command_run(&result, kanary_bench_main, "bench adfa.zip --design --methods stide");
	assert_int_equal(result.status, 0);
	assert_null(strstr(result.out, "held out"));
}

static void wrong_usage(void **state)
{
	command_expect(kanary_bench_main, "bench", 2, "ADFA.zip, the archive of ADFA-LD, is missing");
	command_expect(kanary_bench_main, "bench a.zip b.zip", 2, "one argument too many");
	command_expect(kanary_bench_main, "bench a.zip --methods stide,magic", 2,
		       "'magic' is no method");
	command_expect(kanary_bench_main, "bench a.zip --methods stide,", 2, "'' is no method");
	command_expect(kanary_bench_main, "bench a.zip --seeds 0", 2, "takes a number from 1");
	command_expect(kanary_bench_main, "bench absent.zip", 1, "absent.zip: No such file");
	command_write("bad.zip", "no archive");
	command_expect(kanary_bench_main, "bench bad.zip", 1, "bad.zip: byte 0: not a number");
	command_write("1.txt", "1 2 3");
	command_expect(kanary_bench_main, "bench .", 1, "whose path matches *Training_Data_Master/*");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts),
		cmocka_unit_test(design_reads_no_attack),
		cmocka_unit_test(runs_of_attacks),
		cmocka_unit_test(vectors),
		cmocka_unit_test(json_shape),
		cmocka_unit_test(same_again),
		cmocka_unit_test(not_random),
		cmocka_unit_test(own_model),
		cmocka_unit_test(table),
		cmocka_unit_test(tables_for_people),
		cmocka_unit_test(wrong_usage),
	};

	return cmocka_run_group_tests(tests, setup, command_directory_remove);
}
