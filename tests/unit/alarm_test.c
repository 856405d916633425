// SPDX-License-Identifier: GPL-2.0
/* Budgets against the alarms that come of them, on surprises whose distribution is known. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge/alarm_list.h"
#include "judge/promise.h"

#define TRIALS 41
#define STREAM 40
#define MEMORY 8

/* One event: so many vectors with the same surprise; and what its heads make of a probability. */
struct world {
	uint32_t length;
	double scale;
	double shift;
};

static u32 draw(gsl_rng *random, const struct world *world)
{
	double surprise = -log10(gsl_rng_uniform_pos(random)) * world->scale + world->shift;

	return (u32)fmax(surprise * 256, 0);
}

static void fill(struct kanary_alarm_list *list, gsl_rng *random, const struct world *world,
		 size_t count)
{
	u32 surprise = 0;
	size_t i;

	memset(list, 0, sizeof(*list));
	list->memory = MEMORY;
	for (i = 0; i < count; i++) {
		if (i % world->length == 0)
			surprise = draw(random, world);
		assert_true(kanary_alarm_list_add(list, surprise, i % STREAM == 0));
	}
}

/* Events that reach the threshold, per vector: each of these is one alarm, if it is rare. */
static double alarm_rate(const struct world *world, u32 threshold)
{
	return pow(10, -(threshold / 256.0 - world->shift) / world->scale) / world->length;
}

/* Median over trials of the rate that a budget leads to by the rate that it allows. */
static double kept(const struct world *world, size_t count, uint64_t budget)
{
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	struct kanary_alarm_list list;
	double ratio[TRIALS];
	u32 threshold;
	int trial;

	for (trial = 0; trial < TRIALS; trial++) {
		gsl_rng_set(random, trial + 1);
		fill(&list, random, world, count);
		threshold = kanary_alarm_list_threshold(&list, budget);
		ratio[trial] = budget * alarm_rate(world, threshold);
		kanary_alarm_list_free(&list);
	}
	gsl_sort(ratio, 1, TRIALS);
	print_message("events of %u, scale %g, shift %+g, n %zu, budget 1/%llu: achieved by "
		      "promised %.2f [%.2f .. %.2f]\n", world->length, world->scale, world->shift,
		      count, (unsigned long long)budget, ratio[TRIALS / 2], ratio[TRIALS / 20],
		      ratio[TRIALS - 1 - TRIALS / 20]);
	gsl_rng_free(random);
	/* nine of ten are within the factor where there is enough data to count */
	if (count / budget >= KANARY_ALARM_COUNTED)
		assert_true(ratio[TRIALS / 20] > 0.45 && ratio[TRIALS - 1 - TRIALS / 20] < 2.2);
	return ratio[TRIALS / 2];
}

/* A threshold that is off by a factor of 2 in probability is outside each of these. */
static void check_rate(double ratio, double low, double high)
{
	if (ratio < low || ratio > high)
		fail_msg("achieved over promised rate is %.2f, not within %.2f .. %.2f", ratio, low,
			 high);
}

static void budgets_are_kept(void **state)
{
	const struct world single = { .length = 1, .scale = 1 };

	check_rate(kept(&single, 20000, 100), 0.85, 1.2);
	check_rate(kept(&single, 20000, 1000), 0.8, 1.25);
	check_rate(kept(&single, 20000, 2000), 0.8, 1.25);
	/* beyond the data, by extrapolation */
	check_rate(kept(&single, 20000, 10000), 0.7, 1.4);
	/* far beyond, half of all trials err by more: on the side of fewer alarms */
	check_rate(kept(&single, 20000, 1000000), 0.2, 1.5);
}

/* Vectors of one event are one alarm, not as many. */
static void events_are_counted_once(void **state)
{
	const struct world events = { .length = 5, .scale = 1 };

	check_rate(kept(&events, 20000, 1000), 0.8, 1.25);
	check_rate(kept(&events, 20000, 10000), 0.7, 1.4);
}

/* Whatever scale the heads' surprises have: the budget is what counts. */
static void a_wrong_scale_is_made_up_for(void **state)
{
	const struct world shy = { .length = 1, .scale = 1, .shift = -0.301 };
	const struct world bold = { .length = 1, .scale = 1, .shift = 0.301 };
	const struct world steep = { .length = 5, .scale = 1.3 };

	check_rate(kept(&shy, 20000, 1000), 0.8, 1.25);
	check_rate(kept(&bold, 20000, 1000), 0.8, 1.25);
	check_rate(kept(&bold, 20000, 10000), 0.7, 1.4);
	check_rate(kept(&steep, 20000, 1000), 0.8, 1.25);
}

static void alarms_are_counted_by_hand(void **state)
{
	/* two streams; memory of 3 */
	static const u32 surprise[] = { 0, 9, 9, 0, 9, 0, 5, 9, 9, 9, 9, 9 };
	struct kanary_alarm_list list = { .memory = 3 };
	size_t alerts, i;

	for (i = 0; i < 12; i++)
		assert_true(kanary_alarm_list_add(&list, surprise[i], i == 0 || i == 8));
	/* 1-3, 4-6, 7, then 8-10 and 11 of the other stream */
	assert_int_equal(kanary_alarm_list_count(&list, 9, &alerts), 5);
	assert_int_equal(alerts, 8);
	assert_int_equal(kanary_alarm_list_count(&list, 10, &alerts), 0);
	assert_int_equal(alerts, 0);
	/* 1-3, 4-6, 7, 8-10, 11 */
	assert_int_equal(kanary_alarm_list_count(&list, 5, NULL), 5);
	kanary_alarm_list_free(&list);
}

