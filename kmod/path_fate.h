/* SPDX-License-Identifier: GPL-2.0 */
/* What becomes of each path that was news: judged, delivered, or dropped by cause. */
#ifndef _KANARY_PATH_FATE_H
#define _KANARY_PATH_FATE_H

/**
 * kanary_path_fate_drain() - settle all paths that are in the queues by now
 *
 * Before a vector is judged: those that its task used came before it.
 * Context: the worker, under its lock; may sleep.
 */
void kanary_path_fate_drain(void);

#endif /* _KANARY_PATH_FATE_H */
