/* SPDX-License-Identifier: GPL-2.0 */
/* Paths of recordings in memory, and the vectors that they belong to. */
#ifndef KANARY_PATH_LIST_H
#define KANARY_PATH_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kanary_netlink.h"

/* Of a path whose stream has no vector after it. */
#define KANARY_PATH_LIST_NO_VECTOR UINT32_MAX

/**
 * struct kanary_path_list_entry - a path that was told
 * @file: number of the recording
 * @arrival: vectors that were read before it, of all
 * @vector: number of the stream's next vector, after kanary_dataset_finish()
 * @path: number of the path, below kanary_path_list.paths
 */
struct kanary_path_list_entry {
	uint64_t cgroup;
	uint64_t stream;
	uint64_t time;
	uint32_t file;
	uint32_t arrival;
	uint32_t vector;
	uint32_t path;
};

/**
 * struct kanary_path_list - paths in the order of their telling
 * @entry: [@count], by vector after kanary_dataset_finish()
 * @paths: that differ in name or flags: each is stored once, however often it was told
 */
struct kanary_path_list {
	struct kanary_path_list_entry *entry;
	uint32_t count;
	uint32_t paths;
	/* the rest belongs to path_list.c */
	uint32_t room;
	uint32_t slots;
	uint32_t *slot;
	size_t *offset;
	uint8_t *bytes;
	size_t used;
	size_t size;
};

/** kanary_path_list_add() - take a copy; false where memory is short */
bool kanary_path_list_add(struct kanary_path_list *list, uint32_t file, uint32_t arrival,
			  const struct kanary_path *path);

/** kanary_path_list_path() - what an entry is of: name, length and flags alone are set */
const struct kanary_path *kanary_path_list_path(const struct kanary_path_list *list,
						uint32_t number);

/**
 * kanary_path_list_find() - the paths of a vector
 * @number: of the first is set
 *
 * Return: how many there are.
 */
uint32_t kanary_path_list_find(const struct kanary_path_list *list, uint32_t vector,
			       uint32_t *number);

/** kanary_path_list_timed() - whether any is of a recording with times */
bool kanary_path_list_timed(const struct kanary_path_list *list);

/**
 * kanary_path_list_sort() - by vector, then as they came
 * @vectors: there are
 *
 * Return: false where memory is short.
 */
bool kanary_path_list_sort(struct kanary_path_list *list, uint32_t vectors);

void kanary_path_list_free(struct kanary_path_list *list);

#endif /* KANARY_PATH_LIST_H */
