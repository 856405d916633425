// SPDX-License-Identifier: GPL-2.0
#include "container_list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "container/cgroup_tree.h"
#include "recording/roster.h"

/* The line of a /proc/PID/status that begins with "Tgid:", as a number; 0 without one. */
static unsigned int read_process(unsigned int pid)
{
	unsigned int process = 0;
	char path[64], line[256];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%u/status", pid);
	file = fopen(path, "re");
	while (file && !process && fgets(line, sizeof(line), file))
		if (sscanf(line, "Tgid: %u", &process) != 1)
			process = 0;
	if (file)
		fclose(file);
	return process;
}

/* Name and age of a process, whose name may have blanks and brackets in it. */
static void read_stat(unsigned int process, struct kanary_container_entry *entry)
{
	unsigned long long begun = 0, now = kanary_roster_now() / 1000000000;
	char path[64], line[1024] = "";
	char *name, *end;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%u/stat", process);
	file = fopen(path, "re");
	if (!file)
		return;
	line[fread(line, 1, sizeof(line) - 1, file)] = '\0';
	fclose(file);
	name = strchr(line, '(');
	end = strrchr(line, ')');
	if (!name || !end || end < name ||
	    sscanf(end + 1, " %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
		   &begun) != 1)
		return;
	*end = '\0';
	snprintf(entry->comm, sizeof(entry->comm), "%.*s", KANARY_COMM_SIZE - 1, name + 1);
	begun /= (unsigned long long)sysconf(_SC_CLK_TCK);
	entry->seconds = now > begun ? now - begun : 0;
}

static void fill(struct kanary_container_entry *entry)
{
	const struct kanary_container *container = &entry->container;
	unsigned int process;

	entry->name = *kanary_container_name_resolve(container->cgroup);
	/* Where no tree is to be seen, nobody is gone for that. */
	entry->is_gone = !container->tasks && !*entry->name.path &&
			 kanary_cgroup_tree_number("/") != 0;
	memcpy(entry->comm, container->comm, sizeof(entry->comm));
	process = container->tasks ? read_process(container->pid) : 0;
	if (process)
		read_stat(process, entry);
}

static int take(const struct nlmsghdr *message, void *context)
{
	struct kanary_container_list *list = context;
	struct kanary_container_entry *entry;

	entry = realloc(list->entry, (list->count + 1) * sizeof(*entry));
	if (!entry)
		return -ENOMEM;
	list->entry = entry;
	entry += list->count;
	memset(entry, 0, sizeof(*entry));
	if (!kanary_protocol_container(message, &entry->container))
		return 0;
	fill(entry);
	list->count++;
	return 0;
}

static int compare(const void *left, const void *right)
{
	const struct kanary_container_entry *a = left, *b = right;
	int order = strcmp(a->name.runtime, b->name.runtime);

	if (!order)
		order = strcmp(a->name.name, b->name.name);
	if (!order)
		order = a->container.cgroup < b->container.cgroup ? -1 :
			a->container.cgroup > b->container.cgroup;
	return order;
}

int kanary_container_list_read(struct kanary_container_list *list,
			       struct kanary_netlink *netlink)
{
	int error;

	memset(list, 0, sizeof(*list));
	error = kanary_netlink_dump(netlink, KANARY_CMD_GET_CONTAINERS, take, list);
	if (!error && list->count)
		qsort(list->entry, list->count, sizeof(*list->entry), compare);
	return error;
}

const struct kanary_container_entry *
kanary_container_list_find(const struct kanary_container_list *list, uint64_t cgroup)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->entry[i].container.cgroup == cgroup)
			return &list->entry[i];
	return NULL;
}

void kanary_container_list_free(struct kanary_container_list *list)
{
	free(list->entry);
	memset(list, 0, sizeof(*list));
}
