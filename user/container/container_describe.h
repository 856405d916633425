/* SPDX-License-Identifier: GPL-2.0 */
/* All that path, tree and files tell about a cgroup, put together. */
#ifndef KANARY_CONTAINER_DESCRIBE_H
#define KANARY_CONTAINER_DESCRIBE_H

#include "container_name.h"

/**
 * kanary_container_describe_place() - which container a cgroup belongs to, by path and tree
 * @name: set; cgroup and path are as given, the name is a first one
 */
void kanary_container_describe_place(struct kanary_container_name *name, const char *path,
				     uint64_t cgroup);

/** kanary_container_describe_names() - after that: what the runtimes' files call it */
void kanary_container_describe_names(struct kanary_container_name *name);

/** kanary_container_describe_refresh() - forget what files and tree said */
void kanary_container_describe_refresh(void);

#endif /* KANARY_CONTAINER_DESCRIBE_H */
