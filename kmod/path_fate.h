/* SPDX-License-Identifier: GPL-2.0 */
/* What becomes of each path that was news: judged, delivered, or dropped by cause. */
#ifndef _KANARY_PATH_FATE_H
#define _KANARY_PATH_FATE_H

#include <linux/types.h>

/**
 * kanary_path_fate_drain() - settle the paths that are in the queues
 * @until: those that were used no later than that; CLOCK_BOOTTIME, nanoseconds
 *
 * Before a vector of that time is judged: its alert names them.
 * Context: the worker, under its lock; may sleep.
 */
void kanary_path_fate_drain(u64 until);

#endif /* _KANARY_PATH_FATE_H */
