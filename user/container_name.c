// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <dirent.h>
#include <fts.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arguments.h"
#include "container_name.h"
#include "container_path.h"
#include "interrupt.h"
#include "message.h"

#define REFRESH_NANOSECONDS 1000000000ull
/* A runtime's file is a few KiB; what is larger is not one. */
#define FILE_MAX (4 * 1024 * 1024)

static struct {
	char root[512];
	struct kanary_container_name *names;
	size_t count;
	size_t room;
	uint64_t looked;	/* when, 0 for never */
	struct kanary_container_name unknown;
} cache;

static void copy_text(char *target, size_t size, const char *text, size_t length)
{
	if (length >= size)
		length = size - 1;
	memcpy(target, text, length);
	target[length] = 0;
}

static bool is_populated(const char *directory)
{
	char path[2048], line[64];
	bool populated = false;
	FILE *file;

	/* Of this cgroup itself: cgroup.events would count those below, too. */
	snprintf(path, sizeof(path), "%s/cgroup.procs", directory);
	file = fopen(path, "re");
	if (!file)
		return false;
	populated = fgets(line, sizeof(line), file) != NULL;
	fclose(file);
	return populated;
}

static void add_cgroup(const char *directory, size_t prefix, uint64_t inode)
{
	struct kanary_container_name *name;

	if (cache.count == cache.room) {
		size_t room = cache.room ? 2 * cache.room : 64;

		name = realloc(cache.names, room * sizeof(*name));
		if (!name)
			return;
		cache.names = name;
		cache.room = room;
	}
	name = &cache.names[cache.count++];
	memset(name, 0, sizeof(*name));
	name->cgroup = inode;
	name->populated = is_populated(directory);
	copy_text(name->path, sizeof(name->path), directory[prefix] ? directory + prefix : "/",
		  directory[prefix] ? strlen(directory + prefix) : 1);
	kanary_container_path_classify(name);
}

/* The file, or a small reason not to bother: NULL. */
static json_t *read_json(const char *path)
{
	struct stat status;
	FILE *file = fopen(path, "re");
	json_t *json = NULL;

	if (!file)
		return NULL;
	if (!fstat(fileno(file), &status) && S_ISREG(status.st_mode) &&
	    status.st_size <= FILE_MAX)
		json = json_loadf(file, 0, NULL);
	fclose(file);
	return json;
}

static void name_docker(struct kanary_container_name *name)
{
	char path[1024];
	const char *text;
	json_t *json;

	snprintf(path, sizeof(path), "%s/var/lib/docker/containers/%s/config.v2.json", cache.root,
		 name->id);
	json = read_json(path);
	text = json_string_value(json_object_get(json, "Name"));
	if (text) {
		text += *text == '/';
		copy_text(name->name, sizeof(name->name), text, strlen(text));
	}
	json_decref(json);
}

static void name_podman(void)
{
	char path[1024];
	json_t *list, *entry;
	size_t index, i;

	snprintf(path, sizeof(path),
		 "%s/var/lib/containers/storage/overlay-containers/containers.json", cache.root);
	list = read_json(path);
	json_array_foreach(list, index, entry) {
		const char *id = json_string_value(json_object_get(entry, "id"));
		const char *text = json_string_value(
			json_array_get(json_object_get(entry, "names"), 0));

		for (i = 0; id && text && i < cache.count; i++)
			if (!strcmp(cache.names[i].id, id))
				copy_text(cache.names[i].name, sizeof(cache.names[i].name), text,
					  strlen(text));
	}
	json_decref(list);
}

