// SPDX-License-Identifier: GPL-2.0
/* Containers that go: whose cgroup it was, and nobody else's. */
#include "gone.c"

#include "counters.h"
#include "reference.h"
#include "table.h"

#include <kunit/test.h>
#include <linux/kernfs.h>

enum { CONTAINER = 42, QUEUE = 16, TASKS = 64 };

/**
 * struct removed - a cgroup as the tracepoint hands it out
 * @root: of a hierarchy of cgroup v1
 * @node: bears the number
 * @cgroup: the same
 */
struct removed {
	struct cgroup_root root;
	struct kernfs_node node;
	struct cgroup cgroup;
};

static bool has_gone(u64 cgroup)
{
	struct kanary_profile *profile;
	bool gone;
	int reader;

	reader = kanary_profile_read_lock();
	profile = kanary_profile_find(cgroup);
	gone = profile && READ_ONCE(profile->departed);
	kanary_profile_read_unlock(reader);
	return gone;
}

static u64 counted(void)
{
	return kanary_counters_read(KANARY_A_COUNTER_CONTAINERS_GONE);
}

/* Who may remove a cgroup of v1 does not remove the container whose number it has. */
static void hears_of_its_own_hierarchy(struct kunit *test)
{
	struct removed *removed = kunit_kzalloc(test, sizeof(*removed), GFP_KERNEL);
	void *file = kanary_reference_copy(0);
	u64 before = counted();
	const char *why;

	KUNIT_ASSERT_NOT_NULL(test, removed);
	KUNIT_ASSERT_NOT_NULL(test, file);
	KUNIT_ASSERT_EQ(test, kanary_profile_set(CONTAINER, NULL, file, kanary_reference[0].size,
						 REFERENCE_PERIOD, &why), 0);
	removed->cgroup.kn = &removed->node;
	removed->node.id = CONTAINER;
	removed->cgroup.root = &removed->root;
	rmdir_probe(NULL, &removed->cgroup, "");
	kanary_gone_flush();
	KUNIT_EXPECT_FALSE(test, has_gone(CONTAINER));
	KUNIT_EXPECT_EQ(test, counted(), before);

	removed->cgroup.root = &cgrp_dfl_root;
	removed->node.id = CONTAINER + 1;
	rmdir_probe(NULL, &removed->cgroup, "");
	kanary_gone_flush();
	KUNIT_EXPECT_FALSE(test, has_gone(CONTAINER));

	removed->node.id = CONTAINER;
	rmdir_probe(NULL, &removed->cgroup, "");
	kanary_gone_flush();
	KUNIT_EXPECT_TRUE(test, has_gone(CONTAINER));
	KUNIT_EXPECT_EQ(test, counted(), before + 1);
	/* No cgroup has this number, as whoever loads a model for it is told. */
	KUNIT_EXPECT_TRUE(test, kanary_gone_missing(U64_MAX));
	KUNIT_EXPECT_FALSE(test, kanary_gone_missing(cgroup_id(&cgrp_dfl_root.cgrp)));
}

static int begin(struct kunit *test)
{
	return kanary_table_begin(QUEUE, TASKS, REFERENCE_PERIOD);
}

static void end(struct kunit *test)
{
	kanary_gone_uninit();
	kanary_table_end();
	kanary_profile_uninit();
}

static struct kunit_case cases[] = {
	KUNIT_CASE(hears_of_its_own_hierarchy),
	{}
};

static struct kunit_suite suite = {
	.name = "gone",
	.init = begin,
	.exit = end,
	.test_cases = cases,
};

kunit_test_suite(suite);
