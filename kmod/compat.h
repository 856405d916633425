/* SPDX-License-Identifier: GPL-2.0 */
/* The one place for what differs between kernels; KANARY_HAVE_* are found by probe.sh. */
#ifndef _KANARY_COMPAT_H
#define _KANARY_COMPAT_H

#include <linux/cgroup.h>
#include <linux/err.h>
#include <linux/irq_work.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>

#include "kanary_features.h"

#if defined(KANARY_HAVE_IO_URING_SUBMIT_REQ) || defined(KANARY_HAVE_IO_URING_SUBMIT_SQE)
#include <linux/io_uring_types.h>
#endif

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

/** kanary_compat_cgroup_above() - id of the cgroup at @level, from 0 to that of @cgroup itself */
static inline u64 kanary_compat_cgroup_above(const struct cgroup *cgroup, int level)
{
#ifdef KANARY_HAVE_CGROUP_ANCESTOR_IDS
	return cgroup->ancestor_ids[level];
#else
	return cgroup_id(cgroup->ancestors[level]);
#endif
}

/** kanary_compat_cgroup_missing() - whether no such cgroup is there; false where none can ask */
static inline bool kanary_compat_cgroup_missing(u64 id)
{
#ifdef KANARY_HAVE_CGROUP_GET_FROM_ID
	struct cgroup *cgroup = cgroup_get_from_id(id);
	bool missing = true;

	if (!IS_ERR_OR_NULL(cgroup)) {
		/* One that was removed is found for as long as anybody refers to it. */
		missing = !(READ_ONCE(cgroup->self.flags) & CSS_ONLINE);
		cgroup_put(cgroup);
	}
	return missing;
#else
	return false;
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

/*
 * The tracepoint that each request to io_uring passes: its name, the head of a
 * function for it, and what that function finds the opcode in.
 */
#if defined(KANARY_HAVE_IO_URING_SUBMIT_REQ)
#define KANARY_COMPAT_IO_URING_TRACEPOINT "io_uring_submit_req"
#define KANARY_COMPAT_IO_URING_PROBE(name) \
	static void name(void *data, struct io_kiocb *request)
#define KANARY_COMPAT_IO_URING_OPCODE (request->opcode)
#elif defined(KANARY_HAVE_IO_URING_SUBMIT_SQE)
#define KANARY_COMPAT_IO_URING_TRACEPOINT "io_uring_submit_sqe"
#define KANARY_COMPAT_IO_URING_PROBE(name) \
	static void name(void *data, struct io_kiocb *request, bool force_nonblock)
#define KANARY_COMPAT_IO_URING_OPCODE (request->opcode)
#elif defined(KANARY_HAVE_IO_URING_SUBMIT_OPCODE)
#define KANARY_COMPAT_IO_URING_TRACEPOINT "io_uring_submit_sqe"
#define KANARY_COMPAT_IO_URING_PROBE(name) \
	static void name(void *data, void *context, void *request, u8 opcode_of, u64 user_data, \
			 u32 flags, bool force_nonblock, bool sq_thread)
#define KANARY_COMPAT_IO_URING_OPCODE opcode_of
#else
#define KANARY_COMPAT_IO_URING_TRACEPOINT NULL
#define KANARY_COMPAT_IO_URING_PROBE(name) static void name(void *data)
#define KANARY_COMPAT_IO_URING_OPCODE 0
#endif

#endif /* _KANARY_COMPAT_H */
