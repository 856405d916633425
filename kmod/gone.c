// SPDX-License-Identifier: GPL-2.0
#include "gone.h"

#include "compat.h"
#include "profile.h"
#include "tracepoint.h"
#include "worker.h"

#include <linux/tracepoint.h>

/**
 * struct question - one to be asked where the whole hierarchy is seen
 * @work: the kernel's own threads are in no cgroup namespace
 * @cgroup: cgroup v2 id
 * @missing: the answer
 */
struct question {
	struct work_struct work;
	u64 cgroup;
	bool missing;
};

static void settle(struct work_struct *unused);

static DECLARE_WORK(settler, settle);
static bool listening;

/* What its tasks did last was queued before they left it, and is judged first. */
static void settle(struct work_struct *unused)
{
	u64 until = kanary_profile_departures();

	kanary_worker_flush();
	kanary_profile_settle(until);
}

static void leave(u64 cgroup)
{
	if (kanary_profile_depart(cgroup))
		queue_work(KANARY_COMPAT_UNBOUND_WQ, &settler);
}

static void rmdir_probe(void *data, struct cgroup *cgroup, const char *path)
{
	if (cgroup->root == &cgrp_dfl_root)
		leave(cgroup_id(cgroup));
}

void kanary_gone_init(void)
{
	listening = !kanary_tracepoint_attach("cgroup_rmdir", rmdir_probe);
	if (!listening)
		pr_notice("cannot hear of containers that go: no tracepoint cgroup_rmdir\n");
}

void kanary_gone_uninit(void)
{
	if (listening) {
		kanary_tracepoint_detach("cgroup_rmdir", rmdir_probe);
		tracepoint_synchronize_unregister();
	}
	cancel_work_sync(&settler);
}

static void answer(struct work_struct *work)
{
	struct question *question = container_of(work, struct question, work);

	question->missing = kanary_compat_cgroup_missing(question->cgroup);
}

bool kanary_gone_missing(u64 cgroup)
{
	struct question question = { .cgroup = cgroup };

	INIT_WORK_ONSTACK(&question.work, answer);
	queue_work(KANARY_COMPAT_UNBOUND_WQ, &question.work);
	flush_work(&question.work);
	destroy_work_on_stack(&question.work);
	return question.missing;
}

void kanary_gone_check(u64 cgroup)
{
	if (kanary_gone_missing(cgroup))
		leave(cgroup);
}

void kanary_gone_flush(void)
{
	flush_work(&settler);
}
