// SPDX-License-Identifier: GPL-2.0
/* What kanary info says of a recording. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command_fixture.h"
#include "commands.h"
#include "recording_fixture.h"

static struct command_result result;

static void expect(const char *text)
{
	if (!strstr(result.out, text))
		fail_msg("'%s' is not in:\n%s", text, result.out);
}

static json_t *run_json(const char *words)
{
	json_t *json;

	command_run(&result, kanary_info_main, words);
	assert_int_equal(result.status, 0);
	json = json_loads(result.out, 0, NULL);
	if (!json)
		fail_msg("no JSON: %s", result.out);
	return json;
}

static json_int_t number(json_t *json, const char *key)
{
	return json_integer_value(json_object_get(json, key));
}

static const char *text(json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
}

static void containers_are_listed_by_name(void **state)
{
	recording_fixture_day();
	command_run(&result, kanary_info_main, "info day.rec");
	assert_int_equal(result.status, 0);
	expect("period    64 calls per vector, x86-64 numbers\n");
	expect("kernel    6.1.0-9, boot boot-a\n");
	expect("holds     127 vectors of 635 calls in 7 streams, 0 paths\n");
	expect("lost      not known\n");
	expect("docker   web    c0ffee012345  nginx:1.22      3  10/11/12       13"
	       "        3     65        0\n");
	expect("docker   green  abc2          nginx:1.22      1  30             48"
	       "        2    240        0\n");
	expect("-        -      -             -               1  40             64"
	       "        1    320        0\n");
	/* sorted, and what has no name last */
	assert_true(strstr(result.out, "podman   cache") < strstr(result.out, "docker   green"));
	assert_true(strstr(result.out, "docker   web") < strstr(result.out, "-        -      -"));
}

static void lives_have_times_of_their_own(void **state)
{
	static const uint64_t minute = 60000000000ull;
	const struct kanary_recording_loss loss = {
		.time = 8 * minute, .vectors = 3, .paths = 4, .messages = 5, .dropped = 6,
		.unnamed = 7, .end = KANARY_RECORDING_MODULE_GONE,
	};
	json_t *json, *container, *life;

	recording_fixture_begin("times.rec", "boot-a");
	recording_fixture_note(3455, minute, KANARY_RECORDING_SEEN, "docker", "web\n", "abc");
	recording_fixture_vectors(3455, 2 * minute, 2);
	recording_fixture_note(3455, 6 * minute, KANARY_RECORDING_GONE, "docker", "web\n", "abc");
	recording_fixture_note(3512, 7 * minute, KANARY_RECORDING_SEEN, "docker", "web\n", "abc");
	recording_fixture_loss(&loss);
	recording_fixture_end();
	command_run(&result, kanary_info_main, "info times.rec");
	expect("time      00:07:59, ended as the module went\n");
	expect("lost      3 vectors, 4 paths, 5 messages; the module dropped 6 vectors of any "
	       "container\n");
	expect("unnamed   7 vectors of cgroups that went before they had a name\n");
	expect("web\\x0a    3455  00:00:59  00:05:59  yes         2      0\n");
	expect("web\\x0a    3512  00:06:59  00:06:59  no          0      0\n");

	json = run_json("info --json times.rec");
	assert_string_equal(text(json, "boot"), "boot-a");
	assert_string_equal(text(json, "end"), "ended as the module went");
	assert_int_equal(number(json_object_get(json, "lost"), "unnamed"), 7);
	container = json_array_get(json_object_get(json, "containers"), 0);
	assert_string_equal(text(container, "name"), "web\\x0a");
	assert_string_equal(text(container, "image"), "nginx:1.22");
	assert_int_equal(number(container, "vectors"), 2);
	life = json_array_get(json_object_get(container, "lives"), 1);
	assert_int_equal(number(life, "cgroup"), 3512);
	assert_false(json_boolean_value(json_object_get(life, "gone")));
	json_decref(json);
}

static void gaps_in_a_stream_are_counted(void **state)
{
	recording_fixture_begin("gap.rec", NULL);
	recording_fixture_stream(7, 1, 5, 2);
	recording_fixture_stream(7, 1, 10, 1);
	recording_fixture_stream(7, 2, 0, 3);
	recording_fixture_end();
	command_run(&result, kanary_info_main, "info gap.rec");
	expect("        6        2     30        3\n");
}

static void damage_is_said_and_the_rest_shown(void **state)
{
	recording_fixture_day();
	assert_int_equal(truncate("day.rec", 64 + 24 + 100), 0);
	command_run(&result, kanary_info_main, "info day.rec");
	assert_int_equal(result.status, 0);
	assert_non_null(strstr(result.err, "kanary: note: day.rec: cut off at byte "));
	expect("boot boot-a");
	command_expect(kanary_info_main, "info absent.rec", 1, "cannot read absent.rec: No such");
	command_expect(kanary_info_main, "info", 2, "the RECORDING is missing");
	command_expect(kanary_info_main, "info a b", 2, "'b' is one argument too many");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(containers_are_listed_by_name),
		cmocka_unit_test(lives_have_times_of_their_own),
		cmocka_unit_test(gaps_in_a_stream_are_counted),
		cmocka_unit_test(damage_is_said_and_the_rest_shown),
	};

	return cmocka_run_group_tests(tests, command_directory, command_directory_remove);
}
