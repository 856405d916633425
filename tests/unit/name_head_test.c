/* SPDX-License-Identifier: GPL-2.0 */
/* Names: what is learned of directories, worked out by hand, and what is made of paths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "train/head/beta_prior.h"
#include "name_head.h"
#include "train/head/name_train.h"

#define UNIT 256.0

static void add(struct kanary_name_train *train, const char *name)
{
	struct kanary_path_walk walk;

	kanary_path_take((const u8 *)name, strlen(name), 0, &walk);
	assert_true(kanary_name_train_path(train, &walk));
}

static u32 costs(const struct kanary_name_table *table, const char *name, u16 *cost)
{
	struct kanary_path_walk walk;
	u32 sum;

	kanary_path_take((const u8 *)name, strlen(name), 0, &walk);
	sum = kanary_name_head_costs(table, &walk, cost);
	assert_int_equal(kanary_name_head_error(table, (const u8 *)name, strlen(name), 0),
			 16 * sum);
	return sum;
}

/* 20 recordings: all have /etc/hosts and a new file in /tmp, one has /etc/motd, too. */
static void learn(struct kanary_name_table *table)
{
	struct kanary_name_train train = { 0 };
	char name[] = "/tmp/xa";
	u32 i;

	for (i = 0; i < 20; i++) {
		assert_true(kanary_name_train_document(&train, KANARY_NAME_TRAIN_WHOLE));
		add(&train, "/etc/hosts");
		add(&train, "/etc/hosts");
		name[6] = (char)('a' + i);
		add(&train, name);
		if (i == 7)
			add(&train, "/etc/motd");
	}
	assert_true(kanary_name_train_finish(&train, table, KANARY_NAME_HEAD_ENTRIES_MAX));
	assert_null(kanary_name_head_check(table));
	kanary_name_train_free(&train);
}

static void the_prior_is_the_likeliest(void **state)
{
	struct kanary_beta_trials trials[] = { { 0, 10 }, { 0, 10 }, { 10, 10 }, { 10, 10 } };
	struct kanary_beta_prior prior;

	/* always or never: the prior has most of its mass at both ends */
	kanary_beta_prior_fit(&prior, trials, 4);
	assert_true(prior.hits < 0.3 && prior.misses < 0.3);
	assert_true(kanary_beta_prior_chance(&prior, 0, 10) < 0.03);
	/* each about half: it is narrow there */
	trials[0].hits = trials[1].hits = 5;
	trials[2].hits = trials[3].hits = 5;
	kanary_beta_prior_fit(&prior, trials, 4);
	assert_true(prior.hits > 8 && fabs(prior.hits - prior.misses) < 1e-9);
	kanary_beta_prior_fit(&prior, trials, 0);
	assert_true(prior.hits == 0.5 && prior.misses == 0.5);
	assert_true(fabs(kanary_beta_prior_chance(&prior, 3, 9) - 0.35) < 1e-12);
}

static void news_counts_where_there_is_none_usually(void **state)
{
	u16 cost[KANARY_PATH_COMPONENTS + 1];
	struct kanary_name_table table;
	u32 in_etc, in_tmp;

	learn(&table);
	assert_int_equal(costs(&table, "/etc/hosts", cost), 0);
	in_tmp = costs(&table, "/tmp/news", cost);
	assert_true(in_tmp <= 0.05 * UNIT);
	in_etc = costs(&table, "/etc/shadow", cost);
	assert_int_equal(cost[1], 0);
	assert_int_equal(cost[2], in_etc);
	/* one visit of twenty had news there: about that; the prior expects less */
	assert_in_range(in_etc, (u32)(1.1 * UNIT), (u32)(1.5 * UNIT));
	/* what one of twenty has is as rare as what none has, or nearly */
	assert_in_range(costs(&table, "/etc/motd", cost), in_etc - 30, in_etc);
	/* at the top there never was any */
	assert_true(costs(&table, "/root", cost) > in_etc);
	free((void *)table.entry);
}

/* In a new directory, what lies in others of its name is less of a surprise. */
static void new_directories_are_judged_by_their_likes(void **state)
{
	u16 known[KANARY_PATH_COMPONENTS + 1], unknown[KANARY_PATH_COMPONENTS + 1];
	u16 anywhere[KANARY_PATH_COMPONENTS + 1];
	struct kanary_name_table table;

	learn(&table);
	costs(&table, "/opt/etc/hosts", known);
	costs(&table, "/opt/etc/shadow", unknown);
	costs(&table, "/opt/lib/hosts", anywhere);
	assert_int_equal(known[1], unknown[1]);
	assert_int_equal(known[3], 0);
	assert_true(unknown[3] > 1.1 * UNIT);
	assert_int_equal(anywhere[3], 0);
	costs(&table, "/opt/lib/shadow", anywhere);
	/* each recording has a name that no other has: somewhere */
	assert_true(anywhere[3] <= 0.05 * UNIT);
	free((void *)table.entry);
}

