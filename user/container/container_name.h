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
 * @runtime: "docker", "podman", "containerd", "crio", "crun", "runc", "lxc", "nspawn",
 *	"libvirt", "systemd" for a unit, or "cgroup" for none of these
 * @id: the runtime's, or the last part of the path
 * @name: given by a person, else a short @id
 * @image: as the runtime calls it, or empty
 * @pod: "NAMESPACE/NAME" of Kubernetes' pod that the container is in, or empty
 * @path: below the cgroup mount, starting with '/'; empty for a cgroup that is not there
 * @own: the first bytes of @path, which are the container's own cgroup's path; the others
 *	are of a cgroup within it
 * @known: a container of a runtime's; a unit and a plain cgroup are none
 *
 * Text is as found: escape it before printing.
 */
struct kanary_container_name {
	uint64_t cgroup;
	char runtime[16];
	char id[256];
	char name[256];
	char image[256];
	char pod[512];
	char path[1024];
	size_t own;
	bool known;
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
 * Looks again when that is older than a second: a container can be renamed. One that has
 * gone keeps what was known of it, with an empty path.
 *
 * Return: valid until the next call; for an id that was never there, a name made of the
 *	number, with an empty path. Never NULL.
 */
const struct kanary_container_name *kanary_container_name_resolve(uint64_t cgroup);

/**
 * kanary_container_name_find() - what the user means by --container
 * @text: name, runtime id or unique prefix of it, Kubernetes' NAMESPACE/POD/CONTAINER,
 *	a unit's name, cgroup path, or cgroup id
 * @cgroup: set to the container's own cgroup, the highest of it; to the very one where
 *	@text is a path or an id
 * @why: set to one sentence where false is returned
 *
 * A number that is nothing else is taken as a cgroup id, be it there or not. What it was
 * is for kanary_container_name_resolve() to say.
 */
bool kanary_container_name_find(const char *text, uint64_t *cgroup, char *why, size_t size);

/**
 * kanary_container_name_outside() - whether a container has tasks outside of a cgroup of it
 * @cgroup: a cgroup of the container, such as one that was found by its path
 * @where: set to the path of a cgroup with such tasks
 *
 * What is recorded or judged for @cgroup does not have these tasks in it.
 */
bool kanary_container_name_outside(uint64_t cgroup, char *where, size_t size);

/**
 * kanary_container_name_describe() - "docker web (redis:7), cgroup 3455 /system.slice/..."
 *
 * Return: @text, safe to print.
 */
const char *kanary_container_name_describe(const struct kanary_container_name *name, char *text,
					   size_t size);

#endif /* KANARY_CONTAINER_NAME_H */
