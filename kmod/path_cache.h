/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Paths that are known: a small cache a CPU, from a path's hash to the bins that it
 * counts in, so that it is taken apart, and sent to the worker, once and not each time.
 *
 * A hash is of the stream, too, and of a generation, so nothing that one program, one
 * recorder or one model has seen hides a path from another. What the worker finds
 * unusual is watched: it is sent again, once a second as long as it is used.
 */
#ifndef _KANARY_PATH_CACHE_H
#define _KANARY_PATH_CACHE_H

#include <linux/percpu.h>

#include "kanary_netlink.h"
#include "path.h"

enum {
	KANARY_PATH_CACHE_WAYS = 2,
	KANARY_PATH_CACHE_SETS = 1024,
	/* Watched hashes share this many bits, of which an eighth is set at most. */
	KANARY_PATH_CACHE_WATCHED_LOG2 = 12,
	KANARY_PATH_CACHE_WATCHED_MAX = 1 << (KANARY_PATH_CACHE_WATCHED_LOG2 - 3),
};

/**
 * struct kanary_path_entry - a known path
 * @hash: 0 for none
 * @time: jiffies when it was last news
 * @bins: number of @bin
 * @bin: from KANARY_PATH_FIRST on
 */
struct kanary_path_entry {
	u64 hash;
	u32 time;
	u16 bins;
	u16 bin[KANARY_PATH_DEPTH_MAX];
};

/** struct kanary_path_set - entries that a hash may be in, latest first */
struct kanary_path_set {
	struct kanary_path_entry way[KANARY_PATH_CACHE_WAYS];
};

DECLARE_PER_CPU(struct kanary_path_set *, kanary_path_sets);
extern unsigned long kanary_path_watched[BITS_TO_LONGS(1 << KANARY_PATH_CACHE_WATCHED_LOG2)];
extern u64 kanary_path_generation;

/** kanary_path_cache_init() - 0 or -ENOMEM; sleeps */
int kanary_path_cache_init(void);
void kanary_path_cache_uninit(void);

/** kanary_path_cache_renew() - all paths are news again: another model, another recorder */
void kanary_path_cache_renew(void);

/**
 * kanary_path_cache_watch() - a path is news once a second, from now on
 *
 * Where too many are, those that were asked for longest ago are no longer: with most bits set
 * all paths of all containers would be news again and again, and what they cost any container's
 * to decide.
 *
 * Context: the worker.
 */
void kanary_path_cache_watch(u64 hash);

u64 kanary_path_cache_memory(void);

/** kanary_path_cache_seed() - what the hash of a stream's paths begins with; the hook */
static __always_inline u64 kanary_path_cache_seed(u64 stream)
{
	/* An odd factor, 2^64 over the golden ratio: other streams, other seeds. */
	return READ_ONCE(kanary_path_generation) ^ stream * 0x9E3779B97F4A7C15ull;
}

/**
 * kanary_path_cache_find() - a known path
 *
 * Context: the hook, preemption off until the entry is no longer used.
 *
 * Return: NULL where it is not.
 */
static __always_inline struct kanary_path_entry *kanary_path_cache_find(u64 hash)
{
	struct kanary_path_set *set = this_cpu_read(kanary_path_sets);

	set += hash & (KANARY_PATH_CACHE_SETS - 1);
	if (likely(set->way[0].hash == hash))
		return &set->way[0];
	return set->way[1].hash == hash ? &set->way[1] : NULL;
}

/** kanary_path_cache_insert() - in place of the one that is longest in its set; the hook */
struct kanary_path_entry *kanary_path_cache_insert(u64 hash);

/** kanary_path_cache_is_watched() - the hook */
static __always_inline bool kanary_path_cache_is_watched(u64 hash)
{
	return test_bit(hash >> (64 - KANARY_PATH_CACHE_WATCHED_LOG2), kanary_path_watched);
}

#endif /* _KANARY_PATH_CACHE_H */
