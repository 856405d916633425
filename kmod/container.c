// SPDX-License-Identifier: GPL-2.0
#include "container.h"

#include <linux/cgroup.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>

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

u64 kanary_container_cgroup(struct task_struct *task)
{
	u64 id;

	rcu_read_lock();
	id = cgroup_id(task_dfl_cgroup(task));
	rcu_read_unlock();
	return id;
}

u32 kanary_container_pidns(struct task_struct *task)
{
	struct pid_namespace *own = task_active_pid_ns(task);

	return own ? own->ns.inum : 0;
}