/* @path: of a cgroup, with or without its mount; everything below belongs to @id, too. */
static void name_path(const char *path, const char *runtime, const char *id)
{
	size_t length, i;

	if (!strncmp(path, "/sys/fs/cgroup", 14))
		path += 14;
	path += strspn(path, "/");
	length = strlen(path);
	while (length && path[length - 1] == '/')
		length--;
	if (!length)
		return;
	for (i = 0; i < cache.count; i++) {
		struct kanary_container_name *name = &cache.names[i];

		if (strncmp(name->path + 1, path, length) ||
		    (name->path[1 + length] && name->path[1 + length] != '/'))
			continue;
		/* Docker's and podman's containers run under runc and crun as well. */
		if (!strcmp(name->runtime, "docker") || !strcmp(name->runtime, "podman") ||
		    !strcmp(name->runtime, "containerd") || !strcmp(name->runtime, "crio"))
			continue;
		copy_text(name->runtime, sizeof(name->runtime), runtime, strlen(runtime));
		copy_text(name->id, sizeof(name->id), id, strlen(id));
		copy_text(name->name, sizeof(name->name), id, strlen(id));
	}
}

static void name_crun(const char *directory, const char *id)
{
	char path[2048];
	const char *text;
	json_t *json;

	snprintf(path, sizeof(path), "%s/%s/status", directory, id);
	json = read_json(path);
	text = json_string_value(json_object_get(json, "cgroup-path"));
	if (text)
		name_path(text, "crun", id);
	json_decref(json);
}

static void name_runc(const char *directory, const char *id)
{
	char path[2048];
	const char *text;
	json_t *json;

	snprintf(path, sizeof(path), "%s/%s/state.json", directory, id);
	json = read_json(path);
	text = json_string_value(json_object_get(json_object_get(json, "cgroup_paths"), ""));
	if (text)
		name_path(text, "runc", id);
	json_decref(json);
}

static void name_runtime(const char *relative,
			 void (*name_one)(const char *directory, const char *id))
{
	struct dirent *entry;
	char path[1024];
	DIR *directory;

	snprintf(path, sizeof(path), "%s%s", cache.root, relative);
	directory = opendir(path);
	if (!directory)
		return;
	while ((entry = readdir(directory)))
		if (*entry->d_name != '.')
			name_one(path, entry->d_name);
	closedir(directory);
}

static int compare_names(const void *left, const void *right)
{
	const struct kanary_container_name *a = left, *b = right;

	return a->cgroup < b->cgroup ? -1 : a->cgroup > b->cgroup;
}

/* @mount: a hybrid host has cgroup v2 beside v1, and no room for containers of its own there */
static void find_mount(char *mount, size_t size)
{
	snprintf(mount, size, "%s/sys/fs/cgroup/unified", cache.root);
	if (access(mount, F_OK))
		snprintf(mount, size, "%s/sys/fs/cgroup", cache.root);
}

static void look(void)
{
	char mount[600];
	char *paths[] = { mount, NULL };
	FTSENT *entry;
	size_t i;
	FTS *tree;

	cache.count = 0;
	cache.looked = kanary_interrupt_now();
	find_mount(mount, sizeof(mount));
	tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
	while (tree && (entry = fts_read(tree)))
		if (entry->fts_info == FTS_D)
			add_cgroup(entry->fts_path, strlen(mount), entry->fts_statp->st_ino);
	if (tree)
		fts_close(tree);

	for (i = 0; i < cache.count; i++)
		if (!strcmp(cache.names[i].runtime, "docker"))
			name_docker(&cache.names[i]);
	name_podman();
	name_runtime("/run/crun", name_crun);
	name_runtime("/run/runc", name_runc);
	if (cache.count)
		qsort(cache.names, cache.count, sizeof(*cache.names), compare_names);
}

void kanary_container_name_root(const char *root)
{
	snprintf(cache.root, sizeof(cache.root), "%s", root);
	free(cache.names);
	cache.names = NULL;
	cache.count = 0;
	cache.room = 0;
	cache.looked = 0;
}

