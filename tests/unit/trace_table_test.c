// SPDX-License-Identifier: GPL-2.0
/* Live threads of a trace: found by number whatever the numbers are, ended in their order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <time.h>

#include "import/trace_table.h"

#define THREADS 100000

/* Steps of the longest search; 10 is what the table takes for normal, of 100,000. */
#define STEPS_MAX 40

/* What an importer could keep of a thread. */
struct thread {
	struct kanary_trace_thread thread;
	u32 twice;
};

static u32 longest_search(const struct kanary_trace_table *table)
{
	const struct UT_hash_table *inner = table->first->handle.tbl;
	u32 longest = 0, i;

	for (i = 0; i < inner->num_buckets; i++)
		if (inner->buckets[i].count > longest)
			longest = inner->buckets[i].count;
	return longest;
}

/* Numbers as systems give them, and as somebody would choose who wants them in one bucket. */
static void any_numbers_are_found_soon(void **state)
{
	static const struct {
		u32 first, step;
	} numbers[] = { { 1, 1 }, { 7, 1 << 15 }, { UINT32_MAX, (u32)-4096 }, { 0, 40503 << 8 } };
	struct kanary_trace_table table;
	struct thread *thread;
	size_t set;
	u32 i, tid;

	for (set = 0; set < sizeof(numbers) / sizeof(*numbers); set++) {
		assert_int_equal(kanary_trace_table_begin(&table, sizeof(*thread)), 0);
		for (i = 0, tid = numbers[set].first; i < THREADS; i++, tid += numbers[set].step) {
			thread = kanary_trace_table_add(&table, tid);
			assert_non_null(thread);
			assert_int_equal(thread->twice, 0);
			thread->twice = 2 * tid;
		}
		assert_in_range(longest_search(&table), 1, STEPS_MAX);
		for (i = 0, tid = numbers[set].first; i < THREADS; i++, tid += numbers[set].step) {
			thread = kanary_trace_table_find(&table, tid);
			assert_non_null(thread);
			assert_int_equal(thread->twice, 2 * tid);
		}
		assert_null(kanary_trace_table_find(&table, numbers[set].first - 1));
		kanary_trace_table_free(&table);
	}
}

/* Return: seconds of CPU time that it takes to end them. */
static double end_all(u32 threads)
{
	struct kanary_trace_table table;
	clock_t begin;
	u32 tid;

	assert_int_equal(kanary_trace_table_begin(&table, sizeof(struct thread)), 0);
	for (tid = 0; tid < threads; tid++)
		assert_non_null(kanary_trace_table_add(&table, tid));
	begin = clock();
	assert_int_equal(kanary_trace_table_end(&table), 0);
	kanary_trace_table_free(&table);
	return (double)(clock() - begin) / CLOCKS_PER_SEC;
}

/* 25 times as many take 25 times as long, or 625 times where each end walks over all. */
static void many_end_as_fast_as_few(void **state)
{
	double few = end_all(THREADS / 25), many = end_all(THREADS);

	if (many > 25 * 8 * (few + 0.001))
		fail_msg("%u threads took %.3f s to end, %u took %.3f s", THREADS, many,
			 THREADS / 25, few);
}

/* Pids of the vectors, as they come. */
struct taken {
	u32 pid[8];
	u32 count;
};

static int take(void *taker, const struct kanary_vector *vector)
{
	struct taken *taken = taker;

	assert_in_range(taken->count, 0, 7);
	taken->pid[taken->count++] = vector->pid;
	return 0;
}

static struct kanary_trace_thread *add(struct kanary_trace_table *table,
				       struct kanary_import *import, u32 tid, u32 calls)
{
	struct kanary_trace_thread *thread = kanary_trace_table_add(table, tid);

	assert_non_null(thread);
	kanary_trace_begin(&thread->trace, import, tid, "", 0);
	while (calls--)
		assert_int_equal(kanary_trace_call(&thread->trace, calls), 0);
	return thread;
}

static void threads_end_as_they_came(void **state)
{
	struct taken taken = { 0 };
	struct kanary_import import = { .take = take, .taker = &taken, .period = 16 };
	struct kanary_trace_table table;
	struct kanary_trace_thread *thread;

	assert_int_equal(kanary_trace_table_begin(&table, sizeof(*thread)), 0);
	add(&table, &import, 9, 1);
	thread = add(&table, &import, 5, 1);
	add(&table, &import, 7, 1);
	add(&table, &import, 6, 0);
	add(&table, &import, 1, 1);
	kanary_trace_table_remove(&table, thread);
	assert_null(kanary_trace_table_find(&table, 5));
	thread = kanary_trace_table_find(&table, 9);
	assert_int_equal(kanary_trace_table_rename(&table, thread, 5), 0);
	assert_null(kanary_trace_table_find(&table, 9));
	assert_non_null(kanary_trace_table_find(&table, 5));
	assert_int_equal(kanary_trace_table_end(&table), 0);
	assert_int_equal(taken.count, 3);
	assert_int_equal(taken.pid[0], 7);
	assert_int_equal(taken.pid[1], 1);
	assert_int_equal(taken.pid[2], 9);
	kanary_trace_table_free(&table);
	assert_null(table.first);
}

/* A thread of a few calls and paths, as most are where there are many. */
static void a_thread_is_small(void **state)
{
	static const char path[] = "/etc/ld.so.cache";
	struct taken taken = { 0 };
	struct kanary_import import = { .take = take, .taker = &taken, .period = 1024 };
	struct kanary_trace_table table;
	struct kanary_trace_thread *thread;
	size_t size;

	assert_int_equal(kanary_trace_table_begin(&table, sizeof(*thread)), 0);
	thread = add(&table, &import, 3, 8);
	assert_int_equal(kanary_trace_path(&thread->trace, 2, path, sizeof(path) - 1, 0), 0);
	size = sizeof(*thread) + thread->trace.room * sizeof(*thread->trace.call) +
	       thread->trace.paths.room * sizeof(*thread->trace.paths.number);
	assert_null(thread->trace.forgotten);
	assert_in_range(size, sizeof(*thread) + 2, 512);
	kanary_trace_table_free(&table);
	assert_int_equal(taken.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_numbers_are_found_soon),
		cmocka_unit_test(many_end_as_fast_as_few),
		cmocka_unit_test(threads_end_as_they_came),
		cmocka_unit_test(a_thread_is_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
