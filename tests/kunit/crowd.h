/* SPDX-License-Identifier: GPL-2.0 */
/* Kernel threads that do something at once, and what each of them came to. */
#ifndef _KANARY_KUNIT_CROWD_H
#define _KANARY_KUNIT_CROWD_H

#include <linux/completion.h>
#include <linux/types.h>

struct kunit;
struct task_struct;

enum { CROWD_MAX = 16 };

/**
 * struct crowd_member - one thread
 * @task: holds a reference
 * @started: it runs
 * @work: what it does; what this returns is not 0 when something is wrong
 * @data: for @work
 * @number: of this thread, for @work
 */
struct crowd_member {
	struct task_struct *task;
	struct completion started;
	int (*work)(void *data, u32 number);
	void *data;
	u32 number;
};

/**
 * struct crowd - threads that are under way
 * @member: @size of them
 * @size: of @member
 */
struct crowd {
	struct crowd_member member[CROWD_MAX];
	u32 size;
};

/**
 * kanary_crowd_add() - start one more thread, and wait until it runs
 * @cpu: where it has to stay, or -1
 *
 * Fails the test if there is none to be had. A thread that goes on for ever
 * must look at kthread_should_stop().
 */
void kanary_crowd_add(struct kunit *test, struct crowd *crowd, int cpu,
		      int (*work)(void *data, u32 number), void *data);

/** kanary_crowd_join() - ask all to stop, wait until they have exited; 0, or what one came to */
int kanary_crowd_join(struct crowd *crowd);

#endif /* _KANARY_KUNIT_CROWD_H */
