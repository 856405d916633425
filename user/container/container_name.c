// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "terminal/arguments.h"
#include "cgroup_tree.h"
#include "container_base.h"
#include "container_describe.h"
#include "container_name.h"
#include "container_path.h"
#include "terminal/interrupt.h"
#include "terminal/message.h"

#define REFRESH_NANOSECONDS 1000000000ull
/* Names of so many cgroups are kept; what is asked for after that takes the place of the oldest. */
#define KEPT_MAX 1024
/* As many are listed of those that a text may mean. */
#define LISTED_MAX 5
#define ESCAPED(length) KANARY_MESSAGE_ESCAPED_SIZE(length)

/* How well a text fits, better ones last */
enum fit {
	FIT_NONE,
	FIT_PREFIX,
	FIT_ID,
	FIT_NAME,
};

struct find {
	const char *text;
	enum fit best;
	struct kanary_container_name *list;
	size_t count;
};

static struct kept {
	struct kanary_container_name name;
	uint64_t looked;
} *kept[KEPT_MAX];
static size_t kept_next;
static uint64_t refreshed;
static struct kanary_container_name unknown;

void kanary_container_name_root(const char *root)
{
	size_t i;

	for (i = 0; i < KEPT_MAX; i++) {
		free(kept[i]);
		kept[i] = NULL;
	}
	kept_next = 0;
	refreshed = 0;
	kanary_cgroup_tree_root(root);
	kanary_container_base_root(root);
	kanary_container_describe_refresh();
}

static void refresh(uint64_t now)
{
	kanary_container_describe_refresh();
	refreshed = now;
}

static struct kept *find_kept(uint64_t cgroup)
{
	size_t i;

	for (i = 0; i < KEPT_MAX && kept[i]; i++)
		if (kept[i]->name.cgroup == cgroup)
			return kept[i];
	return NULL;
}

static struct kept *add_kept(void)
{
	struct kept **place = &kept[kept_next];

	if (!*place)
		*place = malloc(sizeof(**place));
	if (*place)
		kept_next = (kept_next + 1) % KEPT_MAX;
	return *place;
}

static const struct kanary_container_name *without_name(uint64_t cgroup)
{
	memset(&unknown, 0, sizeof(unknown));
	unknown.cgroup = cgroup;
	strcpy(unknown.runtime, "cgroup");
	snprintf(unknown.id, sizeof(unknown.id), "%llu", (unsigned long long)cgroup);
	strcpy(unknown.name, unknown.id);
	return &unknown;
}

static const struct kanary_container_name *gone(struct kept *entry, uint64_t cgroup)
{
	if (!entry)
		return without_name(cgroup);
	*entry->name.path = 0;
	entry->name.own = 0;
	return &entry->name;
}

const struct kanary_container_name *kanary_container_name_resolve(uint64_t cgroup)
{
	struct kept *entry = find_kept(cgroup);
	uint64_t now = kanary_interrupt_now();
	char path[KANARY_CGROUP_TREE_PATH];

	if (!kanary_cgroup_tree_path(cgroup, path))
		return gone(entry, cgroup);
	if (entry && !strcmp(entry->name.path, path) && now - entry->looked < REFRESH_NANOSECONDS)
		return &entry->name;
	if (!refreshed || now - refreshed >= REFRESH_NANOSECONDS)
		refresh(now);
	if (!entry)
		entry = add_kept();
	if (!entry)
		return without_name(cgroup);
	entry->looked = now;
	kanary_container_describe_place(&entry->name, path, cgroup);
	kanary_container_describe_names(&entry->name);
	return &entry->name;
}

/* The last part of a container's own cgroup, or of a machine's above its payload */
static bool is_unit(const struct kanary_container_name *name, const char *text)
{
	size_t length = strlen(text), own = name->own;

	if (!strcmp(name->runtime, "nspawn") && own > 8 && !memcmp(name->path + own - 8, "/payload", 8))
		own -= 8;
	return own > length && name->path[own - length - 1] == '/' &&
	       !memcmp(name->path + own - length, text, length);
}

