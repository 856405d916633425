// SPDX-License-Identifier: GPL-2.0
/* Rounds in processes of their own: all are done, and one that fails is not overlooked. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <signal.h>

#include "parallel.h"

enum { ROUNDS = 23, NEVER = 100 };

/**
 * struct work - what the rounds do
 * @fails: the round that does
 * @dies: the round that is killed
 * @times: [ROUNDS], that each was done; shared
 * @ended: rounds that were reported
 */
struct work {
	uint32_t fails;
	uint32_t dies;
	uint32_t *times;
	uint32_t ended;
};

static int run(void *context, uint32_t round)
{
	struct work *work = context;

	work->times[round]++;
	if (round == work->dies)
		raise(SIGKILL);
	return round == work->fails;
}

static void count(void *context, uint32_t rounds)
{
	struct work *work = context;

	assert_int_equal(rounds, ++work->ended);
}

static int go(struct work *work, uint32_t jobs)
{
	work->times = kanary_parallel_memory(ROUNDS * sizeof(*work->times));
	assert_non_null(work->times);
	return kanary_parallel_run(ROUNDS, jobs, run, count, work);
}

static void each_round_is_done_once(void **state)
{
	uint32_t jobs, i;

	for (jobs = 1; jobs <= KANARY_PARALLEL_MAX; jobs += 21) {
		struct work work = { .fails = NEVER, .dies = NEVER };

		assert_int_equal(go(&work, jobs), 0);
		assert_int_equal(work.ended, ROUNDS);
		for (i = 0; i < ROUNDS; i++)
			assert_int_equal(work.times[i], 1);
		kanary_parallel_free(work.times, ROUNDS * sizeof(*work.times));
	}
}

/* Those at work are waited for; no more are begun. */
static void a_failure_is_told_and_ends_it(void **state)
{
	struct work fails = { .fails = 2, .dies = NEVER }, dies = { .fails = NEVER, .dies = 2 };
	uint32_t jobs = 2, i;

	assert_int_equal(go(&fails, jobs), 1);
	assert_int_equal(go(&dies, jobs), 1);
	for (i = 0; i < ROUNDS; i++) {
		assert_in_range(fails.times[i], i <= 2, i <= 2 + jobs);
		assert_in_range(dies.times[i], i <= 2, i <= 2 + jobs);
	}
	kanary_parallel_free(fails.times, ROUNDS * sizeof(*fails.times));
	kanary_parallel_free(dies.times, ROUNDS * sizeof(*dies.times));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_round_is_done_once),
		cmocka_unit_test(a_failure_is_told_and_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
