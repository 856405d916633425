// SPDX-License-Identifier: GPL-2.0
/* Paths in memory: each is stored once, and each telling of it keeps its place. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "recording/path_list.h"
#include "path_record.h"

enum { PATHS = 5000, TIMES = 4 };

static const struct kanary_path *make(uint32_t number, uint16_t flags)
{
	static _Alignas(8) uint8_t bytes[KANARY_PATH_RECORD_SIZE_MAX + 1];
	struct kanary_path *path = (struct kanary_path *)bytes;

	memset(bytes, 0, sizeof(bytes));
	path->length = (uint16_t)snprintf(path->name, KANARY_PATH_SIZE_MAX, "/srv/%u/file",
					  number);
	path->flags = flags;
	path->cgroup = 1;
	path->stream = number;
	path->time = number + 1;
	return path;
}

static void assert_path(const struct kanary_path_list *list, uint32_t at, uint32_t number,
			uint16_t flags)
{
	const struct kanary_path *expected = make(number, flags);
	const struct kanary_path *path = kanary_path_list_path(list, at);

	assert_int_equal(path->length, expected->length);
	assert_int_equal(path->flags, flags);
	assert_memory_equal(path->name, expected->name, path->length);
	assert_int_equal(list->entry[at].stream, number);
}

static void what_is_told_again_is_stored_once(void **state)
{
	struct kanary_path_list list = { 0 };
	uint32_t i, time;

	for (time = 0; time < TIMES; time++)
		for (i = 0; i < PATHS; i++)
			assert_true(kanary_path_list_add(&list, 0, i, make(i, 0)));
	assert_int_equal(list.count, TIMES * PATHS);
	assert_int_equal(list.paths, PATHS);
	/* another beginning is another path */
	assert_true(kanary_path_list_add(&list, 0, 0, make(7, KANARY_PATH_RELATIVE)));
	assert_int_equal(list.paths, PATHS + 1);
	for (time = 0; time < TIMES; time++)
		for (i = 0; i < PATHS; i++)
			assert_path(&list, time * PATHS + i, i, 0);
	assert_path(&list, TIMES * PATHS, 7, KANARY_PATH_RELATIVE);
	kanary_path_list_free(&list);
}

/* Vectors 2, 1, none, 0, 2, 1 ..: by vector, and of one vector as they came. */
static void they_are_sorted_by_vector(void **state)
{
	static const uint32_t vector[] = { 2, 1, KANARY_PATH_LIST_NO_VECTOR, 0 };
	static const uint32_t expected[] = { 3, 7, 1, 5, 0, 4, 2, 6 };
	struct kanary_path_list list = { 0 };
	uint32_t i, number;

	for (i = 0; i < 8; i++) {
		assert_true(kanary_path_list_add(&list, 0, i, make(i, 0)));
		list.entry[i].vector = vector[i % 4];
	}
	assert_true(kanary_path_list_sort(&list, 3));
	for (i = 0; i < 8; i++)
		assert_path(&list, i, expected[i], 0);
	assert_int_equal(kanary_path_list_find(&list, 1, &number), 2);
	assert_int_equal(number, 2);
	assert_int_equal(kanary_path_list_find(&list, 3, &number), 0);
	kanary_path_list_free(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_told_again_is_stored_once),
		cmocka_unit_test(they_are_sorted_by_vector),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
