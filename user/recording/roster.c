// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "roster.h"

#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "container/cgroup_tree.h"
#include "roster_wish.h"

/* So long a cgroup may be without a name: runtimes write their files after they made it. */
#define SETTLE 10000000000ull
/* PROC_PID_INIT_INO of the kernel: the host's pid namespace tells nobody apart. */
#define HOST_PIDNS 0xEFFFFFFC

/* A cgroup that was seen, and whose it is: NULL while that is not known, or never will be. */
struct seen {
	uint64_t cgroup;
	uint64_t time;
	struct kanary_roster_member *member;
	bool looked;
	bool settled;
};

uint64_t kanary_roster_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

int kanary_roster_open(struct kanary_roster *roster)
{
	static const char *const parents[] = { "/", "/system.slice", "/machine.slice", "/docker" };
	int error = kanary_cgroup_watch_open(&roster->watch);
	size_t i;

	/* Where there is none of them, vectors tell of their containers. */
	for (i = 0; !error && i < sizeof(parents) / sizeof(*parents); i++)
		kanary_cgroup_watch_births(&roster->watch, parents[i]);
	return error;
}

static bool is_wanted(const struct kanary_roster *roster,
		      const struct kanary_container_name *name)
{
	return !roster->wishes || kanary_roster_wish_any(roster->wish, roster->wishes, name);
}

static struct kanary_roster_member *find_member(const struct kanary_roster *roster,
						uint64_t cgroup)
{
	size_t i;

	for (i = 0; i < roster->members; i++)
		if (roster->member[i]->name.cgroup == cgroup)
			return roster->member[i];
	return NULL;
}

/* Of a cgroup that nobody knows any more, its pid namespace may tell. */
static struct kanary_roster_member *find_pidns(const struct kanary_roster *roster, uint32_t pidns)
{
	size_t i;

	if (!pidns || pidns == HOST_PIDNS)
		return NULL;
	for (i = roster->members; i > 0; i--)
		if (roster->member[i - 1]->pidns == pidns)
			return roster->member[i - 1];
	return NULL;
}

static void tell(struct kanary_roster *roster, const struct kanary_roster_member *member,
		 enum kanary_recording_event event, uint64_t time)
{
	if (roster->tell)
		roster->tell(roster->context, member, event, time);
}

/* Its end, and the start of the next of its name. */
static void watch_member(struct kanary_roster *roster, const struct kanary_roster_member *member)
{
	char parent[sizeof(member->name.path)];
	char *slash;

	kanary_cgroup_watch_tasks(&roster->watch, member->name.path, member->name.cgroup);
	strcpy(parent, member->name.path);
	slash = strrchr(parent, '/');
	if (!slash)
		return;
	slash[slash == parent] = '\0';
	kanary_cgroup_watch_births(&roster->watch, parent);
}

static struct kanary_roster_member *add_member(struct kanary_roster *roster,
					       const struct kanary_container_name *name,
					       uint64_t time)
{
	struct kanary_roster_member **list, *member;

	list = realloc(roster->member, (roster->members + 1) * sizeof(*list));
	if (!list)
		return NULL;
	roster->member = list;
	member = calloc(1, sizeof(*member));
	if (!member)
		return NULL;
	list[roster->members++] = member;
	member->name = *name;
	member->wanted = is_wanted(roster, name);
	member->began = time;
	member->lived = kanary_cgroup_watch_populated(name->path);
	watch_member(roster, member);
	if (member->wanted)
		tell(roster, member, KANARY_RECORDING_SEEN, member->began);
	return member;
}

/* The member that a named cgroup belongs to, new or not; NULL without memory. */
static struct kanary_roster_member *enter(struct kanary_roster *roster,
					  const struct kanary_container_name *of, uint64_t time)
{
	struct kanary_container_name name = *of;
	struct kanary_roster_member *member;
	uint64_t own;

	name.path[kanary_roster_wish_own(roster->wish, roster->wishes, &name)] = '\0';
	own = kanary_cgroup_tree_number(name.path);
	/* The container's own cgroup may be gone while one within it is still being taken down. */
	name.cgroup = own ? own : name.cgroup;
	member = find_member(roster, name.cgroup);
	return member ? member : add_member(roster, &name, time);
}

static int compare_seen(const void *left, const void *right)
{
	const struct seen *a = left, *b = right;

	return a->cgroup < b->cgroup ? -1 : a->cgroup > b->cgroup;
}

