// SPDX-License-Identifier: GPL-2.0
/* Whose a cgroup is, that lies below others: of one line of cgroups, as deep as it gets. */
#include "container.c"

#include "reference.h"

#include <kunit/test.h>

/* The cgroup at level 3 has the number 103. */
enum { DEPTH = 40, FIRST = 100, PORT = 7 };

/**
 * struct line - cgroups, each the one below the one before
 * @cgroup: at each level; it knows those above
 * @node: their numbers
 */
struct line {
	struct cgroup *cgroup[DEPTH];
	struct kernfs_node node[DEPTH];
};

static int begin(struct kunit *test)
{
	struct line *line = kunit_kzalloc(test, sizeof(*line), GFP_KERNEL);
	int level, above;

	if (!line)
		return -ENOMEM;
	for (level = 0; level < DEPTH; level++) {
		struct cgroup *cgroup = kunit_kzalloc(test, sizeof(*cgroup) +
						      (level + 1) * sizeof(cgroup), GFP_KERNEL);

		if (!cgroup)
			return -ENOMEM;
		line->node[level].id = FIRST + level;
		cgroup->kn = &line->node[level];
		cgroup->level = level;
		line->cgroup[level] = cgroup;
		for (above = 0; above <= level; above++)
			cgroup->ancestors[above] = line->cgroup[above];
	}
	test->priv = line;
	return 0;
}

static void end(struct kunit *test)
{
	kanary_recorder_stop(PORT);
	kanary_profile_uninit();
}

static u64 name_at(struct kunit *test, int level)
{
	struct line *line = test->priv;
	u64 name;

	rcu_read_lock();
	name = name_of(line->cgroup[level]);
	rcu_read_unlock();
	return name - FIRST;
}

static void give_model(struct kunit *test, int level)
{
	void *file = kanary_reference_copy(0);
	const char *why;

	KUNIT_ASSERT_NOT_NULL(test, file);
	KUNIT_ASSERT_EQ(test, kanary_profile_set(FIRST + level, NULL, file,
						 kanary_reference[0].size, REFERENCE_PERIOD,
						 &why), 0);
}

static void is_its_own_without_a_model(struct kunit *test)
{
	int level;

	for (level = 0; level < DEPTH; level++)
		KUNIT_EXPECT_EQ(test, name_at(test, level), (u64)level);
}

static void belongs_to_the_nearest_with_a_model(struct kunit *test)
{
	int level;

	give_model(test, 2);
	give_model(test, 5);
	KUNIT_EXPECT_EQ(test, name_at(test, 1), 1ULL);
	for (level = 2; level < DEPTH; level++)
		KUNIT_EXPECT_EQ(test, name_at(test, level), (level < 5 ? 2ULL : 5ULL));
	KUNIT_EXPECT_EQ(test, kanary_profile_clear(FIRST + 5), 0);
	KUNIT_EXPECT_EQ(test, name_at(test, 5), 2ULL);
	KUNIT_EXPECT_EQ(test, name_at(test, DEPTH - 1), 2ULL);
}

/* All is below the root: a model of it is for what lies nowhere else. */
static void the_root_has_nobody_below(struct kunit *test)
{
	give_model(test, 0);
	KUNIT_EXPECT_EQ(test, name_at(test, 0), 0ULL);
	KUNIT_EXPECT_EQ(test, name_at(test, 1), 1ULL);
}

static void looks_at_so_many_levels_only(struct kunit *test)
{
	give_model(test, LEVELS);
	give_model(test, LEVELS + 1);
	KUNIT_EXPECT_EQ(test, name_at(test, LEVELS), (u64)LEVELS);
	KUNIT_EXPECT_EQ(test, name_at(test, LEVELS + 1), LEVELS + 1ULL);
	KUNIT_EXPECT_EQ(test, name_at(test, LEVELS + 2), (u64)LEVELS);
	KUNIT_EXPECT_EQ(test, name_at(test, DEPTH - 1), (u64)LEVELS);
}

static void is_recorded_with_what_is_below(struct kunit *test)
{
	give_model(test, 2);
	KUNIT_ASSERT_EQ(test, kanary_recorder_start(PORT, FIRST + 3), 0);
	KUNIT_EXPECT_EQ(test, name_at(test, 2), 2ULL);
	KUNIT_EXPECT_EQ(test, name_at(test, 4), 3ULL);
	KUNIT_EXPECT_EQ(test, kanary_recorder_stop(PORT), 0);
	KUNIT_EXPECT_EQ(test, name_at(test, 4), 2ULL);
	/* Of all containers each bears its own name. */
	KUNIT_ASSERT_EQ(test, kanary_recorder_start(PORT, 0), 0);
	KUNIT_EXPECT_EQ(test, name_at(test, 1), 1ULL);
	KUNIT_EXPECT_EQ(test, name_at(test, 4), 2ULL);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(is_its_own_without_a_model),
	KUNIT_CASE(belongs_to_the_nearest_with_a_model),
	KUNIT_CASE(the_root_has_nobody_below),
	KUNIT_CASE(looks_at_so_many_levels_only),
	KUNIT_CASE(is_recorded_with_what_is_below),
	{}
};

static struct kunit_suite suite = {
	.name = "container",
	.init = begin,
	.exit = end,
	.test_cases = cases,
};

kunit_test_suite(suite);
