/* SPDX-License-Identifier: GPL-2.0 */
/* The one place for what differs between kernels; KANARY_HAVE_* are found by probe.sh. */
#ifndef _KANARY_COMPAT_H
#define _KANARY_COMPAT_H

#include <linux/irq_work.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>

#include "kanary_features.h"

/** kanary_compat_irq_work_init() - @lazy: with the next timer tick, not at once */
static inline void kanary_compat_irq_work_init(struct irq_work *work,
					       void (*function)(struct irq_work *work), bool lazy)
{
#ifdef KANARY_HAVE_IRQ_WORK_INIT
	*work = lazy ? IRQ_WORK_INIT_LAZY(function) : IRQ_WORK_INIT(function);
#else
	init_irq_work(work, function);
	if (lazy)
		atomic_set(&work->flags, IRQ_WORK_LAZY);
#endif
}

/* Work that may run on any CPU. */
#ifdef KANARY_HAVE_SYSTEM_DFL_WQ
#define KANARY_COMPAT_UNBOUND_WQ system_dfl_wq
#else
#define KANARY_COMPAT_UNBOUND_WQ system_unbound_wq
#endif

/* Who may listen to a multicast group: each kernel ignores the other's flag. */
#ifdef KANARY_HAVE_GENL_MCAST_CAP
#define KANARY_COMPAT_LISTEN (GENL_MCAST_CAP_NET_ADMIN | GENL_UNS_ADMIN_PERM)
#else
#define KANARY_COMPAT_LISTEN GENL_UNS_ADMIN_PERM
#endif

#endif /* _KANARY_COMPAT_H */
