// SPDX-License-Identifier: GPL-2.0
#include "notice.h"

#include "alert.h"
#include "escape.h"
#include "profile.h"

#include <linux/kernel.h>
#include <linux/pid.h>
#include <linux/sched.h>

/* Bytes of "pid=NUMBER comm=NAME" */
#define WHO_SIZE (sizeof("pid= comm=") + 10 + KANARY_ALERT_ESCAPED_SIZE)

static const char *const modes[] = {
	[KANARY_MODE_LEARN] = "learn",
	[KANARY_MODE_MONITOR] = "monitor",
	[KANARY_MODE_ENFORCE] = "enforce",
};

const char *kanary_notice_mode(u32 mode)
{
	return modes[mode];
}

const char *kanary_notice_whose(const struct kanary_profile *profile,
				char out[KANARY_NOTICE_WHOSE_SIZE])
{
	char name[4 * KANARY_CONTAINER_SIZE];

	kanary_escape_text(profile->name, KANARY_CONTAINER_SIZE, name, sizeof(name));
	if (!*name)
		scnprintf(name, sizeof(name), "%llu", profile->cgroup);
	scnprintf(out, KANARY_NOTICE_WHOSE_SIZE, "container=%s cgroup=%llu profile=%s", name,
		  profile->cgroup, profile->model.header->name);
	return out;
}

/* The task itself says how it is called. */
static const char *describe_current(char out[WHO_SIZE])
{
	char comm[KANARY_ALERT_ESCAPED_SIZE];

	kanary_alert_escape(comm, current->comm);
	scnprintf(out, WHO_SIZE, "pid=%d comm=%s", task_pid_nr(current), comm);
	return out;
}

void kanary_notice_change(const char *event, const struct kanary_profile *profile,
			  const char *more)
{
	char whose[KANARY_NOTICE_WHOSE_SIZE], who[WHO_SIZE];

	pr_notice("%s %s%s %s\n", event, kanary_notice_whose(profile, whose), more,
		  describe_current(who));
}

void kanary_notice_gone(const struct kanary_profile *profile)
{
	char whose[KANARY_NOTICE_WHOSE_SIZE];

	pr_warn("%s is gone: its model watches nobody (scored=%llu alerts=%llu)\n",
		kanary_notice_whose(profile, whose), READ_ONCE(profile->scored),
		READ_ONCE(profile->alerts));
}

void kanary_notice_lock(u32 models)
{
	char who[WHO_SIZE];

	pr_notice("lock models=%u %s: locked until the machine starts anew\n", models,
		  describe_current(who));
}
