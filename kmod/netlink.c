// SPDX-License-Identifier: GPL-2.0
#include "netlink.h"

#include "compat.h"
#include "container.h"
#include "counters.h"
#include "gone.h"
#include "hook.h"
#include "judge.h"
#include "notable.h"
#include "path_cache.h"
#include "path_hook.h"
#include "path_queue.h"
#include "path_record.h"
#include "lock.h"
#include "profile.h"
#include "recorder.h"
#include "score_request.h"
#include "signature.h"
#include "tamper.h"
#include "task.h"
#include "upload.h"
#include "vector.h"
#include "version.h"
#include "watchdog.h"
#include "worker.h"

#include <linux/mm.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <net/genetlink.h>

/* Containers in one dump. */
enum { CONTAINERS_MAX = 1024 };

static u32 max_tasks;
static u32 period;

/* Without a highest attribute the kernel would let all of them pass unread. */
static const struct nla_policy nothing_policy[KANARY_A_PAD + 1] = {
	[KANARY_A_PAD] = { .type = NLA_REJECT },
};

static const struct nla_policy cgroup_policy[KANARY_A_CGROUP + 1] = {
	[KANARY_A_CGROUP] = { .type = NLA_U64 },
};

static const struct nla_policy begin_policy[KANARY_A_SIZE + 1] = {
	[KANARY_A_SIZE] = { .type = NLA_U32 },
};

/* Beyond the s16 of NLA_POLICY_RANGE(); const from 6.8 on only. */
static struct netlink_range_validation chunk_bytes = { .min = 1, .max = KANARY_CHUNK_MAX };

static const struct nla_policy chunk_policy[KANARY_A_DATA + 1] = {
	[KANARY_A_OFFSET] = { .type = NLA_U32 },
	[KANARY_A_DATA] = NLA_POLICY_FULL_RANGE(NLA_BINARY, &chunk_bytes),
};

static const struct nla_policy commit_policy[KANARY_A_CONTAINER + 1] = {
	[KANARY_A_CGROUP] = { .type = NLA_U64 },
	[KANARY_A_SIGNATURE] = NLA_POLICY_RANGE(NLA_BINARY, 1, KANARY_SIGNATURE_MAX),
	[KANARY_A_CONTAINER] = { .type = NLA_NUL_STRING, .len = KANARY_CONTAINER_SIZE - 1 },
};

static const struct nla_policy mode_policy[KANARY_A_MODE + 1] = {
	[KANARY_A_CGROUP] = { .type = NLA_U64 },
	[KANARY_A_MODE] = NLA_POLICY_MAX(NLA_U32, KANARY_MODE_ENFORCE),
};

static const struct nla_policy score_policy[KANARY_A_PATH + 1] = {
	[KANARY_A_CGROUP] = { .type = NLA_U64 },
	[KANARY_A_VECTOR] = NLA_POLICY_RANGE(NLA_BINARY, sizeof(struct kanary_vector),
					     KANARY_VECTOR_SIZE_MAX),
	[KANARY_A_PATH] = NLA_POLICY_RANGE(NLA_BINARY, sizeof(struct kanary_path),
					   KANARY_PATH_RECORD_SIZE_MAX),
};

int kanary_netlink_refuse(struct genl_info *info, int error, const char *why)
{
	if (info->extack)
		info->extack->_msg = why;
	return error;
}

static int need(struct genl_info *info, enum kanary_attribute attribute, const char *why)
{
	return info->attrs[attribute] ? 0 : kanary_netlink_refuse(info, -EINVAL, why);
}

/* Requests run one at a time, so none that this lets through meets the lock on its way. */
static int refuse_locked(struct genl_info *info, const char *attempt)
{
	if (!kanary_lock_engaged())
		return 0;
	kanary_tamper_tell(attempt);
	return kanary_netlink_refuse(info, -EPERM, "locked: nothing can be changed until the machine starts anew");
}

static int put_u64(struct sk_buff *message, int attribute, u64 value)
{
	/* Counters have a numbering of their own, without a padding attribute. */
	return nla_put(message, attribute, sizeof(value), &value);
}