/* "CONTAINER", "POD/CONTAINER" or "NAMESPACE/POD/CONTAINER" */
static bool is_in_pod(const struct kanary_container_name *name, const char *text)
{
	char full[sizeof(name->pod) + sizeof(name->name)];
	size_t length = strlen(text), size;

	if (!*name->pod || !strchr(text, '/'))
		return false;
	size = (size_t)snprintf(full, sizeof(full), "%s/%s", name->pod, name->name);
	return size >= length && !strcmp(full + size - length, text) &&
	       (size == length || full[size - length - 1] == '/');
}

static enum fit fit(const struct kanary_container_name *name, const char *text)
{
	if (!strcmp(name->name, text) || is_in_pod(name, text))
		return FIT_NAME;
	if (!strcmp(name->id, text) || is_unit(name, text))
		return FIT_ID;
	if (kanary_container_path_generated(name->id) && !strncmp(name->id, text, strlen(text)))
		return FIT_PREFIX;
	return FIT_NONE;
}

static void add_candidate(struct find *find, const struct kanary_container_name *name,
			  enum fit how)
{
	struct kanary_container_name *list;
	size_t i;

	if (how < find->best)
		return;
	if (how > find->best)
		find->count = 0;
	find->best = how;
	for (i = 0; i < find->count; i++)
		if (find->list[i].cgroup == name->cgroup)
			return;
	list = realloc(find->list, (find->count + 1) * sizeof(*list));
	if (!list)
		return;
	find->list = list;
	list[find->count++] = *name;
}

/* systemd-nspawn's own processes are beside what it runs. */
static void enter_payload(struct kanary_container_name *name)
{
	char path[sizeof(name->path)];
	uint64_t cgroup;

	if (strcmp(name->runtime, "nspawn") ||
	    (size_t)snprintf(path, sizeof(path), "%s/payload", name->path) >= sizeof(path))
		return;
	cgroup = kanary_cgroup_tree_number(path);
	if (cgroup)
		kanary_container_describe_place(name, path, cgroup);
}

static enum kanary_cgroup_tree_step try_cgroup(void *context, const char *path, uint64_t cgroup)
{
	struct kanary_container_name name;
	struct find *find = context;
	enum fit how;

	kanary_container_describe_place(&name, path, cgroup);
	/* A cgroup within a container, or within a unit, is found by its path alone. */
	if (name.path[name.own])
		return KANARY_CGROUP_TREE_INTO;
	enter_payload(&name);
	kanary_container_describe_names(&name);
	how = fit(&name, find->text);
	if (how)
		add_candidate(find, &name, how);
	return name.known ? KANARY_CGROUP_TREE_PAST : KANARY_CGROUP_TREE_INTO;
}

static int compare_cgroups(const void *left, const void *right)
{
	const struct kanary_container_name *a = left, *b = right;

	return a->cgroup < b->cgroup ? -1 : a->cgroup > b->cgroup;
}

static void list_candidates(const struct find *find, bool number, char *why, size_t size)
{
	char text[ESCAPED(64)], name[ESCAPED(256)], pod[ESCAPED(512)];
	size_t used, i;

	qsort(find->list, find->count, sizeof(*find->list), compare_cgroups);
	used = (size_t)snprintf(why, size, "'%s' may be",
				kanary_message_escape(find->text, 64, text));
	for (i = 0; i < find->count && i < LISTED_MAX && used < size; i++)
		used += (size_t)snprintf(why + used, size - used, "%s %llu (%s %s%s%s)",
					 i ? "," : "", (unsigned long long)find->list[i].cgroup,
					 find->list[i].runtime,
					 kanary_message_escape(find->list[i].pod, 64, pod),
					 *find->list[i].pod ? "/" : "",
					 kanary_message_escape(find->list[i].name, 64, name));
	if (used < size)
		snprintf(why + used, size - used, "%s: say %s", i < find->count ? ", ..." : "",
			 number ? "its path" : "more of it, or the number");
}

