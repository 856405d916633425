// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <glob.h>
#include <jansson.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "container_base.h"
#include "container_json.h"

#define BASES_MAX 512
#define TASKS "io.containerd.runtime.v2.task/*"

/*
 * Pattern of the directories: '/' below the root, "~/" below a user's home, "@/" below the
 * user's /run/user/<uid>.
 */
static const struct place {
	enum kanary_container_base_kind kind;
	const char *pattern;
} places[] = {
	{ KANARY_CONTAINER_BASE_DOCKER, "/var/lib/docker/containers" },
	{ KANARY_CONTAINER_BASE_DOCKER, "/var/snap/docker/common/var-lib-docker/containers" },
	{ KANARY_CONTAINER_BASE_DOCKER, "~/.local/share/docker/containers" },
	{ KANARY_CONTAINER_BASE_STORAGE, "/var/lib/containers/storage/*-containers" },
	{ KANARY_CONTAINER_BASE_STORAGE, "/run/containers/storage/*-containers" },
	{ KANARY_CONTAINER_BASE_STORAGE, "~/.local/share/containers/storage/*-containers" },
	{ KANARY_CONTAINER_BASE_STORAGE, "@/containers/*-containers" },
	{ KANARY_CONTAINER_BASE_CONTAINERD, "/run/containerd/" TASKS },
	{ KANARY_CONTAINER_BASE_CONTAINERD, "/run/docker/containerd/daemon/" TASKS },
	{ KANARY_CONTAINER_BASE_CONTAINERD, "/run/k3s/containerd/" TASKS },
	{ KANARY_CONTAINER_BASE_CONTAINERD, "/var/snap/microk8s/common/run/containerd/" TASKS },
	{ KANARY_CONTAINER_BASE_CONTAINERD, "@/containerd/" TASKS },
	{ KANARY_CONTAINER_BASE_CONTAINERD, "@/docker/containerd/daemon/" TASKS },
	{ KANARY_CONTAINER_BASE_NERDCTL, "/var/lib/nerdctl/*/names/*" },
	{ KANARY_CONTAINER_BASE_NERDCTL, "~/.local/share/nerdctl/*/names/*" },
	{ KANARY_CONTAINER_BASE_CRUN, "/run/crun" },
	{ KANARY_CONTAINER_BASE_CRUN, "@/crun" },
	{ KANARY_CONTAINER_BASE_RUNC, "/run/runc" },
	{ KANARY_CONTAINER_BASE_RUNC, "@/runc" },
};

/* Configuration that says where: KEY is JSON's, or that of a line KEY = "..." */
static const struct setting {
	enum kanary_container_base_kind kind;
	const char *file;
	const char *key;
	const char *below;
} settings[] = {
	{ KANARY_CONTAINER_BASE_DOCKER, "/etc/docker/daemon.json", "data-root", "containers" },
	{ KANARY_CONTAINER_BASE_DOCKER, "/etc/docker/daemon.json", "graph", "containers" },
	{ KANARY_CONTAINER_BASE_DOCKER, "/var/snap/docker/current/config/daemon.json", "data-root",
	  "containers" },
	{ KANARY_CONTAINER_BASE_DOCKER, "~/.config/docker/daemon.json", "data-root", "containers" },
	{ KANARY_CONTAINER_BASE_STORAGE, "/etc/containers/storage.conf", "graphroot",
	  "*-containers" },
	{ KANARY_CONTAINER_BASE_STORAGE, "/etc/containers/storage.conf", "runroot",
	  "*-containers" },
	{ KANARY_CONTAINER_BASE_STORAGE, "~/.config/containers/storage.conf", "graphroot",
	  "*-containers" },
	{ KANARY_CONTAINER_BASE_STORAGE, "~/.config/containers/storage.conf", "runroot",
	  "*-containers" },
};

static struct {
	char root[512];
	struct base {
		enum kanary_container_base_kind kind;
		uid_t user;
		char *path;
	} list[BASES_MAX];
	size_t count;
	struct kanary_container_base_users users;
} bases;

void kanary_container_base_refresh(void)
{
	while (bases.count)
		free(bases.list[--bases.count].path);
	bases.users.count = 0;
}

void kanary_container_base_root(const char *root)
{
	kanary_container_base_refresh();
	snprintf(bases.root, sizeof(bases.root), "%s", root);
}

static bool is_known(enum kanary_container_base_kind kind, const char *path)
{
	size_t i;

	for (i = 0; i < bases.count; i++)
		if (bases.list[i].kind == kind && !strcmp(bases.list[i].path, path))
			return true;
	return false;
}

static void add_pattern(enum kanary_container_base_kind kind, uid_t user, const char *pattern)
{
	struct stat status;
	glob_t found;
	size_t i;

	if (glob(pattern, GLOB_NOSORT, NULL, &found))
		return;
	for (i = 0; i < found.gl_pathc && bases.count < BASES_MAX; i++) {
		if (stat(found.gl_pathv[i], &status) || !S_ISDIR(status.st_mode) ||
		    is_known(kind, found.gl_pathv[i]))
			continue;
		bases.list[bases.count].path = strdup(found.gl_pathv[i]);
		bases.list[bases.count].kind = kind;
		bases.list[bases.count].user = user;
		bases.count += bases.list[bases.count].path != NULL;
	}
	globfree(&found);
}