const struct kanary_container_name *kanary_container_name_resolve(uint64_t cgroup)
{
	struct kanary_container_name key, *found;
	int attempt;

	key.cgroup = cgroup;
	for (attempt = 0; attempt < 2; attempt++) {
		found = cache.count ? bsearch(&key, cache.names, cache.count,
					      sizeof(*cache.names), compare_names) : NULL;
		if (found)
			return found;
		if (cache.looked &&
		    kanary_interrupt_now() - cache.looked < REFRESH_NANOSECONDS)
			break;
		look();
	}
	memset(&cache.unknown, 0, sizeof(cache.unknown));
	cache.unknown.cgroup = cgroup;
	strcpy(cache.unknown.runtime, "cgroup");
	snprintf(cache.unknown.id, sizeof(cache.unknown.id), "%llu", (unsigned long long)cgroup);
	strcpy(cache.unknown.name, cache.unknown.id);
	return &cache.unknown;
}

/* How well @text fits: higher is better, 0 not at all. */
static int rank(const struct kanary_container_name *name, const char *text)
{
	const char *path = text;

	if (*text == '/') {
		if (!strncmp(path, "/sys/fs/cgroup", 14))
			path += 14;
		return !strcmp(name->path, *path ? path : "/") ? 5 : 0;
	}
	if (!strcmp(name->name, text))
		return 4;
	if (!strcmp(name->id, text))
		return 3;
	if (!strncmp(name->id, text, strlen(text)))
		return 2;
	return 0;
}

/*
 * A container may have cgroups below its own (an init system, nested ones). Its
 * processes are in one of them: the highest that has any.
 */
static bool is_better(const struct kanary_container_name *one,
		      const struct kanary_container_name *other)
{
	if (one->populated != other->populated)
		return one->populated;
	return strlen(one->path) < strlen(other->path);
}

static bool same_container(const struct kanary_container_name *one,
			   const struct kanary_container_name *other)
{
	return !strcmp(one->id, other->id) && !strcmp(one->runtime, other->runtime);
}

static void list_candidates(const char *text, int best, char *why, size_t size)
{
	char escaped[KANARY_MESSAGE_ESCAPED_SIZE(64)];
	size_t used, listed = 0, i;

	used = (size_t)snprintf(why, size, "'%s' may be", kanary_message_escape(text, 64, escaped));
	for (i = 0; i < cache.count && used < size; i++) {
		const struct kanary_container_name *name = &cache.names[i];

		if (rank(name, text) != best)
			continue;
		if (listed++ == 5) {
			snprintf(why + used, size - used, ", ...");
			break;
		}
		used += (size_t)snprintf(why + used, size - used, "%s %llu (%s %s)",
					 listed > 1 ? "," : "", (unsigned long long)name->cgroup,
					 name->runtime,
					 kanary_message_escape(name->name, 64, escaped));
	}
	if (used < size)
		snprintf(why + strlen(why), size - strlen(why), ": say more of it, or the number");
}

bool kanary_container_name_find(const char *text, uint64_t *cgroup, char *why, size_t size)
{
	const struct kanary_container_name *match = NULL;
	char escaped[KANARY_MESSAGE_ESCAPED_SIZE(64)];
	bool ambiguous = false;
	uint64_t number = 0;
	int best = 0;
	size_t i;

	if (!*text) {
		snprintf(why, size, "an empty name is no container");
		return false;
	}
	look();
	if (kanary_arguments_number(text, 1, UINT64_MAX, &number)) {
		*cgroup = number;
		if (*kanary_container_name_resolve(number)->path)
			return true;
	}
	for (i = 0; i < cache.count; i++) {
		const struct kanary_container_name *name = &cache.names[i];
		int fit = rank(name, text);

		if (!fit || fit < best)
			continue;
		if (fit > best) {
			best = fit;
			ambiguous = false;
			match = name;
		} else if (!same_container(match, name)) {
			ambiguous = true;
		} else if (is_better(name, match)) {
			match = name;
		}
	}
	if (ambiguous) {
		list_candidates(text, best, why, size);
		return false;
	}
	if (match)
		*cgroup = match->cgroup;
	if (match || number)
		return true;
	snprintf(why, size, "no container is called '%s': kanary containers lists them",
		 kanary_message_escape(text, 64, escaped));
	return false;
}
