// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "cgroup_tree.h"
#include "container_base.h"
#include "container_describe.h"
#include "container_file.h"
#include "container_nerdctl.h"
#include "container_path.h"
#include "container_state.h"

/* Cgroups of which was asked last how many are in them; a walk asks for few at a time. */
#define PARENTS 8

static struct parent {
	char path[KANARY_CGROUP_TREE_PATH];
	unsigned int nameless;
} parents[PARENTS];
static size_t oldest;

void kanary_container_describe_refresh(void)
{
	size_t i;

	for (i = 0; i < PARENTS; i++)
		*parents[i].path = 0;
	kanary_container_base_refresh();
	kanary_container_nerdctl_refresh();
	kanary_container_state_refresh();
}

/* A part of a path below a unit that is neither systemd's nor a known runtime's */
static bool is_nameless(const char *part, size_t length)
{
	/* What services call the cgroup of their own processes */
	static const char *const own[] = { "payload", "supervisor", "runtime", "init", "main" };
	struct kanary_container_name name;
	size_t i;

	for (i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (length == strlen(own[i]) && !memcmp(part, own[i], length))
			return false;
	kanary_container_path_set(name.path, sizeof(name.path), part, length);
	kanary_container_path_classify(&name);
	return *part != '.' && !name.known && strcmp(name.runtime, "systemd") &&
	       (length < 7 || memcmp(part + length - 6, ".slice", 6));
}

static enum kanary_cgroup_tree_step count_nameless(void *context, const char *path,
						   uint64_t cgroup)
{
	struct parent *parent = context;
	const char *part = strrchr(path, '/') + 1;

	parent->nameless += is_nameless(part, strlen(part));
	return KANARY_CGROUP_TREE_PAST;
}

/* How many of those are below the first @length bytes of @path */
static unsigned int nameless_below(const char *path, size_t length)
{
	struct parent *parent;
	size_t i;

	for (i = 0; i < PARENTS; i++)
		if (!strncmp(parents[i].path, path, length) && !parents[i].path[length])
			return parents[i].nameless;
	parent = &parents[oldest++ % PARENTS];
	parent->nameless = 0;
	kanary_container_path_set(parent->path, sizeof(parent->path), path, length);
	kanary_cgroup_tree_walk(parent->path, count_nameless, parent);
	return parent->nameless;
}

/*
 * A service may be a runtime that is not known here. Of its cgroups those that have
 * others beside them are containers; one alone is the service itself.
 */
static void split_unit(struct kanary_container_name *name)
{
	size_t above = name->own, length;
	const char *part;

	while (name->path[above]) {
		part = name->path + above + 1;
		length = strcspn(part, "/");
		if (is_nameless(part, length) && nameless_below(name->path, above) > 1) {
			strcpy(name->runtime, "cgroup");
			kanary_container_path_set(name->id, sizeof(name->id), part, length);
			strcpy(name->name, name->id);
			name->own = above + 1 + length;
			return;
		}
		above += 1 + length;
	}
}

void kanary_container_describe_place(struct kanary_container_name *name, const char *path,
				     uint64_t cgroup)
{
	memset(name, 0, sizeof(*name));
	name->cgroup = cgroup;
	kanary_container_path_set(name->path, sizeof(name->path), path, strlen(path));
	kanary_container_path_classify(name);
	if (!name->known && !kanary_container_state_match(name) &&
	    !strcmp(name->runtime, "systemd"))
		split_unit(name);
}

void kanary_container_describe_names(struct kanary_container_name *name)
{
	if (name->known)
		kanary_container_file_fill(name);
}
