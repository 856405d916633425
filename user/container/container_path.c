// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "container_path.h"

#define ID_SIZE 64
/* BuildKit's, as docker build has them */
#define BUILD_ID_SIZE 25
/* Of an id of 64 digits people write the first 12. */
#define SHORT_ID 12

enum id_form {
	ID_GENERATED,	/* by the runtime: anything else is a unit of that name */
	ID_WORD,	/* a person's */
	ID_ESCAPED,	/* the same, as systemd escapes it */
};

/* How a runtime calls the cgroup of a container: PREFIX<id>SUFFIX. */
static const struct pattern {
	const char *prefix;
	const char *suffix;
	const char *runtime;
	enum id_form form;
} patterns[] = {
	{ "docker-", ".scope", "docker", ID_GENERATED },
	/* The monitor of podman's and CRI-O's stands beside it: libpod-conmon-<id>. */
	{ "libpod-payload-", "", "podman", ID_GENERATED },
	{ "libpod-", ".scope", "podman", ID_GENERATED },
	{ "libpod-", "", "podman", ID_GENERATED },
	{ "cri-containerd-", ".scope", "containerd", ID_GENERATED },
	{ "nerdctl-", ".scope", "containerd", ID_GENERATED },
	{ "crio-", ".scope", "crio", ID_GENERATED },
	{ "crio-", "", "crio", ID_GENERATED },
	{ "crun-", ".scope", "crun", ID_WORD },
	{ "runc-", ".scope", "runc", ID_WORD },
	{ "lxc.payload.", "", "lxc", ID_WORD },
	{ "machine-qemu\\x2d", ".scope", "libvirt", ID_ESCAPED },
	{ "machine-lxc\\x2d", ".scope", "libvirt", ID_ESCAPED },
	{ "machine-", ".scope", "nspawn", ID_ESCAPED },
	{ "systemd-nspawn@", ".service", "nspawn", ID_ESCAPED },
};

/* What runtimes write between the colons of SLICE:PREFIX:ID, where no systemd reads it */
static const struct {
	const char *prefix;
	const char *runtime;
} colons[] = {
	{ "docker", "docker" }, { "libpod", "podman" }, { "crio", "crio" },
	{ "crun", "crun" }, { "runc", "runc" },
};

/* A part of a path */
struct part {
	const char *text;
	size_t length;
};

void kanary_container_path_set(char *target, size_t size, const char *text, size_t length)
{
	if (length >= size)
		length = size - 1;
	memcpy(target, text, length);
	target[length] = 0;
}

static bool is(struct part part, const char *text)
{
	return part.length == strlen(text) && !memcmp(part.text, text, part.length);
}

static bool begins(struct part part, const char *text)
{
	return part.length > strlen(text) && !memcmp(part.text, text, strlen(text));
}

static bool ends(struct part part, const char *text)
{
	size_t length = strlen(text);

	return part.length > length && !memcmp(part.text + part.length - length, text, length);
}

static bool consists(struct part part, const char *of)
{
	size_t i;

	for (i = 0; i < part.length; i++)
		if (!part.text[i] || !strchr(of, part.text[i]))
			return false;
	return true;
}

static bool is_hex(struct part part)
{
	return part.length == ID_SIZE && consists(part, "0123456789abcdef");
}

static bool is_build(struct part part)
{
	return part.length == BUILD_ID_SIZE &&
	       consists(part, "0123456789abcdefghijklmnopqrstuvwxyz");
}

bool kanary_container_path_generated(const char *id)
{
	struct part part = { id, strlen(id) };

	return is_build(part) || (part.length >= 8 && consists(part, "0123456789abcdef-"));
}

bool kanary_container_path_unit(const char *text, size_t length)
{
	struct part part = { text, length };

	return ends(part, ".service") || ends(part, ".scope");
}

static void set_id(struct kanary_container_name *name, const char *runtime, struct part id)
{
	strcpy(name->runtime, runtime);
	kanary_container_path_set(name->id, sizeof(name->id), id.text, id.length);
	kanary_container_path_set(name->name, sizeof(name->name), id.text,
				  is_hex(id) ? SHORT_ID : id.length);
	name->own = (size_t)(id.text + id.length - name->path);
	name->known = true;
}

/* 16 for what is none */
static unsigned int hex_digit(char digit)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = digit ? strchr(digits, digit) : NULL;

	return found ? (unsigned int)(found - digits) : 16;
}

/* systemd's: \x2d is a dash */
static void unescape(char *text)
{
	char *target = text;

	for (; *text; target++) {
		if (text[0] == '\\' && text[1] == 'x' && hex_digit(text[2]) < 16 &&
		    hex_digit(text[3]) < 16) {
			*target = (char)(hex_digit(text[2]) << 4 | hex_digit(text[3]));
			text += 4;
		} else {
			*target = *text++;
		}
	}
	*target = 0;
}

