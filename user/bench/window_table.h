/* SPDX-License-Identifier: GPL-2.0 */
/* Short windows of successive calls and how often they were seen: a hash table. */
#ifndef KANARY_WINDOW_TABLE_H
#define KANARY_WINDOW_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* Calls of the longest window. */
#define KANARY_WINDOW_TABLE_CALLS_MAX 6

/**
 * struct kanary_window_entry - a window, and what came after it
 * @key: kanary_window_table_key(), 0 for a free entry
 * @count: occurrences
 * @followers: occurrences with a call after them
 * @kinds: different calls after them
 */
struct kanary_window_entry {
	uint64_t key;
	uint32_t count;
	uint32_t followers;
	uint32_t kinds;
};

/**
 * struct kanary_window_table - zero is an empty one
 * @entry: [@room]
 * @room: power of two, at least twice @used; 0 at first
 * @used: entries with a window
 * @probes: entries that kanary_window_table_find() has looked at, ever
 */
struct kanary_window_table {
	struct kanary_window_entry *entry;
	size_t room;
	size_t used;
	uint64_t probes;
};

/**
 * kanary_window_table_key() - a number for a window, another for each
 * @call: [@length], below KANARY_BINS_BANK
 * @length: 0 .. KANARY_WINDOW_TABLE_CALLS_MAX
 */
uint64_t kanary_window_table_key(const uint16_t *call, uint32_t length);

/**
 * kanary_window_table_add() - the entry of a window, a new one of zeros if need be
 *
 * Return: valid until the next addition; NULL where memory is short.
 */
struct kanary_window_entry *kanary_window_table_add(struct kanary_window_table *table,
						    uint64_t key);

/** kanary_window_table_find() - the entry of a window, or NULL */
const struct kanary_window_entry *kanary_window_table_find(struct kanary_window_table *table,
							   uint64_t key);

/** kanary_window_table_free() - free what is inside */
void kanary_window_table_free(struct kanary_window_table *table);

#endif /* KANARY_WINDOW_TABLE_H */
