// SPDX-License-Identifier: GPL-2.0
#include "tamper.h"

#include "alert.h"
#include "counters.h"
#include "netlink.h"

#include <linux/irq_work.h>
#include <linux/mutex.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>

/**
 * struct tamper - an attempt on what is locked
 * @attempt: at what
 * @pid: thread id in the initial pid namespace
 * @tgid: process id likewise
 * @comm: as the task calls itself
 * @time: CLOCK_BOOTTIME, nanoseconds
 */
struct tamper {
	const char *attempt;
	u32 pid;
	u32 tgid;
	char comm[KANARY_COMM_SIZE];
	u64 time;
};

static void wake(struct irq_work *unused);
static void tell_waiting(struct work_struct *unused);

static DEFINE_MUTEX(lock);
static u32 sequence;
static struct tamper waiting;
static unsigned long taken;
static DEFINE_IRQ_WORK(waker, wake);
static DECLARE_WORK(teller, tell_waiting);

static int fill(struct sk_buff *message, const struct tamper *tamper)
{
	if (nla_put_u32(message, KANARY_A_SEQUENCE, sequence) ||
	    nla_put_string(message, KANARY_A_ATTEMPT, tamper->attempt) ||
	    nla_put_u32(message, KANARY_A_PID, tamper->pid) ||
	    nla_put_u32(message, KANARY_A_TGID, tamper->tgid) ||
	    nla_put_string(message, KANARY_A_COMM, tamper->comm) ||
	    nla_put_u64_64bit(message, KANARY_A_TIME, tamper->time, KANARY_A_PAD))
		return -EMSGSIZE;
	return 0;
}

/* Without memory the watcher misses a number of the sequence. */
static void send(const struct tamper *tamper)
{
	struct sk_buff *message;
	void *header;

	sequence++;
	message = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!message) {
		kanary_counters_add(KANARY_A_COUNTER_EVENTS_NO_MEMORY, 1);
		return;
	}
	header = genlmsg_put(message, 0, 0, &kanary_netlink_family, 0, KANARY_CMD_TAMPER);
	if (!header || fill(message, tamper)) {
		nlmsg_free(message);
		return;
	}
	genlmsg_end(message, header);
	genlmsg_multicast(&kanary_netlink_family, message, 0, 0, GFP_KERNEL);
}

static void tell(const struct tamper *tamper)
{
	static DEFINE_RATELIMIT_STATE(limit, 10 * HZ, 10);
	char comm[KANARY_ALERT_ESCAPED_SIZE];

	if (__ratelimit(&limit)) {
		kanary_alert_escape(comm, tamper->comm);
		pr_warn("tamper attempt=%s pid=%u comm=%s: refused, Kanary is locked\n",
			tamper->attempt, tamper->pid, comm);
	}
	mutex_lock(&lock);
	send(tamper);
	mutex_unlock(&lock);
}

static void describe(struct tamper *tamper, const char *attempt)
{
	kanary_counters_add(KANARY_A_COUNTER_TAMPERS, 1);
	tamper->attempt = attempt;
	tamper->pid = task_pid_nr(current);
	tamper->tgid = task_tgid_nr(current);
	strscpy_pad(tamper->comm, current->comm, sizeof(tamper->comm));
	tamper->time = ktime_get_boottime_ns();
}

void kanary_tamper_tell(const char *attempt)
{
	struct tamper tamper;

	describe(&tamper, attempt);
	tell(&tamper);
}

static void tell_waiting(struct work_struct *unused)
{
	tell(&waiting);
	clear_bit_unlock(0, &taken);
}

static void wake(struct irq_work *unused)
{
	schedule_work(&teller);
}

void kanary_tamper_tell_later(const char *attempt)
{
	if (test_and_set_bit_lock(0, &taken)) {
		kanary_counters_add(KANARY_A_COUNTER_TAMPERS, 1);
		return;
	}
	describe(&waiting, attempt);
	irq_work_queue(&waker);
}