/* Told once, over time: what comes in the first part is how it is, what comes later is news. */
static void of_a_sequence_only_later_parts_are_news(void **state)
{
	struct kanary_name_train train = { 0 };
	u16 cost[KANARY_PATH_COMPONENTS + 1];
	struct kanary_name_table table;
	char name[] = "/log/xa";
	u32 part;

	for (part = 0; part < KANARY_NAME_TRAIN_PARTS; part++) {
		assert_true(kanary_name_train_document(&train, part));
		if (!part) {
			add(&train, "/etc/hosts");
			add(&train, "/etc/passwd");
		}
		name[6] = (char)('a' + part);
		add(&train, name);
	}
	/* a second recording tells the same again: that is none */
	for (part = 0; part < KANARY_NAME_TRAIN_PARTS; part++) {
		assert_true(kanary_name_train_document(&train, part));
		if (part == 3)
			add(&train, "/etc/hosts");
		if (part == 5)
			add(&train, "/etc/passwd");
	}
	assert_true(kanary_name_train_finish(&train, &table, KANARY_NAME_HEAD_ENTRIES_MAX));
	assert_null(kanary_name_head_check(&table));
	assert_int_equal(costs(&table, "/etc/passwd", cost), 0);
	assert_true(costs(&table, "/log/news", cost) <= 0.1 * UNIT);
	assert_true(costs(&table, "/etc/shadow", cost) > 1.5 * UNIT);
	kanary_name_train_free(&train);
	free((void *)table.entry);
}

/*
 * By a word news in a quiet directory has a chance of 10^-6: /etc, which had some once, early,
 * is one. /srv had some twice, /log has to the end, /log/new comes in the last part: these are
 * learned.
 */
static void who_knows_better_is_believed_of_quiet_directories(void **state)
{
	struct kanary_name_train train = { .news = 1e-6 };
	u16 cost[KANARY_PATH_COMPONENTS + 1];
	struct kanary_name_table table;
	char name[] = "/log/xa";
	u32 part, learned;

	for (part = 0; part < KANARY_NAME_TRAIN_PARTS; part++) {
		assert_true(kanary_name_train_document(&train, part));
		if (!part)
			add(&train, "/etc/hosts");
		if (part == KANARY_NAME_TRAIN_PARTS / 2 - 1)
			add(&train, "/etc/passwd");
		if (!part || part == 2 || part == 5)
			add(&train, part < 2 ? "/srv/a" : part < 5 ? "/srv/b" : "/srv/c");
		if (part == KANARY_NAME_TRAIN_PARTS - 1)
			add(&train, "/log/new/file");
		name[6] = (char)('a' + part);
		add(&train, name);
	}
	assert_true(kanary_name_train_finish(&train, &table, KANARY_NAME_HEAD_ENTRIES_MAX));
	assert_int_equal(costs(&table, "/etc/passwd", cost), 0);
	assert_int_equal(costs(&table, "/etc/shadow", cost), (u32)(6 * UNIT));
	assert_true(costs(&table, "/root", cost) == (u32)(6 * UNIT));
	assert_true(costs(&table, "/log/news", cost) <= 0.1 * UNIT);
	assert_true(costs(&table, "/srv/d", cost) < 2 * UNIT);
	assert_true(costs(&table, "/log/new/other", cost) < 2 * UNIT);
	/* / and /etc */
	assert_int_equal(train.quiet, 2);
	assert_int_equal(train.quiet_cost, (u32)(6 * UNIT));
	free((void *)table.entry);
	/* without the word, the same two are named, and learned */
	train.news = 0;
	assert_true(kanary_name_train_finish(&train, &table, KANARY_NAME_HEAD_ENTRIES_MAX));
	assert_int_equal(train.quiet, 2);
	learned = costs(&table, "/root", cost);
	assert_int_equal(train.quiet_cost, learned);
	assert_true(learned < 3 * UNIT);
	assert_true(costs(&table, "/etc/shadow", cost) < learned);
	kanary_name_train_free(&train);
	free((void *)table.entry);
}

