// SPDX-License-Identifier: GPL-2.0
#include "alert.h"

#include "counters.h"
#include "escape.h"
#include "explain.h"
#include "netlink.h"
#include "notable.h"
#include "profile.h"
#include "syscall_name.h"
#include "task.h"

#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/sched/signal.h>
#include <net/genetlink.h>

enum {
	LOG_BURST = 10,
	LOG_INTERVAL = HZ,
	UNUSUAL_SIZE = KANARY_UNUSUAL_MAX * 48,
	/* Of paths in a line of the log, which holds 1,000 bytes or so: the rest is in netlink. */
	PATHS_LOGGED = 3,
	PATH_SIZE = 128,
};

static u32 sequence;
/* The worker's, as all of this is: too large for its stack. */
static char paths[PATHS_LOGGED * PATH_SIZE];

void kanary_alert_escape(char out[KANARY_ALERT_ESCAPED_SIZE], const char *name)
{
	kanary_escape_text(name, KANARY_COMM_SIZE, out, KANARY_ALERT_ESCAPED_SIZE);
}

static bool may_log(struct kanary_profile *profile)
{
	unsigned long refill = (jiffies - profile->refilled) / LOG_INTERVAL;

	if (!profile->refilled || refill >= LOG_BURST) {
		profile->tokens = LOG_BURST;
		profile->refilled = jiffies;
	} else if (refill) {
		profile->tokens = min_t(u32, LOG_BURST, profile->tokens + refill);
		profile->refilled += refill * LOG_INTERVAL;
	}
	if (!profile->tokens) {
		profile->throttled++;
		kanary_counters_add(KANARY_A_COUNTER_ALERTS_THROTTLED, 1);
		return false;
	}
	profile->tokens--;
	return true;
}

/* " paths=" and a list of them, or nothing. */
static void list_paths(const struct kanary_notable *notable)
{
	u32 number = notable ? min_t(u32, notable->length, PATHS_LOGGED) : 0;
	char escaped[PATH_SIZE - sizeof(" paths=...")];
	size_t used = 0;
	u32 i;

	paths[0] = '\0';
	for (i = 0; i < number; i++) {
		const struct kanary_path *path = &notable->path[i].record.path;
		bool whole = kanary_escape_text(path->name, path->length, escaped,
						sizeof(escaped)) == path->length &&
			     !(path->flags & KANARY_PATH_TRUNCATED);

		used += scnprintf(paths + used, sizeof(paths) - used, "%s%s%s",
				  i ? "," : " paths=", escaped, whole ? "" : "...");
	}
}

static void log_alert(struct kanary_profile *profile, const struct kanary_vector *vector,
		      const struct kanary_verdict *verdict,
		      const struct kanary_unusual *unusual, u32 reasons,
		      const struct kanary_notable *notable)
{
	const struct kanary_model_header *header = profile->model.header;
	char comm[KANARY_ALERT_ESCAPED_SIZE], list[UNUSUAL_SIZE], name[32];
	size_t used = 0;
	u32 i;

	if (profile->throttled) {
		pr_warn("throttled container=%llu profile=%s alerts=%u\n", vector->cgroup,
			header->name, profile->throttled);
		profile->throttled = 0;
	}
	kanary_alert_escape(comm, vector->comm);
	list[0] = '\0';
	for (i = 0; i < reasons; i++)
		used += scnprintf(list + used, sizeof(list) - used, "%s%s:%+d", i ? "," : "",
				  kanary_syscall_name(unusual[i].bin, name, sizeof(name)),
				  unusual[i].excess);
	list_paths(notable);
	pr_warn("alert container=%llu profile=%s pid=%u comm=%s surprise=%u.%02u budget=1/%llu head=%s unusual=%s%s\n",
		vector->cgroup, header->name, vector->pid, comm, verdict->surprise >> 8,
		(verdict->surprise & 0xff) * 100 >> 8, header->budget,
		kanary_explain_head(verdict), list, paths);
}

