// SPDX-License-Identifier: GPL-2.0
#include "path_cache.h"

#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>

enum {
	SET_BYTES = KANARY_PATH_CACHE_SETS * sizeof(struct kanary_path_set),
	WATCHED_BITS = 1 << KANARY_PATH_CACHE_WATCHED_LOG2,
};

DEFINE_PER_CPU(struct kanary_path_set *, kanary_path_sets);
DECLARE_BITMAP(kanary_path_watched, 1 << KANARY_PATH_CACHE_WATCHED_LOG2);
u64 kanary_path_generation __read_mostly;
/* The worker's: of those that are watched the latest, how many, and of which generation. */
static DECLARE_BITMAP(latest, WATCHED_BITS);
static u32 latest_number;
static u64 latest_generation;

int kanary_path_cache_init(void)
{
	int cpu;

	kanary_path_cache_renew();
	for_each_possible_cpu(cpu) {
		struct kanary_path_set *sets;

		sets = kvzalloc_node(SET_BYTES, GFP_KERNEL, cpu_to_node(cpu));
		if (!sets) {
			kanary_path_cache_uninit();
			return -ENOMEM;
		}
		per_cpu(kanary_path_sets, cpu) = sets;
	}
	return 0;
}

void kanary_path_cache_uninit(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		kvfree(per_cpu(kanary_path_sets, cpu));
		per_cpu(kanary_path_sets, cpu) = NULL;
	}
}

/* What was watched has other hashes from here on: its bits would be others' by chance. */
void kanary_path_cache_renew(void)
{
	u64 generation;

	get_random_bytes(&generation, sizeof(generation));
	WRITE_ONCE(kanary_path_generation, generation);
	bitmap_zero(kanary_path_watched, WATCHED_BITS);
}

static void begin_latest(void)
{
	bitmap_zero(latest, WATCHED_BITS);
	latest_number = 0;
	latest_generation = READ_ONCE(kanary_path_generation);
}

void kanary_path_cache_watch(u64 hash)
{
	u32 bit = hash >> (64 - KANARY_PATH_CACHE_WATCHED_LOG2);
	u32 i;

	if (latest_generation != READ_ONCE(kanary_path_generation))
		begin_latest();
	if (!__test_and_set_bit(bit, latest) &&
	    ++latest_number == KANARY_PATH_CACHE_WATCHED_MAX / 2) {
		for (i = 0; i < BITS_TO_LONGS(WATCHED_BITS); i++)
			WRITE_ONCE(kanary_path_watched[i], latest[i]);
		begin_latest();
	}
	set_bit(bit, kanary_path_watched);
}

struct kanary_path_entry *kanary_path_cache_insert(u64 hash)
{
	struct kanary_path_set *set = this_cpu_read(kanary_path_sets);

	set += hash & (KANARY_PATH_CACHE_SETS - 1);
	/* One that found the ring full left its place free: the other way need not go for it. */
	if (set->way[0].hash)
		set->way[1] = set->way[0];
	set->way[0].hash = hash;
	return &set->way[0];
}

u64 kanary_path_cache_memory(void)
{
	return this_cpu_read(kanary_path_sets) ? (u64)num_possible_cpus() * SET_BYTES : 0;
}
