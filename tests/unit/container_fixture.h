/* SPDX-License-Identifier: GPL-2.0 */
/* A root directory with cgroups and runtimes' files, for what reads names from them. */
#ifndef CONTAINER_FIXTURE_H
#define CONTAINER_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>

/** container_root() - a group's setup: an empty root, which names are read from */
int container_root(void **state);

/** container_root_remove() - the teardown that goes with it */
int container_root_remove(void **state);

/** container_place() - the full path of what is at @path below the root; valid until the next */
const char *container_place(const char *path);

/** container_file() - a file below the root, with the directories above it */
void container_file(const char *path, const char *text);

/** container_cgroup() - a cgroup, with the ones above it; @populated: with a process in it */
void container_cgroup(const char *path, bool populated);

/** container_number() - the id of a cgroup */
uint64_t container_number(const char *path);

#endif /* CONTAINER_FIXTURE_H */