static int fill(struct sk_buff *message, const struct kanary_profile *profile,
		const struct kanary_vector *vector, const struct kanary_verdict *verdict,
		const struct kanary_unusual *unusual, u32 reasons,
		const struct kanary_notable *notable)
{
	const struct kanary_model_header *header = profile->model.header;
	struct nlattr *nest;
	u32 i;

	if (nla_put_u32(message, KANARY_A_SEQUENCE, sequence) ||
	    nla_put_u64_64bit(message, KANARY_A_CGROUP, vector->cgroup, KANARY_A_PAD) ||
	    nla_put_u32(message, KANARY_A_PIDNS, vector->pidns) ||
	    nla_put_string(message, KANARY_A_PROFILE, header->name) ||
	    nla_put_u32(message, KANARY_A_PID, vector->pid) ||
	    nla_put_u32(message, KANARY_A_TGID, vector->tgid) ||
	    nla_put_string(message, KANARY_A_COMM, vector->comm) ||
	    nla_put_u64_64bit(message, KANARY_A_TIME, vector->time, KANARY_A_PAD) ||
	    nla_put_u32(message, KANARY_A_SURPRISE, verdict->surprise) ||
	    nla_put_u32(message, KANARY_A_THRESHOLD, header->threshold) ||
	    nla_put_u64_64bit(message, KANARY_A_BUDGET, header->budget, KANARY_A_PAD) ||
	    nla_put_u32(message, KANARY_A_REASON, vector->reason) ||
	    nla_put_u32(message, KANARY_A_MODE, READ_ONCE(profile->mode)) ||
	    nla_put(message, KANARY_A_VERDICT, sizeof(*verdict), verdict))
		return -EMSGSIZE;
	for (i = 0; i < reasons; i++) {
		nest = nla_nest_start(message, KANARY_A_UNUSUAL);
		if (!nest ||
		    nla_put_u32(message, KANARY_A_BIN, unusual[i].bin) ||
		    nla_put_s32(message, KANARY_A_EXCESS, unusual[i].excess))
			return -EMSGSIZE;
		nla_nest_end(message, nest);
	}
	for (i = 0; notable && i < notable->length; i++) {
		const struct kanary_path *path = &notable->path[i].record.path;

		nest = nla_nest_start(message, KANARY_A_UNUSUAL_PATH);
		if (!nest ||
		    nla_put(message, KANARY_A_PATH, kanary_path_record_size(path->length), path) ||
		    nla_put_u32(message, KANARY_A_SURPRISE, notable->path[i].surprise))
			return -EMSGSIZE;
		nla_nest_end(message, nest);
	}
	return 0;
}

/* Without memory or with a full reader the watcher misses a number of the sequence. */
static void send_alert(const struct kanary_profile *profile, const struct kanary_vector *vector,
		       const struct kanary_verdict *verdict,
		       const struct kanary_unusual *unusual, u32 reasons,
		       const struct kanary_notable *notable)
{
	struct sk_buff *message;
	void *header;

	sequence++;
	message = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!message) {
		kanary_counters_add(KANARY_A_COUNTER_EVENTS_NO_MEMORY, 1);
		return;
	}
	header = genlmsg_put(message, 0, 0, &kanary_netlink_family, 0, KANARY_CMD_ALERT);
	if (!header || fill(message, profile, vector, verdict, unusual, reasons, notable)) {
		nlmsg_free(message);
		return;
	}
	genlmsg_end(message, header);
	genlmsg_multicast(&kanary_netlink_family, message, 0, 0, GFP_KERNEL);
}

/*
 * Counted as killed is who was to live on: what a process did before it was killed may be in
 * several vectors, each with an alert of its own.
 */
static void kill_process(struct pid *process)
{
	struct task_struct *leader;
	bool lives;

	rcu_read_lock();
	leader = pid_task(process, PIDTYPE_TGID);
	lives = leader && !(READ_ONCE(leader->signal->flags) & SIGNAL_GROUP_EXIT) &&
		!(READ_ONCE(leader->exit_state) && thread_group_empty(leader));
	rcu_read_unlock();
	if (!kill_pid(process, SIGKILL, 1) && lives)
		kanary_counters_add(KANARY_A_COUNTER_KILLED, 1);
}

void kanary_alert_raise(struct kanary_profile *profile, struct kanary_task *task,
			const struct kanary_vector *vector, const struct kanary_verdict *verdict,
			const struct kanary_unusual *unusual, u32 reasons)
{
	const struct kanary_notable *notable;

	notable = kanary_notable_of(task, vector->stream, profile->serial);
	WRITE_ONCE(profile->alerts, profile->alerts + 1);
	kanary_counters_add(KANARY_A_COUNTER_ALERTS, 1);
	if (may_log(profile))
		log_alert(profile, vector, verdict, unusual, reasons, notable);
	send_alert(profile, vector, verdict, unusual, reasons, notable);
	if (READ_ONCE(profile->mode) == KANARY_MODE_ENFORCE && task->process)
		kill_process(task->process);
}
