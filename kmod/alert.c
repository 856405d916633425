// SPDX-License-Identifier: GPL-2.0
#include "alert.h"

#include "counters.h"
#include "escape.h"
#include "explain.h"
#include "netlink.h"
#include "notable.h"
#include "notice.h"
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
	/* Warnings come as often as the recordings bear witness to, which may be every minute. */
	LOG_INTERVAL_WARNING = 60 * HZ,
	/* The kernel cuts longer lines, with its own prefix and ours. */
	LINE_SIZE = 960 - sizeof("kanary: "),
	/* Of a path in it: the rest is in netlink. */
	PATH_SIZE = 128,
};

/**
 * struct kanary_alert_cause - all that an alert tells
 * @profile: whose model raised it
 * @vector: that was unusual
 * @verdict: on the vector
 * @unusual: what the error is made of, largest first
 * @reasons: number of @unusual
 * @notable: paths of the task, or NULL
 * @level: enum kanary_level
 * @threshold: of that level, Q24.8
 * @budget: of that level, vectors
 * @mode: enum kanary_mode, as of now
 * @killed: whether the process was killed for it
 */
struct kanary_alert_cause {
	struct kanary_profile *profile;
	const struct kanary_vector *vector;
	const struct kanary_verdict *verdict;
	const struct kanary_unusual *unusual;
	u32 reasons;
	const struct kanary_notable *notable;
	u32 level;
	u32 threshold;
	u64 budget;
	u32 mode;
	bool killed;
};

static u32 sequence;
/* The worker's, as all of this is: too large for its stack. */
static char line[LINE_SIZE];

void kanary_alert_escape(char out[KANARY_ALERT_ESCAPED_SIZE], const char *name)
{
	kanary_escape_text(name, KANARY_COMM_SIZE, out, KANARY_ALERT_ESCAPED_SIZE);
}

static bool take_token(struct kanary_throttle *throttle, unsigned long interval)
{
	unsigned long refill = (jiffies - throttle->refilled) / interval;

	if (!throttle->refilled || refill >= LOG_BURST) {
		throttle->tokens = LOG_BURST;
		throttle->refilled = jiffies;
	} else if (refill) {
		throttle->tokens = min_t(u32, LOG_BURST, throttle->tokens + refill);
		throttle->refilled += refill * interval;
	}
	if (!throttle->tokens)
		return false;
	throttle->tokens--;
	return true;
}

static struct kanary_throttle *throttle_of(const struct kanary_alert_cause *cause)
{
	if (cause->killed)
		return &cause->profile->kill_throttle;
	if (cause->level == KANARY_LEVEL_CRITICAL)
		return &cause->profile->critical_throttle;
	return &cause->profile->throttle;
}

static bool may_log(const struct kanary_alert_cause *cause)
{
	struct kanary_profile *profile = cause->profile;

	if (take_token(throttle_of(cause), cause->level == KANARY_LEVEL_CRITICAL ?
					   LOG_INTERVAL : LOG_INTERVAL_WARNING))
		return true;
	profile->throttled++;
	kanary_counters_add(KANARY_A_COUNTER_ALERTS_THROTTLED, 1);
	return false;
}

static void say(size_t *used, const char *format, ...) __printf(2, 3);

static void say(size_t *used, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	*used += vscnprintf(line + *used, sizeof(line) - *used, format, arguments);
	va_end(arguments);
}

static void say_surprise(size_t *used, const char *name, u32 surprise)
{
	u64 hundredths = kanary_explain_hundredths(surprise);

	say(used, " %s=%llu.%02u", name, hundredths / 100, (u32)(hundredths % 100));
}

static void say_unusual(size_t *used, const struct kanary_alert_cause *cause)
{
	char name[32];
	u32 i;

	say(used, " unusual=%s", cause->reasons ? "" : "-");
	for (i = 0; i < cause->reasons; i++)
		say(used, "%s%s:%+d", i ? "," : "",
		    kanary_syscall_name(cause->unusual[i].bin, name, sizeof(name)),
		    cause->unusual[i].excess);
}