static bool find_path(const char *text, uint64_t *cgroup)
{
	char path[KANARY_CGROUP_TREE_PATH];
	size_t length;

	if (!strncmp(text, "/sys/fs/cgroup", 14) && (!text[14] || text[14] == '/'))
		text += 14;
	length = strlen(text);
	if (length >= sizeof(path))
		return false;
	while (length && text[length - 1] == '/')
		length--;
	kanary_container_path_set(path, sizeof(path), length ? text : "/", length ? length : 1);
	*cgroup = kanary_cgroup_tree_number(path);
	return *cgroup;
}

/* A number may be a name as well: Proxmox' containers are called 100, 101, ... */
static void find_name(struct find *find, uint64_t number)
{
	const struct kanary_container_name *name;

	refresh(kanary_interrupt_now());
	kanary_cgroup_tree_walk("/", try_cgroup, find);
	if (!number)
		return;
	name = kanary_container_name_resolve(number);
	if (*name->path)
		add_candidate(find, name, find->best > FIT_ID ? find->best : FIT_ID);
}

bool kanary_container_name_find(const char *text, uint64_t *cgroup, char *why, size_t size)
{
	struct find find = { .text = text };
	char escaped[ESCAPED(64)];
	uint64_t number = 0;
	bool found = false;

	if (!*text) {
		snprintf(why, size, "an empty name is no container");
		return false;
	}
	if (*text == '/') {
		found = find_path(text, cgroup);
	} else {
		kanary_arguments_number(text, 1, UINT64_MAX, &number);
		find_name(&find, number);
		found = find.count == 1 || (!find.count && number);
		*cgroup = find.count ? find.list[0].cgroup : number;
	}
	if (!found && find.count)
		list_candidates(&find, number, why, size);
	else if (!found && !kanary_cgroup_tree_number("/"))
		snprintf(why, size, "no cgroup v2 is mounted here: without it no container has a name");
	else if (!found)
		snprintf(why, size, "no container is called '%s': kanary containers lists them",
			 kanary_message_escape(text, 64, escaped));
	free(find.list);
	return found;
}

struct outside {
	const char *path;
	char *where;
	size_t size;
};

static enum kanary_cgroup_tree_step try_outside(void *context, const char *path, uint64_t cgroup)
{
	struct outside *outside = context;

	if (!strcmp(path, outside->path))
		return KANARY_CGROUP_TREE_PAST;
	if (!kanary_cgroup_tree_populated(path))
		return KANARY_CGROUP_TREE_INTO;
	snprintf(outside->where, outside->size, "%s", path);
	return KANARY_CGROUP_TREE_END;
}

bool kanary_container_name_outside(uint64_t cgroup, char *where, size_t size)
{
	struct kanary_container_name name = *kanary_container_name_resolve(cgroup);
	struct outside outside = { .path = name.path, .where = where, .size = size };
	char own[sizeof(name.path)];

	if (!name.path[name.own])
		return false;
	kanary_container_path_set(own, sizeof(own), name.path, name.own);
	return try_outside(&outside, own, 0) == KANARY_CGROUP_TREE_END ||
	       !kanary_cgroup_tree_walk(own, try_outside, &outside);
}

const char *kanary_container_name_describe(const struct kanary_container_name *name, char *text,
					   size_t size)
{
	char title[ESCAPED(256)], image[ESCAPED(256)], path[ESCAPED(1024)], pod[ESCAPED(512)];

	snprintf(text, size, "%s %s%s%s%s%s%s, cgroup %llu%s%s", name->runtime,
		 kanary_message_escape(name->pod, 512, pod), *name->pod ? "/" : "",
		 kanary_message_escape(name->name, 256, title), *name->image ? " (" : "",
		 kanary_message_escape(name->image, 256, image), *name->image ? ")" : "",
		 (unsigned long long)name->cgroup, *name->path ? " " : "",
		 kanary_message_escape(name->path, 1024, path));
	return text;
}
