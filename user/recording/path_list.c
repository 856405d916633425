// SPDX-License-Identifier: GPL-2.0
#include "path_list.h"

#include <stdlib.h>
#include <string.h>

#include "path.h"
#include "path_record.h"

/* Slots of the hash table to begin with, a power of two. */
#define SLOTS 1024
/* Of a slot that no path is in. */
#define FREE UINT32_MAX

static const struct kanary_path *stored(const struct kanary_path_list *list, uint32_t number)
{
	return (const void *)(list->bytes + list->offset[number]);
}

static uint32_t hash(const struct kanary_path *path)
{
	uint32_t value = path->flags, i;

	for (i = 0; i < path->length; i++)
		value = kanary_path_mix(value, (u8)path->name[i]);
	return value;
}

static bool same(const struct kanary_path *a, const struct kanary_path *b)
{
	return a->length == b->length && a->flags == b->flags &&
	       !memcmp(a->name, b->name, a->length);
}

/* The slot of a path, or the free one where it belongs. */
static uint32_t *find_slot(const struct kanary_path_list *list, const struct kanary_path *path)
{
	uint32_t at = hash(path) & (list->slots - 1);

	while (list->slot[at] != FREE && !same(stored(list, list->slot[at]), path))
		at = (at + 1) & (list->slots - 1);
	return &list->slot[at];
}

/* At most half of the slots are in use. */
static bool grow_table(struct kanary_path_list *list)
{
	uint32_t larger = list->slots ? 2 * list->slots : SLOTS, i;
	size_t *offset = realloc(list->offset, larger / 2 * sizeof(*offset));
	uint32_t *slot;

	if (!offset)
		return false;
	list->offset = offset;
	slot = malloc(larger * sizeof(*slot));
	if (!slot)
		return false;
	memset(slot, 0xff, larger * sizeof(*slot));
	free(list->slot);
	list->slot = slot;
	list->slots = larger;
	for (i = 0; i < list->paths; i++)
		*find_slot(list, stored(list, i)) = i;
	return true;
}

static bool store(struct kanary_path_list *list, const struct kanary_path *path)
{
	size_t size = (kanary_path_record_size(path->length) + 7) & ~(size_t)7;
	struct kanary_path *copy;

	if (list->used + size > list->size) {
		size_t larger = 2 * list->size + size + 65536;
		uint8_t *bytes = realloc(list->bytes, larger);

		if (!bytes)
			return false;
		list->bytes = bytes;
		list->size = larger;
	}
	list->offset[list->paths++] = list->used;
	copy = (void *)(list->bytes + list->used);
	memset(copy, 0, size);
	copy->flags = path->flags;
	copy->length = path->length;
	memcpy(copy->name, path->name, path->length);
	list->used += size;
	return true;
}

/* Its number, FREE where memory is short. */
static uint32_t intern(struct kanary_path_list *list, const struct kanary_path *path)
{
	uint32_t *slot;

	if (2 * list->paths == list->slots && !grow_table(list))
		return FREE;
	slot = find_slot(list, path);
	if (*slot == FREE && store(list, path))
		*slot = list->paths - 1;
	return *slot;
}

bool kanary_path_list_add(struct kanary_path_list *list, uint32_t file, uint32_t arrival,
			  const struct kanary_path *path)
{
	struct kanary_path_list_entry *entry;
	uint32_t number = intern(list, path);

	if (number == FREE)
		return false;
	if (list->count == list->room) {
		uint32_t larger = list->room + list->room / 2 + 1024;

		entry = realloc(list->entry, larger * sizeof(*entry));
		if (!entry)
			return false;
		list->entry = entry;
		list->room = larger;
	}
	list->entry[list->count++] = (struct kanary_path_list_entry){
		.cgroup = path->cgroup,
		.stream = path->stream,
		.time = path->time,
		.file = file,
		.arrival = arrival,
		.vector = KANARY_PATH_LIST_NO_VECTOR,
		.path = number,
	};
	return true;
}

const struct kanary_path *kanary_path_list_path(const struct kanary_path_list *list,
						uint32_t number)
{
	return stored(list, list->entry[number].path);
}

bool kanary_path_list_timed(const struct kanary_path_list *list)
{
	uint32_t i;

	for (i = 0; i < list->count; i++)
		if (list->entry[i].time)
			return true;
	return false;
}

uint32_t kanary_path_list_find(const struct kanary_path_list *list, uint32_t vector,
			       uint32_t *number)
{
	uint32_t low = 0, high = list->count, middle, count = 0;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (list->entry[middle].vector < vector)
			low = middle + 1;
		else
			high = middle;
	}
	*number = low;
	while (low + count < list->count && list->entry[low + count].vector == vector)
		count++;
	return count;
}

/* By counting: it keeps the order of those of one vector. */
bool kanary_path_list_sort(struct kanary_path_list *list, uint32_t vectors)
{
	struct kanary_path_list_entry *sorted;
	size_t *next = calloc((size_t)vectors + 2, sizeof(*next));
	uint32_t i, vector;

	sorted = malloc(((size_t)list->count + 1) * sizeof(*sorted));
	if (!next || !sorted) {
		free(next);
		free(sorted);
		return false;
	}
	for (i = 0; i < list->count; i++) {
		vector = list->entry[i].vector;
		next[vector < vectors ? vector + 1 : vectors + 1]++;
	}
	for (i = 1; i <= vectors; i++)
		next[i] += next[i - 1];
	for (i = 0; i < list->count; i++) {
		vector = list->entry[i].vector;
		sorted[next[vector < vectors ? vector : vectors]++] = list->entry[i];
	}
	free(next);
	free(list->entry);
	list->entry = sorted;
	list->room = list->count + 1;
	return true;
}

void kanary_path_list_free(struct kanary_path_list *list)
{
	free(list->entry);
	free(list->slot);
	free(list->offset);
	free(list->bytes);
	memset(list, 0, sizeof(*list));
}
