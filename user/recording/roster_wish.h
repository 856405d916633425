/* SPDX-License-Identifier: GPL-2.0 */
/* A container that is followed: by what it is told when it comes again. */
#ifndef KANARY_ROSTER_WISH_H
#define KANARY_ROSTER_WISH_H

#include <stdbool.h>

#include "container/container_name.h"

/**
 * struct kanary_roster_wish - what a container that is followed goes by
 * @runtime: of @name, empty for any
 * @name: its title, or NULL
 * @pattern: that its name fits, or NULL
 * @path: of its cgroup, or NULL
 *
 * One of @name, @pattern and @path is set.
 */
struct kanary_roster_wish {
	char runtime[sizeof(((struct kanary_container_name *)0)->runtime)];
	char *name;
	char *pattern;
	char *path;
};

/**
 * kanary_roster_wish_make() - what a user means
 * @text: as for kanary_container_name_find(), or a pattern of names
 * @may_wait: it need not run yet
 * @cgroup: set to the number of the one that runs, 0 where none does or it is a pattern
 * @why: set to one sentence where false is returned
 *
 * A container of a runtime goes by its runtime and name, all else by its place in the tree.
 */
bool kanary_roster_wish_make(struct kanary_roster_wish *wish, const char *text, bool may_wait,
			     uint64_t *cgroup, char *why, size_t size);

/* Room for a name with its pod's. */
#define KANARY_ROSTER_WISH_TITLE (sizeof(((struct kanary_container_name *)0)->pod) + \
				  sizeof(((struct kanary_container_name *)0)->name))

/**
 * kanary_roster_wish_title() - what tells a container of a runtime from others: with its pod
 * @title: set, KANARY_ROSTER_WISH_TITLE bytes
 */
const char *kanary_roster_wish_title(const struct kanary_container_name *name, char *title);

/** kanary_roster_wish_fits() - whether a cgroup is what is meant, or within it */
bool kanary_roster_wish_fits(const struct kanary_roster_wish *wish,
			     const struct kanary_container_name *name);

/** kanary_roster_wish_any() - whether it fits one of several */
bool kanary_roster_wish_any(const struct kanary_roster_wish *wish, size_t count,
			    const struct kanary_container_name *name);

/**
 * kanary_roster_wish_own() - bytes of a cgroup's path that are the container's own cgroup's
 *
 * A cgroup that was asked for by itself is a container, whatever is around it.
 */
size_t kanary_roster_wish_own(const struct kanary_roster_wish *wish, size_t count,
			      const struct kanary_container_name *name);

void kanary_roster_wish_free(struct kanary_roster_wish *wish);

#endif /* KANARY_ROSTER_WISH_H */
