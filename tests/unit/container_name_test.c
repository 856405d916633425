// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "container_fixture.h"
#include "container/container_name.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab"
#define ID_A "aaaa" HEX
#define ID_B "aabb" HEX
#define ID_C "cccc" HEX
#define ID_D "dddd" HEX
#define DOCKER "var/lib/docker/containers/"
#define TASKS "run/containerd/io.containerd.runtime.v2.task/"

static int setup(void **state)
{
	if (container_root(state))
		return -1;
	container_cgroup("system.slice/docker-" ID_A ".scope", false);
	container_cgroup("system.slice/docker-" ID_A ".scope/init.scope", true);
	container_cgroup("system.slice/docker-" ID_A ".scope/system.slice/a.service", true);
	container_cgroup("system.slice/docker-" ID_B ".scope", true);
	container_cgroup("system.slice/nginx.service", true);
	container_cgroup("machine.slice/libpod-" ID_C ".scope/container", true);
	container_cgroup("kubepods.slice/cri-containerd-" ID_D ".scope", true);
	container_cgroup("redis/leaf", true);
	container_cgroup("odd/path", true);
	container_cgroup("plain", true);
	container_file(DOCKER ID_A "/config.v2.json",
		       "{\"Name\": \"/web\", \"Config\": {\"Image\": \"nginx:1\"}}");
	container_file(DOCKER ID_B "/config.v2.json", "{\"Name\": 7, broken");
	container_file("var/lib/containers/storage/overlay-containers/containers.json",
		       "[{\"id\": 3}, {\"id\": \"" ID_C "\", \"names\": [\"mail\"],"
		       " \"metadata\": \"{\\\"image-name\\\":\\\"exim:4\\\"}\"}]");
	container_file(TASKS "k8s.io/" ID_D "/config.json", "{\"annotations\": {"
		       "\"io.kubernetes.cri.container-name\": \"cache\","
		       "\"io.kubernetes.cri.sandbox-name\": \"cache-0\","
		       "\"io.kubernetes.cri.sandbox-namespace\": \"shop\","
		       "\"io.kubernetes.cri.image-name\": \"redis:7\"}}");
	container_file("run/crun/redis/status", "{\"cgroup-path\": \"/redis\"}");
	container_file("run/runc/shop/state.json",
		       "{\"cgroup_paths\": {\"\": \"/sys/fs/cgroup/odd/path\"}}");
	return 0;
}

static void expect(const char *path, const char *expected)
{
	const struct kanary_container_name *found;
	char got[2048];

	found = kanary_container_name_resolve(container_number(path));
	snprintf(got, sizeof(got), "%s %s %s", found->runtime, found->id, found->name);
	assert_string_equal(got, expected);
	assert_string_equal(found->path + 1, path);
}

static void test_resolve(void **state)
{
	expect("system.slice/docker-" ID_A ".scope", "docker " ID_A " web");
	expect("system.slice/docker-" ID_A ".scope/system.slice/a.service", "docker " ID_A " web");
	expect("system.slice/docker-" ID_B ".scope", "docker " ID_B " aabb01234567");
	expect("system.slice/nginx.service", "systemd nginx.service nginx.service");
	expect("machine.slice/libpod-" ID_C ".scope/container", "podman " ID_C " mail");
	expect("kubepods.slice/cri-containerd-" ID_D ".scope", "containerd " ID_D " cache");
	expect("redis/leaf", "crun redis redis");
	expect("odd/path", "runc shop shop");
	expect("plain", "cgroup plain plain");
}

static void expect_description(const char *path, const char *before, const char *after)
{
	uint64_t cgroup = container_number(path);
	char got[4096], expected[4096];

	snprintf(expected, sizeof(expected), "%s, cgroup %llu /%s", before,
		 (unsigned long long)cgroup, after);
	kanary_container_name_describe(kanary_container_name_resolve(cgroup), got, sizeof(got));
	assert_string_equal(got, expected);
}

static void test_describe(void **state)
{
	expect_description("system.slice/docker-" ID_A ".scope", "docker web (nginx:1)",
			   "system.slice/docker-" ID_A ".scope");
	expect_description("machine.slice/libpod-" ID_C ".scope", "podman mail (exim:4)",
			   "machine.slice/libpod-" ID_C ".scope");
	expect_description("kubepods.slice/cri-containerd-" ID_D ".scope",
			   "containerd shop/cache-0/cache (redis:7)",
			   "kubepods.slice/cri-containerd-" ID_D ".scope");
	container_cgroup("a\033b", true);
	expect_description("a\033b", "cgroup a\\x1bb", "a\\x1bb");
}