/* The levels apart: a warning's alarm does not hide that a critical one begins. */
static void a_verdict_says_whether_an_alarm_begins(void **state)
{
	enum {
		WARNING = KANARY_VERDICT_ALERT,
		CRITICAL = KANARY_VERDICT_ALERT | KANARY_VERDICT_CRITICAL,
	};
	static const struct {
		u32 level;
		u32 alarm;
	} vector[] = {
		{ 0, 0 }, { WARNING, KANARY_VERDICT_ALARM },
		{ CRITICAL, KANARY_VERDICT_CRITICAL_ALARM }, { CRITICAL, 0 }, { 0, 0 },
		{ CRITICAL, KANARY_VERDICT_ALARM }, { WARNING, 0 },
		{ CRITICAL, KANARY_VERDICT_CRITICAL_ALARM },
	};
	struct kanary_model_header header = {
		.period = 64, .decay_limit = 128, .sequence.steps = 3,
	};
	struct kanary_verdict verdict = { 0 };
	struct kanary_alarm alarm = { 0 };
	size_t i;

	assert_int_equal(kanary_alarm_memory(&header), 4);
	for (i = 0; i < sizeof(vector) / sizeof(*vector); i++) {
		verdict.flags = vector[i].level;
		kanary_alarm_mark(&header, &alarm, &verdict);
		if (verdict.flags != (vector[i].level | vector[i].alarm))
			fail_msg("verdict %zu has the flags %u", i, verdict.flags);
	}
}

static void memory_is_the_longest_of_a_models(void **state)
{
	struct kanary_model_header header = { .period = 64, .sequence.steps = 3 };

	assert_int_equal(kanary_alarm_memory(&header), KANARY_ALARM_MEMORY_MAX);
	header.decay_limit = 64;
	assert_int_equal(kanary_alarm_memory(&header), 3);
	header.sequence.steps = 0;
	assert_int_equal(kanary_alarm_memory(&header), 2);
	header.decay_limit = 0x7fffffff;
	assert_int_equal(kanary_alarm_memory(&header), KANARY_ALARM_MEMORY_MAX);
}

/* One event, seen once and far beyond all others, moves no threshold beyond the data by much. */
static void one_event_hides_nothing(void **state)
{
	const struct world single = { .length = 1, .scale = 1 };
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	struct kanary_alarm_list list;
	u32 with, without;

	fill(&list, random, &single, 2000);
	without = kanary_alarm_list_threshold(&list, 2000000);
	assert_true(kanary_alarm_list_add(&list, 25600, true));
	with = kanary_alarm_list_threshold(&list, 2000000);
	print_message("threshold %.2f, with the event %.2f\n", without / 256.0, with / 256.0);
	assert_true(with >= without && with <= (log10(2000000) + 0.51) * 256);
	kanary_alarm_list_free(&list);
	gsl_rng_free(random);
}

/* A service that is never normal must not be learned as one endless alarm. */
static void silly_lists_have_thresholds(void **state)
{
	struct kanary_alarm_list list = { .memory = MEMORY };
	uint32_t i;

	for (i = 0; i < 100; i++)
		assert_true(kanary_alarm_list_add(&list, 25600, !i));
	assert_in_range(kanary_alarm_list_threshold(&list, 10), 1, 25600);
	assert_in_range(kanary_alarm_list_threshold(&list, 1000000000000000000ull), 1, 25600);
	kanary_alarm_list_free(&list);
	list.memory = MEMORY;
	for (i = 0; i < 100; i++)
		assert_true(kanary_alarm_list_add(&list, 0, !i));
	/* half of log10 of the budget at least */
	assert_in_range(kanary_alarm_list_threshold(&list, 1000000), 768, 25600);
	kanary_alarm_list_free(&list);
}

/* The limits contain the true mean in 95 of 100 cases, and a factor of 4 is found out. */
static void limits_hold(void **state)
{
	const struct world single = { .length = 1, .scale = 1 };
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	struct kanary_alarm_list list;
	struct kanary_promise promise;
	int trial, outside = 0, broken = 0, found = 0;
	size_t alarms;

	for (trial = 0; trial < 200; trial++) {
		gsl_rng_set(random, trial + 1);
		fill(&list, random, &single, 20000);
		alarms = kanary_alarm_list_count(&list, 768, NULL);
		kanary_promise_limits(&promise, list.count, alarms, 1000);
		outside += promise.low > 20 || promise.high < 20;
		broken += kanary_promise_broken(&promise);
		/* the same threshold, as if it were for a quarter and for four times as many */
		kanary_promise_limits(&promise, list.count, alarms, 250);
		found += kanary_promise_broken(&promise);
		kanary_promise_limits(&promise, list.count, alarms, 4000);
		found += kanary_promise_broken(&promise);
		kanary_alarm_list_free(&list);
	}
	print_message("%d of 200 outside the limits, %d called broken, %d of 400 found broken\n",
		      outside, broken, found);
	assert_in_range(outside, 0, 18);
	assert_int_equal(broken, 0);
	assert_true(found > 320);
	gsl_rng_free(random);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(budgets_are_kept),
		cmocka_unit_test(events_are_counted_once),
		cmocka_unit_test(a_wrong_scale_is_made_up_for),
		cmocka_unit_test(alarms_are_counted_by_hand),
		cmocka_unit_test(a_verdict_says_whether_an_alarm_begins),
		cmocka_unit_test(memory_is_the_longest_of_a_models),
		cmocka_unit_test(silly_lists_have_thresholds),
		cmocka_unit_test(one_event_hides_nothing),
		cmocka_unit_test(limits_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
