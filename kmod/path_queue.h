/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Paths on their way from the hook to the worker: a ring of bytes a CPU, one producer
 * and one consumer each, no lock. A full ring drops the newest, counted.
 */
#ifndef _KANARY_PATH_QUEUE_H
#define _KANARY_PATH_QUEUE_H

#include "kanary_netlink.h"

struct kanary_task;

/**
 * struct kanary_path_queued - a path in a ring
 * @task: holds a reference
 * @hash: as the cache knows it
 * @index: of the vector that will count it
 * @loader: the dynamic loader used it, not the program
 * @path: followed by its name
 */
struct kanary_path_queued {
	struct kanary_task *task;
	u64 hash;
	u32 index;
	bool loader;
	struct kanary_path path;
};

/**
 * struct kanary_path_queue_account - where the paths of all CPUs are
 * @news: offered to the rings
 * @full: dropped because a ring was full
 * @queued: in a ring
 *
 * As exact as struct kanary_queue_account.
 */
struct kanary_path_queue_account {
	u64 news;
	u64 full;
	u64 queued;
};

/** kanary_path_queue_init() - 0 or -ENOMEM; sleeps */
int kanary_path_queue_init(void);
void kanary_path_queue_uninit(void);

/**
 * kanary_path_queue_reserve() - room for one more path of this CPU
 * @length: bytes of the path
 *
 * Counts it as news, and as dropped where there is no room.
 * Context: as kanary_queue_reserve().
 *
 * Return: a place to be filled in, or NULL.
 */
struct kanary_path_queued *kanary_path_queue_reserve(u32 length);

/** kanary_path_queue_commit() - hand the reserved path to the worker */
void kanary_path_queue_commit(u32 length);

/**
 * kanary_path_queue_peek() - oldest path of a CPU, or NULL; the worker only
 * kanary_path_queue_consume() - done with it
 */
struct kanary_path_queued *kanary_path_queue_peek(int cpu);
void kanary_path_queue_consume(int cpu);

/** kanary_path_queue_read() - all 0 without rings */
void kanary_path_queue_read(struct kanary_path_queue_account *account);
u64 kanary_path_queue_memory(void);

#endif /* _KANARY_PATH_QUEUE_H */
