// SPDX-License-Identifier: GPL-2.0
/* Runs of attacks against groups of normal processes, worked out by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench_runs.h"

#define NEAR(is, wanted) expect_near(#is, is, wanted)

enum { LARGEST, SHARE, CUSUM };

/* Nineteen scores of design, so that p is a multiple of 1/20. */
#define DESIGN 19
/* p is 0.05, as for what is beyond all of design; 0.1; 1, as for what is below all. */
#define RARE 20
#define TENTH 19
#define COMMON 0

/**
 * struct made - data and scores, made up
 * @score: as the methods of bench give it
 */
struct made {
	struct kanary_bench_data data;
	struct kanary_bench_runs runs;
	double score[4096];
};

static void expect_near(const char *what, double is, double wanted)
{
	if (!(fabs(is - wanted) < 1e-12))
		fail_msg("%s is %.15g instead of %.15g", what, is, wanted);
}

static void add(struct made *made, enum kanary_bench_part part, double score, uint32_t run)
{
	struct kanary_bench_data *data = &made->data;
	struct kanary_bench_trace *trace;

	assert_true(data->traces < data->trace_room);
	trace = &data->trace[data->traces];
	trace->part = part;
	trace->run = run;
	/* as they are numbered: Adduser_1 is run 0 */
	trace->odd = part == KANARY_BENCH_ATTACK ? run % 2 == 0 : part == KANARY_BENCH_DESIGN;
	made->score[data->traces++] = score;
	data->in_part[part]++;
	if (part == KANARY_BENCH_ATTACK)
		data->runs = run + 1;
}

/* Training, and the two halves as they are mixed; design has the scores 1 to 19. */
static struct made *begin(const double *reported, uint32_t count)
{
	struct made *made = calloc(1, sizeof(*made));
	uint32_t i;

	made->data.trace_room = sizeof(made->score) / sizeof(*made->score);
	made->data.trace = calloc(made->data.trace_room, sizeof(*made->data.trace));
	/* what would be no score of a normal trace must not count */
	add(made, KANARY_BENCH_TRAIN, 1000, 0);
	add(made, KANARY_BENCH_TRAIN, -1000, 0);
	for (i = 0; i < DESIGN || i < count; i++) {
		if (i < DESIGN)
			add(made, KANARY_BENCH_DESIGN, i + 1, 0);
		if (i < count)
			add(made, KANARY_BENCH_REPORTED, reported[i], 0);
	}
	return made;
}

static void judge(struct made *made)
{
	assert_true(kanary_bench_runs_init(&made->runs, &made->data));
	kanary_bench_runs_judge(&made->runs, made->score);
}

static void end(struct made *made)
{
	kanary_bench_runs_free(&made->runs);
	free(made->data.trace);
	free(made);
}

static struct kanary_evaluation evaluate(struct made *made, enum kanary_bench_runs_set set,
					 unsigned int way)
{
	struct kanary_evaluation evaluation;

	kanary_bench_runs_evaluate(&made->runs, set, &kanary_bench_runs_ways[way], &evaluation);
	return evaluation;
}

/* Four processes of the reported half, a run of two and one of three. */
static struct made *by_hand(void)
{
	static const double reported[] = { RARE, COMMON, TENTH, RARE };
	struct made *made = begin(reported, 4);

	add(made, KANARY_BENCH_ATTACK, RARE, 0);
	add(made, KANARY_BENCH_ATTACK, RARE, 0);
	add(made, KANARY_BENCH_ATTACK, RARE, 1);
	add(made, KANARY_BENCH_ATTACK, COMMON, 1);
	add(made, KANARY_BENCH_ATTACK, 10, 1);
	judge(made);
	return made;
}

/* By the design half alone, ties counted. */
static void p_values(void **state)
{
	struct made *made = by_hand();
	const double *attack = made->runs.p + 2 + DESIGN + 4;

	NEAR(made->runs.half[0], 0.05);
	NEAR(made->runs.half[1], 1);
	NEAR(made->runs.half[2], 0.1);
	NEAR(attack[4], 0.55);
	/* of design: 1, 2 .. in the order of the traces, which are mixed */
	NEAR(made->runs.p[2], 1);
	NEAR(made->runs.p[4], 0.95);
	end(made);
}

static void ways(void **state)
{
	static const double p[] = { 0.01, 0.09, 0.1, 0.001, 1 }, usual[] = { 1, 0.5 };
	static const double apart[] = { 0.01, 1, 0.01, 0.01 };
	const struct kanary_bench_runs_way *way = kanary_bench_runs_ways;

	NEAR(way[LARGEST].add_up(p, 5), 3);
	/* 0.1 is not below 0.1 */
	NEAR(way[SHARE].add_up(p, 5), 0.6);
	/* 1, 1.0457.., the same, 3.0457.., 2.0457.. */
	NEAR(way[CUSUM].add_up(p, 5), 3 - log10(0.9));
	NEAR(way[LARGEST].add_up(usual, 2), log10(2));
	NEAR(way[SHARE].add_up(usual, 2), 0);
	NEAR(way[CUSUM].add_up(usual, 2), 0);
	/* order counts: what is usual between takes it away */
	NEAR(way[CUSUM].add_up(apart, 3), 1);
	NEAR(way[CUSUM].add_up(apart + 1, 3), 2);
}

