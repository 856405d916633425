// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command_fixture.h"
#include "container_name.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab"
#define ID_A "aaaa" HEX
#define ID_B "aabb" HEX
#define ID_C "cccc" HEX

static char root[256];

static void make(const char *path)
{
	char command[1024];

	snprintf(command, sizeof(command), "mkdir -p %s/%s", root, path);
	assert_int_equal(system(command), 0);
}

static void write_file(const char *path, const char *text)
{
	char full[1024];

	snprintf(full, sizeof(full), "%s/%s", root, path);
	command_write(full, text);
}

static uint64_t inode(const char *path)
{
	struct stat status;
	char full[1024];

	snprintf(full, sizeof(full), "%s/sys/fs/cgroup/%s", root, path);
	assert_int_equal(stat(full, &status), 0);
	return status.st_ino;
}

static void make_cgroup(const char *path, bool populated)
{
	char full[1024];

	snprintf(full, sizeof(full), "sys/fs/cgroup/%s", path);
	make(full);
	snprintf(full, sizeof(full), "sys/fs/cgroup/%s/cgroup.procs", path);
	write_file(full, populated ? "1\n2\n" : "");
}

static int setup(void **state)
{
	if (command_directory(state) || !getcwd(root, sizeof(root)))
		return -1;
	make_cgroup("system.slice/docker-" ID_A ".scope", true);
	make_cgroup("system.slice/docker-" ID_A ".scope/init.scope", true);
	make_cgroup("system.slice/docker-" ID_B ".scope", true);
	make_cgroup("system.slice/nginx.service", true);
	make_cgroup("machine.slice/libpod-" ID_C ".scope", false);
	make_cgroup("machine.slice/libpod-" ID_C ".scope/container", true);
	make_cgroup("machine.slice/libpod-conmon-" ID_C ".scope", true);
	make_cgroup("kubepods.slice/kubepods-pod1.slice/cri-containerd-d1d1" HEX ".scope", true);
	make_cgroup("kubepods.slice/kubepods-pod1.slice/crio-d2d2" HEX ".scope", true);
	make_cgroup("system.slice/containerd.service/kubepods-pod2.slice:cri-containerd:d3d3" HEX,
		    true);
	make_cgroup("docker/eeee" HEX, true);
	make_cgroup("redis", true);
	make_cgroup("odd/path", true);
	make_cgroup("plain", true);
	make("var/lib/docker/containers/" ID_A);
	write_file("var/lib/docker/containers/" ID_A "/config.v2.json",
		   "{\"ID\": \"" ID_A "\", \"Name\": \"/web\"}");
	make("var/lib/docker/containers/" ID_B);
	write_file("var/lib/docker/containers/" ID_B "/config.v2.json", "{\"Name\": 7, broken");
	make("var/lib/containers/storage/overlay-containers");
	write_file("var/lib/containers/storage/overlay-containers/containers.json",
		   "[{\"id\": \"" ID_C "\", \"names\": [\"mail\"]}, {\"id\": 3}]");
	make("run/crun/redis");
	write_file("run/crun/redis/status", "{\"pid\": 3, \"cgroup-path\": \"/redis\"}");
	make("run/runc/shop");
	write_file("run/runc/shop/state.json",
		   "{\"cgroup_paths\": {\"\": \"/sys/fs/cgroup/odd/path\"}}");
	kanary_container_name_root(root);
	return 0;
}

static int teardown(void **state)
{
	kanary_container_name_root("");
	return command_directory_remove(state);
}

static void expect(const char *path, const char *runtime, const char *id, const char *name)
{
	const struct kanary_container_name *found = kanary_container_name_resolve(inode(path));
	char expected[512], got[1024];

	snprintf(expected, sizeof(expected), "%s %s %s", runtime, id, name);
	snprintf(got, sizeof(got), "%s %s %s", found->runtime, found->id, found->name);
	assert_string_equal(got, expected);
	assert_int_equal(found->path[0], '/');
	assert_string_equal(found->path + 1, path);
}

static void test_resolve(void **state)
{
	expect("system.slice/docker-" ID_A ".scope", "docker", ID_A, "web");
	/* A container with an init system is still that container. */
	expect("system.slice/docker-" ID_A ".scope/init.scope", "docker", ID_A, "web");
	expect("system.slice/docker-" ID_B ".scope", "docker", ID_B, "aabb01234567");
	expect("system.slice/nginx.service", "systemd", "nginx.service", "nginx.service");
	expect("machine.slice/libpod-" ID_C ".scope/container", "podman", ID_C, "mail");
	expect("machine.slice/libpod-conmon-" ID_C ".scope", "systemd",
	       "libpod-conmon-" ID_C ".scope", "libpod-conmon-" ID_C ".scope");
	expect("kubepods.slice/kubepods-pod1.slice/cri-containerd-d1d1" HEX ".scope", "containerd",
	       "d1d1" HEX, "d1d101234567");
	expect("kubepods.slice/kubepods-pod1.slice/crio-d2d2" HEX ".scope", "crio", "d2d2" HEX,
	       "d2d201234567");
	expect("system.slice/containerd.service/kubepods-pod2.slice:cri-containerd:d3d3" HEX,
	       "containerd", "d3d3" HEX, "d3d301234567");
	expect("docker/eeee" HEX, "docker", "eeee" HEX, "eeee01234567");
	expect("redis", "crun", "redis", "redis");
	expect("odd/path", "runc", "shop", "shop");
	expect("plain", "cgroup", "plain", "plain");
}

static void test_resolve_unknown(void **state)
{
	const struct kanary_container_name *found = kanary_container_name_resolve(1ull << 60);

	assert_string_equal(found->name, "1152921504606846976");
	assert_string_equal(found->path, "");
}

static void expect_find(const char *text, const char *path)
{
	uint64_t cgroup = 0;
	char why[1024] = "";

	if (!kanary_container_name_find(text, &cgroup, why, sizeof(why)))
		fail_msg("'%s': %s", text, why);
	if (cgroup != inode(path))
		fail_msg("'%s' is %s, not %s", text, kanary_container_name_resolve(cgroup)->path,
			 path);
}

static void test_find(void **state)
{
	char number[32];

	snprintf(number, sizeof(number), "%llu", (unsigned long long)inode("plain"));
	expect_find(number, "plain");
	expect_find("web", "system.slice/docker-" ID_A ".scope");
	expect_find(ID_B, "system.slice/docker-" ID_B ".scope");
	expect_find("aab", "system.slice/docker-" ID_B ".scope");
	/* The processes are in the cgroup below. */
	expect_find("mail", "machine.slice/libpod-" ID_C ".scope");
	expect_find("cccc", "machine.slice/libpod-" ID_C ".scope");
	expect_find("redis", "redis");
	expect_find("shop", "odd/path");
	expect_find("/odd/path", "odd/path");
	expect_find("/sys/fs/cgroup/odd/path", "odd/path");
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
	expect_refusal("aa", "(docker aabb01234567)");
	expect_refusal("nobody", "no container is called 'nobody'");
	expect_refusal("\033[31m", "'\\x1b[31m'");
	expect_refusal("/sys/fs/cgroup/nobody", "no container");
	expect_refusal("", "an empty name");
	/* It may have ended; what the number means is for the kernel to say. */
	assert_true(kanary_container_name_find("1152921504606846976", &cgroup, why, sizeof(why)));
	assert_int_equal(cgroup, 1ull << 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resolve),
		cmocka_unit_test(test_resolve_unknown),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_find_fails),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
