/* SPDX-License-Identifier: GPL-2.0 */
/* The one socket that learns: vectors and paths to userspace, in batches. */
#ifndef _KANARY_RECORDER_H
#define _KANARY_RECORDER_H

#include "kanary_netlink.h"

/*
 * All under the worker's lock, and all may sleep, but for kanary_recorder_abandon() and
 * kanary_recorder_names().
 */

/**
 * kanary_recorder_start() - make a socket the recorder
 * @portid: of the socket
 * @cgroup: container to record, or 0 for all
 *
 * Return: 0, or -EBUSY while there is another.
 */
int kanary_recorder_start(u32 portid, u64 cgroup);

/** kanary_recorder_stop() - -ENOENT where @portid is not the recorder */
int kanary_recorder_stop(u32 portid);

/**
 * kanary_recorder_abandon() - a socket is gone: nothing is sent to its number any more
 *
 * Context: any; without the worker's lock, under which kanary_recorder_stop() has to follow.
 *
 * Return: whether it was the recorder's.
 */
bool kanary_recorder_abandon(u32 portid);

/** kanary_recorder_port() - of the recorder's socket, or 0 */
u32 kanary_recorder_port(void);

/** kanary_recorder_wants() - whether a container is being recorded */
bool kanary_recorder_wants(u64 cgroup);

/** kanary_recorder_names() - whether it is this container alone that is; any context, the hook */
bool kanary_recorder_names(u64 cgroup);

/**
 * kanary_recorder_take() - put a vector in the batch that goes to the recorder
 * @mirror: it has been scored: count it as mirrored, not as delivered or dropped
 */
void kanary_recorder_take(const struct kanary_vector *vector, bool mirror);

/** kanary_recorder_take_path() - the same of a path */
void kanary_recorder_take_path(const struct kanary_path *path, bool mirror);

/** kanary_recorder_flush() - send what is in the batches, and count what became of it */
void kanary_recorder_flush(void);

#endif /* _KANARY_RECORDER_H */