static bool match_pattern(struct kanary_container_name *name, struct part part)
{
	const struct pattern *pattern;
	struct part id;
	size_t i;

	for (i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
		pattern = &patterns[i];
		if (!begins(part, pattern->prefix) ||
		    (*pattern->suffix && !ends(part, pattern->suffix)) ||
		    part.length <= strlen(pattern->prefix) + strlen(pattern->suffix))
			continue;
		id.text = part.text + strlen(pattern->prefix);
		id.length = part.length - strlen(pattern->prefix) - strlen(pattern->suffix);
		if (pattern->form == ID_GENERATED && !is_hex(id) && !is_build(id))
			continue;
		set_id(name, pattern->runtime, id);
		name->own += strlen(pattern->suffix);
		if (pattern->form == ID_ESCAPED) {
			unescape(name->id);
			unescape(name->name);
		}
		return true;
	}
	return false;
}

/* Runtimes that make cgroups themselves: /docker/<id>, /kubepods/.../pod.../<id>, /lxc/<id> */
static bool match_parent(struct kanary_container_name *name, struct part part, struct part parent)
{
	if (is_hex(part) || (is_build(part) && is(parent, "docker")))
		set_id(name, is(parent, "docker") ? "docker" : "containerd", part);
	else if (is(parent, "lxc") || is(parent, "lxc.payload"))
		set_id(name, "lxc", part);
	else
		return false;
	return true;
}

/* ...slice:cri-containerd:<id>, and no other colons */
static bool match_colons(struct kanary_container_name *name, struct part part)
{
	const char *first = memchr(part.text, ':', part.length), *runtime = "containerd";
	const char *end = part.text + part.length, *second;
	struct part slice, prefix, id;
	size_t i;

	if (!first)
		return false;
	slice = (struct part){ part.text, (size_t)(first - part.text) };
	if (slice.length && !ends(slice, ".slice"))
		return false;
	second = memchr(first + 1, ':', (size_t)(end - first - 1));
	if (!second || second + 1 == end || memchr(second + 1, ':', (size_t)(end - second - 1)))
		return false;
	prefix = (struct part){ first + 1, (size_t)(second - first - 1) };
	id = (struct part){ second + 1, (size_t)(end - second - 1) };
	for (i = 0; i < sizeof(colons) / sizeof(*colons); i++)
		if (is(prefix, colons[i].prefix))
			runtime = colons[i].runtime;
	set_id(name, runtime, id);
	return true;
}

static struct part next_part(const char *text)
{
	struct part part;

	part.text = text + strspn(text, "/");
	part.length = strcspn(part.text, "/");
	return part;
}

/* systemd-nspawn keeps itself apart from what it runs. */
static bool is_supervisor(struct kanary_container_name *name)
{
	struct part below = next_part(name->path + name->own);

	if (strcmp(name->runtime, "nspawn"))
		return false;
	if (is(below, "payload"))
		name->own = (size_t)(below.text + below.length - name->path);
	return is(below, "supervisor");
}

/* No runtime's: after the unit, or the last part where there is none */
static void name_after(struct kanary_container_name *name, struct part part, struct part parent)
{
	static const char monitor[] = "lxc.monitor";

	if (!part.length)
		part = (struct part){ "/", 1 };
	kanary_container_path_set(name->id, sizeof(name->id), part.text, part.length);
	/* LXC's monitor of a container is not called as the container. */
	if (is(parent, monitor))
		kanary_container_path_set(name->id, sizeof(name->id), parent.text,
					  (size_t)(part.text + part.length - parent.text));
	strcpy(name->name, name->id);
}

void kanary_container_path_classify(struct kanary_container_name *name)
{
	struct part part, last = { "", 0 }, above = { "", 0 }, unit = { "", 0 };

	name->known = false;
	for (part = next_part(name->path); part.length;
	     part = next_part(part.text + part.length)) {
		/* The outermost container counts: what runs within one belongs to it. */
		if ((match_pattern(name, part) || match_parent(name, part, last) ||
		     match_colons(name, part)) && !is_supervisor(name))
			return;
		name->known = false;
		if (kanary_container_path_unit(part.text, part.length))
			unit = part;
		above = last;
		last = part;
	}
	strcpy(name->runtime, unit.length ? "systemd" : "cgroup");
	name->own = unit.length ? (size_t)(unit.text + unit.length - name->path) :
				  strlen(name->path);
	if (unit.length)
		name_after(name, unit, (struct part){ "", 0 });
	else
		name_after(name, last, above);
}
