/* SPDX-License-Identifier: GPL-2.0 */
/* What goes into a KANARY_CMD_SCORE: every vector and path, in order, within its limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netlink/genl/genl.h>
#include <stdlib.h>
#include <string.h>

#include "recording/random_path.h"
#include "recording/random_vector.h"
#include "command/score_run.h"

/**
 * struct sources - what is put in, and once more what is to be found
 * @vectors: first
 * @paths: before each of them
 */
struct sources {
	struct kanary_random_vector vectors;
	struct kanary_random_path paths;
};

static void seed(struct sources *sources)
{
	kanary_random_vector_seed(&sources->vectors, 4);
	kanary_random_path_seed(&sources->paths, 4);
}

/* @paths paths and a vector. */
static void add(struct kanary_score_run **run, struct sources *sources, u32 paths)
{
	const struct kanary_vector *vector = kanary_random_vector_next(&sources->vectors, false);

	while (paths--)
		assert_true(kanary_score_run_path(run, kanary_random_path_next(&sources->paths,
									       vector)));
	assert_true(kanary_score_run_vector(run, vector));
}

static void what_goes_in_comes_out(void **state)
{
	struct kanary_score_run *run = NULL;
	static struct sources sources;
	u32 i, j;

	seed(&sources);
	for (i = 0; i < 40; i++)
		add(&run, &sources, i % 5);
	assert_int_equal(run->steps, 40);
	assert_int_equal(run->paths, 80);
	seed(&sources);
	for (i = 0; i < 40; i++) {
		const struct kanary_vector *vector =
			kanary_random_vector_next(&sources.vectors, false);
		const struct kanary_path *path = NULL;

		for (j = 0; j < i % 5; j++) {
			const struct kanary_path *expected =
				kanary_random_path_next(&sources.paths, vector);

			path = kanary_score_run_next(run, i, path);
			assert_non_null(path);
			assert_int_equal((uintptr_t)path % 8, 0);
			assert_memory_equal(path, expected,
					    kanary_path_record_size(expected->length));
		}
		assert_null(kanary_score_run_next(run, i, path));
		assert_memory_equal(kanary_score_run_get(run, i), vector,
				    kanary_vector_size(vector));
	}
	free(run);
}

static struct nl_msg *request(size_t size)
{
	struct nl_msg *message = nlmsg_alloc_size(NLMSG_HDRLEN + GENL_HDRLEN + size);

	assert_non_null(genlmsg_put(message, 0, 0, 100, 0, 0, KANARY_CMD_SCORE, 1));
	return message;
}

/* The message as the module reads it: each path stands before its own vector. */
static void message_has_it_in_order(void **state)
{
	struct kanary_score_run *run = NULL;
	static struct sources sources;
	struct nl_msg *message;
	struct nlattr *attribute;
	u32 step = 0, paths = 0;
	int left;

	seed(&sources);
	for (step = 0; step < 30; step++)
		add(&run, &sources, step % 3);
	message = request(kanary_score_run_message_size(run) / 2);
	assert_false(kanary_score_run_put(run, message));
	nlmsg_free(message);
	message = request(kanary_score_run_message_size(run));
	assert_true(kanary_score_run_put(run, message));
	step = 0;
	nlmsg_for_each_attr(attribute, nlmsg_hdr(message), GENL_HDRLEN, left) {
		_Alignas(8) u8 memory[KANARY_VECTOR_SIZE_MAX];
		const struct kanary_vector *vector = (void *)memory;
		const struct kanary_path *path = (void *)memory;
		size_t size = (size_t)nla_len(attribute);

		assert_true(size <= sizeof(memory));
		memcpy(memory, nla_data(attribute), size);
		if (nla_type(attribute) == KANARY_A_PATH) {
			assert_null(kanary_path_record_check(path, size));
			assert_int_equal(path->stream, kanary_score_run_get(run, step)->stream);
			paths++;
			continue;
		}
		assert_int_equal(nla_type(attribute), KANARY_A_VECTOR);
		assert_null(kanary_vector_check(vector, size));
		assert_memory_equal(vector, kanary_score_run_get(run, step), size);
		assert_int_equal(paths, step % 3);
		paths = 0;
		step++;
	}
	assert_int_equal(step, 30);
	nlmsg_free(message);
	free(run);
}