static struct seen *find_seen(struct kanary_roster *roster, uint64_t cgroup)
{
	struct seen key = { .cgroup = cgroup }, **found;

	found = tfind(&key, &roster->by_cgroup, compare_seen);
	return found ? *found : NULL;
}

/* The same, new where there is none; NULL without memory. */
static struct seen *add_seen(struct kanary_roster *roster, uint64_t cgroup)
{
	struct seen *seen = find_seen(roster, cgroup);

	if (seen)
		return seen;
	seen = calloc(1, sizeof(*seen));
	if (!seen)
		return NULL;
	seen->cgroup = cgroup;
	seen->time = kanary_roster_now();
	if (tsearch(seen, &roster->by_cgroup, compare_seen))
		return seen;
	free(seen);
	return NULL;
}

/*
 * Where a container that is followed was, the next of its name is made, as a rule before its
 * runtime's files say so; and it may be gone before they are read.
 */
static bool enter_twin(struct kanary_roster *roster, struct seen *seen, const char *path)
{
	struct kanary_container_name name;
	size_t i;

	for (i = 0; roster->wishes && i < roster->members; i++) {
		if (!roster->member[i]->wanted || strcmp(roster->member[i]->name.path, path))
			continue;
		name = roster->member[i]->name;
		name.cgroup = seen->cgroup;
		seen->member = find_member(roster, seen->cgroup);
		if (!seen->member)
			seen->member = add_member(roster, &name, seen->time);
		seen->looked = true;
		seen->settled = true;
		return true;
	}
	return false;
}

/* Finds out whose a cgroup is, or that it is too late for that. */
static void look(struct kanary_roster *roster, struct seen *seen, uint32_t pidns)
{
	const struct kanary_container_name *name = kanary_container_name_resolve(seen->cgroup);

	if (enter_twin(roster, seen, name->path))
		return;
	seen->looked = true;
	if (!*name->path) {
		seen->member = find_pidns(roster, pidns);
		seen->settled = true;
		return;
	}
	seen->settled = name->known || (roster->wishes && is_wanted(roster, name)) ||
			kanary_roster_now() - seen->time > SETTLE;
	if (seen->settled || !roster->wishes)
		seen->member = enter(roster, name, seen->time);
}

enum kanary_roster_fate kanary_roster_judge(struct kanary_roster *roster, uint64_t *cgroup,
					    uint32_t pidns)
{
	struct seen *seen = find_seen(roster, *cgroup);
	struct kanary_roster_member *member;

	if (!seen) {
		/* That it was made may wait to be read. */
		kanary_roster_take(roster);
		seen = add_seen(roster, *cgroup);
	}
	/* Again at a refresh only: who keeps what is unsettled must not be overtaken. */
	if (seen && !seen->looked)
		look(roster, seen, pidns);
	member = seen ? seen->member : NULL;
	if (!member) {
		if (!roster->wishes)
			return KANARY_ROSTER_WANTED;
		return seen && !seen->settled ? KANARY_ROSTER_UNSETTLED : KANARY_ROSTER_UNNAMED;
	}
	member->lived = true;
	if (pidns && !member->pidns)
		member->pidns = pidns;
	if (!member->wanted)
		return KANARY_ROSTER_OTHER;
	*cgroup = member->name.cgroup;
	return KANARY_ROSTER_WANTED;
}

static void go(struct kanary_roster *roster, struct kanary_roster_member *member)
{
	if (member->gone)
		return;
	member->gone = true;
	member->ended = kanary_roster_now();
	if (member->wanted)
		tell(roster, member, KANARY_RECORDING_GONE, member->ended);
}

/* A cgroup that stays may get tasks again, as that of a unit does. */
static void come_back(struct kanary_roster *roster, struct kanary_roster_member *member)
{
	member->lived = true;
	if (!member->gone)
		return;
	member->gone = false;
	if (member->wanted)
		tell(roster, member, KANARY_RECORDING_SEEN, kanary_roster_now());
}

static void check_tasks(struct kanary_roster *roster, struct kanary_roster_member *member)
{
	bool there = kanary_cgroup_tree_number(member->name.path) == member->name.cgroup;

	if (there && kanary_cgroup_watch_populated(member->name.path))
		come_back(roster, member);
	else if (member->lived || !there)
		go(roster, member);
	if (!there)
		kanary_cgroup_watch_forget(&roster->watch, member->name.cgroup);
}

