// SPDX-License-Identifier: GPL-2.0
#include "table.h"

#include "task.h"
#include "worker.h"

int kanary_table_begin(u32 queue, u32 tasks, u32 period)
{
	int ret;

	ret = kanary_worker_init(queue);
	if (ret)
		return ret;
	ret = kanary_task_init(tasks, period);
	if (ret)
		kanary_worker_uninit();
	return ret;
}

void kanary_table_end(void)
{
	int cpu;

	kanary_task_unwatch();
	kanary_worker_uninit();
	kanary_task_uninit();
	for_each_possible_cpu(cpu)
		per_cpu(kanary_task_cache, cpu).owner = NULL;
}