static void test_resolve_unknown(void **state)
{
	const struct kanary_container_name *found = kanary_container_name_resolve(1ull << 60);

	assert_string_equal(found->name, "1152921504606846976");
	assert_string_equal(found->path, "");
}

/* Alerts of a container come after its end, too. */
static void test_resolve_gone(void **state)
{
	const struct kanary_container_name *found;
	uint64_t cgroup;

	container_cgroup("crun-short.scope", true);
	cgroup = container_number("crun-short.scope");
	kanary_container_name_resolve(cgroup);
	unlink(container_place("sys/fs/cgroup/crun-short.scope/cgroup.procs"));
	assert_int_equal(rmdir(container_place("sys/fs/cgroup/crun-short.scope")), 0);
	found = kanary_container_name_resolve(cgroup);
	assert_string_equal(found->name, "short");
	assert_string_equal(found->path, "");
}

/* Whoever watches for days sees what docker rename made of it. */
static void test_resolve_renamed(void **state)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	uint64_t cgroup;
	int rounds;

	container_cgroup("system.slice/docker-eeee" HEX ".scope", true);
	container_file(DOCKER "eeee" HEX "/config.v2.json", "{\"Name\": \"/before\"}");
	cgroup = container_number("system.slice/docker-eeee" HEX ".scope");
	assert_string_equal(kanary_container_name_resolve(cgroup)->name, "before");
	container_file(DOCKER "eeee" HEX "/config.v2.json", "{\"Name\": \"/afterwards\"}");
	for (rounds = 0; rounds < 500; rounds++) {
		if (!strcmp(kanary_container_name_resolve(cgroup)->name, "afterwards"))
			return;
		nanosleep(&pause, NULL);
	}
	fail_msg("after 10 s it is still called %s", kanary_container_name_resolve(cgroup)->name);
}

static void expect_find(const char *text, const char *path)
{
	uint64_t cgroup = 0;
	char why[1024] = "";

	if (!kanary_container_name_find(text, &cgroup, why, sizeof(why)))
		fail_msg("'%s': %s", text, why);
	if (cgroup != container_number(path))
		fail_msg("'%s' is %s, not %s", text, kanary_container_name_resolve(cgroup)->path,
			 path);
}

static void test_find(void **state)
{
	char number[32];

	snprintf(number, sizeof(number), "%llu", (unsigned long long)container_number("plain"));
	expect_find(number, "plain");
	expect_find("web", "system.slice/docker-" ID_A ".scope");
	expect_find("docker-" ID_A ".scope", "system.slice/docker-" ID_A ".scope");
	expect_find(ID_B, "system.slice/docker-" ID_B ".scope");
	expect_find("aab", "system.slice/docker-" ID_B ".scope");
	expect_find("mail", "machine.slice/libpod-" ID_C ".scope");
	expect_find("cccc", "machine.slice/libpod-" ID_C ".scope");
	expect_find("cache-0/cache", "kubepods.slice/cri-containerd-" ID_D ".scope");
	expect_find("redis", "redis");
	expect_find("shop", "odd/path");
	expect_find("/odd/path", "odd/path");
	expect_find("/sys/fs/cgroup/odd/path/", "odd/path");
}

static void expect_refusal(const char *text, const char *expected)
{
	uint64_t cgroup;
	char why[1024] = "";

	assert_false(kanary_container_name_find(text, &cgroup, why, sizeof(why)));
	if (!strstr(why, expected))
		fail_msg("'%s' says '%s', not '%s'", text, why, expected);
}

static void test_find_fails(void **state)
{
	uint64_t cgroup;
	char why[1024];

	expect_refusal("aa", "'aa' may be");
	expect_refusal("aa", "(docker web)");
	expect_refusal("aa", "(docker aabb01234567): say more of it, or the number");
	expect_refusal("nobody", "no container is called 'nobody'");
	expect_refusal("we", "no container is called 'we'");
	expect_refusal("a.service", "no container");
	expect_refusal("leaf", "no container");
	expect_refusal("\033[31m", "'\\x1b[31m'");
	expect_refusal("/sys/fs/cgroup/nobody", "no container");
	expect_refusal("/sys/fs/cgroupodd/path", "no container");
	expect_refusal("", "an empty name");
	/* It may have ended; what the number means is for the kernel to say. */
	assert_true(kanary_container_name_find("1152921504606846976", &cgroup, why, sizeof(why)));
	assert_int_equal(cgroup, 1ull << 60);
}