/* As many as there is room for, each whole or marked as cut. */
static void say_paths(size_t *used, const struct kanary_notable *notable)
{
	char escaped[PATH_SIZE];
	u32 i;

	for (i = 0; notable && i < notable->length; i++) {
		const struct kanary_path *path = &notable->path[i].record.path;
		bool whole = kanary_escape_text(path->name, path->length, escaped,
						sizeof(escaped)) == path->length &&
			     !(path->flags & KANARY_PATH_TRUNCATED);

		if (*used + sizeof(" paths=...") + strlen(escaped) > sizeof(line))
			break;
		say(used, "%s%s%s", i ? "," : " paths=", escaped, whole ? "" : "...");
	}
}

/* The words of kanary watch, in its order. */
static void describe(const struct kanary_alert_cause *cause, const char *whose)
{
	char comm[KANARY_ALERT_ESCAPED_SIZE];
	size_t used = 0;

	kanary_alert_escape(comm, cause->vector->comm);
	say(&used, "%s pid=%u comm=%s", whose, cause->vector->pid, comm);
	say(&used, " level=%s", cause->level == KANARY_LEVEL_CRITICAL ? "critical" : "warning");
	say_surprise(&used, "surprise", cause->verdict->surprise);
	say_surprise(&used, "threshold", cause->threshold);
	say(&used, " budget=1/%llu mode=%s", cause->budget, kanary_notice_mode(cause->mode));
	if (cause->mode == KANARY_MODE_ENFORCE)
		say(&used, " killed=%s", cause->killed ? "yes" : "no");
	say(&used, " head=%s", kanary_explain_head(cause->verdict));
	say_unusual(&used, cause);
	say_paths(&used, cause->notable);
}

static void log_alert(const struct kanary_alert_cause *cause)
{
	struct kanary_profile *profile = cause->profile;
	char whose[KANARY_NOTICE_WHOSE_SIZE];

	kanary_notice_whose(profile, whose);
	if (profile->throttled) {
		pr_warn("throttled %s alerts=%u\n", whose, profile->throttled);
		profile->throttled = 0;
	}
	describe(cause, whose);
	pr_warn("alert %s\n", line);
}

static int fill_unusual(struct sk_buff *message, const struct kanary_unusual *unusual)
{
	struct nlattr *nest = nla_nest_start(message, KANARY_A_UNUSUAL);

	if (!nest ||
	    nla_put_u32(message, KANARY_A_BIN, unusual->bin) ||
	    nla_put_s32(message, KANARY_A_EXCESS, unusual->excess))
		return -EMSGSIZE;
	nla_nest_end(message, nest);
	return 0;
}

static int fill_path(struct sk_buff *message, const struct kanary_notable_path *notable)
{
	const struct kanary_path *path = &notable->record.path;
	struct nlattr *nest = nla_nest_start(message, KANARY_A_UNUSUAL_PATH);

	if (!nest ||
	    nla_put(message, KANARY_A_PATH, kanary_path_record_size(path->length), path) ||
	    nla_put_u32(message, KANARY_A_SURPRISE, notable->rank.surprise))
		return -EMSGSIZE;
	nla_nest_end(message, nest);
	return 0;
}

