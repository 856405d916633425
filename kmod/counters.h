/* SPDX-License-Identifier: GPL-2.0 */
/* What happened how often, by cause. See enum kanary_counter. */
#ifndef _KANARY_COUNTERS_H
#define _KANARY_COUNTERS_H

#include <linux/percpu.h>

#include "kanary_netlink.h"

/**
 * struct kanary_counters - one CPU's share of the counters
 * @value: indexed by enum kanary_counter; the queue and the worker keep their
 *	own ones (SEEN, QUEUED, DROPPED_QUEUE_FULL, VERDICT_NS_*) themselves
 */
struct kanary_counters {
	u64 value[__KANARY_A_COUNTER_MAX];
};

DECLARE_PER_CPU(struct kanary_counters, kanary_counters);

/** kanary_counters_add() - any context, the hook included */
#define kanary_counters_add(counter, n) this_cpu_add(kanary_counters.value[counter], n)

/** kanary_counters_read() - sum over all CPUs; exact once nothing counts any more */
u64 kanary_counters_read(enum kanary_counter counter);

#endif /* _KANARY_COUNTERS_H */
