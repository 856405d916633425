// SPDX-License-Identifier: GPL-2.0
#include "watchdog.h"

#include "compat.h"
#include "counters.h"
#include "hook.h"
#include "queue.h"

#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/workqueue.h>

enum fault_number { HOOK, WORKER, LATE };

/**
 * struct fault - something that can be wrong
 * @state: as the status has it
 * @begins: for the log
 * @ends: for the log
 * @since: when it began, CLOCK_MONOTONIC nanoseconds, 0 while there is none
 */
struct fault {
	const char *state;
	const char *begins;
	const char *ends;
	u64 since;
};

static struct fault faults[] = {
	[HOOK] = {
		"hook-silent",
		"the hook is silent, no system call is seen: were kprobes or ftrace switched off? (debugfs kprobes/enabled, kernel.ftrace_enabled)",
		"the hook sees system calls again",
	},
	[WORKER] = {
		"worker-stalled",
		"the worker does not run, nothing is judged: does a real-time task hold all CPUs?",
		"the worker runs again",
	},
	[LATE] = {
		"late",
		"the watchdog did not run in time: were all CPUs taken, or this machine stopped?",
		"the watchdog runs in time again",
	},
};

static void test(struct work_struct *work);

static DECLARE_DELAYED_WORK(watchdog, test);
static u32 interval __read_mostly;
/* When the test before was made; and what had left the queues by then, with some left behind. */
static u64 before;
static u64 taken_before;
static bool waiting_before;

static void settle(enum fault_number number, bool present, u64 now)
{
	struct fault *fault = &faults[number];

	if (present && !fault->since) {
		WRITE_ONCE(fault->since, now);
		pr_err("watchdog: %s\n", fault->begins);
	} else if (!present && fault->since) {
		pr_notice("watchdog: %s, after %llu s\n", fault->ends,
			  div_u64(now - fault->since, NSEC_PER_SEC));
		WRITE_ONCE(fault->since, 0);
	}
}

/* Some were waiting, then and now, and none was taken in between. */
static bool stalled(void)
{
	struct kanary_queue_account account;
	bool result;
	u64 taken;

	kanary_queue_read(&account);
	taken = account.seen - account.full - account.queued;
	result = waiting_before && account.queued && taken == taken_before;
	waiting_before = account.queued;
	taken_before = taken;
	return result;
}

static void test(struct work_struct *work)
{
	u64 now = ktime_get_ns();
	int ret = kanary_hook_prove();

	/* Without memory for it nothing is proven, and nothing refuted. */
	if (!ret || ret == -ENODEV)
		settle(HOOK, ret, now);
	settle(WORKER, stalled(), now);
	settle(LATE, now - before > 2ULL * interval * NSEC_PER_SEC, now);
	before = now;
	kanary_counters_add(KANARY_A_COUNTER_WATCHDOG_TESTS, 1);
	if (faults[HOOK].since || faults[WORKER].since || faults[LATE].since)
		kanary_counters_add(KANARY_A_COUNTER_WATCHDOG_FAILURES, 1);
	/* On any CPU, and not behind the worker that it watches. */
	queue_delayed_work(KANARY_COMPAT_UNBOUND_WQ, &watchdog, interval * HZ);
}

void kanary_watchdog_init(u32 seconds)
{
	interval = seconds;
	before = ktime_get_ns();
	if (interval)
		queue_delayed_work(KANARY_COMPAT_UNBOUND_WQ, &watchdog, interval * HZ);
}

void kanary_watchdog_uninit(void)
{
	cancel_delayed_work_sync(&watchdog);
}

const char *kanary_watchdog_state(void)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		if (READ_ONCE(faults[i].since))
			return faults[i].state;
	}
	return interval ? "working" : "off";
}
