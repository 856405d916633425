// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "container/cgroup_tree.h"
#include "container_fixture.h"

/* Of the running kernel, in a test that may mount it */
#define REAL "kanary-unit-test"

static enum kanary_cgroup_tree_step collect(void *context, const char *path, uint64_t cgroup)
{
	char *seen = context;

	strcat(seen, path);
	strcat(seen, " ");
	if (cgroup != kanary_cgroup_tree_number(path))
		fail_msg("%s is said to be %llu", path, (unsigned long long)cgroup);
	if (strstr(path, "skip"))
		return KANARY_CGROUP_TREE_PAST;
	return strstr(path, "end") ? KANARY_CGROUP_TREE_END : KANARY_CGROUP_TREE_INTO;
}

static void test_walk(void **state)
{
	char seen[1024] = "";

	container_cgroup("walk/a/b/c", true);
	assert_true(kanary_cgroup_tree_walk("/walk", collect, seen));
	assert_string_equal(seen, "/walk/a /walk/a/b /walk/a/b/c ");

	*seen = 0;
	container_cgroup("past/skip/b", true);
	assert_true(kanary_cgroup_tree_walk("/past", collect, seen));
	assert_string_equal(seen, "/past/skip ");

	*seen = 0;
	container_cgroup("halt/end/b", true);
	assert_false(kanary_cgroup_tree_walk("/halt", collect, seen));
	assert_string_equal(seen, "/halt/end ");

	*seen = 0;
	assert_true(kanary_cgroup_tree_walk("/nobody", collect, seen));
	assert_string_equal(seen, "");
}

static enum kanary_cgroup_tree_step count(void *context, const char *path, uint64_t cgroup)
{
	size_t *deepest = context;

	*deepest = strlen(path) > *deepest ? strlen(path) : *deepest;
	return KANARY_CGROUP_TREE_INTO;
}

/* A container can make cgroups below its own as deep as it likes. */
static void test_walk_deep(void **state)
{
	char path[700] = "deep";
	size_t deepest = 0, i;

	for (i = 0; i < 300; i++)
		strcat(path, "/d");
	container_cgroup(path, false);
	assert_true(kanary_cgroup_tree_walk("/deep", count, &deepest));
	assert_in_range(deepest, 100, 200);
}

static void test_number(void **state)
{
	char path[KANARY_CGROUP_TREE_PATH];

	container_cgroup("one/two", true);
	assert_int_equal(kanary_cgroup_tree_number("/one/two"), container_number("one/two"));
	assert_int_equal(kanary_cgroup_tree_number("/one/three"), 0);
	assert_int_equal(kanary_cgroup_tree_number("one"), 0);
	assert_int_equal(kanary_cgroup_tree_number("/one/cgroup.procs"), 0);
	/* Not out of the mount, whatever is asked for. */
	assert_int_equal(kanary_cgroup_tree_number("/one/../one"), 0);
	assert_int_equal(kanary_cgroup_tree_number("/.."), 0);

	assert_true(kanary_cgroup_tree_path(container_number("one/two"), path));
	assert_string_equal(path, "/one/two");
	assert_true(kanary_cgroup_tree_path(kanary_cgroup_tree_number("/"), path));
	assert_string_equal(path, "/");
	assert_false(kanary_cgroup_tree_path(1ull << 60, path));
}

static void test_populated(void **state)
{
	container_cgroup("some/below", true);
	container_cgroup("some", false);
	assert_false(kanary_cgroup_tree_populated("/some"));
	assert_true(kanary_cgroup_tree_populated("/some/below"));
	assert_false(kanary_cgroup_tree_populated("/nobody"));
}

struct seen {
	uint64_t plain;
	uint64_t inode;
	uint64_t number;
	bool found;
	bool found_gone;
	char path[KANARY_CGROUP_TREE_PATH];
};

/* Nothing is asserted while the running kernel's cgroups are below the test's directory. */
static void look_at_real(struct seen *seen, const char *real)
{
	char path[KANARY_CGROUP_TREE_PATH];
	struct stat status = { 0 };

	kanary_cgroup_tree_root(container_place(""));
	seen->plain = kanary_cgroup_tree_number("/unified/plain");
	if (mkdir(real, 0755) || stat(real, &status))
		return;
	seen->inode = status.st_ino;
	seen->number = kanary_cgroup_tree_number("/" REAL);
	seen->found = kanary_cgroup_tree_path(status.st_ino, seen->path);
	rmdir(real);
	seen->found_gone = kanary_cgroup_tree_path(status.st_ino, path);
}

/* A hybrid host has v2 below v1's tmpfs. It is the file system that says so, and no name. */
static void test_mounted(void **state)
{
	char place[512], real[1024];
	struct seen seen = { 0 };

	container_cgroup("unified/plain", true);
	kanary_cgroup_tree_root(container_place(""));
	assert_int_not_equal(kanary_cgroup_tree_number("/unified/plain"), 0);
	snprintf(place, sizeof(place), "%s", container_place("sys/fs/cgroup/unified"));
	snprintf(real, sizeof(real), "%s/" REAL, place);
	if (mount("none", place, "cgroup2", 0, NULL))
		skip();
	look_at_real(&seen, real);
	if (umount(place))
		_exit(1);
	assert_int_equal(seen.plain, 0);
	assert_int_not_equal(seen.inode, 0);
	assert_int_equal(seen.number, seen.inode);
	assert_true(seen.found);
	assert_string_equal(seen.path, "/" REAL);
	assert_false(seen.found_gone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_walk_deep),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_populated),
		cmocka_unit_test(test_mounted),
	};

	return cmocka_run_group_tests(tests, container_root, container_root_remove);
}
