/* SPDX-License-Identifier: GPL-2.0 */
/* Random paths: valid, the same for the same seed, and of every kind that there is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "recording/random_path.h"

enum { PATHS = 20000, VECTORS = 5000 };

static const struct kanary_vector vector = { .stream = 7, .cgroup = 8, .time = 9, .pid = 10 };

static void all_are_valid_and_of_every_kind(void **state)
{
	unsigned int relative = 0, dirfd = 0, truncated = 0, second = 0, longest = 0, control = 0;
	unsigned int foreign = 0, dots = 0, slash = 0, i, j;
	static struct kanary_random_path source;

	kanary_random_path_seed(&source, 3);
	for (i = 0; i < PATHS; i++) {
		const struct kanary_path *path = kanary_random_path_next(&source, &vector);
		const char *why = kanary_path_record_check(path,
							   kanary_path_record_size(path->length));
		bool has_control = false, has_foreign = false;

		if (why)
			fail_msg("path %u: %s", i, why);
		assert_int_equal(path->stream, 7);
		assert_int_equal(path->pid, 10);
		for (j = 0; j < path->length; j++) {
			has_control |= path->name[j] > 0 && path->name[j] < 32;
			has_foreign |= path->name[j] < 0;
		}
		relative += !!(path->flags & KANARY_PATH_RELATIVE);
		dirfd += !!(path->flags & KANARY_PATH_DIRFD);
		truncated += !!(path->flags & KANARY_PATH_TRUNCATED);
		second += !!(path->flags & KANARY_PATH_SECOND);
		longest += path->length == KANARY_PATH_SIZE_MAX;
		control += has_control;
		foreign += has_foreign;
		dots += path->length > 1 && !memcmp(path->name, "..", 2);
		slash += path->length == 1 && path->name[0] == '/';
	}
	assert_true(relative > PATHS / 50 && relative < PATHS / 2);
	assert_true(dirfd > PATHS / 100);
	assert_true(truncated > PATHS / 100 && truncated < longest);
	assert_true(second > PATHS / 50);
	assert_true(control > PATHS / 50);
	assert_true(foreign > PATHS / 50);
	assert_true(dots > 0);
	assert_true(slash > 0);
}

static void the_same_seed_gives_the_same(void **state)
{
	static struct kanary_random_path source[3];
	unsigned int differ = 0, i;

	kanary_random_path_seed(&source[0], 11);
	kanary_random_path_seed(&source[1], 11);
	kanary_random_path_seed(&source[2], 12);
	for (i = 0; i < 100; i++) {
		const struct kanary_path *path = kanary_random_path_next(&source[0], &vector);
		const struct kanary_path *same = kanary_random_path_next(&source[1], &vector);
		const struct kanary_path *other = kanary_random_path_next(&source[2], &vector);

		assert_memory_equal(path, same, kanary_path_record_size(path->length));
		differ += path->length != other->length ||
			  !!memcmp(path->name, other->name, path->length);
	}
	assert_true(differ > 80);
}

/* Few before most vectors, none before some, and now and then more than a request holds. */
static void vectors_have_few_and_rarely_many(void **state)
{
	static struct kanary_random_path source;
	unsigned int none = 0, few = 0, many = 0, i;

	kanary_random_path_seed(&source, 5);
	for (i = 0; i < VECTORS; i++) {
		u32 count = kanary_random_path_count(&source);

		none += !count;
		few += count && count <= 4;
		many += count > KANARY_SCORE_PATHS_MAX;
	}
	assert_true(none > VECTORS / 10);
	assert_true(few > VECTORS / 2);
	assert_true(many > 3 && many < VECTORS / 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_are_valid_and_of_every_kind),
		cmocka_unit_test(the_same_seed_gives_the_same),
		cmocka_unit_test(vectors_have_few_and_rarely_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
