// SPDX-License-Identifier: GPL-2.0
/*
 * kanary.ko: learns how each container uses system calls, and says in the
 * kernel log when one stops behaving like itself.
 */
#include "container.h"
#include "counters.h"
#include "gone.h"
#include "hook.h"
#include "judge.h"
#include "lock.h"
#include "netlink.h"
#include "path_hook.h"
#include "profile.h"
#include "signature.h"
#include "task.h"
#include "version.h"
#include "watchdog.h"
#include "worker.h"

#include <linux/log2.h>
#include <linux/string.h>
#include <linux/module.h>
#include <net/genetlink.h>

static uint period = 1024;
module_param(period, uint, 0444);
MODULE_PARM_DESC(period, "calls of a task between two vectors (16..32768, default 1024)");

static uint max_tasks = 16384;
module_param(max_tasks, uint, 0444);
MODULE_PARM_DESC(max_tasks, "tasks with a histogram at most (64..1048576, default 16384)");

static uint queue_length = 128;
module_param(queue_length, uint, 0444);
MODULE_PARM_DESC(queue_length, "vectors queued a CPU at most (16..4096, a power of two, default 128)");

static char *scope = "containers";
module_param(scope, charp, 0444);
MODULE_PARM_DESC(scope, "what is counted: containers (tasks outside the initial pid namespace) or all");

static char *hook = "auto";
module_param(hook, charp, 0444);
MODULE_PARM_DESC(hook, "auto, dispatcher, handlers or tracepoint");

static bool paths;
module_param(paths, bool, 0444);
MODULE_PARM_DESC(paths, "look at the paths that system calls are given (default off)");

module_param_named(require_signature, kanary_signature_required, bool, 0444);
MODULE_PARM_DESC(require_signature, "refuse models that no key of the kernel's has signed (default 0)");

static uint watchdog = 10;
module_param(watchdog, uint, 0444);
MODULE_PARM_DESC(watchdog, "seconds between two tests of the hook (1..3600, default 10; 0: none)");

/* As kanary.disable on the kernel's command line, where modprobe looks for it. */
static bool disable;
module_param(disable, bool, 0444);
MODULE_PARM_DESC(disable, "refuse to load: kanary.disable on the kernel's command line, for recovery");

static int __init check_parameters(void)
{
	if (disable) {
		pr_notice("not loaded: switched off by kanary.disable on the kernel's command line, or disable=1\n");
		return -ECANCELED;
	}
	if (watchdog > KANARY_WATCHDOG_MAX) {
		pr_err("watchdog=%u is not within 0..%u\n", watchdog, KANARY_WATCHDOG_MAX);
		return -EINVAL;
	}
	if (period < KANARY_PERIOD_MIN || period > KANARY_PERIOD_MAX) {
		pr_err("period=%u is not within %u..%u\n", period, KANARY_PERIOD_MIN,
		       KANARY_PERIOD_MAX);
		return -EINVAL;
	}
	if (max_tasks < 64 || max_tasks > 1048576) {
		pr_err("max_tasks=%u is not within 64..1048576\n", max_tasks);
		return -EINVAL;
	}
	if (queue_length < 16 || queue_length > 4096 || !is_power_of_2(queue_length)) {
		pr_err("queue_length=%u is not a power of two within 16..4096\n", queue_length);
		return -EINVAL;
	}
	if (strcmp(scope, "containers") && strcmp(scope, "all")) {
		pr_err("scope is neither containers nor all\n");
		return -EINVAL;
	}
	if (kanary_signature_required && !kanary_signature_possible()) {
		pr_err("require_signature: this kernel cannot check any: it lacks SYSTEM_DATA_VERIFICATION\n");
		return -EINVAL;
	}
	return 0;
}

static int __init kanary_init(void)
{
	int ret;

	ret = check_parameters();
	if (ret)
		return ret;
	kanary_container_all = !strcmp(scope, "all");
	ret = kanary_worker_init(queue_length);
	if (ret)
		return ret;
	ret = kanary_task_init(max_tasks, period);
	if (ret)
		goto err_worker;
	kanary_task_adopt();
	ret = paths ? kanary_path_hook_init() : 0;
	if (ret)
		goto err_paths;
	ret = kanary_hook_init(hook);
	if (ret)
		goto err_paths;
	kanary_gone_init();
	ret = kanary_netlink_init(max_tasks, period);
	if (ret)
		goto err_gone;
	kanary_watchdog_init(watchdog);
	pr_info("version %s watches through %s (self-test %s), period=%u scope=%s paths=%u\n",
		KANARY_VERSION, kanary_hook_name(), kanary_hook_self_test(), period, scope,
		kanary_path_hook_calls());
	return 0;

err_gone:
	kanary_gone_uninit();
	kanary_hook_uninit();
err_paths:
	kanary_path_hook_unhook();
	kanary_task_unwatch();
	kanary_worker_uninit();
	kanary_path_hook_uninit();
	kanary_task_uninit();
	return ret;
err_worker:
	kanary_worker_uninit();
	return ret;
}

/* No more requests, no more vectors, drain, free, and wait for what RCU still frees. */
static void __exit kanary_exit(void)
{
	u32 models;

	kanary_lock_hold();
	kanary_netlink_uninit();
	models = kanary_profile_number();
	kanary_watchdog_uninit();
	kanary_gone_uninit();
	kanary_hook_uninit();
	kanary_path_hook_unhook();
	kanary_task_unwatch();
	kanary_worker_uninit();
	kanary_path_hook_uninit();
	kanary_profile_uninit();
	kanary_task_uninit();
	kanary_judge_uninit();
	pr_info("unloaded: %u models were in force, %llu alerts were raised\n", models,
		kanary_counters_read(KANARY_A_COUNTER_ALERTS));
}

module_init(kanary_init);
module_exit(kanary_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The Kanary developers");
MODULE_DESCRIPTION("Learns how containers use system calls and tells when one changes");
MODULE_VERSION(KANARY_VERSION);
MODULE_ALIAS_GENL_FAMILY(KANARY_FAMILY_NAME);
