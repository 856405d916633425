// SPDX-License-Identifier: GPL-2.0
#include "path_fate.h"

#include "counters.h"
#include "judge.h"
#include "notable.h"
#include "path_cache.h"
#include "path_queue.h"
#include "profile.h"
#include "recorder.h"
#include "task.h"

#include <linux/cpumask.h>
#include <linux/sched.h>

/* From here on, one normal path in a hundred, a path is worth a word beside an alert: Q24.8. */
enum { NOTABLE = 2 << 8 };

static void remember(const struct kanary_path_queued *queued,
		     const struct kanary_profile *profile, u32 surprise)
{
	const struct kanary_path *path = &queued->path;
	const struct kanary_notable_rank rank = {
		.surprise = surprise,
		.departure = kanary_name_head_departure(&profile->model.names,
							(const u8 *)path->name, path->length,
							path->flags),
		.loader = queued->loader,
	};

	kanary_notable_add(queued->task, profile->serial, path, &rank);
}

/* Exactly one fate for each path, plus a copy of a judged one for the recorder. */
static void settle(const struct kanary_path_queued *queued)
{
	const struct kanary_path *path = &queued->path;
	bool wanted = kanary_recorder_wants(path->cgroup);
	struct kanary_profile *profile;
	u32 surprise;
	int reader;

	reader = kanary_profile_read_lock();
	profile = kanary_profile_judging(path->cgroup);
	if (!profile || !profile->model.name_knot) {
		if (wanted)
			kanary_recorder_take_path(path, false);
		else
			kanary_counters_add(KANARY_A_COUNTER_PATHS_DROPPED_UNCLAIMED, 1);
	} else if (kanary_judge_path(profile, queued->task, path, queued->index, &surprise)) {
		kanary_counters_add(KANARY_A_COUNTER_PATHS_DROPPED_NO_MEMORY, 1);
	} else {
		kanary_counters_add(KANARY_A_COUNTER_PATHS_JUDGED, 1);
		if (wanted)
			kanary_recorder_take_path(path, true);
		if (surprise >= NOTABLE) {
			remember(queued, profile, surprise);
			kanary_path_cache_watch(queued->hash);
		}
	}
	kanary_profile_read_unlock(reader);
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
