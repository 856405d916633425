/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Containers that go: a tracepoint tells of each cgroup that is removed, and a cgroup can
 * be removed only when all its tasks have ended. The kernel gives no number twice in cgroup
 * v2 before the machine starts anew, so what is gone does not come back. Each hierarchy of
 * cgroup v1 gives the same numbers to cgroups of its own, which are nobody's container.
 */
#ifndef _KANARY_GONE_H
#define _KANARY_GONE_H

#include <linux/types.h>

/** kanary_gone_init() - hear of cgroups that go; after the worker, before a model is loaded */
void kanary_gone_init(void);

/** kanary_gone_uninit() - when it returns, nothing is heard any more; before the worker goes */
void kanary_gone_uninit(void);

/**
 * kanary_gone_missing() - whether there is no such cgroup
 *
 * The kernel's whole hierarchy is asked, not what the caller's cgroup namespace shows of it.
 * A kernel without cgroup_get_from_id() (5.10) cannot be asked: false. Sleeps.
 */
bool kanary_gone_missing(u64 cgroup);

/** kanary_gone_check() - a model came into force: its cgroup may have gone meanwhile; sleeps */
void kanary_gone_check(u64 cgroup);

/** kanary_gone_flush() - let all that went until now have its last verdict; sleeps */
void kanary_gone_flush(void);

#endif /* _KANARY_GONE_H */