static int put_counters(struct sk_buff *message)
{
	struct kanary_path_queue_account paths;
	struct kanary_queue_account account;
	struct kanary_judge_time time;
	struct nlattr *nest;
	int counter;
	u64 value;

	nest = nla_nest_start(message, KANARY_A_COUNTERS);
	if (!nest)
		return -EMSGSIZE;
	mutex_lock(&kanary_worker_lock);
	kanary_queue_read(&account);
	kanary_path_queue_read(&paths);
	kanary_judge_read_time(&time);
	for (counter = 1; counter <= KANARY_A_COUNTER_MAX; counter++) {
		switch (counter) {
		case KANARY_A_COUNTER_SEEN:
			value = account.seen;
			break;
		case KANARY_A_COUNTER_QUEUED:
			value = account.queued;
			break;
		case KANARY_A_COUNTER_DROPPED_QUEUE_FULL:
			value = account.full;
			break;
		case KANARY_A_COUNTER_CALLS_MISSED:
			value = kanary_hook_missed();
			break;
		case KANARY_A_COUNTER_VERDICT_NS_MEDIAN:
			value = time.median;
			break;
		case KANARY_A_COUNTER_VERDICT_NS_MAX:
			value = time.max;
			break;
		case KANARY_A_COUNTER_PATHS_NEWS:
			value = paths.news;
			break;
		case KANARY_A_COUNTER_PATHS_QUEUED:
			value = paths.queued;
			break;
		case KANARY_A_COUNTER_PATHS_DROPPED_QUEUE_FULL:
			value = paths.full;
			break;
		case KANARY_A_COUNTER_PATHS_MISSED:
			value = kanary_path_hook_missed();
			break;
		default:
			value = kanary_counters_read(counter);
		}
		if (put_u64(message, counter, value))
			break;
	}
	mutex_unlock(&kanary_worker_lock);
	if (counter <= KANARY_A_COUNTER_MAX)
		return -EMSGSIZE;
	nla_nest_end(message, nest);
	return 0;
}

static u64 memory(void)
{
	return kanary_task_memory() + kanary_queue_memory() + kanary_profile_memory() +
	       kanary_judge_memory() + kanary_path_cache_memory() + kanary_path_queue_memory() +
	       kanary_notable_memory();
}

static int put_status(struct sk_buff *message)
{
	if (nla_put_u32(message, KANARY_A_API_VERSION, KANARY_API_VERSION) ||
	    nla_put_string(message, KANARY_A_VERSION, KANARY_VERSION) ||
	    nla_put_string(message, KANARY_A_HOOK, kanary_hook_name()) ||
	    nla_put_string(message, KANARY_A_SELF_TEST, kanary_hook_self_test()) ||
	    nla_put_string(message, KANARY_A_SCOPE, kanary_container_all ? "all" : "containers") ||
	    nla_put_u32(message, KANARY_A_PERIOD, period) ||
	    nla_put_u32(message, KANARY_A_TASKS, kanary_task_tasks()) ||
	    nla_put_u32(message, KANARY_A_MAX_TASKS, max_tasks) ||
	    nla_put_u64_64bit(message, KANARY_A_MEMORY, memory(), KANARY_A_PAD) ||
	    nla_put_u32(message, KANARY_A_RECORDER, kanary_recorder_port()) ||
	    nla_put_u32(message, KANARY_A_PATH_CALLS, kanary_path_hook_calls()) ||
	    nla_put_u32(message, KANARY_A_LOCKED, kanary_lock_engaged()) ||
	    nla_put_string(message, KANARY_A_SIGNATURES, kanary_signature_state()) ||
	    nla_put_string(message, KANARY_A_WATCHDOG, kanary_watchdog_state()))
		return -EMSGSIZE;
	return put_counters(message);
}

static int get_status(struct sk_buff *request, struct genl_info *info)
{
	struct sk_buff *message;
	void *header;

	message = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!message)
		return -ENOMEM;
	header = genlmsg_put_reply(message, info, &kanary_netlink_family, 0,
				   KANARY_CMD_GET_STATUS);
	if (!header || put_status(message)) {
		nlmsg_free(message);
		return -EMSGSIZE;
	}
	genlmsg_end(message, header);
	return genlmsg_reply(message, info);
}

/**
 * struct container_dump - a list of containers on its way out
 * @length: of @summary
 * @next: to be sent
 * @summary: one a container
 */
struct container_dump {
	u32 length;
	u32 next;
	struct kanary_task_summary summary[];
};

/* Those that have a model and no task: not started, or gone. Else nobody could take it away. */
static int add_empty(struct container_dump *dump)
{
	u32 i, n, listed = dump->length, number;
	u64 *cgroups;

	cgroups = kvmalloc_array(KANARY_PROFILE_MAX, sizeof(*cgroups), GFP_KERNEL);
	if (!cgroups)
		return -ENOMEM;
	number = kanary_profile_cgroups(cgroups, KANARY_PROFILE_MAX);
	for (i = 0; i < number; i++) {
		for (n = 0; n < listed && dump->summary[n].cgroup != cgroups[i]; n++)
			;
		if (n == listed)
			dump->summary[dump->length++].cgroup = cgroups[i];
	}
	kvfree(cgroups);
	return 0;
}