/* A container's name may be the number of another cgroup. */
static void test_find_number(void **state)
{
	char path[64], number[32], why[1024];
	uint64_t cgroup;

	snprintf(number, sizeof(number), "%llu", (unsigned long long)container_number("plain"));
	snprintf(path, sizeof(path), "lxc/%s", number);
	container_cgroup(path, true);
	assert_false(kanary_container_name_find(number, &cgroup, why, sizeof(why)));
	assert_non_null(strstr(why, "(cgroup plain)"));
	assert_non_null(strstr(why, ": say its path"));
	snprintf(path, sizeof(path), "/lxc/%s", number);
	expect_find(path, path + 1);
}

/* Each container once, however many cgroups it has, and no more than five */
static void test_find_many(void **state)
{
	char path[128], why[1024], *listed;
	uint64_t cgroup;
	int i, count = 0;

	for (i = 0; i < 7; i++) {
		snprintf(path, sizeof(path), "many/%d/same/below", i);
		container_cgroup(path, true);
		snprintf(path, sizeof(path), "user-%d.slice/same.service/a/b", i);
		container_cgroup(path, true);
	}
	assert_false(kanary_container_name_find("same.service", &cgroup, why, sizeof(why)));
	for (listed = why; (listed = strstr(listed, "(systemd same.service)")); listed++)
		count++;
	assert_int_equal(count, 5);
	assert_non_null(strstr(why, ", ...: say more of it"));
}

static void test_outside(void **state)
{
	char where[1024] = "";

	assert_false(kanary_container_name_outside(
		container_number("system.slice/docker-" ID_A ".scope"), where, sizeof(where)));
	assert_false(kanary_container_name_outside(container_number("plain"), where,
						   sizeof(where)));
	assert_true(kanary_container_name_outside(
		container_number("system.slice/docker-" ID_A ".scope/init.scope"), where,
		sizeof(where)));
	assert_string_equal(where,
			    "/system.slice/docker-" ID_A ".scope/system.slice/a.service");
	/* All its processes are in it. */
	assert_false(kanary_container_name_outside(container_number("redis/leaf"), where,
						   sizeof(where)));
	assert_false(kanary_container_name_outside(1ull << 60, where, sizeof(where)));
}

/* A user may put anything where a runtime's files are. */
static void test_hostile_files(void **state)
{
	container_cgroup("user.slice/user-9.slice/libpod-f1f1" HEX ".scope", true);
	container_file("etc/passwd", "u:x:9:9::/home/u:/bin/sh\n");
	container_file("home/u/.local/share/containers/storage/overlay-containers/x", "");
	assert_int_equal(mkfifo(container_place("home/u/.local/share/containers/storage/"
						"overlay-containers/containers.json"), 0600), 0);
	container_file("home/u/.local/share/containers/storage/overlay-containers/"
		       "volatile-containers.json", "[1, {}, {\"id\": 3}, {\"id\": \"f1f1" HEX
		       "\", \"names\": \"x\", \"metadata\": \"[\"}]");
	/* A fifo that is waited for ends the test. */
	alarm(30);
	expect("user.slice/user-9.slice/libpod-f1f1" HEX ".scope",
	       "podman f1f1" HEX " f1f101234567");
	alarm(0);
}

/* A host with cgroup v1 alone */
static void test_without_cgroups(void **state)
{
	char root[512];

	snprintf(root, sizeof(root), "%s", container_place(""));
	kanary_container_name_root("/nobody");
	expect_refusal("web", "no cgroup v2 is mounted here");
	expect_refusal("/web", "no cgroup v2 is mounted here");
	assert_string_equal(kanary_container_name_resolve(7)->name, "7");
	kanary_container_name_root(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resolve),
		cmocka_unit_test(test_describe),
		cmocka_unit_test(test_resolve_unknown),
		cmocka_unit_test(test_resolve_gone),
		cmocka_unit_test(test_resolve_renamed),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_find_fails),
		cmocka_unit_test(test_find_number),
		cmocka_unit_test(test_find_many),
		cmocka_unit_test(test_outside),
		cmocka_unit_test(test_hostile_files),
		cmocka_unit_test(test_without_cgroups),
	};

	return cmocka_run_group_tests(tests, setup, container_root_remove);
}
