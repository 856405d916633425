/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Paths as models see them: cleaned, rid of what is volatile, hashed by component.
 *
 * '//', '/./', '..' and a slash at the end are resolved as text; symbolic links are
 * not known here. In a component
 *
 *	digits		become '#': /proc/812/stat is /proc/#/stat, and a date is #-#-#
 *	random words	become '#': hashes, session ids, the six characters of mkstemp()
 *
 * so that a name which is new each time is no news. A word is a run of letters and
 * digits; which are random is said in path.c.
 */
#ifndef _KANARY_PATH_H
#define _KANARY_PATH_H

#include "kanary_netlink.h"
#include "types.h"

/* Components that are told apart: deeper ones all count as the last. */
#define KANARY_PATH_COMPONENTS 16
/* Bins that a path counts in, at most. */
#define KANARY_PATH_DEPTH_MAX 6

/**
 * struct kanary_path_walk - a path, component by component
 * @count: of components, 0 for "/" and for an empty path
 * @prefix: hash of the first so many components; [0] is of where the path begins
 * @name: hash of the component alone, from [1] on
 */
struct kanary_path_walk {
	u32 count;
	u32 prefix[KANARY_PATH_COMPONENTS + 1];
	u32 name[KANARY_PATH_COMPONENTS + 1];
};

/** kanary_path_mix() - hash of a pair, where neither may be cancelled by the other */
static inline u32 kanary_path_mix(u32 left, u32 right)
{
	u32 hash = (left * 0x9E3779B1u) ^ right;

	hash = (hash ^ hash >> 15) * 0x85EBCA77u;
	return hash ^ hash >> 13;
}

/**
 * kanary_path_take() - take a path apart
 * @name: any bytes
 * @length: of @name; more than KANARY_PATH_SIZE_MAX are not read
 * @flags: KANARY_PATH_*; what begins elsewhere has other prefixes
 *
 * One pass. Without a key: who names files can make two names that hash alike, but
 * not give a name to a file that is there.
 */
void kanary_path_take(const u8 *name, u32 length, u16 flags, struct kanary_path_walk *walk);

/**
 * kanary_path_bins() - where a path is counted: one bin a directory above it, and its own
 * @bins: set, KANARY_PATH_FIRST .. KANARY_VECTOR_BINS - 1, from the top down; two may be
 *	the same
 *
 * An unseen file in a known directory so differs in one bin, an unseen directory in
 * more. Of a path that is deeper than KANARY_PATH_DEPTH_MAX, the directories from the
 * top count, and the whole.
 *
 * Return: entries set in @bins, 1 .. KANARY_PATH_DEPTH_MAX.
 */
u32 kanary_path_bins(const u8 *name, u32 length, u16 flags, u16 bins[KANARY_PATH_DEPTH_MAX]);

#endif /* _KANARY_PATH_H */
