/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The containers of this host while it is recorded: whose a cgroup is, who comes and who
 * goes. A container that is followed by its name has another cgroup after each restart.
 */
#ifndef KANARY_ROSTER_H
#define KANARY_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "container/cgroup_watch.h"
#include "container/container_name.h"
#include "recording_note.h"

/**
 * struct kanary_roster_member - a life of a container
 * @name: what it is called; @name.cgroup is its own cgroup's number
 * @wanted: whether it is recorded
 * @lived: whether it had a task
 * @gone: whether it has none any more
 * @pidns: its pid namespace, 0 where not known
 * @began: when it was seen first, CLOCK_BOOTTIME, nanoseconds
 * @ended: when it went, where it is gone
 */
struct kanary_roster_member {
	struct kanary_container_name name;
	bool wanted;
	bool lived;
	bool gone;
	uint32_t pidns;
	uint64_t began;
	uint64_t ended;
};

/** enum kanary_roster_fate - what becomes of a vector */
enum kanary_roster_fate {
	KANARY_ROSTER_WANTED,
	KANARY_ROSTER_OTHER,		/* of a container that is not recorded */
	KANARY_ROSTER_UNSETTLED,	/* who it belongs to may be known in a moment: keep it */
	KANARY_ROSTER_UNNAMED,		/* its cgroup went before anybody knew its name */
};

/**
 * struct kanary_roster - all 0, then kanary_roster_open()
 * @watch: wake up when its descriptor is readable
 * @member: [@members], as they came
 * @wishes: names that are followed; 0 for everybody
 * @tell: gets what has happened to a member
 * @context: for @tell
 */
struct kanary_roster {
	struct kanary_cgroup_watch watch;
	struct kanary_roster_member **member;
	size_t members;
	size_t wishes;
	void (*tell)(void *context, const struct kanary_roster_member *member,
		     enum kanary_recording_event event, uint64_t time);
	void *context;
	/* the rest belongs to roster.c */
	struct kanary_roster_wish *wish;
	void *by_cgroup;
};

/** kanary_roster_open() - 0 or -errno */
int kanary_roster_open(struct kanary_roster *roster);

/**
 * kanary_roster_follow() - record this container, and those of its name that come after it
 * @text: as for kanary_container_name_find(), or a pattern of names as the shell knows them
 * @may_wait: it need not run yet
 * @why: set to one sentence where false is returned
 */
bool kanary_roster_follow(struct kanary_roster *roster, const char *text, bool may_wait,
			  char *why, size_t size);

/**
 * kanary_roster_judge() - whose a vector or a path is
 * @cgroup: set to the number of the container's own cgroup where it is wanted
 * @pidns: of the vector, 0 where not known
 */
enum kanary_roster_fate kanary_roster_judge(struct kanary_roster *roster, uint64_t *cgroup,
					    uint32_t pidns);

/** kanary_roster_take() - take what the descriptor was readable for */
void kanary_roster_take(struct kanary_roster *roster);

/** kanary_roster_refresh() - once a second: who was renamed, who went unnoticed */
void kanary_roster_refresh(struct kanary_roster *roster);

/** kanary_roster_now() - CLOCK_BOOTTIME in nanoseconds, as vectors have it */
uint64_t kanary_roster_now(void);

void kanary_roster_close(struct kanary_roster *roster);

#endif /* KANARY_ROSTER_H */
