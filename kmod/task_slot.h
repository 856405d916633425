/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where entries of tasks are found: an open-addressing table, without a lock, by the address
 * of the task_struct.
 */
#ifndef _KANARY_TASK_SLOT_H
#define _KANARY_TASK_SLOT_H

#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/types.h>

struct kanary_task;
struct task_struct;

/* Slots that an entry may be in, from its hash on: the bound of every search. */
enum { KANARY_TASK_SLOT_PROBES = 32 };

/* Not the address of any task. */
#define KANARY_TASK_SLOT_CLAIMED ((struct task_struct *)-1L)

/**
 * struct kanary_task_slot - one place of the table
 * @owner: key; NULL when free, KANARY_TASK_SLOT_CLAIMED while being filled
 * @task: entry; read by others than the owner under RCU only
 */
struct kanary_task_slot {
	struct task_struct *owner;
	struct kanary_task *task;
};

extern struct kanary_task_slot *kanary_task_slots;
extern u32 kanary_task_slots_log2;

/** kanary_task_slot_init() - an empty table for @max_tasks; 0 or -ENOMEM; sleeps */
int kanary_task_slot_init(u32 max_tasks);
void kanary_task_slot_uninit(void);

/** kanary_task_slot_memory() - bytes of the table */
u64 kanary_task_slot_memory(void);

static inline u32 kanary_task_slot_number(void)
{
	return 1U << kanary_task_slots_log2;
}

/** kanary_task_slot_at() - the slot that is looked at as the one with number @probe */
static inline struct kanary_task_slot *kanary_task_slot_at(struct task_struct *owner, u32 probe)
{
	return &kanary_task_slots[(hash_ptr(owner, kanary_task_slots_log2) + probe) &
				  (kanary_task_slot_number() - 1)];
}

/** kanary_task_slot_find() - the slot of @owner, or NULL; context: any */
static inline struct kanary_task_slot *kanary_task_slot_find(struct task_struct *owner)
{
	u32 probe;

	for (probe = 0; probe < KANARY_TASK_SLOT_PROBES; probe++) {
		struct kanary_task_slot *slot = kanary_task_slot_at(owner, probe);

		if (smp_load_acquire(&slot->owner) == owner)
			return slot;
	}
	return NULL;
}

/** kanary_task_slot_insert() - give @owner's entry a slot; whether there was a free one */
static inline bool kanary_task_slot_insert(struct task_struct *owner, struct kanary_task *task)
{
	u32 probe;

	for (probe = 0; probe < KANARY_TASK_SLOT_PROBES; probe++) {
		struct kanary_task_slot *slot = kanary_task_slot_at(owner, probe);

		if (READ_ONCE(slot->owner) ||
		    cmpxchg(&slot->owner, NULL, KANARY_TASK_SLOT_CLAIMED))
			continue;
		WRITE_ONCE(slot->task, task);
		smp_store_release(&slot->owner, owner);
		return true;
	}
	return false;
}

/** kanary_task_slot_remove() - free @owner's slot; whoever wins gives up the table's reference */
static inline bool kanary_task_slot_remove(struct kanary_task_slot *slot, struct task_struct *owner)
{
	return cmpxchg(&slot->owner, owner, NULL) == owner;
}

#endif /* _KANARY_TASK_SLOT_H */
