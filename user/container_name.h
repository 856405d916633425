/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names for the kernel's container numbers.
 *
 * A cgroup v2 id is the inode number of a directory below /sys/fs/cgroup. What
 * runs there shows in its path (docker-<id>.scope, libpod-<id>.scope, ...) and
 * in the runtimes' own files. Nothing here talks to a daemon, so nothing waits.
 */
#ifndef KANARY_CONTAINER_NAME_H
#define KANARY_CONTAINER_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct kanary_container_name - what is known of a cgroup
 * @cgroup: cgroup v2 id
 * @populated: whether processes are in it
 * @runtime: "docker", "podman", "containerd", "crio", "crun", "runc", "lxc",
 *	"systemd", or "cgroup" for none of these
 * @id: the runtime's, or the last part of the path
 * @name: given by a person, else a short @id
 * @path: below the cgroup mount, starting with '/'
 *
 * Text is as found: escape it before printing.
 */
struct kanary_container_name {
	uint64_t cgroup;
	bool populated;
	char runtime[16];
	char id[256];
	char name[256];
	char path[1024];
};

/**
 * kanary_container_name_root() - look below another root directory
 * @root: "" by default; for tests
 *
 * Also forgets everything that was looked up.
 */
void kanary_container_name_root(const char *root);

/**
 * kanary_container_name_resolve() - what is known of a cgroup id
 *
 * Cached; an unknown id makes it look again, at most once a second.
 *
 * Return: valid until the next call; for an id that is not there (any more), a
 *	name made of the number, with an empty path. Never NULL.
 */
const struct kanary_container_name *kanary_container_name_resolve(uint64_t cgroup);

/**
 * kanary_container_name_find() - what the user means by --container
 * @text: cgroup id, name, runtime id or unique prefix of it, or cgroup path
 * @why: set to one sentence where false is returned
 *
 * A number that is nothing else is taken as a cgroup id, be it there or not.
 */
bool kanary_container_name_find(const char *text, uint64_t *cgroup, char *why, size_t size);

#endif /* KANARY_CONTAINER_NAME_H */
