// SPDX-License-Identifier: GPL-2.0
#include "window_table.h"

#include <stdlib.h>
#include <string.h>

/* KANARY_BINS_BANK is less than 2^9; the length is told by what is above six of them. */
#define CALL_BITS 9
#define LENGTH_SHIFT (CALL_BITS * KANARY_WINDOW_TABLE_CALLS_MAX)
#define ROOM_MIN 1024
/* 2^64 over the golden ratio (Knuth 1973, section 6.4) */
#define MULTIPLIER 0x9e3779b97f4a7c15ull

uint64_t kanary_window_table_key(const uint16_t *call, uint32_t length)
{
	uint64_t key = length + 1;
	uint32_t i;

	key <<= LENGTH_SHIFT;
	for (i = 0; i < length; i++)
		key |= (uint64_t)call[i] << (CALL_BITS * i);
	return key;
}

/* The entry of @key, or the free one where it belongs. */
static struct kanary_window_entry *probe(const struct kanary_window_table *table, uint64_t key,
					 uint64_t *probes)
{
	size_t place = (key * MULTIPLIER) >> 32 & (table->room - 1);

	while (++*probes, table->entry[place].key && table->entry[place].key != key)
		place = (place + 1) & (table->room - 1);
	return &table->entry[place];
}

static int grow(struct kanary_window_table *table)
{
	struct kanary_window_table larger = {
		.room = table->room ? 2 * table->room : ROOM_MIN,
		.used = table->used,
		.probes = table->probes,
	};
	uint64_t probes = 0;
	size_t i;

	larger.entry = calloc(larger.room, sizeof(*larger.entry));
	if (!larger.entry)
		return -1;
	for (i = 0; i < table->room; i++)
		if (table->entry[i].key)
			*probe(&larger, table->entry[i].key, &probes) = table->entry[i];
	free(table->entry);
	*table = larger;
	return 0;
}

struct kanary_window_entry *kanary_window_table_add(struct kanary_window_table *table,
						    uint64_t key)
{
	struct kanary_window_entry *entry;
	uint64_t probes = 0;

	if (2 * (table->used + 1) > table->room && grow(table))
		return NULL;
	entry = probe(table, key, &probes);
	table->used += !entry->key;
	entry->key = key;
	return entry;
}

const struct kanary_window_entry *kanary_window_table_find(struct kanary_window_table *table,
							   uint64_t key)
{
	const struct kanary_window_entry *entry;

	if (!table->room)
		return NULL;
	entry = probe(table, key, &table->probes);
	return entry->key ? entry : NULL;
}

void kanary_window_table_free(struct kanary_window_table *table)
{
	free(table->entry);
	memset(table, 0, sizeof(*table));
}
