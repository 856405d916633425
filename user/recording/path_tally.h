/* SPDX-License-Identifier: GPL-2.0 */
/* How often each bin of paths was counted: small while that was seldom. */
#ifndef KANARY_PATH_TALLY_H
#define KANARY_PATH_TALLY_H

#include "kanary_netlink.h"
#include "types.h"

/**
 * struct kanary_path_tally - counts of bins of paths; all zero is an empty one
 * @number: [@room], the bins that were counted, less KANARY_PATH_FIRST; or, as soon as there
 *	would be KANARY_PATH_BINS of them, the counts of all bins
 * @used: of @number; KANARY_PATH_BINS once they are counts
 * @room: a power of two, or 0
 */
struct kanary_path_tally {
	u16 *number;
	u16 used;
	u16 room;
};

/**
 * kanary_path_tally_add() - count bins
 * @bins: [@count], KANARY_PATH_FIRST .. KANARY_VECTOR_BINS - 1
 *
 * Return: 0 or -ENOMEM.
 */
int kanary_path_tally_add(struct kanary_path_tally *tally, const u16 *bins, u32 count);

/** kanary_path_tally_spread() - the counts, each at most 65535 */
void kanary_path_tally_spread(const struct kanary_path_tally *tally,
			      u16 counts[KANARY_PATH_BINS]);

/** kanary_path_tally_clear() - count from 0 again, in the same memory */
void kanary_path_tally_clear(struct kanary_path_tally *tally);

/** kanary_path_tally_free() - leaves an empty one */
void kanary_path_tally_free(struct kanary_path_tally *tally);

#endif /* KANARY_PATH_TALLY_H */
