/* SPDX-License-Identifier: GPL-2.0 */
/* The order of calls, as importers record it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "recording/trace.h"
#include "vector.h"

struct taken {
	u32 vectors;
	u32 context[2];
	u32 logged[2];
	u16 call[2][KANARY_LOG_MAX];
};

static int take(void *context, const struct kanary_vector *vector)
{
	struct taken *taken = context;

	assert_in_range(taken->vectors, 0, 1);
	assert_null(kanary_vector_check(vector, kanary_vector_size(vector)));
	/* calls alone are counted */
	assert_int_equal(kanary_vector_calls(vector), vector->length);
	taken->context[taken->vectors] = vector->context;
	taken->logged[taken->vectors] = vector->logged;
	memcpy(taken->call[taken->vectors], kanary_vector_log(vector).call,
	       (vector->context + vector->logged) * sizeof(u16));
	taken->vectors++;
	return 0;
}

/* 20 calls in vectors of 16: 100, 101, ... */
static void importers_keep_the_order(void **state)
{
	static struct taken taken;
	struct kanary_import import = { .take = take, .taker = &taken, .period = 16 };
	struct kanary_trace trace;
	u32 i;

	memset(&taken, 0, sizeof(taken));
	kanary_trace_begin(&trace, &import, 1, "a", 1);
	for (i = 0; i < 20; i++)
		assert_int_equal(kanary_trace_call(&trace, 100 + i), 0);
	assert_int_equal(kanary_trace_end(&trace, KANARY_REASON_EXIT), 0);
	assert_int_equal(taken.context[0], 1);
	assert_int_equal(taken.logged[0], 16);
	assert_int_equal(taken.call[0][0], KANARY_LOG_START);
	for (i = 0; i < 16; i++)
		assert_int_equal(taken.call[0][1 + i], 100 + i);
	assert_int_equal(taken.context[1], KANARY_LOG_CONTEXT);
	assert_int_equal(taken.logged[1], 4);
	for (i = 0; i < KANARY_LOG_CONTEXT + 4; i++)
		assert_int_equal(taken.call[1][i], 116 - KANARY_LOG_CONTEXT + i);
}

/* Of more calls than a log has room for the last are kept. */
static void long_vectors_keep_their_last_calls(void **state)
{
	static struct taken taken;
	struct kanary_import import = { .take = take, .taker = &taken, .period = 4000 };
	struct kanary_trace trace;
	u32 i;

	memset(&taken, 0, sizeof(taken));
	kanary_trace_begin(&trace, &import, 1, "a", 1);
	for (i = 0; i < 3000; i++)
		assert_int_equal(kanary_trace_call(&trace, i % 900), 0);
	assert_int_equal(kanary_trace_end(&trace, KANARY_REASON_EXIT), 0);
	assert_int_equal(taken.context[0], 0);
	assert_int_equal(taken.logged[0], KANARY_LOG_CALLS);
	for (i = 0; i < KANARY_LOG_CALLS; i++)
		assert_int_equal(taken.call[0][i], (3000 - KANARY_LOG_CALLS + i) % 900);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(importers_keep_the_order),
		cmocka_unit_test(long_vectors_keep_their_last_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
