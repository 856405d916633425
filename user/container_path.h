/* SPDX-License-Identifier: GPL-2.0 */
/* What the path of a cgroup tells about the container in it. */
#ifndef KANARY_CONTAINER_PATH_H
#define KANARY_CONTAINER_PATH_H

#include "container_name.h"

/**
 * kanary_container_path_classify() - read runtime, id and a preliminary name off the path
 * @name: path set; runtime, id and name are filled in
 */
void kanary_container_path_classify(struct kanary_container_name *name);

#endif /* KANARY_CONTAINER_PATH_H */