/* A path that came behind the last vector belongs to the next one. */
static void pending_paths_outlive_what_is_sent(void **state)
{
	struct kanary_score_run *run = NULL;
	static struct sources sources;
	const struct kanary_path *path;
	struct kanary_vector vector = { .stream = 1, .length = 0 };
	_Alignas(8) u8 memory[KANARY_PATH_RECORD_SIZE_MAX];

	seed(&sources);
	add(&run, &sources, 3);
	path = kanary_random_path_next(&sources.paths, &vector);
	memcpy(memory, path, kanary_path_record_size(path->length));
	assert_true(kanary_score_run_path(&run, path));
	kanary_score_run_clear(run);
	assert_int_equal(run->steps, 0);
	assert_int_equal(run->paths, 1);
	add(&run, &sources, 1);
	assert_int_equal(run->paths, 2);
	path = kanary_score_run_next(run, 0, NULL);
	assert_memory_equal(path, memory, kanary_path_record_size(path->length));
	path = kanary_score_run_next(run, 0, path);
	assert_non_null(path);
	assert_null(kanary_score_run_next(run, 0, path));
	kanary_score_run_clear(run);
	assert_int_equal(run->paths, 0);
	assert_int_equal(run->used, 0);
	free(run);
}

static void limits_are_those_of_a_request(void **state)
{
	struct kanary_score_run *from = NULL, *run = NULL;
	static struct sources sources;
	const struct kanary_path *path = NULL;
	struct kanary_vector vector = { .stream = 1, .length = 0 };
	u32 count = 0;

	/* as many vectors as there may be */
	assert_true(kanary_score_run_vector(&from, &vector));
	assert_true(kanary_score_run_fits(NULL, from, 0));
	while (!run || kanary_score_run_fits(run, from, 0))
		assert_true(kanary_score_run_vector(&run, &vector));
	assert_int_equal(run->steps, KANARY_SCORE_MAX);
	free(run);
	run = NULL;

	/* as many short paths */
	assert_false(kanary_score_run_full(NULL));
	kanary_random_path_seed(&sources.paths, 1);
	do
		path = kanary_random_path_next(&sources.paths, &vector);
	while (path->length > 8);
	while (!kanary_score_run_full(run))
		assert_true(kanary_score_run_path(&run, path));
	assert_int_equal(run->paths, KANARY_SCORE_PATHS_MAX);
	assert_true(kanary_score_run_vector(&run, &vector));
	assert_true(kanary_score_run_fits(run, from, 0));
	kanary_score_run_clear(from);
	assert_true(kanary_score_run_path(&from, path));
	assert_true(kanary_score_run_vector(&from, &vector));
	assert_false(kanary_score_run_fits(run, from, 0));
	kanary_score_run_clear(run);

	/* and as many bytes: of the longest paths fewer, and there is room for any vector */
	do
		path = kanary_random_path_next(&sources.paths, &vector);
	while (path->length < KANARY_PATH_SIZE_MAX);
	for (; !kanary_score_run_full(run); count++)
		assert_true(kanary_score_run_path(&run, path));
	assert_true(count > 256 && count < KANARY_SCORE_PATHS_MAX);
	assert_true(run->used + KANARY_VECTOR_SIZE_MAX <= KANARY_SCORE_RUN_BYTES);
	free(run);
	free(from);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_goes_in_comes_out),
		cmocka_unit_test(message_has_it_in_order),
		cmocka_unit_test(pending_paths_outlive_what_is_sent),
		cmocka_unit_test(limits_are_those_of_a_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
