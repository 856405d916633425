/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory for the hook, which must not wait for any.
 *
 * Where spinlocks spin, the allocator gives what it has without waiting. With
 * PREEMPT_RT its own locks sleep: there each CPU has a store of objects, which
 * only the hook takes out of, and which a work fills up again.
 */
#ifndef _KANARY_POOL_H
#define _KANARY_POOL_H

#include <linux/irq_work.h>
#include <linux/llist.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

/**
 * struct kanary_pool_store - what one CPU has in stock
 * @objects: all zero but for their first word
 * @level: how many
 */
struct kanary_pool_store {
	struct llist_head objects;
	atomic_t level;
};

/**
 * struct kanary_pool - objects of one kind
 * @cache: where they come from, and where anyone who may sleep gives them back to
 * @store: one a CPU; NULL where none is needed
 * @depth: objects that a full store has
 * @size: bytes of an object
 * @wake: leaves the hook's context
 * @fill: fills all stores up
 */
struct kanary_pool {
	struct kmem_cache *cache;
	struct kanary_pool_store __percpu *store;
	u32 depth;
	u32 size;
	struct irq_work wake;
	struct work_struct fill;
};

/**
 * kanary_pool_init() - make a pool, with full stores; sleeps
 * @name: of the slab cache
 * @size: bytes of an object
 * @flags: SLAB_*
 * @depth: objects that each CPU has in stock where there are stores
 *
 * Return: 0 or -ENOMEM.
 */
int kanary_pool_init(struct kanary_pool *pool, const char *name, u32 size, slab_flags_t flags,
		     u32 depth);

/** kanary_pool_uninit() - after the last object has been given back; sleeps */
void kanary_pool_uninit(struct kanary_pool *pool);

/**
 * kanary_pool_get() - a zeroed object, or NULL
 *
 * Context: the hook: preemption off, in no interrupt. Given back by
 * kmem_cache_free() into @pool->cache, where sleeping locks may be taken: in an
 * RCU callback, for one.
 */
void *kanary_pool_get(struct kanary_pool *pool);

/** kanary_pool_memory() - bytes in the stores */
u64 kanary_pool_memory(const struct kanary_pool *pool);

#endif /* _KANARY_POOL_H */
