/* SPDX-License-Identifier: GPL-2.0 */
/* "kanary bench-paths" on recordings of which it is known what is to come out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "command_fixture.h"
#include "commands.h"

enum { NORMAL = 24, ATTACKS = 6, PAGES = 40, CALLS = 300 };

/* Vectors are learned from, too, where a recording is so many times as long. */
static unsigned int longer = 1;

/* What all do: read the same pages, and one of a name of its own, in a mix of calls. */
static void write_recording(const char *path, unsigned int number, const char *other)
{
	FILE *file = fopen(path, "w");
	unsigned int i;

	assert_non_null(file);
	for (i = 0; i < CALLS * longer; i++) {
		fputs("open \n", file);
		if (i == CALLS / 2)
			fprintf(file, "open fd=3 name=/srv/upload/%c%c/new flags=1 \n",
				'a' + number % 26, 'a' + number / 26);
		else if (other && !(i % 100))
			fprintf(file, "open fd=3 name=%s/%u%c flags=1 \n", other, i,
				'a' + i / 100);
		else
			fprintf(file, "open fd=3 name=/srv/page/%c flags=1 \n",
				'A' + (i * 7 + number) % PAGES);
		fputs(i % 3 ? "read \nread res=1 \n" : "fstat \nfstat res=0 \n", file);
		fputs("close \nclose res=0 \n", file);
	}
	assert_int_equal(fclose(file), 0);
}

/* Two groups, of which both sides have as many. */
static void write_corpus(const char *directory, const char *other)
{
	char path[64];
	unsigned int i;

	mkdir(directory, 0755);
	snprintf(path, sizeof(path), "%s/normal", directory);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/exec", directory);
	mkdir(path, 0755);
	for (i = 0; i < NORMAL; i++) {
		snprintf(path, sizeof(path), "%s/normal/%s-%u.log", directory,
			 i % 2 ? "shop" : "blog", i);
		write_recording(path, i, NULL);
	}
	for (i = 0; i < ATTACKS; i++) {
		snprintf(path, sizeof(path), "%s/exec/%s-%u.log", directory,
			 i % 2 ? "shop" : "blog", i);
		write_recording(path, NORMAL + i, other);
	}
}

static json_t *bench(const char *words)
{
	static struct command_result result;
	json_error_t error;
	json_t *object;

	command_run(&result, kanary_bench_paths_main, words);
	if (result.status)
		fail_msg("%s: %s", words, result.err);
	object = json_loads(result.out, 0, &error);
	if (!object)
		fail_msg("%s: %s in %s", words, error.text, result.out);
	return object;
}

static double auc(const json_t *object, const char *protocol, const char *method)
{
	const json_t *value = json_object_get(
		json_object_get(json_object_get(object, protocol), method), "auc");

	if (!json_is_number(value))
		fail_msg("no AUC of %s, %s", protocol, method);
	return json_number_value(value);
}

static void finds_what_was_never_used(void **state)
{
	json_t *object;

	write_corpus("other", "/root/.ssh");
	object = bench("bench-paths other --json --splits 3 --paths-only");
	assert_int_equal(json_integer_value(json_object_get(object, "normal")), NORMAL);
	assert_int_equal(json_integer_value(json_object_get(object, "attack")), ATTACKS);
	assert_int_equal(json_integer_value(json_object_get(object, "groups")), 2);
	assert_float_equal(auc(object, "splits", "never_seen_share"), 1, 1e-9);
	assert_float_equal(auc(object, "splits", "path_names"), 1, 1e-9);
	assert_float_equal(auc(object, "splits", "path_names_sum"), 1, 1e-9);
	assert_float_equal(auc(object, "groups_left_out", "path_names"), 1, 1e-9);
	json_decref(object);
}

/* New names where each recording has one: more of them are no surprise. */
static void is_not_surprised_by_new_files_in_known_places(void **state)
{
	json_t *object;

	write_corpus("known", "/srv/upload/zz");
	object = bench("bench-paths known --json --splits 3 --paths-only");
	assert_true(auc(object, "splits", "never_seen_share") > 0.99);
	assert_true(auc(object, "splits", "path_names") < 0.99);
	assert_null(json_object_get(json_object_get(object, "splits"), "calls"));
	json_decref(object);
}

static void says_the_same_twice(void **state)
{
	json_t *first = bench("bench-paths other --json --splits 2 --paths-only");
	json_t *second = bench("bench-paths other --json --splits 2 --paths-only --jobs 1");
	json_t *third = bench("bench-paths other --json --splits 2 --paths-only --jobs 5");

	assert_true(json_equal(first, second));
	assert_true(json_equal(first, third));
	json_decref(first);
	json_decref(second);
	json_decref(third);
}

/* An archive has them in an order of its own. A few normal ones are odd: in which split matters. */
static void says_the_same_of_an_archive(void **state)
{
	json_t *folder, *archive;
	char path[64], odd[32];
	unsigned int i;

	write_corpus("folder", "/root/.ssh");
	for (i = 0; i < NORMAL; i += 4) {
		snprintf(path, sizeof(path), "folder/normal/blog-%u.log", i);
		snprintf(odd, sizeof(odd), "/srv/odd/%u", i);
		write_recording(path, i, odd);
	}
	assert_int_equal(system("cd folder && find . -name '*.log' | sort -r | "
				"tar -cf ../folder.tar -T -"), 0);
	folder = bench("bench-paths folder --json --splits 3 --paths-only");
	archive = bench("bench-paths folder.tar --json --splits 3 --paths-only");
	assert_true(auc(folder, "splits", "never_seen_share") < 0.99);
	assert_true(json_equal(folder, archive));
	json_decref(folder);
	json_decref(archive);
}

/* What is chosen by these figures is chosen without a look at an attack. */
static void design_looks_at_normal_recordings_alone(void **state)
{
	json_t *first, *second;

	longer = 6;
	write_corpus("looked", "/root/.ssh");
	longer = 1;
	first = bench("bench-paths looked --design --json");
	assert_true(json_is_number(json_object_get(json_object_get(first, "path_histogram"),
						   "correlation")));
	assert_true(json_is_number(json_object_get(json_object_get(first, "path_names"), "auc")));
	/* as if they were not there */
	assert_int_equal(rename("looked/exec", "elsewhere"), 0);
	second = bench("bench-paths looked --design --json");
	assert_true(json_equal(first, second));
	json_decref(first);
	json_decref(second);
}

static void refuses_what_is_no_corpus(void **state)
{
	command_expect(kanary_bench_paths_main, "bench-paths", 2, "a directory or archive is missing");
	command_expect(kanary_bench_paths_main, "bench-paths other --splits 0", 2,
		       "--splits takes 1 to 100");
	command_expect(kanary_bench_paths_main, "bench-paths other --jobs 0", 2,
		       "--jobs takes 1 to 64");
	command_expect(kanary_bench_paths_main, "bench-paths missing", 1, "missing: ");
	command_expect(kanary_bench_paths_main, "bench-paths other/exec", 1,
		       "has 0 recordings in normal/, 6 elsewhere: 10 and 1 are the least");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_was_never_used),
		cmocka_unit_test(is_not_surprised_by_new_files_in_known_places),
		cmocka_unit_test(says_the_same_twice),
		cmocka_unit_test(says_the_same_of_an_archive),
		cmocka_unit_test(design_looks_at_normal_recordings_alone),
		cmocka_unit_test(refuses_what_is_no_corpus),
	};

	return cmocka_run_group_tests(tests, command_directory, command_directory_remove);
}