static void a_small_table_keeps_what_matters(void **state)
{
	u16 cost[KANARY_PATH_COMPONENTS + 1];
	struct kanary_name_table whole, small;
	struct kanary_name_train train = { 0 };
	char name[] = "/tmp/xaa";
	u32 i;

	for (i = 0; i < 20 * 20; i++) {
		if (!(i % 20))
			assert_true(kanary_name_train_document(&train, KANARY_NAME_TRAIN_WHOLE));
		name[6] = (char)('a' + i / 20);
		name[7] = (char)('a' + i % 20);
		add(&train, name);
		add(&train, "/etc/hosts");
	}
	assert_true(kanary_name_train_finish(&train, &whole, KANARY_NAME_HEAD_ENTRIES_MAX));
	assert_true(kanary_name_train_finish(&train, &small, 60));
	assert_true(whole.count > 800);
	assert_int_equal(small.count, 60);
	assert_null(kanary_name_head_check(&small));
	assert_int_equal(costs(&small, "/etc/hosts", cost), costs(&whole, "/etc/hosts", cost));
	assert_int_equal(costs(&small, "/etc/shadow", cost), costs(&whole, "/etc/shadow", cost));
	assert_true(costs(&small, "/tmp/xaa", cost) <= costs(&whole, "/tmp/xaa", cost) + 0.05 * UNIT);
	kanary_name_train_free(&train);
	free((void *)whole.entry);
	free((void *)small.entry);
}

static void without_a_table_nothing_is_surprising(void **state)
{
	struct kanary_name_table table = { 0 };
	u16 cost[KANARY_PATH_COMPONENTS + 1];

	assert_null(kanary_name_head_check(&table));
	assert_int_equal(costs(&table, "/etc/passwd", cost), 0);
	assert_int_equal(costs(&table, "/", cost), 0);
}

static void bad_tables_are_refused(void **state)
{
	struct kanary_name_entry entry[] = {
		{ 1, 0, KANARY_NAME_HEAD_NO_CONTEXT },
		{ 2, KANARY_NAME_HEAD_COST_MAX, KANARY_NAME_HEAD_COST_MAX },
	};
	struct kanary_name_table table = { entry, 2 };

	assert_null(kanary_name_head_check(&table));
	entry[1].key = 1;
	assert_string_equal(kanary_name_head_check(&table), "names of the model do not ascend");
	entry[1].key = 2;
	entry[1].cost++;
	assert_non_null(strstr(kanary_name_head_check(&table), "cost of a name"));
	entry[1].cost--;
	entry[1].novel++;
	assert_non_null(strstr(kanary_name_head_check(&table), "cost of an unknown name"));
}

static u32 departure(const struct kanary_name_table *table, const char *name, u16 flags)
{
	return kanary_name_head_departure(table, (const u8 *)name, strlen(name), flags);
}

static void what_is_unknown_begins_somewhere(void **state)
{
	static const struct kanary_name_table none;
	struct kanary_name_table table;
	u32 opt;

	learn(&table);
	assert_int_equal(departure(&table, "/etc/hosts", 0), 0);
	assert_int_equal(departure(&table, "/etc", 0), 0);
	assert_int_equal(departure(&table, "/", 0), 0);
	assert_int_not_equal(departure(&table, "/etc/shadow", 0), 0);
	assert_int_not_equal(departure(&table, "/etc/shadow", 0),
			     departure(&table, "/etc/gshadow", 0));
	/* all that lies below what is unknown begins there */
	opt = departure(&table, "/opt", 0);
	assert_int_not_equal(opt, 0);
	assert_int_equal(departure(&table, "/opt/x/one", 0), opt);
	assert_int_equal(departure(&table, "/opt/y", 0), opt);
	/* the same name elsewhere is another */
	assert_int_not_equal(departure(&table, "etc/hosts", KANARY_PATH_RELATIVE), 0);
	free((void *)table.entry);
	assert_int_not_equal(departure(&none, "/etc/hosts", 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_prior_is_the_likeliest),
		cmocka_unit_test(news_counts_where_there_is_none_usually),
		cmocka_unit_test(new_directories_are_judged_by_their_likes),
		cmocka_unit_test(of_a_sequence_only_later_parts_are_news),
		cmocka_unit_test(who_knows_better_is_believed_of_quiet_directories),
		cmocka_unit_test(a_small_table_keeps_what_matters),
		cmocka_unit_test(without_a_table_nothing_is_surprising),
		cmocka_unit_test(what_is_unknown_begins_somewhere),
		cmocka_unit_test(bad_tables_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
