/* SPDX-License-Identifier: GPL-2.0 */
/* Which container a task belongs to: numbers only, names are userspace's. */
#ifndef _KANARY_CONTAINER_H
#define _KANARY_CONTAINER_H

#include <linux/pid_namespace.h>
#include <linux/sched.h>

/* Count tasks of the initial pid namespace too. Set once, before the hook. */
extern bool kanary_container_all;

/** kanary_container_outside() - whether a task can never be counted; context as below */
static inline bool kanary_container_outside(struct task_struct *task)
{
	return ns_of_pid(task_pid(task)) == &init_pid_ns && !kanary_container_all;
}

/**
 * kanary_container_eligible() - whether a task's calls are to be counted
 * @task: current, or a task under rcu_read_lock()
 *
 * A task is in a container when its pid namespace is not the initial one. What
 * the container's runtime does inside, between clone() and its first exec, is
 * not the container's behaviour: such a task has not exec'd since its fork and
 * its parent is outside. A fork inside the container has its parent inside.
 *
 * Context: any, preemption off or RCU read side. Does not sleep.
 */
bool kanary_container_eligible(struct task_struct *task);

/**
 * kanary_container_cgroup() - cgroup v2 id of the container that a task is in
 *
 * That is the nearest cgroup at or above the task's own that has a model or is being recorded
 * by itself, or where there is none the task's own: who may make a cgroup below the container's
 * does not leave the container. One that lies deeper than 16 levels has none below it.
 *
 * Context: as above.
 */
u64 kanary_container_cgroup(struct task_struct *task);

/** kanary_container_pidns() - inode number of a task's pid namespace; context as above */
u32 kanary_container_pidns(struct task_struct *task);

#endif /* _KANARY_CONTAINER_H */
