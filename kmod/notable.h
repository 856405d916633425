/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The paths that an alert names: of each task, the most telling that it used of late. Of two
 * the one tells more
 *
 *	that the program used, before one of its dynamic loader's, which each program has
 *	that is more surprising
 *	that the model does not know, before one that it knows as rare
 *	that was used later
 *
 * Below one directory that the model does not know there may be many such. When there is no
 * place left for all, they share theirs.
 */
#ifndef _KANARY_NOTABLE_H
#define _KANARY_NOTABLE_H

#include <linux/types.h>

#include "kanary_netlink.h"
#include "path_record.h"

struct kanary_task;

/* Paths that a task is remembered for. */
#define KANARY_NOTABLE_MAX 4

/**
 * struct kanary_notable_rank - what a path is worth
 * @surprise: Q24.8
 * @departure: as kanary_name_head_departure() has it, 0 where the model knows the whole path
 * @loader: the dynamic loader used it, not the program
 */
struct kanary_notable_rank {
	u32 surprise;
	u32 departure;
	bool loader;
};

/**
 * struct kanary_notable_path - a path that was surprising
 * @rank: of it
 * @record: of KANARY_PATH_RECORD_SIZE_MAX bytes at most
 */
struct kanary_notable_path {
	struct kanary_notable_rank rank;
	union {
		struct kanary_path path;
		u8 bytes[KANARY_PATH_RECORD_SIZE_MAX];
	} record;
};

/**
 * struct kanary_notable - those of a task
 * @stream: of the task
 * @serial: of the profile that found them so
 * @length: of @path
 * @path: most telling first
 */
struct kanary_notable {
	u64 stream;
	u64 serial;
	u32 length;
	struct kanary_notable_path path[KANARY_NOTABLE_MAX];
};

/*
 * All of them the worker's, under its lock.
 */

/** kanary_notable_add() - remember a path of @task; may sleep; without memory, does not */
void kanary_notable_add(struct kanary_task *task, u64 serial, const struct kanary_path *path,
			const struct kanary_notable_rank *rank);

/** kanary_notable_of() - what is remembered of a stream of @task, or NULL for nothing */
const struct kanary_notable *kanary_notable_of(const struct kanary_task *task, u64 stream,
					       u64 serial);

/** kanary_notable_forget() - free; NULL is none; any context */
void kanary_notable_forget(struct kanary_notable *notable);

/** kanary_notable_memory() - bytes held */
u64 kanary_notable_memory(void);

#endif /* _KANARY_NOTABLE_H */
