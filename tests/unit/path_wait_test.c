/* SPDX-License-Identifier: GPL-2.0 */
/* Paths that wait for a vector: none before a vector that is older, none lost, in their order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "command/path_wait.h"

static char passed[4096];

static int take(const struct kanary_path *path, void *context)
{
	strncat(passed, path->name, path->length);
	return context && !memcmp(path->name, context, 1);
}

static void add(struct kanary_path_wait *wait, char name, u64 time)
{
	_Alignas(8) u8 memory[KANARY_PATH_RECORD_SIZE_MAX] = { 0 };
	struct kanary_path *path = (void *)memory;

	path->time = time;
	path->length = 1;
	path->name[0] = name;
	assert_true(kanary_path_wait_add(wait, path));
}

static void pass(struct kanary_path_wait *wait, u64 until, const char *expected)
{
	passed[0] = 0;
	assert_int_equal(kanary_path_wait_pass(wait, until, take, NULL), 0);
	assert_string_equal(passed, expected);
}

/* As CPUs hand them over: each in order, and not all together. */
static void the_older_pass_and_the_younger_wait(void **state)
{
	struct kanary_path_wait wait = { 0 };

	pass(&wait, UINT64_MAX, "");
	add(&wait, 'a', 10);
	add(&wait, 'd', 40);
	add(&wait, 'e', 50);
	add(&wait, 'b', 20);
	add(&wait, 'c', 30);
	pass(&wait, 9, "");
	pass(&wait, 30, "abc");
	pass(&wait, 30, "");
	add(&wait, 'f', 45);
	pass(&wait, 45, "df");
	assert_int_equal(wait.count, 1);
	pass(&wait, UINT64_MAX, "e");
	assert_int_equal(wait.count, 0);
	kanary_path_wait_free(&wait);
}

static void who_takes_may_end_it(void **state)
{
	struct kanary_path_wait wait = { 0 };

	add(&wait, 'a', 1);
	add(&wait, 'b', 2);
	add(&wait, 'c', 3);
	passed[0] = 0;
	assert_int_equal(kanary_path_wait_pass(&wait, 5, take, "b"), 1);
	assert_string_equal(passed, "ab");
	pass(&wait, 5, "c");
	kanary_path_wait_free(&wait);
}

static void any_number_may_wait(void **state)
{
	struct kanary_path_wait wait = { 0 };
	char expected[1001] = "";
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		expected[i] = (char)('a' + i % 26);
		add(&wait, expected[i], 5);
	}
	pass(&wait, 4, "");
	pass(&wait, 5, expected);
	kanary_path_wait_free(&wait);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_older_pass_and_the_younger_wait),
		cmocka_unit_test(who_takes_may_end_it),
		cmocka_unit_test(any_number_may_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
