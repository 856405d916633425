// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "container_base.h"
#include "container_json.h"
#include "container_nerdctl.h"
#include "container_path.h"

#define NAMES_MAX 4096

static struct entry {
	unsigned int user;
	char id[65];
	char name[256];
} *entries;
static size_t count;
static struct kanary_container_base_users users;

void kanary_container_nerdctl_refresh(void)
{
	free(entries);
	entries = NULL;
	count = 0;
	users.count = 0;
}

static void add_name(unsigned int user, const char *base, const char *name)
{
	char path[2048], *id;
	size_t length;

	snprintf(path, sizeof(path), "%s/%s", base, name);
	id = kanary_container_json_text(path, &length);
	if (!id)
		return;
	id[strcspn(id, " \r\n")] = 0;
	if (strlen(id) < sizeof(entries->id)) {
		entries[count].user = user;
		strcpy(entries[count].id, id);
		kanary_container_path_set(entries[count].name, sizeof(entries->name), name,
					  strlen(name));
		count++;
	}
	free(id);
}

static void look(unsigned int user)
{
	struct dirent *entry;
	const char *base;
	DIR *directory;
	size_t place = 0;

	if (!kanary_container_base_first(&users, user))
		return;
	while ((base = kanary_container_base_next(KANARY_CONTAINER_BASE_NERDCTL, user, &place))) {
		if (!entries)
			entries = malloc(NAMES_MAX * sizeof(*entries));
		directory = opendir(base);
		while (entries && directory && count < NAMES_MAX && (entry = readdir(directory)))
			if (*entry->d_name != '.')
				add_name(user, base, entry->d_name);
		if (directory)
			closedir(directory);
	}
}

void kanary_container_nerdctl_fill(struct kanary_container_name *name, unsigned int user)
{
	size_t i;

	look(0);
	look(user);
	for (i = 0; i < count; i++)
		if ((!entries[i].user || entries[i].user == user) &&
		    !strcmp(entries[i].id, name->id))
			strcpy(name->name, entries[i].name);
}
