// SPDX-License-Identifier: GPL-2.0
/* Rounds in threads: each is done once, several at a time, and their progress adds up. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>

#include "terminal/progress.h"
#include "terminal/workers.h"

enum { ROUNDS = 23, TOGETHER = 3 };

/**
 * struct work - what the rounds do
 * @times: that each was done
 * @meeting: the first rounds wait there for each other: alone, none would end
 */
struct work {
	uint32_t times[ROUNDS];
	pthread_barrier_t meeting;
};

static void run(void *context, uint32_t round)
{
	struct work *work = context;

	work->times[round]++;
	if (round < TOGETHER)
		pthread_barrier_wait(&work->meeting);
}

static void all_rounds_are_done(void **state)
{
	struct work work = { 0 };
	uint32_t round;

	assert_int_equal(pthread_barrier_init(&work.meeting, NULL, TOGETHER), 0);
	kanary_workers_run(ROUNDS, TOGETHER, run, &work);
	for (round = 0; round < ROUNDS; round++)
		assert_int_equal(work.times[round], 1);
	pthread_barrier_destroy(&work.meeting);
}

static void note_thread(void *context, uint32_t round)
{
	((pthread_t *)context)[round] = pthread_self();
}

/* Of one job, it is the caller who does it: no thread is begun. */
static void one_job_is_the_callers(void **state)
{
	pthread_t thread[ROUNDS];
	uint32_t round;

	kanary_workers_run(ROUNDS, 1, note_thread, thread);
	for (round = 0; round < ROUNDS; round++)
		assert_true(pthread_equal(thread[round], pthread_self()));
}

static void there_is_a_cpu(void **state)
{
	assert_in_range(kanary_workers_cpus(), 1, KANARY_WORKERS_MAX);
}

static void parts_add_up_to_the_whole(void **state)
{
	struct kanary_progress progress;
	struct kanary_progress_part part = { .whole = &progress, .name = "part" };
	double sum;
	uint32_t i;

	kanary_progress_init(&progress, true);
	progress.parts = KANARY_PROGRESS_PARTS;
	for (part.number = 0; part.number < progress.parts; part.number++) {
		kanary_progress_part(&part, 0.5, "half of %u", part.number);
		kanary_progress_part(&part, 1, NULL);
	}
	for (i = 0, sum = 0; i < progress.parts; i++)
		sum += progress.done[i];
	assert_true(sum == KANARY_PROGRESS_PARTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_rounds_are_done),
		cmocka_unit_test(one_job_is_the_callers),
		cmocka_unit_test(there_is_a_cpu),
		cmocka_unit_test(parts_add_up_to_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
