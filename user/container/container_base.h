/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where runtimes keep their files: the host's places, those of a user who runs containers
 * without root's rights, and where a runtime's configuration has put them.
 */
#ifndef KANARY_CONTAINER_BASE_H
#define KANARY_CONTAINER_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define KANARY_CONTAINER_BASE_USERS 64

/**
 * struct kanary_container_base_users - whose files were read already
 * @list: their numbers
 * @count: of @list
 */
struct kanary_container_base_users {
	uid_t list[KANARY_CONTAINER_BASE_USERS];
	size_t count;
};

/** enum kanary_container_base_kind - what a directory holds */
enum kanary_container_base_kind {
	/* a directory a container, by id */
	KANARY_CONTAINER_BASE_DOCKER,
	/* podman's and CRI-O's: lists, and a directory a container */
	KANARY_CONTAINER_BASE_STORAGE,
	/* a namespace's tasks: a directory a task, by id */
	KANARY_CONTAINER_BASE_CONTAINERD,
	/* a namespace's names: a file a name, with the id in it */
	KANARY_CONTAINER_BASE_NERDCTL,
	/* a directory a container, by name */
	KANARY_CONTAINER_BASE_CRUN,
	KANARY_CONTAINER_BASE_RUNC,
	KANARY_CONTAINER_BASE_KINDS,
};

/** kanary_container_base_root() - look below another root directory; "" for the host's */
void kanary_container_base_root(const char *root);

/** kanary_container_base_refresh() - forget which directories there are */
void kanary_container_base_refresh(void);

/**
 * kanary_container_base_next() - directories of a kind, one after the other
 * @user: whose they are, 0 for the host's; names that a user gave are for that user's
 *	containers alone
 * @place: 0 at first, kept for the next
 *
 * Return: a path without a slash at its end, valid until a refresh; NULL at the end.
 */
const char *kanary_container_base_next(enum kanary_container_base_kind kind, uid_t user,
				       size_t *place);

/**
 * kanary_container_base_first() - note that a user's files are read now
 *
 * Return: whether they were not yet, and there is room to note it.
 */
bool kanary_container_base_first(struct kanary_container_base_users *users, uid_t user);

#endif /* KANARY_CONTAINER_BASE_H */
