// SPDX-License-Identifier: GPL-2.0
#include "path_list.h"

#include <stdlib.h>
#include <string.h>

#include "path_record.h"

bool kanary_path_list_add(struct kanary_path_list *list, uint32_t file, uint32_t arrival,
			  const struct kanary_path *path)
{
	size_t size = (kanary_path_record_size(path->length) + 7) & ~(size_t)7;
	struct kanary_path_list_entry *entry;

	if (list->used + size > list->size) {
		size_t larger = 2 * list->size + size + 65536;
		uint8_t *bytes = realloc(list->bytes, larger);

		if (!bytes)
			return false;
		list->bytes = bytes;
		list->size = larger;
	}
	if (list->count == list->room) {
		uint32_t larger = 2 * list->room + 1024;

		entry = realloc(list->entry, larger * sizeof(*entry));
		if (!entry)
			return false;
		list->entry = entry;
		list->room = larger;
	}
	entry = &list->entry[list->count++];
	entry->offset = list->used;
	entry->cgroup = path->cgroup;
	entry->stream = path->stream;
	entry->time = path->time;
	entry->file = file;
	entry->arrival = arrival;
	entry->vector = KANARY_PATH_LIST_NO_VECTOR;
	memset(list->bytes + list->used, 0, size);
	memcpy(list->bytes + list->used, path, kanary_path_record_size(path->length));
	list->used += size;
	return true;
}

const struct kanary_path *kanary_path_list_path(const struct kanary_path_list *list,
						uint32_t number)
{
	return (const void *)(list->bytes + list->entry[number].offset);
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

static int compare_entries(const void *left, const void *right)
{
	const struct kanary_path_list_entry *a = left, *b = right;

	if (a->vector != b->vector)
		return a->vector < b->vector ? -1 : 1;
	return a->offset < b->offset ? -1 : a->offset > b->offset;
}

void kanary_path_list_sort(struct kanary_path_list *list)
{
	if (list->count)
		qsort(list->entry, list->count, sizeof(*list->entry), compare_entries);
}

void kanary_path_list_free(struct kanary_path_list *list)
{
	free(list->entry);
	free(list->bytes);
	memset(list, 0, sizeof(*list));
}