static int start_containers(struct netlink_callback *cb)
{
	struct container_dump *dump;
	int ret;

	dump = kvzalloc(struct_size(dump, summary, CONTAINERS_MAX + KANARY_PROFILE_MAX),
			GFP_KERNEL);
	if (!dump)
		return -ENOMEM;
	dump->length = kanary_task_summarise(dump->summary, CONTAINERS_MAX);
	ret = add_empty(dump);
	if (ret) {
		kvfree(dump);
		return ret;
	}
	cb->args[0] = (long)dump;
	return 0;
}

static int put_profile(struct sk_buff *message, u64 cgroup)
{
	const struct kanary_model_header *header;
	struct kanary_profile *profile;
	int reader, ret = 0;

	reader = kanary_profile_read_lock();
	profile = kanary_profile_find(cgroup);
	if (!profile)
		goto out;
	header = profile->model.header;
	ret = nla_put_string(message, KANARY_A_PROFILE, header->name) ||
	      nla_put_u32(message, KANARY_A_MODE, READ_ONCE(profile->mode)) ||
	      nla_put_u64_64bit(message, KANARY_A_BUDGET, header->budget, KANARY_A_PAD) ||
	      nla_put_u32(message, KANARY_A_THRESHOLD, header->threshold) ||
	      nla_put_u64_64bit(message, KANARY_A_CRITICAL_BUDGET, header->critical_budget,
				KANARY_A_PAD) ||
	      nla_put_u32(message, KANARY_A_CRITICAL_THRESHOLD, header->critical_threshold) ||
	      nla_put_u64_64bit(message, KANARY_A_SCORED, READ_ONCE(profile->scored),
				KANARY_A_PAD) ||
	      nla_put_u64_64bit(message, KANARY_A_ALERTS, READ_ONCE(profile->alerts),
				KANARY_A_PAD) ||
	      nla_put_u64_64bit(message, KANARY_A_CRITICAL_ALERTS,
				READ_ONCE(profile->critical_alerts), KANARY_A_PAD) ||
	      nla_put_u64_64bit(message, KANARY_A_ALARMS, READ_ONCE(profile->alarms),
				KANARY_A_PAD) ||
	      nla_put_u64_64bit(message, KANARY_A_CRITICAL_ALARMS,
				READ_ONCE(profile->critical_alarms), KANARY_A_PAD) ||
	      nla_put_u32(message, KANARY_A_MODEL_CHECKSUM, header->checksum) ||
	      nla_put_string(message, KANARY_A_CONTAINER, profile->name) ||
	      nla_put_u32(message, KANARY_A_GONE, READ_ONCE(profile->departed) != 0);
out:
	kanary_profile_read_unlock(reader);
	return ret ? -EMSGSIZE : 0;
}

static int put_container(struct sk_buff *message, const struct kanary_task_summary *summary)
{
	u64 vectors;

	mutex_lock(&kanary_worker_lock);
	vectors = kanary_worker_vectors(summary->cgroup);
	mutex_unlock(&kanary_worker_lock);
	if (nla_put_u64_64bit(message, KANARY_A_CGROUP, summary->cgroup, KANARY_A_PAD) ||
	    nla_put_u32(message, KANARY_A_PIDNS, summary->pidns) ||
	    nla_put_u32(message, KANARY_A_TASKS, summary->tasks) ||
	    nla_put_u32(message, KANARY_A_PID, summary->pid) ||
	    nla_put_string(message, KANARY_A_COMM, summary->comm) ||
	    nla_put_u64_64bit(message, KANARY_A_VECTORS, vectors, KANARY_A_PAD))
		return -EMSGSIZE;
	return put_profile(message, summary->cgroup);
}

static int dump_containers(struct sk_buff *message, struct netlink_callback *cb)
{
	struct container_dump *dump = (void *)cb->args[0];

	for (; dump->next < dump->length; dump->next++) {
		void *header = genlmsg_put(message, NETLINK_CB(cb->skb).portid,
					   cb->nlh->nlmsg_seq, &kanary_netlink_family,
					   NLM_F_MULTI, KANARY_CMD_GET_CONTAINERS);

		if (!header)
			break;
		if (put_container(message, &dump->summary[dump->next])) {
			genlmsg_cancel(message, header);
			break;
		}
		genlmsg_end(message, header);
	}
	return message->len;
}