static void take_event(void *context, enum kanary_cgroup_watch_event event, const char *path)
{
	struct kanary_roster *roster = context;
	struct seen *seen;
	uint64_t cgroup;
	size_t i;

	if (event == KANARY_CGROUP_WATCH_MADE) {
		cgroup = kanary_cgroup_tree_number(path);
		seen = cgroup ? add_seen(roster, cgroup) : NULL;
		/* Anybody else has no name yet: the first vector or the next refresh looks. */
		if (seen && !seen->looked)
			enter_twin(roster, seen, path);
		return;
	}
	for (i = 0; i < roster->members; i++)
		if (!strcmp(roster->member[i]->name.path, path))
			check_tasks(roster, roster->member[i]);
}

void kanary_roster_take(struct kanary_roster *roster)
{
	kanary_cgroup_watch_take(&roster->watch, take_event, roster);
}

static bool is_same(const struct kanary_container_name *a, const struct kanary_container_name *b)
{
	return !strcmp(a->runtime, b->runtime) && !strcmp(a->name, b->name) &&
	       !strcmp(a->id, b->id) && !strcmp(a->image, b->image) && !strcmp(a->pod, b->pod);
}

static void rename_member(struct kanary_roster *roster, struct kanary_roster_member *member,
			  const struct kanary_container_name *name)
{
	bool wanted = member->wanted;

	member->name.known = name->known;
	strcpy(member->name.runtime, name->runtime);
	strcpy(member->name.id, name->id);
	strcpy(member->name.name, name->name);
	strcpy(member->name.image, name->image);
	strcpy(member->name.pod, name->pod);
	/* Who was recorded under the old name is still the same container. */
	member->wanted |= is_wanted(roster, name);
	if (member->wanted)
		tell(roster, member, wanted ? KANARY_RECORDING_CHANGED : KANARY_RECORDING_SEEN,
		     kanary_roster_now());
}

static void refresh_seen(const void *node, VISIT visit, void *context)
{
	struct seen *seen = *(struct seen *const *)node;

	if ((visit == postorder || visit == leaf) && !seen->settled)
		look(context, seen, 0);
}

void kanary_roster_refresh(struct kanary_roster *roster)
{
	size_t i;

	kanary_roster_take(roster);
	twalk_r(roster->by_cgroup, refresh_seen, roster);
	for (i = 0; i < roster->members; i++) {
		struct kanary_roster_member *member = roster->member[i];
		const struct kanary_container_name *name;

		if (member->gone)
			continue;
		check_tasks(roster, member);
		name = kanary_container_name_resolve(member->name.cgroup);
		/* Its runtime's files may not be there yet, or not any more. */
		if (*name->path && (name->known || !member->name.known) &&
		    !is_same(name, &member->name))
			rename_member(roster, member, name);
	}
}

static bool add_wish(struct kanary_roster *roster, const struct kanary_roster_wish *wish)
{
	struct kanary_roster_wish *list;

	list = realloc(roster->wish, (roster->wishes + 1) * sizeof(*list));
	if (!list)
		return false;
	roster->wish = list;
	list[roster->wishes++] = *wish;
	return true;
}

bool kanary_roster_follow(struct kanary_roster *roster, const char *text, bool may_wait,
			  char *why, size_t size)
{
	struct kanary_roster_wish wish;
	uint64_t cgroup;

	if (!kanary_roster_wish_make(&wish, text, may_wait, &cgroup, why, size))
		return false;
	if (!add_wish(roster, &wish)) {
		snprintf(why, size, "%s", strerror(ENOMEM));
		kanary_roster_wish_free(&wish);
		return false;
	}
	if (cgroup)
		enter(roster, kanary_container_name_resolve(cgroup), kanary_roster_now());
	return true;
}

void kanary_roster_close(struct kanary_roster *roster)
{
	while (roster->wishes)
		kanary_roster_wish_free(&roster->wish[--roster->wishes]);
	while (roster->members)
		free(roster->member[--roster->members]);
	free(roster->wish);
	free(roster->member);
	tdestroy(roster->by_cgroup, free);
	kanary_cgroup_watch_close(&roster->watch);
	memset(roster, 0, sizeof(*roster));
}
