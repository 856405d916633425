/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The names head: how surprising is it that this container uses this path?
 *
 * A model of sequences of components. The context of a component is the directory that
 * it is in, by its whole path; where that is itself news, any directory of the same name;
 * and where no such was ever seen, any directory. Of each context the table tells how
 * surprising a child is that it never had, and of each child how surprising that one is:
 * minus log10 of the chance that a recording which visits the directory uses a child as
 * rare as this one. user/train/head/name_train.h says how they are learned.
 *
 * So where new files come every day, one more is no news; in /etc, it is.
 */
#ifndef _KANARY_NAME_HEAD_H
#define _KANARY_NAME_HEAD_H

#include "path.h"
#include "types.h"

/* 16.0: the costs of all components of a path fit into an error. */
#define KANARY_NAME_HEAD_COST_MAX 4096
/* From Q8.8 to the Q20.12 of errors. */
#define KANARY_NAME_HEAD_COST_TO_ERROR 16
/* No child of it was ever seen: no context. */
#define KANARY_NAME_HEAD_NO_CONTEXT 0xffff
#define KANARY_NAME_HEAD_ENTRIES_MAX 131072

/**
 * struct kanary_name_entry - a component in its context, and itself as a context
 * @key: of the component, ascending
 * @cost: how surprising it is in its context, Q8.8
 * @novel: how surprising an unknown child of it is, Q8.8, or KANARY_NAME_HEAD_NO_CONTEXT
 */
struct kanary_name_entry {
	u32 key;
	u16 cost;
	u16 novel;
};

/** struct kanary_name_table - @count entries */
struct kanary_name_table {
	const struct kanary_name_entry *entry;
	u32 count;
};

/** kanary_name_head_alike() - context of all directories whose name hashes to @name */
static inline u32 kanary_name_head_alike(u32 name)
{
	return kanary_path_mix(0x6e616d65, name);
}

/** kanary_name_head_any() - context of all directories */
static inline u32 kanary_name_head_any(void)
{
	return kanary_path_mix(0x616e7900, 0);
}

/** kanary_name_head_child() - key of a component in one of these two contexts */
static inline u32 kanary_name_head_child(u32 context, u32 name)
{
	return kanary_path_mix(context, name);
}

/**
 * kanary_name_head_check() - whether an untrusted table may be used
 *
 * Return: NULL, or one sentence that says what is wrong.
 */
const char *kanary_name_head_check(const struct kanary_name_table *table);

/**
 * kanary_name_head_costs() - how surprising each component is
 * @cost: [1] to [walk->count] are set, Q8.8
 *
 * Time: three binary searches a component at most.
 *
 * Return: their sum.
 */
u32 kanary_name_head_costs(const struct kanary_name_table *table,
			   const struct kanary_path_walk *walk,
			   u16 cost[KANARY_PATH_COMPONENTS + 1]);

/**
 * kanary_name_head_departure() - where a path leaves what is known
 *
 * Return: hash of its first component that the table does not have there, together with those
 * before it; never 0. 0 where it has them all.
 */
u32 kanary_name_head_departure(const struct kanary_name_table *table, const u8 *name, u32 length,
			       u16 flags);

/** kanary_name_head_error() - the same of a path, as a calibration curve reads it: Q20.12 */
u32 kanary_name_head_error(const struct kanary_name_table *table, const u8 *name, u32 length,
			   u16 flags);

#endif /* _KANARY_NAME_HEAD_H */
