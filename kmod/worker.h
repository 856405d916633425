/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The worker: takes the vectors out of the queues and decides what becomes of
 * each: scored, delivered, or dropped by cause. The only place that does.
 */
#ifndef _KANARY_WORKER_H
#define _KANARY_WORKER_H

#include <linux/mutex.h>
#include <linux/types.h>

#include "queue.h"

/* Held for each round of the worker; recorder, counters of fate and times are under it. */
extern struct mutex kanary_worker_lock;

/**
 * kanary_worker_init() - make the queues and the worker
 * @queue_length: vectors a CPU
 */
int kanary_worker_init(u32 queue_length);

/** kanary_worker_flush() - let the worker run once more to its end; sleeps */
void kanary_worker_flush(void);

/** kanary_worker_uninit() - empty the queues and stop; after the last producer; sleeps */
void kanary_worker_uninit(void);

/** kanary_worker_vectors() - vectors of a container so far; under the lock */
u64 kanary_worker_vectors(u64 cgroup);

#endif /* _KANARY_WORKER_H */