static void held_out(void **state)
{
	struct made *made = by_hand();
	struct kanary_evaluation seen;

	assert_int_equal(kanary_bench_runs_count(&made->data, KANARY_BENCH_RUNS_HELD_OUT), 2);
	/* groups of two: 1/2, 0, 1/2; of three: 1/3, 1/3; runs: 1, 1/3 */
	seen = evaluate(made, KANARY_BENCH_RUNS_HELD_OUT, SHARE);
	NEAR(seen.auc, (5 + 1 + 2 * 0.5) / 10);
	NEAR(seen.detected_at_1, 0.5);
	/* groups: all have an RARE one but the second, which has a TENTH */
	seen = evaluate(made, KANARY_BENCH_RUNS_HELD_OUT, LARGEST);
	NEAR(seen.auc, (1 + 4 * 0.5) / 5);
	NEAR(seen.detected_at_1, 0);
	/* one RARE process is 0.30, two in a row 0.60 */
	seen = evaluate(made, KANARY_BENCH_RUNS_HELD_OUT, CUSUM);
	NEAR(seen.auc, (5 + 1 + 4 * 0.5) / 10);
	NEAR(seen.detected_at_1, 0.5);
	end(made);
}

/* The second run is the only one of an even number. */
static void even_runs(void **state)
{
	struct made *made = by_hand();
	struct kanary_evaluation seen;

	assert_int_equal(kanary_bench_runs_count(&made->data, KANARY_BENCH_RUNS_EVEN), 1);
	seen = evaluate(made, KANARY_BENCH_RUNS_EVEN, SHARE);
	NEAR(seen.auc, 0.5);
	NEAR(seen.detected_at_5, 0);
	end(made);
}

/*
 * In the order of their numbers: 1 RARE 2 COMMON 3 TENTH 4 RARE 5 .. 19. Of 22 pairs 4 have one
 * below 0.1, of 21 groups of three 5.
 */
static void full(void **state)
{
	struct made *made = by_hand();
	struct kanary_evaluation seen = evaluate(made, KANARY_BENCH_RUNS_FULL, SHARE);

	NEAR(seen.auc, (43 + 18 + 16 + 5 * 0.5) / 86);
	NEAR(seen.detected_at_1, 0.5);
	end(made);
}

static void no_even_run(void **state)
{
	static const double reported[] = { 1, 2, 3 };
	struct made *made = begin(reported, 3);

	add(made, KANARY_BENCH_ATTACK, RARE, 0);
	judge(made);
	assert_int_equal(kanary_bench_runs_count(&made->data, KANARY_BENCH_RUNS_EVEN), 0);
	NEAR(evaluate(made, KANARY_BENCH_RUNS_EVEN, SHARE).auc, 0);
	NEAR(evaluate(made, KANARY_BENCH_RUNS_HELD_OUT, SHARE).auc, 1);
	end(made);
}

/* A run that is longer than the half stands beside the half. */
static void long_run(void **state)
{
	static const double reported[] = { RARE, COMMON };
	struct made *made = begin(reported, 2);
	int i;

	for (i = 0; i < 4; i++)
		add(made, KANARY_BENCH_ATTACK, i < 3 ? RARE : COMMON, 0);
	judge(made);
	NEAR(evaluate(made, KANARY_BENCH_RUNS_HELD_OUT, SHARE).auc, 1);
	end(made);
}

/* The groups of one size that were asked for, by where they begin. */
static struct asked {
	const double *from;
	size_t count;
	size_t groups;
	size_t begin[3 * KANARY_BENCH_RUNS_GROUPS];
} asked;

static double ask(const double *p, size_t count)
{
	if (p < asked.from || p >= asked.from + 2000)
		return 0;
	assert_int_equal(count, asked.count);
	assert_true(asked.groups < sizeof(asked.begin) / sizeof(*asked.begin));
	asked.begin[asked.groups++] = p - asked.from;
	return 0;
}

/* Neighbours, from the first to the last, at even distances. */
static void groups_are_in_a_row(void **state)
{
	static const struct kanary_bench_runs_way way = { "ask", "", ask };
	static const double reported[2000];
	struct made *made = begin(reported, 2000);
	struct kanary_evaluation evaluation;
	size_t i, step;

	for (i = 0; i < 7; i++)
		add(made, KANARY_BENCH_ATTACK, RARE, 0);
	judge(made);
	asked = (struct asked){ .from = made->runs.half, .count = 7 };
	kanary_bench_runs_evaluate(&made->runs, KANARY_BENCH_RUNS_HELD_OUT, &way, &evaluation);
	assert_int_equal(asked.groups, KANARY_BENCH_RUNS_GROUPS);
	assert_int_equal(asked.begin[0], 0);
	assert_int_equal(asked.begin[asked.groups - 1], 2000 - 7);
	for (i = 1; i < asked.groups; i++) {
		step = asked.begin[i] - asked.begin[i - 1];
		if (step != 10 && step != 11)
			fail_msg("group %zu begins %zu behind the one before", i, step);
	}
	end(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(p_values),
		cmocka_unit_test(ways),
		cmocka_unit_test(held_out),
		cmocka_unit_test(even_runs),
		cmocka_unit_test(full),
		cmocka_unit_test(no_even_run),
		cmocka_unit_test(long_run),
		cmocka_unit_test(groups_are_in_a_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
