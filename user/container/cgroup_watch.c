// SPDX-License-Identifier: GPL-2.0
#include "cgroup_watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "cgroup_tree.h"

struct kanary_cgroup_watch_place {
	int number;		/* the kernel's */
	uint64_t cgroup;	/* whose tasks are watched, 0 for births in it */
	char *path;
};

int kanary_cgroup_watch_open(struct kanary_cgroup_watch *watch)
{
	memset(watch, 0, sizeof(*watch));
	watch->descriptor = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	return watch->descriptor < 0 ? -errno : 0;
}

static struct kanary_cgroup_watch_place *find(const struct kanary_cgroup_watch *watch, int number)
{
	size_t i;

	for (i = 0; i < watch->places; i++)
		if (watch->place[i].number == number)
			return &watch->place[i];
	return NULL;
}

static void forget(struct kanary_cgroup_watch *watch, struct kanary_cgroup_watch_place *place)
{
	free(place->path);
	*place = watch->place[--watch->places];
}

static int add(struct kanary_cgroup_watch *watch, const char *path, uint64_t cgroup,
	       uint32_t events)
{
	struct kanary_cgroup_watch_place *place;
	char full[2 * KANARY_CGROUP_TREE_PATH + 16];
	char *copy;
	int number;

	if (!kanary_cgroup_tree_file(path, cgroup ? "cgroup.events" : "", full, sizeof(full)))
		return -ENOENT;
	number = inotify_add_watch(watch->descriptor, full, events);
	if (number < 0)
		return -errno;
	if (find(watch, number))
		return 0;
	place = realloc(watch->place, (watch->places + 1) * sizeof(*place));
	if (place)
		watch->place = place;
	copy = strdup(path);
	if (!place || !copy) {
		free(copy);
		inotify_rm_watch(watch->descriptor, number);
		return -ENOMEM;
	}
	place[watch->places++] = (struct kanary_cgroup_watch_place){
		.number = number, .cgroup = cgroup, .path = copy,
	};
	return 0;
}

int kanary_cgroup_watch_births(struct kanary_cgroup_watch *watch, const char *path)
{
	return add(watch, path, 0, IN_CREATE | IN_DELETE | IN_ONLYDIR);
}

int kanary_cgroup_watch_tasks(struct kanary_cgroup_watch *watch, const char *path,
			      uint64_t cgroup)
{
	return add(watch, path, cgroup, IN_MODIFY | IN_DELETE_SELF);
}

void kanary_cgroup_watch_forget(struct kanary_cgroup_watch *watch, uint64_t cgroup)
{
	size_t i = watch->places;

	while (i--) {
		if (watch->place[i].cgroup != cgroup)
			continue;
		inotify_rm_watch(watch->descriptor, watch->place[i].number);
		forget(watch, &watch->place[i]);
	}
}

static void take(struct kanary_cgroup_watch *watch, const struct inotify_event *event,
		 void (*tell)(void *context, enum kanary_cgroup_watch_event event,
			      const char *path), void *context)
{
	struct kanary_cgroup_watch_place *place = find(watch, event->wd);
	char path[2 * KANARY_CGROUP_TREE_PATH];

	if (!place)
		return;
	snprintf(path, sizeof(path), "%s", place->path);
	if (!place->cgroup && (event->mask & IN_ISDIR))
		snprintf(path, sizeof(path), "%s/%s", place->path[1] ? place->path : "",
			 event->name);
	if (event->mask & IN_IGNORED)
		forget(watch, place);
	else if (!place->cgroup && !(event->mask & IN_ISDIR))
		return;
	tell(context, event->mask & IN_CREATE ? KANARY_CGROUP_WATCH_MADE :
						KANARY_CGROUP_WATCH_CHANGED, path);
}

void kanary_cgroup_watch_take(struct kanary_cgroup_watch *watch,
			      void (*tell)(void *context, enum kanary_cgroup_watch_event event,
					   const char *path), void *context)
{
	_Alignas(struct inotify_event) char buffer[16384];
	const struct inotify_event *event;
	ssize_t size, offset;

	while ((size = read(watch->descriptor, buffer, sizeof(buffer))) > 0)
		for (offset = 0; offset < size; offset += (ssize_t)(sizeof(*event) + event->len)) {
			event = (const struct inotify_event *)(buffer + offset);
			take(watch, event, tell, context);
		}
}

bool kanary_cgroup_watch_populated(const char *path)
{
	char full[2 * KANARY_CGROUP_TREE_PATH + 16], line[64];
	bool populated = false;
	FILE *file;

	if (!kanary_cgroup_tree_file(path, "cgroup.events", full, sizeof(full)))
		return false;
	file = fopen(full, "re");
	while (file && fgets(line, sizeof(line), file))
		populated |= !strcmp(line, "populated 1\n");
	if (file)
		fclose(file);
	return populated;
}

void kanary_cgroup_watch_close(struct kanary_cgroup_watch *watch)
{
	while (watch->places)
		free(watch->place[--watch->places].path);
	free(watch->place);
	if (watch->descriptor >= 0)
		close(watch->descriptor);
	memset(watch, 0, sizeof(*watch));
	watch->descriptor = -1;
}
