// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command_fixture.h"
#include "container_fixture.h"
#include "container/container_name.h"

static char root[256];

int container_root(void **state)
{
	if (command_directory(state) || !getcwd(root, sizeof(root)))
		return -1;
	kanary_container_name_root(root);
	return 0;
}

int container_root_remove(void **state)
{
	kanary_container_name_root("");
	return command_directory_remove(state);
}

const char *container_place(const char *path)
{
	static char full[2048];

	snprintf(full, sizeof(full), "%s/%s", root, path);
	return full;
}

static void make_above(const char *path)
{
	char full[2048], *slash;

	snprintf(full, sizeof(full), "%s", container_place(path));
	for (slash = strchr(full + strlen(root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		mkdir(full, 0755);
		*slash = '/';
	}
}

void container_file(const char *path, const char *text)
{
	make_above(path);
	command_write(container_place(path), text);
}

void container_cgroup(const char *path, bool populated)
{
	char full[1024];

	snprintf(full, sizeof(full), "sys/fs/cgroup/%s/cgroup.procs", path);
	container_file(full, populated ? "1\n2\n" : "");
}

uint64_t container_number(const char *path)
{
	struct stat status;
	char full[1024];

	snprintf(full, sizeof(full), "sys/fs/cgroup/%s", path);
	if (stat(container_place(full), &status))
		fail_msg("there is no cgroup %s", path);
	return status.st_ino;
}
