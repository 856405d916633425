// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "container_base.h"
#include "container_file.h"
#include "container_json.h"
#include "container_path.h"
#include "container_state.h"

#define STATES_MAX 4096

static char *read_crun(const char *base, const char *id);
static char *read_runc(const char *base, const char *id);
static char *read_task(const char *base, const char *id);

/* A row a runtime; @read: the cgroup of one of its containers, to be freed, or NULL */
static const struct row {
	enum kanary_container_base_kind kind;
	const char *runtime;
	char *(*read)(const char *base, const char *id);
} rows[] = {
	{ KANARY_CONTAINER_BASE_CRUN, "crun", read_crun },
	{ KANARY_CONTAINER_BASE_RUNC, "runc", read_runc },
	{ KANARY_CONTAINER_BASE_CONTAINERD, "containerd", read_task },
};

static struct state {
	const char *runtime;
	unsigned int user;
	char *path;	/* without the slash at its beginning; a unit's name may stand anywhere */
	char id[256];
} *states;
static size_t count;
static struct kanary_container_base_users users;

void kanary_container_state_refresh(void)
{
	while (count)
		free(states[--count].path);
	free(states);
	states = NULL;
	users.count = 0;
}

static json_t *read_file(const char *base, const char *id, const char *file)
{
	char path[2048];
	json_t *json;

	snprintf(path, sizeof(path), "%s/%s/%s", base, id, file);
	kanary_container_json_read(path, &json);
	return json;
}

/* Without mount and slashes around it; takes @json's reference */
static char *copy_path(json_t *json, const json_t *value)
{
	const char *path = json_string_value(value);
	char *copy = NULL;
	size_t length;

	if (path && !strncmp(path, "/sys/fs/cgroup/", 15))
		path += 15;
	if (path)
		path += strspn(path, "/");
	length = path ? strlen(path) : 0;
	while (length && path[length - 1] == '/')
		length--;
	if (length)
		copy = strndup(path, length);
	json_decref(json);
	return copy;
}

static char *read_crun(const char *base, const char *id)
{
	json_t *json = read_file(base, id, "status");

	return copy_path(json, json_object_get(json, "cgroup-path"));
}

static char *read_runc(const char *base, const char *id)
{
	json_t *json = read_file(base, id, "state.json");

	return copy_path(json, json_object_get(json_object_get(json, "cgroup_paths"), ""));
}

/* SLICE:PREFIX:ID is PREFIX-ID.scope; takes @path */
static char *unit_of(char *path)
{
	const char *prefix = strchr(path, ':') + 1, *id = strchr(prefix, ':');
	char *unit = NULL;

	if (id && asprintf(&unit, "%.*s-%s.scope", (int)(id - prefix), prefix, id + 1) < 0)
		unit = NULL;
	free(path);
	return unit;
}

static char *read_task(const char *base, const char *id)
{
	json_t *json;
	char *path;

	/* The engines' own have ids that their paths tell. */
	if (strlen(id) == 64 && kanary_container_path_generated(id))
		return NULL;
	json = read_file(base, id, "config.json");
	path = copy_path(json, json_object_get(json_object_get(json, "linux"), "cgroupsPath"));
	return path && strchr(path, ':') ? unit_of(path) : path;
}

static void add(const struct row *row, unsigned int user, const char *base, const char *id)
{
	char *path = row->read(base, id);

	if (!path)
		return;
	states[count].runtime = row->runtime;
	states[count].user = user;
	states[count].path = path;
	kanary_container_path_set(states[count].id, sizeof(states->id), id, strlen(id));
	count++;
}

static void add_all(const struct row *row, unsigned int user)
{
	struct dirent *entry;
	const char *base;
	DIR *directory;
	size_t place = 0;

	while ((base = kanary_container_base_next(row->kind, user, &place))) {
		if (!states)
			states = calloc(STATES_MAX, sizeof(*states));
		directory = opendir(base);
		while (states && directory && count < STATES_MAX && (entry = readdir(directory)))
			if (*entry->d_name != '.')
				add(row, user, base, entry->d_name);
		if (directory)
			closedir(directory);
	}
}

static void look(unsigned int user)
{
	size_t i;

	if (!kanary_container_base_first(&users, user))
		return;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		add_all(&rows[i], user);
}

/* Where @path has the cgroup of @state, NULL where it has it nowhere */
static const char *find_cgroup(const struct state *state, const char *path, size_t length)
{
	if (!strchr(state->path, '/') && kanary_container_path_unit(state->path, length))
		return strstr(path, state->path);
	return strncmp(path + 1, state->path, length) ? NULL : path + 1;
}

/* Bytes of @path that are the cgroup of @state, 0 where it is none of it */
static size_t covers(const struct state *state, const char *path)
{
	size_t length = strlen(state->path);
	const char *at = *path ? find_cgroup(state, path, length) : NULL;

	if (!at || at == path || at[-1] != '/' || (at[length] && at[length] != '/'))
		return 0;
	return (size_t)(at - path) + length;
}

bool kanary_container_state_match(struct kanary_container_name *name)
{
	unsigned int user = kanary_container_file_user(name->path);
	size_t own, best = 0, i;

	look(0);
	look(user);
	for (i = 0; i < count; i++) {
		own = states[i].user && states[i].user != user ? 0 : covers(&states[i], name->path);
		/* The outermost, here too. */
		if (!own || (best && own >= best))
			continue;
		best = own;
		strcpy(name->runtime, states[i].runtime);
		strcpy(name->id, states[i].id);
		strcpy(name->name, states[i].id);
	}
	if (best) {
		name->own = best;
		name->known = true;
	}
	return best != 0;
}
