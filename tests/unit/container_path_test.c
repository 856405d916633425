// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "container/container_path.h"

#define ID "4444444444440123456789abcdef0123456789abcdef0123456789abcdefabcd"
#define SHORT "444444444444"

/* @own: what is the container's own, the path's beginning */
static void expect(const char *path, const char *runtime, const char *id, const char *short_name,
		   const char *own)
{
	struct kanary_container_name name = { 0 };
	char got[2048], expected[2048];

	snprintf(name.path, sizeof(name.path), "%s", path);
	kanary_container_path_classify(&name);
	snprintf(got, sizeof(got), "%s %s %s %.*s", name.runtime, name.id, name.name,
		 (int)name.own, name.path);
	snprintf(expected, sizeof(expected), "%s %s %s %s", runtime, id, short_name, own);
	assert_string_equal(got, expected);
	assert_int_equal(name.known, strcmp(runtime, "systemd") && strcmp(runtime, "cgroup"));
}

static void test_runtimes(void **state)
{
	static const struct {
		const char *part;
		const char *runtime;
	} parts[] = {
		{ "docker-" ID ".scope", "docker" },
		{ "libpod-" ID ".scope", "podman" },
		{ "libpod-" ID, "podman" },
		{ "libpod-payload-" ID, "podman" },
		{ "cri-containerd-" ID ".scope", "containerd" },
		{ "nerdctl-" ID ".scope", "containerd" },
		{ "crio-" ID ".scope", "crio" },
		{ "crio-" ID, "crio" },
		{ "crun-" ID ".scope", "crun" },
		{ "runc-" ID ".scope", "runc" },
		{ "a.slice:docker:" ID, "docker" },
		{ ":libpod:" ID, "podman" },
		{ "kubepods-pod1.slice:cri-containerd:" ID, "containerd" },
		{ "docker/" ID, "docker" },
		{ "pod1/" ID, "containerd" },
	};
	char path[512], own[256];
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		snprintf(own, sizeof(own), "/some.slice/%s", parts[i].part);
		expect(own, parts[i].runtime, ID, SHORT, own);
		/* What is below belongs to it, a container of another runtime as well. */
		snprintf(path, sizeof(path), "%s/init.scope", own);
		expect(path, parts[i].runtime, ID, SHORT, own);
		snprintf(path, sizeof(path), "%s/system.slice/docker-" ID ".scope", own);
		expect(path, parts[i].runtime, ID, SHORT, own);
		snprintf(path, sizeof(path), "%s/lxc/inner", own);
		expect(path, parts[i].runtime, ID, SHORT, own);
	}
}

static void test_words(void **state)
{
	expect("/crun-web.scope/a", "crun", "web", "web", "/crun-web.scope");
	expect("/lxc.payload.web/init.scope", "lxc", "web", "web", "/lxc.payload.web");
	expect("/lxc.payload/web/init.scope", "lxc", "web", "web", "/lxc.payload/web");
	expect("/lxc/101/ns/system.slice/a.service", "lxc", "101", "101", "/lxc/101");
	expect("/lxc", "cgroup", "lxc", "lxc", "/lxc");
	expect("/lxc.monitor.web", "cgroup", "lxc.monitor.web", "lxc.monitor.web",
	       "/lxc.monitor.web");
	expect("/lxc.monitor/web", "cgroup", "lxc.monitor/web", "lxc.monitor/web",
	       "/lxc.monitor/web");
}

static void test_machines(void **state)
{
	expect("/m.slice/systemd-nspawn@db.service", "nspawn", "db", "db",
	       "/m.slice/systemd-nspawn@db.service");
	expect("/m.slice/systemd-nspawn@db.service/payload/a.service", "nspawn", "db", "db",
	       "/m.slice/systemd-nspawn@db.service/payload");
	expect("/m.slice/systemd-nspawn@db.service/supervisor", "systemd",
	       "systemd-nspawn@db.service", "systemd-nspawn@db.service",
	       "/m.slice/systemd-nspawn@db.service");
	expect("/m.slice/machine-a\\x2db.scope/init.scope", "nspawn", "a-b", "a-b",
	       "/m.slice/machine-a\\x2db.scope");
	/* What is no escape stays. */
	expect("/m.slice/machine-a\\x2.scope", "nspawn", "a\\x2", "a\\x2",
	       "/m.slice/machine-a\\x2.scope");
	expect("/m.slice/machine-qemu\\x2d3\\x2dvm.scope/libvirt/emulator", "libvirt", "3-vm",
	       "3-vm", "/m.slice/machine-qemu\\x2d3\\x2dvm.scope");
}

/* Names that are like a runtime's */
static void test_others(void **state)
{
	static const char *const units[] = {
		"docker-web.scope", "docker-.scope", "libpod-conmon-" ID ".scope",
		"libpod-" ID "0.scope", "crio-wipe.service", "crio-conmon-" ID ".scope",
		"cri-containerd-x.scope", "dbus-:1.2-org.a@0.service", "a:b:c.service",
		"x.slice:a:b:c.service", ":.service",
	};
	char path[512];
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(*units); i++) {
		snprintf(path, sizeof(path), "/system.slice/%s", units[i]);
		expect(path, "systemd", units[i], units[i], path);
	}
	expect("/user.slice/user@1.service/app.slice/a.service/x", "systemd", "a.service",
	       "a.service", "/user.slice/user@1.service/app.slice/a.service");
	expect("/", "cgroup", "/", "/", "/");
	expect("/plain/a", "cgroup", "a", "a", "/plain/a");
	expect("/.scope", "cgroup", ".scope", ".scope", "/.scope");
	expect("/x.slice:docker:", "cgroup", "x.slice:docker:", "x.slice:docker:",
	       "/x.slice:docker:");
}

static void test_generated(void **state)
{
	assert_true(kanary_container_path_generated(ID));
	assert_true(kanary_container_path_generated("0a1b2c3d-4e5f-6071"));
	assert_true(kanary_container_path_generated("abcdefghijklmnopqrstuvwxy"));
	assert_false(kanary_container_path_generated("facade"));
	assert_false(kanary_container_path_generated("web-service"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runtimes), cmocka_unit_test(test_words),
		cmocka_unit_test(test_machines), cmocka_unit_test(test_others),
		cmocka_unit_test(test_generated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
