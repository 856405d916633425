/* SPDX-License-Identifier: GPL-2.0 */
/* To be told when a cgroup is made, and when the last task of one has ended. */
#ifndef KANARY_CGROUP_WATCH_H
#define KANARY_CGROUP_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct kanary_cgroup_watch - what is watched
 * @descriptor: readable when there is something to take
 * @place: [@places], whom the kernel's numbers stand for
 */
struct kanary_cgroup_watch {
	int descriptor;
	struct kanary_cgroup_watch_place *place;
	size_t places;
};

/** enum kanary_cgroup_watch_event - what may have happened to a cgroup: look at it */
enum kanary_cgroup_watch_event {
	KANARY_CGROUP_WATCH_MADE,
	KANARY_CGROUP_WATCH_CHANGED,	/* it got a first task, lost the last, or is gone */
};

/** kanary_cgroup_watch_open() - 0 or -errno */
int kanary_cgroup_watch_open(struct kanary_cgroup_watch *watch);

/** kanary_cgroup_watch_births() - tell what is made and removed in a cgroup; 0 or -errno */
int kanary_cgroup_watch_births(struct kanary_cgroup_watch *watch, const char *path);

/**
 * kanary_cgroup_watch_tasks() - tell whether there are tasks in a cgroup and below; as above
 * @cgroup: its number, as another one may be made in the same place
 */
int kanary_cgroup_watch_tasks(struct kanary_cgroup_watch *watch, const char *path,
			      uint64_t cgroup);

/** kanary_cgroup_watch_forget() - a cgroup is gone: its tasks are not watched any more */
void kanary_cgroup_watch_forget(struct kanary_cgroup_watch *watch, uint64_t cgroup);

/**
 * kanary_cgroup_watch_take() - tell what has happened
 * @tell: gets the path of a cgroup, below the mount
 */
void kanary_cgroup_watch_take(struct kanary_cgroup_watch *watch,
			      void (*tell)(void *context, enum kanary_cgroup_watch_event event,
					   const char *path), void *context);

/** kanary_cgroup_watch_populated() - whether tasks are in a cgroup or below */
bool kanary_cgroup_watch_populated(const char *path);

void kanary_cgroup_watch_close(struct kanary_cgroup_watch *watch);

#endif /* KANARY_CGROUP_WATCH_H */
