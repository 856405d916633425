/* SPDX-License-Identifier: GPL-2.0 */
/* Containers whose cgroup may be called anything: their runtime's state says which it is. */
#ifndef KANARY_CONTAINER_STATE_H
#define KANARY_CONTAINER_STATE_H

#include "container_name.h"

/**
 * kanary_container_state_match() - whether a cgroup is that of a container of crun, of runc, or
 *	of one that ctr made, or below one
 * @name: with path; runtime, id, name, own and known are set where it is
 */
bool kanary_container_state_match(struct kanary_container_name *name);

/** kanary_container_state_refresh() - forget what the runtimes' states said */
void kanary_container_state_refresh(void);

#endif /* KANARY_CONTAINER_STATE_H */