static int fill(struct sk_buff *message, const struct kanary_alert_cause *cause)
{
	const struct kanary_model_header *header = cause->profile->model.header;
	const struct kanary_notable *notable = cause->notable;
	const struct kanary_verdict *verdict = cause->verdict;
	const struct kanary_vector *vector = cause->vector;
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
	    nla_put_u32(message, KANARY_A_LEVEL, cause->level) ||
	    nla_put_u32(message, KANARY_A_THRESHOLD, cause->threshold) ||
	    nla_put_u64_64bit(message, KANARY_A_BUDGET, cause->budget, KANARY_A_PAD) ||
	    nla_put_u32(message, KANARY_A_REASON, vector->reason) ||
	    nla_put_u32(message, KANARY_A_MODE, cause->mode) ||
	    nla_put_u32(message, KANARY_A_KILLED, cause->killed) ||
	    nla_put_string(message, KANARY_A_CONTAINER, cause->profile->name) ||
	    nla_put(message, KANARY_A_VERDICT, sizeof(*verdict), verdict))
		return -EMSGSIZE;
	for (i = 0; i < cause->reasons; i++) {
		if (fill_unusual(message, &cause->unusual[i]))
			return -EMSGSIZE;
	}
	for (i = 0; notable && i < notable->length; i++) {
		if (fill_path(message, &notable->path[i]))
			return -EMSGSIZE;
	}
	return 0;
}

/* Without memory or with a full reader the watcher misses a number of the sequence. */
static void send_alert(const struct kanary_alert_cause *cause)
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
	if (!header || fill(message, cause)) {
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
static bool kill_process(struct pid *process)
{
	struct task_struct *leader;
	bool lives;

	rcu_read_lock();
	leader = pid_task(process, PIDTYPE_TGID);
	lives = leader && !(READ_ONCE(leader->signal->flags) & SIGNAL_GROUP_EXIT) &&
		!(READ_ONCE(leader->exit_state) && thread_group_empty(leader));
	rcu_read_unlock();
	if (kill_pid(process, SIGKILL, 1) || !lives)
		return false;
	kanary_counters_add(KANARY_A_COUNTER_KILLED, 1);
	return true;
}

static void set_level(struct kanary_alert_cause *cause)
{
	const struct kanary_model_header *header = cause->profile->model.header;

	if (cause->verdict->flags & KANARY_VERDICT_CRITICAL) {
		cause->level = KANARY_LEVEL_CRITICAL;
		cause->threshold = header->critical_threshold;
		cause->budget = header->critical_budget;
	} else {
		cause->level = KANARY_LEVEL_WARNING;
		cause->threshold = header->threshold;
		cause->budget = header->budget;
	}
}

/* One more of the container, which others read, and of the host. */
static void add(u64 *own, enum kanary_counter counter)
{
	WRITE_ONCE(*own, *own + 1);
	kanary_counters_add(counter, 1);
}

static void count(const struct kanary_alert_cause *cause)
{
	struct kanary_profile *profile = cause->profile;

	add(&profile->alerts, KANARY_A_COUNTER_ALERTS);
	if (cause->verdict->flags & KANARY_VERDICT_ALARM)
		add(&profile->alarms, KANARY_A_COUNTER_ALARMS);
	if (cause->level == KANARY_LEVEL_CRITICAL)
		add(&profile->critical_alerts, KANARY_A_COUNTER_ALERTS_CRITICAL);
	if (cause->verdict->flags & KANARY_VERDICT_CRITICAL_ALARM)
		add(&profile->critical_alarms, KANARY_A_COUNTER_ALARMS_CRITICAL);
}

static bool is_to_die(const struct kanary_alert_cause *cause, const struct kanary_task *task)
{
	return cause->mode == KANARY_MODE_ENFORCE && cause->level == KANARY_LEVEL_CRITICAL &&
	       task->process;
}

void kanary_alert_raise(struct kanary_profile *profile, struct kanary_task *task,
			const struct kanary_vector *vector, const struct kanary_verdict *verdict,
			const struct kanary_unusual *unusual, u32 reasons)
{
	struct kanary_alert_cause cause = {
		.profile = profile,
		.vector = vector,
		.verdict = verdict,
		.unusual = unusual,
		.reasons = reasons,
		.notable = kanary_notable_of(task, vector->stream, profile->serial),
		.mode = READ_ONCE(profile->mode),
	};

	set_level(&cause);
	count(&cause);
	if (is_to_die(&cause, task))
		cause.killed = kill_process(task->process);
	if (may_log(&cause))
		log_alert(&cause);
	send_alert(&cause);
}