/* KEY = "TEXT" in a line of @text, the last of them */
static char *find_line(const char *text, const char *key)
{
	const char *line, *value, *end;
	char *found = NULL;

	for (line = text; line; line = strchr(line, '\n')) {
		line += strspn(line, " \t\r\n");
		if (strncmp(line, key, strlen(key)))
			continue;
		value = line + strlen(key);
		value += strspn(value, " \t");
		if (*value++ != '=')
			continue;
		value += strspn(value, " \t");
		end = *value == '"' ? strpbrk(value + 1, "\"\n") : NULL;
		if (!end || *end != '"')
			continue;
		free(found);
		found = strndup(value + 1, (size_t)(end - value - 1));
	}
	return found;
}

/* What @file says of @key, to be freed; NULL without it */
static char *read_setting(const char *file, const char *key)
{
	size_t length;
	char *text = kanary_container_json_text(file, &length), *found = NULL;
	const char *value;
	json_t *json;

	if (!text)
		return NULL;
	json = json_loadb(text, length, 0, NULL);
	value = json_string_value(json_object_get(json, key));
	found = value ? strdup(value) : json ? NULL : find_line(text, key);
	json_decref(json);
	free(text);
	return found;
}

/* @pattern: of places[] or settings[]; @home and @run: NULL for the host's */
static bool expand(const char *pattern, const char *home, const char *run, char *full, size_t size)
{
	const char *above = *pattern == '~' ? home : *pattern == '@' ? run : bases.root;

	/* The host's places are looked at once, without a user. */
	if (!above || (*pattern == '/') != !home)
		return false;
	return (size_t)snprintf(full, size, "%s%s", above, pattern + (*pattern != '/')) < size;
}

/* @home: below the root, @run too */
static void add_places(uid_t user, const char *home, const char *run)
{
	char full[2048], moved[4096], *value;
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (expand(places[i].pattern, home, run, full, sizeof(full)))
			add_pattern(places[i].kind, user, full);
	for (i = 0; i < sizeof(settings) / sizeof(*settings); i++) {
		if (!expand(settings[i].file, home, run, full, sizeof(full)))
			continue;
		value = read_setting(full, settings[i].key);
		if (value && *value == '/' &&
		    (size_t)snprintf(moved, sizeof(moved), "%s%s/%s", bases.root, value,
				     settings[i].below) < sizeof(moved))
			add_pattern(settings[i].kind, user, moved);
		free(value);
	}
}

/* Of the host's users, or of those of another root's passwd */
static bool home_of(uid_t user, char *home, size_t size)
{
	struct passwd *entry = NULL;
	char path[1024];
	FILE *file;

	if (!*bases.root) {
		entry = getpwuid(user);
	} else {
		snprintf(path, sizeof(path), "%s/etc/passwd", bases.root);
		file = fopen(path, "re");
		while (file && (entry = fgetpwent(file)) && entry->pw_uid != user)
			;
		if (file)
			fclose(file);
	}
	return entry && (size_t)snprintf(home, size, "%s%s", bases.root, entry->pw_dir) < size;
}

/* Homes that no passwd names: a directory of the user's own, or one that root alone writes */
static void add_homes(uid_t user, const char *run)
{
	char pattern[1024];
	struct stat status;
	glob_t found;
	size_t i;

	snprintf(pattern, sizeof(pattern), "%s/home/*", bases.root);
	if (glob(pattern, GLOB_NOSORT, NULL, &found))
		return;
	for (i = 0; i < found.gl_pathc; i++)
		if (!lstat(found.gl_pathv[i], &status) && S_ISDIR(status.st_mode) &&
		    (status.st_uid == user || !status.st_uid))
			add_places(user, found.gl_pathv[i], run);
	globfree(&found);
}

bool kanary_container_base_first(struct kanary_container_base_users *users, uid_t user)
{
	size_t i;

	for (i = 0; i < users->count; i++)
		if (users->list[i] == user)
			return false;
	if (users->count == KANARY_CONTAINER_BASE_USERS)
		return false;
	users->list[users->count++] = user;
	return true;
}

static void look_at(uid_t user)
{
	char home[1024], run[1024];

	snprintf(run, sizeof(run), "%s/run/user/%u", bases.root, user);
	if (!user)
		add_places(0, NULL, NULL);
	else if (home_of(user, home, sizeof(home)))
		add_places(user, home, run);
	else
		add_homes(user, run);
}

const char *kanary_container_base_next(enum kanary_container_base_kind kind, uid_t user,
				       size_t *place)
{
	struct base *base;

	if (kanary_container_base_first(&bases.users, user))
		look_at(user);
	while (*place < bases.count) {
		base = &bases.list[(*place)++];
		if (base->kind == kind && base->user == user)
			return base->path;
	}
	return NULL;
}
