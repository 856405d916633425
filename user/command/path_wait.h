/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Paths of the module that wait for the vectors before them: paths and vectors come in
 * messages of their own, and a path belongs before the first vector that is younger.
 */
#ifndef KANARY_PATH_WAIT_H
#define KANARY_PATH_WAIT_H

#include <stdbool.h>

#include "path_record.h"

/**
 * struct kanary_path_wait - @count paths, as they came; all 0 for none
 * @room: for how many there is memory
 * @slot: their records
 */
struct kanary_path_wait {
	u32 count;
	u32 room;
	struct {
		_Alignas(8) u8 record[KANARY_PATH_RECORD_SIZE_MAX];
	} *slot;
};

/** kanary_path_wait_add() - let a path wait; false where memory is short */
bool kanary_path_wait_add(struct kanary_path_wait *wait, const struct kanary_path *path);

/**
 * kanary_path_wait_pass() - hand on the paths up to a time, as they came
 * @until: of the next vector, CLOCK_BOOTTIME, nanoseconds
 * @take: nonzero ends it
 *
 * Return: 0, or what @take returned.
 */
int kanary_path_wait_pass(struct kanary_path_wait *wait, u64 until,
			  int (*take)(const struct kanary_path *path, void *context),
			  void *context);

void kanary_path_wait_free(struct kanary_path_wait *wait);

#endif /* KANARY_PATH_WAIT_H */
