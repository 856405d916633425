/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Model slots: at most one profile a container, found under SRCU by the worker
 * and swapped as a whole. The hook asks only whether there is one, under RCU.
 */
#ifndef _KANARY_PROFILE_H
#define _KANARY_PROFILE_H

#include <linux/types.h>

#include "kanary_netlink.h"
#include "score.h"

/**
 * struct kanary_throttle - how many lines the log still takes
 * @tokens: lines that may be written at once
 * @refilled: jiffies when @tokens was last raised, 0 for never
 */
struct kanary_throttle {
	u32 tokens;
	unsigned long refilled;
};

/**
 * struct kanary_profile - a container's model and what is done with it
 * @node: in the table
 * @cgroup: cgroup v2 id of the container
 * @name: of the container, as who loaded the model knows it, not to be trusted; or empty
 * @departed: 0, or the position of its cgroup among those that were removed
 * @settled: and the last vector of that has been judged, and the log has said so
 * @serial: unique, so that a stream's state can tell whose it is; the worker's
 * @mode: enum kanary_mode; changes at any time, read once for each vector
 * @paused: something of the container has passed unjudged; the worker's
 * @model: prepared
 * @file: the model file, owned
 * @packed: memory of the prepared weights, owned
 * @container: what the model remembers of the container's processes, owned; the worker's
 * @scored: vectors judged; the worker's
 * @alerts: raised; the worker's
 * @critical_alerts: of these; the worker's
 * @alarms: rows of alerts; the worker's
 * @critical_alarms: rows of critical alerts; the worker's
 * @throttled: alerts left out of the kernel log since the last one in it; the worker's
 * @throttle: of warnings in the log; the worker's
 * @critical_throttle: of critical alerts, which a flood of warnings cannot use up; the worker's
 * @kill_throttle: of those that killed, likewise; the worker's
 */
struct kanary_profile {
	struct hlist_node node;
	u64 cgroup;
	char name[KANARY_CONTAINER_SIZE];
	u64 departed;
	bool settled;
	u64 serial;
	u32 mode;
	bool paused;
	struct kanary_model model;
	void *file;
	void *packed;
	struct kanary_score_container *container;
	u64 scored;
	u64 alerts;
	u64 critical_alerts;
	u64 alarms;
	u64 critical_alarms;
	u32 throttled;
	struct kanary_throttle throttle;
	struct kanary_throttle critical_throttle;
	struct kanary_throttle kill_throttle;
};

/** kanary_profile_read_lock() - profiles found from here on live until the unlock; may sleep */
int kanary_profile_read_lock(void);
void kanary_profile_read_unlock(int index);

/** kanary_profile_find() - profile of a container, or NULL; under the read lock */
struct kanary_profile *kanary_profile_find(u64 cgroup);

/** kanary_profile_exists() - whether a cgroup has one; under rcu_read_lock(), the hook */
bool kanary_profile_exists(u64 cgroup);

/**
 * kanary_profile_judging() - the profile that a vector or a path is judged by, or NULL
 *
 * What it remembers of the container and of its streams does not outlast a time in which it
 * saw nothing of them: as with a new model, they begin anew.
 *
 * Context: the worker, under the read lock.
 */
struct kanary_profile *kanary_profile_judging(u64 cgroup);

/**
 * kanary_profile_set() - give a container a model
 * @cgroup: of the container
 * @name: of the container, or NULL where nobody knows it
 * @file: kvmalloc'd whole model file; taken over on success only
 * @size: bytes of @file
 * @period: calls per vector that this module runs with
 * @why: set to a sentence on failure
 *
 * The mode of a profile that is replaced stays; a new one monitors. Where there are as many as
 * there may be, the one goes whose cgroup was the first to go. Sleeps.
 *
 * Return: 0 or -errno; on failure all is as before.
 */
int kanary_profile_set(u64 cgroup, const char *name, void *file, u32 size, u32 period,
		       const char **why);

/** kanary_profile_clear() - take a container's model away; -ENOENT without one; sleeps */
int kanary_profile_clear(u64 cgroup);

/** kanary_profile_set_mode() - enum kanary_mode; -ENOENT without a profile; sleeps */
int kanary_profile_set_mode(u64 cgroup, u32 mode);

/**
 * kanary_profile_cgroups() - the containers that have a model, in no order; sleeps
 * @cgroups: gets at most @max
 *
 * Return: how many.
 */
u32 kanary_profile_cgroups(u64 *cgroups, u32 max);

/** kanary_profile_number() - of models in force */
u32 kanary_profile_number(void);

/**
 * kanary_profile_depart() - a cgroup was removed; any context
 *
 * Return: whether it has a model, and goes for the first time.
 */
bool kanary_profile_depart(u64 cgroup);

/** kanary_profile_departures() - of cgroups with a model, so far */
u64 kanary_profile_departures(void);

/**
 * kanary_profile_settle() - all vectors of those that went up to now have been judged
 * @until: what kanary_profile_departures() was before that
 *
 * From here on their models may make room for others. Sleeps.
 */
void kanary_profile_settle(u64 until);

/** kanary_profile_memory() - bytes held for all models */
u64 kanary_profile_memory(void);

/** kanary_profile_uninit() - free all; nothing reads any more; sleeps */
void kanary_profile_uninit(void);

#endif /* _KANARY_PROFILE_H */
