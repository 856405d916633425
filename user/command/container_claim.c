// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "container_claim.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "container/cgroup_tree.h"
#include "terminal/message.h"

/* PROC_PID_INIT_INO of the kernel: the host's pid namespace in all kernels there are. */
#define HOST_PIDNS "pid:[4026531836]"

#define DESCRIPTION 2048

/* A runtime is in the cgroup before it has made the namespaces: so often it is looked. */
#define LOOKS 60
#define BETWEEN_NS 50000000

/* Tasks of a container, by their pid namespace. */
struct census {
	size_t host;
	size_t own;
};

static bool is_host(unsigned int pid, const char *namespace)
{
	char link[64], target[64];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/%u/ns/%s", pid, namespace);
	length = readlink(link, target, sizeof(target) - 1);
	if (length < 0)
		return false;
	target[length] = '\0';
	return !strcmp(target, HOST_PIDNS);
}

/* A runtime that has made the namespace is outside of it, only its children are inside. */
static bool shares_host(unsigned int pid)
{
	return is_host(pid, "pid") && is_host(pid, "pid_for_children");
}

static enum kanary_cgroup_tree_step count(void *context, const char *path, uint64_t cgroup)
{
	char full[2 * KANARY_CGROUP_TREE_PATH + 16];
	struct census *census = context;
	unsigned int pid;
	FILE *file;

	if (!kanary_cgroup_tree_file(path, "cgroup.procs", full, sizeof(full)))
		return KANARY_CGROUP_TREE_PAST;
	file = fopen(full, "re");
	while (file && fscanf(file, "%u", &pid) == 1) {
		bool shared = shares_host(pid);

		census->host += shared;
		census->own += !shared;
	}
	if (file)
		fclose(file);
	return KANARY_CGROUP_TREE_INTO;
}

static bool is_host_only(const struct kanary_container_name *name)
{
	struct census census = { 0 };

	count(&census, name->path, name->cgroup);
	kanary_cgroup_tree_walk(name->path, count, &census);
	return census.host && !census.own;
}

/* One that is being started is waited for. */
static bool stays_host_only(const struct kanary_container_name *name)
{
	const struct timespec between = { .tv_nsec = BETWEEN_NS };
	int looks;

	for (looks = 1; is_host_only(name); looks++) {
		if (looks == LOOKS)
			return true;
		nanosleep(&between, NULL);
	}
	return false;
}

int kanary_container_claim_check(const char *command, const struct kanary_container_name *name,
				 const struct kanary_status *status)
{
	char text[DESCRIPTION];

	if (strcmp(status->scope, "containers") || !*name->path || !stays_host_only(name))
		return 0;
	return kanary_message_error("%s: %s is in the host's pid namespace (as with --pid=host), which the module does not count: modprobe kanary scope=all",
				    command, kanary_container_name_describe(name, text,
									    sizeof(text)));
}

void kanary_container_claim_warn(const struct kanary_container_name *name)
{
	char where[KANARY_CGROUP_TREE_PATH], text[DESCRIPTION];
	char escaped[KANARY_MESSAGE_ESCAPED_SIZE(256)];

	if (kanary_container_name_outside(name->cgroup, where, sizeof(where)))
		kanary_message_note("tasks of %s are outside of that cgroup, in %s, and not seen there",
				    kanary_container_name_describe(name, text, sizeof(text)),
				    kanary_message_escape(where, 256, escaped));
}
