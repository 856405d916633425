/* SPDX-License-Identifier: GPL-2.0 */
/* Triples of calls, against values worked out by hand; and what importers make of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "order.h"
#include "trace.h"
#include "vector.h"

/*
 * 0x9E3779B1 is 2654435761. A triple (a, b, c) is 2^20 a + 2^10 b + c, its bin the
 * upper 10 of 32 bits of the product:
 *
 *	(0, 0, 1)	1 * 2654435761 = 0x9E3779B1; >> 22 = 632
 *	(0, 1, 0)	1024 * 2654435761, lower half 0xDDE6C400; >> 22 = 887
 *	(0, 0, 3)	3 * 2654435761 = 0x1_DAA66D13, lower half 0xDAA66D13; >> 22 = 874
 */
static void bins_are_those_worked_out_by_hand(void **state)
{
	assert_int_equal(kanary_order_bin(0), KANARY_BINS);
	assert_int_equal(kanary_order_bin(1), KANARY_BINS + 632);
	assert_int_equal(kanary_order_bin(1 << 10), KANARY_BINS + 887);
	assert_int_equal(kanary_order_bin(3), KANARY_BINS + 874);
}

static void context_is_the_last_three_calls(void **state)
{
	u32 context = KANARY_ORDER_START;

	context = kanary_order_next(context, 959);
	assert_int_equal(context, 1023 << 20 | 1023 << 10 | 959);
	context = kanary_order_next(context, 1);
	assert_int_equal(context, 1023 << 20 | 959 << 10 | 1);
	context = kanary_order_next(context, 2);
	assert_int_equal(context, 959 << 20 | 1 << 10 | 2);
	context = kanary_order_next(context, 3);
	assert_int_equal(context, 1 << 20 | 2 << 10 | 3);
}

static void all_bins_are_in_range_and_used(void **state)
{
	static bool used[KANARY_VECTOR_BINS];
	u32 triple, bin, bins = 0;

	for (triple = 0; triple <= KANARY_ORDER_START; triple += 65537) {
		bin = kanary_order_bin(triple);
		assert_in_range(bin, KANARY_BINS, KANARY_PATH_FIRST - 1);
		bins += !used[bin];
		used[bin] = true;
	}
	assert_int_equal(bins, KANARY_ORDER_BINS);
	assert_in_range(kanary_order_bin(KANARY_ORDER_START), KANARY_BINS, KANARY_PATH_FIRST - 1);
}

struct taken {
	u32 vectors;
	u32 context[2];
	u32 logged[2];
	u16 call[2][KANARY_LOG_MAX];
	u32 triples[2][KANARY_ORDER_BINS];
};

static int take(void *context, const struct kanary_vector *vector)
{
	struct taken *taken = context;
	u32 i;

	assert_in_range(taken->vectors, 0, 1);
	assert_null(kanary_vector_check(vector, kanary_vector_size(vector)));
	for (i = kanary_vector_calls(vector); i < vector->length; i++)
		taken->triples[taken->vectors][vector->counts[i].bin - KANARY_BINS] =
			vector->counts[i].count;
	taken->context[taken->vectors] = vector->context;
	taken->logged[taken->vectors] = vector->logged;
	memcpy(taken->call[taken->vectors], kanary_vector_log(vector).call,
	       (vector->context + vector->logged) * sizeof(u16));
	taken->vectors++;
	return 0;
}

static u32 triple(const struct taken *taken, u32 vector, u32 a, u32 b, u32 c)
{
	return taken->triples[vector][kanary_order_bin(a << 20 | b << 10 | c) - KANARY_BINS];
}

/* 1 2 3 1 2 3 ... in vectors of 16: the context goes on in the second, a new stream has none. */
static void importers_count_triples(void **state)
{
	static struct taken taken;
	struct kanary_import import = { .take = take, .taker = &taken, .period = 16 };
	struct kanary_trace trace;
	u32 i;

	kanary_trace_begin(&trace, &import, 1, "a", 1);
	for (i = 0; i < 18; i++)
		assert_int_equal(kanary_trace_call(&trace, 1 + i % 3), 0);
	assert_int_equal(kanary_trace_end(&trace, KANARY_REASON_EXIT), 0);
	assert_int_equal(taken.vectors, 2);
	assert_int_equal(triple(&taken, 0, 1023, 1023, 1), 1);
	assert_int_equal(triple(&taken, 0, 1023, 1, 2), 1);
	assert_int_equal(triple(&taken, 0, 1, 2, 3), 5);
	assert_int_equal(triple(&taken, 0, 2, 3, 1), 5);
	assert_int_equal(triple(&taken, 0, 3, 1, 2), 4);
	assert_int_equal(triple(&taken, 1, 3, 1, 2), 1);
	assert_int_equal(triple(&taken, 1, 1, 2, 3), 1);

	memset(&taken, 0, sizeof(taken));
	kanary_trace_begin(&trace, &import, 1, "b", 1);
	assert_int_equal(kanary_trace_call(&trace, 1), 0);
	assert_int_equal(kanary_trace_end(&trace, KANARY_REASON_EXIT), 0);
	assert_int_equal(triple(&taken, 0, 1023, 1023, 1), 1);
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

/* Of more calls than a log has room for the last are kept, and only they make triples. */
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
		cmocka_unit_test(bins_are_those_worked_out_by_hand),
		cmocka_unit_test(context_is_the_last_three_calls),
		cmocka_unit_test(all_bins_are_in_range_and_used),
		cmocka_unit_test(importers_count_triples),
		cmocka_unit_test(importers_keep_the_order),
		cmocka_unit_test(long_vectors_keep_their_last_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
