// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "container_path.h"

/* Of an id of 64 digits people write the first 12. */
#define SHORT_ID 12

/* How a runtime calls the cgroup of a container: PREFIX<id>SUFFIX. */
static const struct {
	const char *prefix;
	const char *suffix;
	const char *runtime;
} patterns[] = {
	{ "docker-", ".scope", "docker" },
	{ "libpod-", ".scope", "podman" },
	{ "libpod-", "", "podman" },
	{ "cri-containerd-", ".scope", "containerd" },
	{ "crio-", ".scope", "crio" },
	{ "crio-", "", "crio" },
	{ "nerdctl-", ".scope", "containerd" },
	{ "crun-", ".scope", "crun" },
	{ "runc-", ".scope", "runc" },
	{ "lxc.payload.", "", "lxc" },
};

static void copy_text(char *target, size_t size, const char *text, size_t length)
{
	if (length >= size)
		length = size - 1;
	memcpy(target, text, length);
	target[length] = 0;
}

static bool is_hex(const char *text, size_t length)
{
	return length == 64 && strspn(text, "0123456789abcdef") >= length;
}

static bool match_part(struct kanary_container_name *name, const char *part, size_t length,
		       const char *parent, size_t parent_length)
{
	size_t i;

	for (i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
		size_t prefix = strlen(patterns[i].prefix), suffix = strlen(patterns[i].suffix);

		if (length <= prefix + suffix || memcmp(part, patterns[i].prefix, prefix) ||
		    memcmp(part + length - suffix, patterns[i].suffix, suffix))
			continue;
		/* The monitor of a podman or CRI-O container stands beside it. */
		if (!memcmp(part + prefix, "conmon", 6))
			continue;
		strcpy(name->runtime, patterns[i].runtime);
		copy_text(name->id, sizeof(name->id), part + prefix, length - prefix - suffix);
		return true;
	}
	/* Runtimes that make cgroups themselves: /docker/<id>, /kubepods/.../pod.../<id> */
	if (is_hex(part, length)) {
		strcpy(name->runtime, parent_length == 6 && !memcmp(parent, "docker", 6) ?
				      "docker" : "containerd");
		copy_text(name->id, sizeof(name->id), part, length);
		return true;
	}
	/* ...slice:cri-containerd:<id> */
	for (i = length; i > 0 && part[i - 1] != ':'; i--)
		;
	if (i && length > i) {
		bool docker = i >= 8 && !memcmp(part + i - 8, ":docker:", 8);

		strcpy(name->runtime, docker ? "docker" : "containerd");
		copy_text(name->id, sizeof(name->id), part + i, length - i);
		return true;
	}
	return false;
}

void kanary_container_path_classify(struct kanary_container_name *name)
{
	const char *part = name->path, *parent = "", *unit = NULL;
	size_t length = 0, parent_length = 0, unit_length = 0;

	strcpy(name->runtime, "cgroup");
	for (; *part; part += length) {
		part += strspn(part, "/");
		length = strcspn(part, "/");
		if (!length)
			break;
		/* The outermost container counts: what runs within one belongs to it. */
		if (match_part(name, part, length, parent, parent_length)) {
			copy_text(name->name, sizeof(name->name), name->id, strlen(name->id));
			if (is_hex(name->id, strlen(name->id)))
				name->name[SHORT_ID] = 0;
			return;
		}
		if ((length > 8 && !memcmp(part + length - 8, ".service", 8)) ||
		    (length > 6 && !memcmp(part + length - 6, ".scope", 6))) {
			unit = part;
			unit_length = length;
		}
		parent = part;
		parent_length = length;
	}
	if (unit) {
		strcpy(name->runtime, "systemd");
		parent = unit;
		parent_length = unit_length;
	}
	copy_text(name->id, sizeof(name->id), *parent ? parent : "/", *parent ? parent_length : 1);
	copy_text(name->name, sizeof(name->name), name->id, strlen(name->id));
}
