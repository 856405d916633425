// SPDX-License-Identifier: GPL-2.0
#include "path_tally.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#define ROOM_FIRST 8

static bool is_counts(const struct kanary_path_tally *tally)
{
	return tally->used == KANARY_PATH_BINS;
}

static int grow(struct kanary_path_tally *tally)
{
	u16 room = tally->room ? (u16)(2 * tally->room) : ROOM_FIRST;
	u16 *number = realloc(tally->number, room * sizeof(*number));

	if (!number)
		return -ENOMEM;
	tally->number = number;
	tally->room = room;
	return 0;
}

/* A list of as many entries as there are bins is no smaller than their counts. */
static void become_counts(struct kanary_path_tally *tally)
{
	u16 counts[KANARY_PATH_BINS];

	kanary_path_tally_spread(tally, counts);
	memcpy(tally->number, counts, sizeof(counts));
	tally->used = KANARY_PATH_BINS;
}

int kanary_path_tally_add(struct kanary_path_tally *tally, const u16 *bins, u32 count)
{
	u16 *counted;
	u32 i;

	for (i = 0; i < count; i++) {
		if (!is_counts(tally) && tally->used == tally->room && grow(tally))
			return -ENOMEM;
		if (tally->used == KANARY_PATH_BINS - 1)
			become_counts(tally);
		if (is_counts(tally)) {
			counted = &tally->number[bins[i] - KANARY_PATH_FIRST];
			*counted += *counted < UINT16_MAX;
		} else {
			tally->number[tally->used++] = (u16)(bins[i] - KANARY_PATH_FIRST);
		}
	}
	return 0;
}

void kanary_path_tally_spread(const struct kanary_path_tally *tally,
			      u16 counts[KANARY_PATH_BINS])
{
	u32 i;

	if (is_counts(tally)) {
		memcpy(counts, tally->number, KANARY_PATH_BINS * sizeof(*counts));
		return;
	}
	memset(counts, 0, KANARY_PATH_BINS * sizeof(*counts));
	for (i = 0; i < tally->used; i++)
		counts[tally->number[i]]++;
}

void kanary_path_tally_clear(struct kanary_path_tally *tally)
{
	tally->used = 0;
}

void kanary_path_tally_free(struct kanary_path_tally *tally)
{
	free(tally->number);
	memset(tally, 0, sizeof(*tally));
}
