// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "container_base.h"
#include "container_file.h"
#include "container_json.h"
#include "container_nerdctl.h"
#include "container_path.h"

/* Kubernetes' name for the container that only holds a pod's namespaces */
#define SANDBOX "POD"

static bool fill_docker(struct kanary_container_name *name, const char *base);
static bool fill_storage(struct kanary_container_name *name, const char *base);
static bool fill_containerd(struct kanary_container_name *name, const char *base);

/* A row a kind of file; @runtimes: whose paths may mean one, by their first guess */
static const struct row {
	enum kanary_container_base_kind kind;
	const char *runtimes;
	bool (*fill)(struct kanary_container_name *name, const char *base);
} rows[] = {
	{ KANARY_CONTAINER_BASE_DOCKER, "docker containerd", fill_docker },
	{ KANARY_CONTAINER_BASE_STORAGE, "podman crio containerd", fill_storage },
	{ KANARY_CONTAINER_BASE_CONTAINERD, "docker containerd", fill_containerd },
};

/* How an engine writes into a container's config.json what Kubernetes calls it */
static const struct dialect {
	const char *runtime;
	const char *container;
	const char *pod;
	const char *pod_namespace;
	const char *image;
	const char *type;
} dialects[] = {
	{ "containerd", "io.kubernetes.cri.container-name", "io.kubernetes.cri.sandbox-name",
	  "io.kubernetes.cri.sandbox-namespace", "io.kubernetes.cri.image-name",
	  "io.kubernetes.cri.container-type" },
	{ "crio", "io.kubernetes.container.name", "io.kubernetes.pod.name",
	  "io.kubernetes.pod.namespace", "io.kubernetes.cri-o.ImageName",
	  "io.kubernetes.cri-o.ContainerType" },
};

static bool set(char *target, size_t size, const char *text)
{
	if (text && *text)
		kanary_container_path_set(target, size, text, strlen(text));
	return text && *text;
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static bool fill_docker(struct kanary_container_name *name, const char *base)
{
	char path[2048];
	const char *text;
	json_t *file;

	snprintf(path, sizeof(path), "%s/%s/config.v2.json", base, name->id);
	if (!kanary_container_json_read(path, &file))
		return false;
	strcpy(name->runtime, "docker");
	text = text_of(file, "Name");
	set(name->name, sizeof(name->name), text && *text == '/' ? text + 1 : text);
	set(name->image, sizeof(name->image), text_of(json_object_get(file, "Config"), "Image"));
	json_decref(file);
	return true;
}

static void fill_pod(struct kanary_container_name *name, const json_t *notes,
		     const struct dialect *dialect)
{
	const char *pod = text_of(notes, dialect->pod), *type = text_of(notes, dialect->type);
	const char *space = text_of(notes, dialect->pod_namespace);

	strcpy(name->runtime, dialect->runtime);
	if (!set(name->name, sizeof(name->name), text_of(notes, dialect->container)) &&
	    type && !strcmp(type, "sandbox"))
		set(name->name, sizeof(name->name), SANDBOX);
	set(name->image, sizeof(name->image), text_of(notes, dialect->image));
	if (pod)
		snprintf(name->pod, sizeof(name->pod), "%s%s%s", space ? space : "",
			 space ? "/" : "", pod);
}

/* What config.json's annotations say; @notes may be NULL */
static void fill_notes(struct kanary_container_name *name, const json_t *notes)
{
	const struct dialect *dialect;
	size_t i;

	set(name->name, sizeof(name->name), text_of(notes, "io.kubernetes.cri-o.Name"));
	set(name->name, sizeof(name->name), text_of(notes, "nerdctl/name"));
	for (i = 0; i < sizeof(dialects) / sizeof(*dialects); i++) {
		dialect = &dialects[i];
		if (text_of(notes, dialect->container) || text_of(notes, dialect->type))
			fill_pod(name, notes, dialect);
	}
}

static bool fill_config(struct kanary_container_name *name, const char *path)
{
	json_t *file;

	if (!kanary_container_json_read(path, &file))
		return false;
	fill_notes(name, json_object_get(file, "annotations"));
	json_decref(file);
	return true;
}

static bool fill_containerd(struct kanary_container_name *name, const char *base)
{
	const char *space = strrchr(base, '/') + 1;
	char path[2048];

	snprintf(path, sizeof(path), "%s/%s/config.json", base, name->id);
	if (!fill_config(name, path))
		return false;
	/* Docker's containers are containerd's tasks as well. */
	if (!strcmp(space, "moby"))
		strcpy(name->runtime, "docker");
	return true;
}

/* An entry of containers.json */
static void fill_entry(struct kanary_container_name *name, const json_t *entry)
{
	const char *text = text_of(entry, "metadata");
	json_t *metadata = text ? json_loads(text, 0, NULL) : NULL;

	/* CRI-O keeps its containers there, too, and all of them are in pods. */
	strcpy(name->runtime, json_object_get(metadata, "pod-id") ? "crio" : "podman");
	set(name->name, sizeof(name->name),
	    json_string_value(json_array_get(json_object_get(entry, "names"), 0)));
	set(name->image, sizeof(name->image), text_of(metadata, "image-name"));
	json_decref(metadata);
}

static bool fill_list(struct kanary_container_name *name, const char *base, const char *file)
{
	const char *id;
	bool found = false;
	char path[2048];
	json_t *list, *entry;
	size_t index;

	snprintf(path, sizeof(path), "%s/%s", base, file);
	list = kanary_container_json_list(path);
	json_array_foreach(list, index, entry) {
		id = text_of(entry, "id");
		found = id && !strcmp(id, name->id);
		if (found)
			break;
	}
	if (found)
		fill_entry(name, entry);
	json_decref(list);
	return found;
}

static bool fill_storage(struct kanary_container_name *name, const char *base)
{
	bool found = fill_list(name, base, "containers.json") ||
		     fill_list(name, base, "volatile-containers.json");
	char path[2048];

	/* Of podman's all is said; CRI-O has its names beside the list, or in the run root. */
	if (found && !strcmp(name->runtime, "podman"))
		return true;
	snprintf(path, sizeof(path), "%s/%s/userdata/config.json", base, name->id);
	return fill_config(name, path);
}

unsigned int kanary_container_file_user(const char *path)
{
	const char *slice = strstr(path, "/user-");
	unsigned long user;
	char *end;

	if (!slice)
		return 0;
	user = strtoul(slice + 6, &end, 10);
	return !strncmp(end, ".slice", 6) && user < 0xffffffffu ? (unsigned int)user : 0;
}

/* What is put into a path must be a name of its own. */
static bool is_plain(const char *id)
{
	return *id && *id != '.' && !strchr(id, '/');
}

static bool fill_row(struct kanary_container_name *name, const struct row *row, unsigned int user)
{
	const char *base;
	size_t place = 0;

	if (!strstr(row->runtimes, name->runtime))
		return false;
	while ((base = kanary_container_base_next(row->kind, user, &place)))
		if (row->fill(name, base))
			return true;
	return false;
}

void kanary_container_file_fill(struct kanary_container_name *name)
{
	unsigned int user = kanary_container_file_user(name->path);
	bool found = false;
	size_t i;

	if (!is_plain(name->id))
		return;
	for (i = 0; !found && i < sizeof(rows) / sizeof(*rows); i++)
		found = fill_row(name, &rows[i], 0) || (user && fill_row(name, &rows[i], user));
	/* After a rename this is the name, and not what config.json says. */
	if (!strcmp(name->runtime, "containerd"))
		kanary_container_nerdctl_fill(name, user);
}