static int done_containers(struct netlink_callback *cb)
{
	kvfree((void *)cb->args[0]);
	return 0;
}

static int record_start(struct sk_buff *request, struct genl_info *info)
{
	u64 cgroup = 0;
	int ret;

	ret = refuse_locked(info, "record");
	if (ret)
		return ret;
	if (info->attrs[KANARY_A_CGROUP])
		cgroup = nla_get_u64(info->attrs[KANARY_A_CGROUP]);
	mutex_lock(&kanary_worker_lock);
	ret = kanary_recorder_start(info->snd_portid, cgroup);
	mutex_unlock(&kanary_worker_lock);
	if (ret)
		return kanary_netlink_refuse(info, ret, "another recorder is running: stop it first");
	/* What is known already is news to this recording. */
	kanary_path_cache_renew();
	return 0;
}

static int record_stop(struct sk_buff *request, struct genl_info *info)
{
	int ret;

	kanary_worker_flush();
	mutex_lock(&kanary_worker_lock);
	ret = kanary_recorder_stop(info->snd_portid);
	mutex_unlock(&kanary_worker_lock);
	if (ret)
		return kanary_netlink_refuse(info, ret, "this socket is not the recorder");
	return 0;
}

static int model_begin(struct sk_buff *request, struct genl_info *info)
{
	const char *why;
	int ret;

	ret = refuse_locked(info, "load") ?:
	      need(info, KANARY_A_SIZE, "the size of the model is missing");
	if (ret)
		return ret;
	ret = kanary_upload_begin(info->snd_portid, nla_get_u32(info->attrs[KANARY_A_SIZE]), &why);
	return ret ? kanary_netlink_refuse(info, ret, why) : 0;
}

static int model_chunk(struct sk_buff *request, struct genl_info *info)
{
	struct nlattr *data = info->attrs[KANARY_A_DATA];
	const char *why;
	int ret;

	ret = need(info, KANARY_A_OFFSET, "the offset of the chunk is missing") ?:
	      need(info, KANARY_A_DATA, "the bytes of the chunk are missing");
	if (ret)
		return ret;
	ret = kanary_upload_append(info->snd_portid, nla_get_u32(info->attrs[KANARY_A_OFFSET]),
				   nla_data(data), nla_len(data), &why);
	return ret ? kanary_netlink_refuse(info, ret, why) : 0;
}

/* Who gives a model to a container that has gone meanwhile hears of it, or the log does. */
static int put_in_force(struct genl_info *info, void *file, u32 size, const char **why)
{
	struct nlattr *signature = info->attrs[KANARY_A_SIGNATURE];
	struct nlattr *name = info->attrs[KANARY_A_CONTAINER];
	u64 cgroup = nla_get_u64(info->attrs[KANARY_A_CGROUP]);
	int ret;

	ret = kanary_signature_check(file, size, signature ? nla_data(signature) : NULL,
				     signature ? nla_len(signature) : 0, why);
	if (ret)
		return ret;
	*why = "there is no such cgroup: the container is gone";
	if (kanary_gone_missing(cgroup))
		return -ENOENT;
	/* Their models may have to make room. */
	kanary_gone_flush();
	ret = kanary_profile_set(cgroup, name ? nla_data(name) : NULL, file, size, period, why);
	if (!ret)
		kanary_gone_check(cgroup);
	return ret;
}

static int model_commit(struct sk_buff *request, struct genl_info *info)
{
	const char *why;
	void *file;
	u32 size;
	int ret;

	ret = refuse_locked(info, "load") ?:
	      need(info, KANARY_A_CGROUP, "the container is missing");
	if (ret)
		return ret;
	ret = kanary_upload_finish(info->snd_portid, &file, &size, &why);
	if (ret)
		return kanary_netlink_refuse(info, ret, why);
	ret = put_in_force(info, file, size, &why);
	if (ret) {
		kvfree(file);
		return kanary_netlink_refuse(info, ret, why);
	}
	return 0;
}

static int unload(struct sk_buff *request, struct genl_info *info)
{
	int ret;

	ret = refuse_locked(info, "unload") ?:
	      need(info, KANARY_A_CGROUP, "the container is missing");
	if (ret)
		return ret;
	ret = kanary_profile_clear(nla_get_u64(info->attrs[KANARY_A_CGROUP]));
	return ret ? kanary_netlink_refuse(info, ret, "this container has no model") : 0;
}

