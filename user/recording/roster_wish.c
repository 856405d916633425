// SPDX-License-Identifier: GPL-2.0
#include "roster_wish.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *kanary_roster_wish_title(const struct kanary_container_name *name, char *title)
{
	snprintf(title, KANARY_ROSTER_WISH_TITLE, "%s%s%s", name->pod, *name->pod ? "/" : "",
		 name->name);
	return title;
}

static void follow_name(struct kanary_roster_wish *wish, const struct kanary_container_name *name)
{
	char title[KANARY_ROSTER_WISH_TITLE];

	if (name->known && name->own == strlen(name->path)) {
		strcpy(wish->runtime, name->runtime);
		wish->name = strdup(kanary_roster_wish_title(name, title));
	} else {
		wish->path = strdup(name->path);
	}
}

bool kanary_roster_wish_make(struct kanary_roster_wish *wish, const char *text, bool may_wait,
			     uint64_t *cgroup, char *why, size_t size)
{
	const struct kanary_container_name *name;

	memset(wish, 0, sizeof(*wish));
	if (strpbrk(text, "*?[")) {
		wish->pattern = strdup(text);
		*cgroup = 0;
	} else if (kanary_container_name_find(text, cgroup, why, size)) {
		name = kanary_container_name_resolve(*cgroup);
		if (!*name->path) {
			snprintf(why, size, "there is no cgroup %llu: kanary containers lists them",
				 (unsigned long long)*cgroup);
			return false;
		}
		follow_name(wish, name);
	} else if (!may_wait) {
		return false;
	} else if (*text == '/') {
		wish->path = strdup(text);
		*cgroup = 0;
	} else {
		wish->name = strdup(text);
		*cgroup = 0;
	}
	if (wish->name || wish->pattern || wish->path)
		return true;
	snprintf(why, size, "%s", strerror(ENOMEM));
	return false;
}

static bool is_within(const char *path, const char *container)
{
	size_t length = strlen(container);

	return !strncmp(path, container, length) && (!path[length] || path[length] == '/');
}

bool kanary_roster_wish_fits(const struct kanary_roster_wish *wish,
			     const struct kanary_container_name *name)
{
	char title[KANARY_ROSTER_WISH_TITLE];

	if (wish->path)
		return is_within(name->path, wish->path);
	kanary_roster_wish_title(name, title);
	if (wish->pattern)
		return !fnmatch(wish->pattern, title, 0) || !fnmatch(wish->pattern, name->name, 0);
	return !strcmp(wish->name, title) &&
	       (!*wish->runtime || !strcmp(wish->runtime, name->runtime));
}

bool kanary_roster_wish_any(const struct kanary_roster_wish *wish, size_t count,
			    const struct kanary_container_name *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (kanary_roster_wish_fits(&wish[i], name))
			return true;
	return false;
}

size_t kanary_roster_wish_own(const struct kanary_roster_wish *wish, size_t count,
			      const struct kanary_container_name *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (wish[i].path && kanary_roster_wish_fits(&wish[i], name))
			return strlen(wish[i].path);
	return name->known && name->own ? name->own : strlen(name->path);
}

void kanary_roster_wish_free(struct kanary_roster_wish *wish)
{
	free(wish->name);
	free(wish->pattern);
	free(wish->path);
}
