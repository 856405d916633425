// SPDX-License-Identifier: GPL-2.0
#include "pool.h"

#include "compat.h"

#include <linux/cpumask.h>

/* Below half of its depth a store wants to be filled. */
static bool low(const struct kanary_pool *pool, const struct kanary_pool_store *store)
{
	return atomic_read(&store->level) < (int)pool->depth / 2;
}

static void fill(struct work_struct *work)
{
	struct kanary_pool *pool = container_of(work, struct kanary_pool, fill);
	struct llist_node *object;
	int cpu;

	for_each_online_cpu(cpu) {
		struct kanary_pool_store *store = per_cpu_ptr(pool->store, cpu);

		while (atomic_read(&store->level) < (int)pool->depth) {
			object = kmem_cache_zalloc(pool->cache, GFP_KERNEL | __GFP_NOWARN);
			if (!object)
				return;
			atomic_inc(&store->level);
			llist_add(object, &store->objects);
		}
	}
}

static void wake(struct irq_work *work)
{
	queue_work(system_highpri_wq, &container_of(work, struct kanary_pool, wake)->fill);
}

int kanary_pool_init(struct kanary_pool *pool, const char *name, u32 size, slab_flags_t flags,
		     u32 depth)
{
	pool->cache = kmem_cache_create(name, size, 0, flags, NULL);
	if (!pool->cache)
		return -ENOMEM;
	pool->store = NULL;
	pool->depth = depth;
	pool->size = size;
	kanary_compat_irq_work_init(&pool->wake, wake, false);
	INIT_WORK(&pool->fill, fill);
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		return 0;
	/* Zeroed: an empty list, a level of 0. */
	pool->store = alloc_percpu(struct kanary_pool_store);
	if (!pool->store) {
		kmem_cache_destroy(pool->cache);
		return -ENOMEM;
	}
	fill(&pool->fill);
	return 0;
}

void kanary_pool_uninit(struct kanary_pool *pool)
{
	struct llist_node *object;
	int cpu;

	irq_work_sync(&pool->wake);
	cancel_work_sync(&pool->fill);
	for_each_possible_cpu(cpu) {
		if (!pool->store)
			break;
		while ((object = llist_del_first(&per_cpu_ptr(pool->store, cpu)->objects)))
			kmem_cache_free(pool->cache, object);
	}
	free_percpu(pool->store);
	kmem_cache_destroy(pool->cache);
}

void *kanary_pool_get(struct kanary_pool *pool)
{
	struct kanary_pool_store *store;
	struct llist_node *object;

	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		return kmem_cache_zalloc(pool->cache, GFP_NOWAIT | __GFP_NOWARN);
	store = this_cpu_ptr(pool->store);
	/* Nobody else takes out of this CPU's store while preemption is off. */
	object = llist_del_first(&store->objects);
	if (object) {
		atomic_dec(&store->level);
		object->next = NULL;
	}
	if (low(pool, store))
		irq_work_queue(&pool->wake);
	return object;
}

u64 kanary_pool_memory(const struct kanary_pool *pool)
{
	u64 objects = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		if (pool->store)
			objects += atomic_read(&per_cpu_ptr(pool->store, cpu)->level);
	}
	return objects * pool->size;
}