static int set_mode(struct sk_buff *request, struct genl_info *info)
{
	int ret;

	ret = refuse_locked(info, "mode") ?:
	      need(info, KANARY_A_CGROUP, "the container is missing") ?:
	      need(info, KANARY_A_MODE, "the mode is missing");
	if (ret)
		return ret;
	ret = kanary_profile_set_mode(nla_get_u64(info->attrs[KANARY_A_CGROUP]),
				      nla_get_u32(info->attrs[KANARY_A_MODE]));
	return ret ? kanary_netlink_refuse(info, ret, "this container has no model: load one first") : 0;
}

static int engage_lock(struct sk_buff *request, struct genl_info *info)
{
	int ret;

	ret = kanary_lock_engage();
	return ret ? kanary_netlink_refuse(info, ret, "the module is being unloaded") : 0;
}

#define OPERATION(command, function, policy_of)	\
	{					\
		.cmd = (command),		\
		.doit = (function),		\
		.policy = (policy_of),		\
		.maxattr = ARRAY_SIZE(policy_of) - 1, \
		/* in the initial user namespace, whoever asks */ \
		.flags = GENL_ADMIN_PERM,	\
	}

static const struct genl_ops operations[] = {
	OPERATION(KANARY_CMD_GET_STATUS, get_status, nothing_policy),
	{
		.cmd = KANARY_CMD_GET_CONTAINERS,
		.start = start_containers,
		.dumpit = dump_containers,
		.done = done_containers,
		.policy = nothing_policy,
		.maxattr = ARRAY_SIZE(nothing_policy) - 1,
		.flags = GENL_ADMIN_PERM,
	},
	OPERATION(KANARY_CMD_RECORD_START, record_start, cgroup_policy),
	OPERATION(KANARY_CMD_RECORD_STOP, record_stop, nothing_policy),
	OPERATION(KANARY_CMD_MODEL_BEGIN, model_begin, begin_policy),
	OPERATION(KANARY_CMD_MODEL_CHUNK, model_chunk, chunk_policy),
	OPERATION(KANARY_CMD_MODEL_COMMIT, model_commit, commit_policy),
	OPERATION(KANARY_CMD_UNLOAD, unload, cgroup_policy),
	OPERATION(KANARY_CMD_SET_MODE, set_mode, mode_policy),
	OPERATION(KANARY_CMD_SCORE, kanary_score_request_answer, score_policy),
	OPERATION(KANARY_CMD_LOCK, engage_lock, nothing_policy),
};

static const struct genl_multicast_group groups[] = {
	{ .name = KANARY_GROUP_ALERTS, .flags = KANARY_COMPAT_LISTEN },
};

struct genl_family kanary_netlink_family = {
	.name = KANARY_FAMILY_NAME,
	.version = KANARY_FAMILY_VERSION,
	.module = THIS_MODULE,
	.ops = operations,
	.n_ops = ARRAY_SIZE(operations),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

/* A socket that dies leaves neither its recording nor half a model behind. */
static int socket_gone(struct notifier_block *block, unsigned long event, void *data)
{
	struct netlink_notify *notify = data;

	/* In each network namespace there may be another socket of the same number. */
	if (event != NETLINK_URELEASE || notify->protocol != NETLINK_GENERIC ||
	    !net_eq(notify->net, &init_net))
		return NOTIFY_DONE;
	/* Its number can be another's from here on. All others do not wait for the worker. */
	if (kanary_recorder_abandon(notify->portid)) {
		mutex_lock(&kanary_worker_lock);
		kanary_recorder_stop(notify->portid);
		mutex_unlock(&kanary_worker_lock);
	}
	kanary_upload_abort(notify->portid);
	return NOTIFY_DONE;
}

static struct notifier_block sockets = { .notifier_call = socket_gone };

void kanary_netlink_stay(void)
{
	WRITE_ONCE(kanary_netlink_family.module, NULL);
}

int kanary_netlink_init(u32 tasks, u32 calls)
{
	int ret;

	max_tasks = tasks;
	period = calls;
	ret = netlink_register_notifier(&sockets);
	if (ret)
		goto err;
	ret = genl_register_family(&kanary_netlink_family);
	if (ret)
		goto err_notifier;
	return 0;

err_notifier:
	netlink_unregister_notifier(&sockets);
err:
	pr_err("cannot register the netlink family: error %d\n", ret);
	return ret;
}

void kanary_netlink_uninit(void)
{
	genl_unregister_family(&kanary_netlink_family);
	netlink_unregister_notifier(&sockets);
	kanary_upload_uninit();
}
