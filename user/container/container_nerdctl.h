/* SPDX-License-Identifier: GPL-2.0 */
/* nerdctl keeps a file a name, with the id in it: the way back needs all of them. */
#ifndef KANARY_CONTAINER_NERDCTL_H
#define KANARY_CONTAINER_NERDCTL_H

#include "container_name.h"

/** kanary_container_nerdctl_fill() - the name of an id, where nerdctl has given one */
void kanary_container_nerdctl_fill(struct kanary_container_name *name, unsigned int user);

/** kanary_container_nerdctl_refresh() - forget all names */
void kanary_container_nerdctl_refresh(void);

#endif /* KANARY_CONTAINER_NERDCTL_H */
