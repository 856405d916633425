// SPDX-License-Identifier: GPL-2.0
/* Rounds in processes of their own: all are done, and one that fails is not overlooked. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <signal.h>
#include <unistd.h>

#include "terminal/parallel.h"

enum { ROUNDS = 23, NEVER = 100 };

/**
 * struct work - what the rounds do
 * @fails: the round that does
 * @dies: the round that is killed
 * @times: [ROUNDS], that each was done; shared
 * @ended: rounds that were reported
 * @gate: pipe: later rounds wait until the end of the one that fails or dies has been reported
 */
struct work {
	uint32_t fails;
	uint32_t dies;
	uint32_t *times;
	uint32_t ended;
	int gate[2];
};

static uint32_t first_bad(const struct work *work)
{
	return work->fails < work->dies ? work->fails : work->dies;
}

static int run(void *context, uint32_t round)
{
	struct work *work = context;
	char byte;

	if (round > first_bad(work))
		assert_int_equal(read(work->gate[0], &byte, 1), 1);
	work->times[round]++;
	if (round == work->dies)
		raise(SIGKILL);
	return round == work->fails;
}

static void count(void *context, uint32_t rounds)
{
	static const char open[ROUNDS];
	struct work *work = context;

	assert_int_equal(rounds, ++work->ended);
	if (rounds == first_bad(work) + 1)
		assert_int_equal(write(work->gate[1], open, sizeof(open)), sizeof(open));
}

static int go(struct work *work, uint32_t jobs)
{
	int status;

	work->times = kanary_parallel_memory(ROUNDS * sizeof(*work->times));
	assert_non_null(work->times);
	assert_int_equal(pipe(work->gate), 0);
	status = kanary_parallel_run(ROUNDS, jobs, run, count, work);
	close(work->gate[0]);
	close(work->gate[1]);
	return status;
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
		assert_in_range(fails.times[i], i <= 2, i < 2 + jobs);
		assert_in_range(dies.times[i], i <= 2, i < 2 + jobs);
	}
	kanary_parallel_free(fails.times, ROUNDS * sizeof(*fails.times));
	kanary_parallel_free(dies.times, ROUNDS * sizeof(*dies.times));
}

/* Who starts this command may have said that nobody wants to know how children end. */
static void children_that_cannot_be_waited_for_are_a_failure(void **state)
{
	struct work work = { .fails = NEVER, .dies = NEVER };

	signal(SIGCHLD, SIG_IGN);
	/* rather than for ever */
	alarm(30);
	assert_int_equal(go(&work, 2), 1);
	alarm(0);
	signal(SIGCHLD, SIG_DFL);
	kanary_parallel_free(work.times, ROUNDS * sizeof(*work.times));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_round_is_done_once),
		cmocka_unit_test(a_failure_is_told_and_ends_it),
		cmocka_unit_test(children_that_cannot_be_waited_for_are_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
