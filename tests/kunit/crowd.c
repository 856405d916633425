// SPDX-License-Identifier: GPL-2.0
#include "crowd.h"

#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/sched/task.h>

static int run(void *data)
{
	struct crowd_member *member = data;

	complete(&member->started);
	return member->work(member->data, member->number);
}

void kanary_crowd_add(struct kunit *test, struct crowd *crowd, int cpu,
		      int (*work)(void *data, u32 number), void *data)
{
	struct crowd_member *member = &crowd->member[crowd->size];

	KUNIT_ASSERT_LT(test, crowd->size, (u32)CROWD_MAX);
	member->work = work;
	member->data = data;
	member->number = crowd->size;
	init_completion(&member->started);
	member->task = kthread_create(run, member, "crowd/%u", member->number);
	KUNIT_ASSERT_FALSE(test, IS_ERR(member->task));
	if (cpu >= 0)
		kthread_bind(member->task, cpu);
	get_task_struct(member->task);
	crowd->size++;
	wake_up_process(member->task);
	wait_for_completion(&member->started);
}

/*
 * kthread_stop() returns when the thread lets go of its memory, which in do_exit() comes before
 * the exit's tracepoint, and so before the module has taken the last vector.
 */
static void wait_until_gone(struct task_struct *task)
{
	while (!READ_ONCE(task->exit_state))
		schedule_timeout_uninterruptible(1);
}

int kanary_crowd_join(struct crowd *crowd)
{
	int ret = 0;
	u32 i;

	for (i = 0; i < crowd->size; i++) {
		ret = kthread_stop(crowd->member[i].task) ?: ret;
		wait_until_gone(crowd->member[i].task);
		put_task_struct(crowd->member[i].task);
	}
	crowd->size = 0;
	return ret;
}
