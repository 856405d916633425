// SPDX-License-Identifier: GPL-2.0
#include "path_fate.h"

#include "counters.h"
#include "path_queue.h"
#include "profile.h"
#include "recorder.h"
#include "task.h"

#include <linux/cpumask.h>
#include <linux/sched.h>

/* Exactly one fate for each path. */
static void settle(const struct kanary_path_queued *queued)
{
	const struct kanary_path *path = &queued->path;

	if (kanary_recorder_wants(path->cgroup))
		kanary_recorder_take_path(path, false);
	else
		kanary_counters_add(KANARY_A_COUNTER_PATHS_DROPPED_UNCLAIMED, 1);
}

void kanary_path_fate_drain(u64 until)
{
	struct kanary_path_queued *queued;
	int cpu;

	for_each_possible_cpu(cpu) {
		while ((queued = kanary_path_queue_peek(cpu)) && queued->path.time <= until) {
			struct kanary_task *task = queued->task;

			settle(queued);
			kanary_path_queue_consume(cpu);
			kanary_task_put(task);
			cond_resched();
		}
	}
}
