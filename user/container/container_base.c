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
	struct kanary_container_base_users users[KANARY_CONTAINER_BASE_KINDS];
} bases;

/* Whose directories are looked for: @home and @run are NULL for the host */
struct owner {
	uid_t user;
	const char *home;
	const char *run;
};

void kanary_container_base_refresh(void)
{
	while (bases.count)
		free(bases.list[--bases.count].path);
	memset(bases.users, 0, sizeof(bases.users));
}

void kanary_container_base_root(const char *root)
{
	kanary_container_base_refresh();
	snprintf(bases.root, sizeof(bases.root), "%s", root);
}

static bool is_known(enum kanary_container_base_kind kind, uid_t user, const char *path)
{
	size_t i;

	for (i = 0; i < bases.count; i++)
		if (bases.list[i].kind == kind && bases.list[i].user == user &&
		    !strcmp(bases.list[i].path, path))
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
		    is_known(kind, user, found.gl_pathv[i]))
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

/* What @pattern, of places[] or settings[], is for @owner; false where it is not for that one */
static bool expand(const struct owner *owner, const char *pattern, char *full, size_t size)
{
	const char *above = owner->user ? NULL : bases.root;

	/* The host's places are looked at once, without a user. */
	if (*pattern == '~')
		above = owner->home;
	else if (*pattern == '@')
		above = owner->run;
	return above &&
	       (size_t)snprintf(full, size, "%s%s", above, pattern + (*pattern != '/')) < size;
}

static void add_setting(const struct owner *owner, const struct setting *setting)
{
	char full[2048], moved[4096], *value;

	if (!expand(owner, setting->file, full, sizeof(full)))
		return;
	value = read_setting(full, setting->key);
	if (value && *value == '/' &&
	    (size_t)snprintf(moved, sizeof(moved), "%s%s/%s", bases.root, value,
			     setting->below) < sizeof(moved))
		add_pattern(setting->kind, owner->user, moved);
	free(value);
}

static void add_places(enum kanary_container_base_kind kind, const struct owner *owner)
{
	char full[2048];
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (places[i].kind == kind && expand(owner, places[i].pattern, full, sizeof(full)))
			add_pattern(kind, owner->user, full);
	for (i = 0; i < sizeof(settings) / sizeof(*settings); i++)
		if (settings[i].kind == kind)
			add_setting(owner, &settings[i]);
}

/* passwd of the file system; a directory service could make us wait */
static FILE *open_passwd(void)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/etc/passwd", bases.root);
	return fopen(path, "re");
}

static bool home_of(uid_t user, char *home, size_t size)
{
	struct passwd *entry = NULL;
	FILE *file = open_passwd();

	while (file && (entry = fgetpwent(file)) && entry->pw_uid != user)
		;
	if (file)
		fclose(file);
	return entry && (size_t)snprintf(home, size, "%s%s", bases.root, entry->pw_dir) < size;
}

/* Whether @path, below the root, leads to that directory; one outside /home may be a slow disk's */
static bool is_directory(const char *path, const struct stat *directory)
{
	struct stat status;
	char full[2048];

	return !strncmp(path, "/home", 5) &&
	       (size_t)snprintf(full, sizeof(full), "%s%s", bases.root, path) < sizeof(full) &&
	       !stat(full, &status) && status.st_dev == directory->st_dev &&
	       status.st_ino == directory->st_ino;
}

/* Whether passwd gives the directory of @home to anybody, however it is written there */
static bool is_given(const struct stat *home)
{
	struct passwd *entry = NULL;
	FILE *file = open_passwd();

	while (file && (entry = fgetpwent(file)) && !is_directory(entry->pw_dir, home))
		;
	if (file)
		fclose(file);
	return entry != NULL;
}

/* A directory of @user's own, or one that root alone writes */
static bool may_be_home(const char *home, uid_t user)
{
	struct stat status;

	return !lstat(home, &status) && S_ISDIR(status.st_mode) &&
	       (status.st_uid == user || !status.st_uid) && !is_given(&status);
}

/* Homes that passwd does not name */
static void add_homes(enum kanary_container_base_kind kind, struct owner owner)
{
	char pattern[1024];
	glob_t found;
	size_t i;

	snprintf(pattern, sizeof(pattern), "%s/home/*", bases.root);
	if (glob(pattern, GLOB_NOSORT, NULL, &found))
		return;
	for (i = 0; i < found.gl_pathc; i++) {
		owner.home = found.gl_pathv[i];
		if (may_be_home(owner.home, owner.user))
			add_places(kind, &owner);
	}
	globfree(&found);
}

/* A home may be on a slow disk, or on another machine. */
static bool is_in_homes(enum kanary_container_base_kind kind)
{
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (places[i].kind == kind && *places[i].pattern == '~')
			return true;
	return false;
}

static void look_at(enum kanary_container_base_kind kind, uid_t user)
{
	struct owner owner = { .user = user };
	char home[1024], run[1024];

	if (user) {
		snprintf(run, sizeof(run), "%s/run/user/%u", bases.root, user);
		owner.run = run;
	}
	if (user && is_in_homes(kind)) {
		if (home_of(user, home, sizeof(home)))
			owner.home = home;
		else
			add_homes(kind, owner);
	}
	add_places(kind, &owner);
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

const char *kanary_container_base_next(enum kanary_container_base_kind kind, uid_t user,
				       size_t *place)
{
	struct base *base;

	if (kanary_container_base_first(&bases.users[kind], user))
		look_at(kind, user);
	while (*place < bases.count) {
		base = &bases.list[(*place)++];
		if (base->kind == kind && base->user == user)
			return base->path;
	}
	return NULL;
}
