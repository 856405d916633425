// SPDX-License-Identifier: GPL-2.0
#include "task_slot.h"

#include <linux/cache.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>

struct kanary_task_slot *kanary_task_slots __read_mostly;
u32 kanary_task_slots_log2 __read_mostly;

int kanary_task_slot_init(u32 max_tasks)
{
	/* At most half full, so that a window of probes without room is rare. */
	kanary_task_slots_log2 = ilog2(roundup_pow_of_two(max_t(u32, 2 * max_tasks,
								2 * KANARY_TASK_SLOT_PROBES)));
	kanary_task_slots = kvcalloc(kanary_task_slot_number(), sizeof(*kanary_task_slots),
				     GFP_KERNEL);
	return kanary_task_slots ? 0 : -ENOMEM;
}

void kanary_task_slot_uninit(void)
{
	kvfree(kanary_task_slots);
}

u64 kanary_task_slot_memory(void)
{
	return (u64)kanary_task_slot_number() * sizeof(*kanary_task_slots);
}
