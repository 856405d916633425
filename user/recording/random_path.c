// SPDX-License-Identifier: GPL-2.0
#include "random_path.h"

#include <string.h>

#include "random_draw.h"

/* Vectors with few paths before them, and then one with many. */
#define CROWD_EVERY 250
#define CROWD_MAX 3000
#define USUAL_MAX 4

/* Where programs look for files; in all of it something is volatile, in some of it everything. */
static const char *const components[] = {
	"etc", "usr", "lib", "srv", "data", "proc", "tmp", "var", "log", "home", "root", "dev",
	"sys", "passwd", "shadow", "hosts", "hostname", "ld.so.cache", "x86_64-linux-gnu",
	"libc.so.6", "new-file", "page.html", ".ssh", "null", "self", "maps", "fd", "812", "stat",
	"2026-11-25", "session-9f86d081884c7d65", "tmp.qXz7Kp", "a", "...", ".", "..", "",
};

static u32 draw_below(struct kanary_random_path *source, u32 limit)
{
	return kanary_random_draw_below(&source->state, limit);
}

void kanary_random_path_seed(struct kanary_random_path *source, u64 seed)
{
	memset(source, 0, sizeof(*source));
	/* other numbers than the vectors of this seed get */
	source->state = ~seed;
}

u32 kanary_random_path_count(struct kanary_random_path *source)
{
	return draw_below(source, draw_below(source, CROWD_EVERY) ? USUAL_MAX + 1 : CROWD_MAX + 1);
}

static void append(struct kanary_path *path, const char *text, size_t size)
{
	size_t room = KANARY_PATH_SIZE_MAX - path->length;

	size = size < room ? size : room;
	memcpy(path->name + path->length, text, size);
	path->length += (u16)size;
}

/* @depth components, a slash between each two. */
static void append_components(struct kanary_random_path *source, struct kanary_path *path,
			      u32 depth)
{
	const char *component;

	for (; depth; depth--) {
		component = components[draw_below(source, sizeof(components) /
							  sizeof(*components))];
		append(path, component, strlen(component));
		if (depth > 1 || !draw_below(source, 16))
			append(path, "/", 1);
	}
}

/* Any of @values values from @first on; 0 is none of a name's. */
static void append_bytes(struct kanary_random_path *source, struct kanary_path *path, u32 length,
			 u32 first, u32 values)
{
	for (; length; length--) {
		char byte = (char)(first + draw_below(source, values));

		append(path, &byte, 1);
	}
}

static void fill(struct kanary_random_path *source, struct kanary_path *path)
{
	u32 shape = draw_below(source, 12);

	if (shape && draw_below(source, 8))
		append(path, "/", 1);
	switch (shape) {
	case 0:
		append_bytes(source, path, 1 + draw_below(source, KANARY_PATH_SIZE_MAX), 1, 255);
		break;
	case 1: /* terminal escapes and newlines, or what is no UTF-8 */
		append_components(source, path, 2);
		append_bytes(source, path, 1 + draw_below(source, 20),
			     draw_below(source, 2) ? 1 : 128, 31);
		break;
	case 2: /* slashes and dots */
		append_bytes(source, path, 1 + draw_below(source, 40), '.', 2);
		break;
	case 3: /* as long, or as deep, as any */
		append_bytes(source, path, draw_below(source, 2) ? 0 : 30, 'a', 26);
		append_components(source, path, KANARY_PATH_SIZE_MAX);
		break;
	default:
		append_components(source, path, 1 + draw_below(source, 5));
	}
	if (!path->length)
		append(path, ".", 1);
}

static u16 draw_flags(struct kanary_random_path *source, const struct kanary_path *path)
{
	u16 flags = draw_below(source, 8) ? 0 : KANARY_PATH_SECOND;

	if (path->name[0] != '/')
		flags |= draw_below(source, 2) ? KANARY_PATH_RELATIVE :
						 KANARY_PATH_RELATIVE | KANARY_PATH_DIRFD;
	if (path->length == KANARY_PATH_SIZE_MAX && draw_below(source, 2))
		flags |= KANARY_PATH_TRUNCATED;
	return flags;
}

const struct kanary_path *kanary_random_path_next(struct kanary_random_path *source,
						  const struct kanary_vector *vector)
{
	struct kanary_path *path = (void *)source->memory;

	path->stream = vector->stream;
	path->cgroup = vector->cgroup;
	path->time = vector->time;
	path->pid = vector->pid;
	path->call = (u16)draw_below(source, KANARY_BINS);
	path->length = 0;
	fill(source, path);
	path->flags = draw_flags(source, path);
	return path;
}
