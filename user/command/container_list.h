/* SPDX-License-Identifier: GPL-2.0 */
/* The containers that the module knows of, with their names. */
#ifndef KANARY_CONTAINER_LIST_H
#define KANARY_CONTAINER_LIST_H

#include "container/container_name.h"
#include "module/netlink.h"

/**
 * struct kanary_container_entry - one of them
 * @container: as the module says it
 * @name: what it is called
 * @comm: of the process's main thread, where the module's is of another; escape before printing
 * @seconds: since its process began, 0 where there is none
 * @is_gone: its cgroup is not there any more
 */
struct kanary_container_entry {
	struct kanary_container container;
	struct kanary_container_name name;
	char comm[KANARY_COMM_SIZE];
	uint64_t seconds;
	bool is_gone;
};

/**
 * struct kanary_container_list - all 0 at first
 * @entry: [@count], by runtime, name and cgroup
 * @count: how many
 */
struct kanary_container_list {
	struct kanary_container_entry *entry;
	size_t count;
};

/**
 * kanary_container_list_read() - ask the module
 * @list: to be freed in either case
 *
 * Return: 0 or -errno, with kanary_netlink_error() set.
 */
int kanary_container_list_read(struct kanary_container_list *list,
			       struct kanary_netlink *netlink);

/** kanary_container_list_find() - of a cgroup, or NULL */
const struct kanary_container_entry *
kanary_container_list_find(const struct kanary_container_list *list, uint64_t cgroup);

void kanary_container_list_free(struct kanary_container_list *list);

#endif /* KANARY_CONTAINER_LIST_H */
