/* SPDX-License-Identifier: GPL-2.0 */
/* What the path of a cgroup tells about the container in it. */
#ifndef KANARY_CONTAINER_PATH_H
#define KANARY_CONTAINER_PATH_H

#include "container_name.h"

/**
 * kanary_container_path_classify() - read runtime, id, own cgroup and a first name off the path
 * @name: path set; all but cgroup and image are filled in
 */
void kanary_container_path_classify(struct kanary_container_name *name);

/** kanary_container_path_generated() - whether an id was made by a program, not by a person */
bool kanary_container_path_generated(const char *id);

/** kanary_container_path_unit() - whether part of a path is a unit of systemd's */
bool kanary_container_path_unit(const char *part, size_t length);

/** kanary_container_path_set() - copy text, cut to the room that there is */
void kanary_container_path_set(char *target, size_t size, const char *text, size_t length);

#endif /* KANARY_CONTAINER_PATH_H */
