/* SPDX-License-Identifier: GPL-2.0 */
/* Before a container is recorded or watched: whether the module sees it, and all of it. */
#ifndef KANARY_CONTAINER_CLAIM_H
#define KANARY_CONTAINER_CLAIM_H

#include "container/container_name.h"
#include "module/protocol.h"

/**
 * kanary_container_claim_check() - refuse a container that the module does not count
 * @command: for the error, "load"
 * @status: of the module
 *
 * With scope=containers it counts who has a pid namespace of their own. A container of
 * --pid=host has none.
 *
 * Return: 0, or 1 after a line on stderr.
 */
int kanary_container_claim_check(const char *command, const struct kanary_container_name *name,
				 const struct kanary_status *status);

/** kanary_container_claim_warn() - note where tasks of the container lie outside its cgroup */
void kanary_container_claim_warn(const struct kanary_container_name *name);

#endif /* KANARY_CONTAINER_CLAIM_H */
