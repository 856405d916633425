// SPDX-License-Identifier: GPL-2.0
#include "container.h"

#include "compat.h"
#include "profile.h"
#include "recorder.h"

#include <linux/cgroup.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>

/* So far below the hierarchy's root may lie what others belong to. */
enum { LEVELS = 16 };

bool kanary_container_all __read_mostly;

bool kanary_container_eligible(struct task_struct *task)
{
	struct pid_namespace *parent, *own = task_active_pid_ns(task);

	if (!own || (task->flags & PF_KTHREAD))
		return false;
	if (own == &init_pid_ns)
		return kanary_container_all;
	/* A thread is what its process is, and has the process's parent. */
	task = task->group_leader;
	if (!(task->flags & PF_FORKNOEXEC))
		return true;
	parent = task_active_pid_ns(rcu_dereference_check(task->real_parent,
							  rcu_read_lock_sched_held()));
	return parent && parent != &init_pid_ns;
}

/* Whether somebody gave a model to this very cgroup, or has it recorded. */
static bool is_named(u64 cgroup)
{
	return kanary_profile_exists(cgroup) || kanary_recorder_names(cgroup);
}

/* The nearest that is named, but of so many levels only: a task chooses how deep it is. */
static u64 name_of(struct cgroup *cgroup)
{
	u64 above, own = cgroup_id(cgroup);
	int level;

	if (is_named(own))
		return own;
	for (level = min(cgroup->level - 1, LEVELS); level > 0; level--) {
		above = kanary_compat_cgroup_above(cgroup, level);
		if (is_named(above))
			return above;
	}
	return own;
}

u64 kanary_container_cgroup(struct task_struct *task)
{
	u64 id;

	rcu_read_lock();
	id = name_of(task_dfl_cgroup(task));
	rcu_read_unlock();
	return id;
}

u32 kanary_container_pidns(struct task_struct *task)
{
	struct pid_namespace *own = task_active_pid_ns(task);

	return own ? own->ns.inum : 0;
}
