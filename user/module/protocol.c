// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <string.h>

#include "path_record.h"
#include "protocol.h"
#include "vector.h"

/* Attributes of a newer module are skipped; one of a wrong size makes the message bad. */
static struct nla_policy policy[KANARY_A_MAX + 1] = {
	[KANARY_A_API_VERSION] = { .type = NLA_U32 },
	[KANARY_A_VERSION] = { .type = NLA_STRING },
	[KANARY_A_HOOK] = { .type = NLA_STRING },
	[KANARY_A_SELF_TEST] = { .type = NLA_STRING },
	[KANARY_A_SCOPE] = { .type = NLA_STRING },
	[KANARY_A_PERIOD] = { .type = NLA_U32 },
	[KANARY_A_TASKS] = { .type = NLA_U32 },
	[KANARY_A_MAX_TASKS] = { .type = NLA_U32 },
	[KANARY_A_MEMORY] = { .type = NLA_U64 },
	[KANARY_A_RECORDER] = { .type = NLA_U32 },
	[KANARY_A_COUNTERS] = { .type = NLA_NESTED },
	[KANARY_A_WATCHDOG] = { .type = NLA_STRING },
	[KANARY_A_CGROUP] = { .type = NLA_U64 },
	[KANARY_A_PIDNS] = { .type = NLA_U32 },
	[KANARY_A_PID] = { .type = NLA_U32 },
	[KANARY_A_TGID] = { .type = NLA_U32 },
	[KANARY_A_COMM] = { .type = NLA_STRING },
	[KANARY_A_VECTORS] = { .type = NLA_U64 },
	[KANARY_A_PROFILE] = { .type = NLA_STRING },
	[KANARY_A_MODE] = { .type = NLA_U32 },
	[KANARY_A_BUDGET] = { .type = NLA_U64 },
	[KANARY_A_THRESHOLD] = { .type = NLA_U32 },
	[KANARY_A_SCORED] = { .type = NLA_U64 },
	[KANARY_A_ALERTS] = { .type = NLA_U64 },
	[KANARY_A_MODEL_CHECKSUM] = { .type = NLA_U32 },
	[KANARY_A_SEQUENCE] = { .type = NLA_U32 },
	[KANARY_A_LOST] = { .type = NLA_U64 },
	[KANARY_A_VERDICT] = { .minlen = sizeof(struct kanary_verdict) },
	[KANARY_A_TIME] = { .type = NLA_U64 },
	[KANARY_A_SURPRISE] = { .type = NLA_U32 },
	[KANARY_A_REASON] = { .type = NLA_U32 },
	[KANARY_A_BIN] = { .type = NLA_U32 },
	[KANARY_A_EXCESS] = { .type = NLA_U32 },
	[KANARY_A_PATH_CALLS] = { .type = NLA_U32 },
	[KANARY_A_LOCKED] = { .type = NLA_U32 },
	[KANARY_A_ATTEMPT] = { .type = NLA_STRING },
	[KANARY_A_SIGNATURES] = { .type = NLA_STRING },
	[KANARY_A_CONTAINER] = { .type = NLA_STRING },
	[KANARY_A_GONE] = { .type = NLA_U32 },
	[KANARY_A_KILLED] = { .type = NLA_U32 },
	[KANARY_A_LEVEL] = { .type = NLA_U32 },
	[KANARY_A_CRITICAL_BUDGET] = { .type = NLA_U64 },
	[KANARY_A_CRITICAL_THRESHOLD] = { .type = NLA_U32 },
	[KANARY_A_CRITICAL_ALERTS] = { .type = NLA_U64 },
	[KANARY_A_ALARMS] = { .type = NLA_U64 },
	[KANARY_A_CRITICAL_ALARMS] = { .type = NLA_U64 },
};

static const char *const counter_names[] = {
	[KANARY_A_COUNTER_SEEN] = "seen",
	[KANARY_A_COUNTER_QUEUED] = "queued",
	[KANARY_A_COUNTER_DELIVERED] = "delivered",
	[KANARY_A_COUNTER_SCORED] = "scored",
	[KANARY_A_COUNTER_DROPPED_QUEUE_FULL] = "dropped_queue_full",
	[KANARY_A_COUNTER_DROPPED_UNCLAIMED] = "dropped_unclaimed",
	[KANARY_A_COUNTER_DROPPED_RECORDER_FULL] = "dropped_recorder_full",
	[KANARY_A_COUNTER_DROPPED_NO_MEMORY] = "dropped_no_memory",
	[KANARY_A_COUNTER_MIRRORED] = "mirrored",
	[KANARY_A_COUNTER_ALERTS] = "alerts",
	[KANARY_A_COUNTER_ALERTS_THROTTLED] = "alerts_throttled",
	[KANARY_A_COUNTER_ALERTS_CRITICAL] = "alerts_critical",
	[KANARY_A_COUNTER_ALARMS] = "alarms",
	[KANARY_A_COUNTER_ALARMS_CRITICAL] = "alarms_critical",
	[KANARY_A_COUNTER_KILLED] = "killed",
	[KANARY_A_COUNTER_CALLS_NO_MEMORY] = "calls_no_memory",
	[KANARY_A_COUNTER_CALLS_TABLE_FULL] = "calls_table_full",
	[KANARY_A_COUNTER_CALLS_MISSED] = "calls_missed",
	[KANARY_A_COUNTER_VERDICT_NS_MEDIAN] = "verdict_ns_median",
	[KANARY_A_COUNTER_VERDICT_NS_MAX] = "verdict_ns_max",
	[KANARY_A_COUNTER_PATHS_COUNTED] = "paths_counted",
	[KANARY_A_COUNTER_PATHS_UNREAD] = "paths_unread",
	[KANARY_A_COUNTER_PATHS_NO_MEMORY] = "paths_no_memory",
	[KANARY_A_COUNTER_PATHS_MISSED] = "paths_missed",
	[KANARY_A_COUNTER_PATHS_NEWS] = "paths_news",
	[KANARY_A_COUNTER_PATHS_QUEUED] = "paths_queued",
	[KANARY_A_COUNTER_PATHS_DELIVERED] = "paths_delivered",
	[KANARY_A_COUNTER_PATHS_JUDGED] = "paths_judged",
	[KANARY_A_COUNTER_PATHS_DROPPED_QUEUE_FULL] = "paths_dropped_queue_full",
	[KANARY_A_COUNTER_PATHS_DROPPED_UNCLAIMED] = "paths_dropped_unclaimed",
	[KANARY_A_COUNTER_PATHS_DROPPED_RECORDER_FULL] = "paths_dropped_recorder_full",
	[KANARY_A_COUNTER_PATHS_DROPPED_NO_MEMORY] = "paths_dropped_no_memory",
	[KANARY_A_COUNTER_PATHS_MIRRORED] = "paths_mirrored",
	[KANARY_A_COUNTER_TAMPERS] = "tampers",
	[KANARY_A_COUNTER_WATCHDOG_TESTS] = "watchdog_tests",
	[KANARY_A_COUNTER_WATCHDOG_FAILURES] = "watchdog_failures",
	[KANARY_A_COUNTER_EVENTS_NO_MEMORY] = "events_no_memory",
	[KANARY_A_COUNTER_CONTAINERS_GONE] = "containers_gone",
	[KANARY_A_COUNTER_MODELS_EVICTED] = "models_evicted",
};

_Static_assert(sizeof(counter_names) / sizeof(*counter_names) == KANARY_A_COUNTER_MAX + 1,
	       "each counter has a name");

static const char *const mode_names[] = { "learn", "monitor", "enforce" };
static const char *const level_names[] = { "warning", "critical" };
static const char *const reason_names[] = { "period", "exec", "exit" };

const char *kanary_protocol_counter_name(uint32_t counter)
{
	return counter <= KANARY_A_COUNTER_MAX ? counter_names[counter] : NULL;
}

const char *kanary_protocol_mode_name(uint32_t mode)
{
	return mode <= KANARY_MODE_ENFORCE ? mode_names[mode] : "unknown";
}

int kanary_protocol_mode(const char *name)
{
	int mode;

	for (mode = 0; mode <= KANARY_MODE_ENFORCE; mode++)
		if (!strcmp(name, mode_names[mode]))
			return mode;
	return -1;
}

const char *kanary_protocol_level_name(uint32_t level)
{
	return level <= KANARY_LEVEL_CRITICAL ? level_names[level] : "unknown";
}

int kanary_protocol_level(const char *name)
{
	int level;

	for (level = 0; level <= KANARY_LEVEL_CRITICAL; level++)
		if (!strcmp(name, level_names[level]))
			return level;
	return -1;
}

const char *kanary_protocol_reason_name(uint32_t reason)
{
	return reason <= KANARY_REASON_EXIT ? reason_names[reason] : "unknown";
}

uint32_t kanary_protocol_command(const struct nlmsghdr *message)
{
	const struct genlmsghdr *header = nlmsg_data(message);

	if (message->nlmsg_type < NLMSG_MIN_TYPE || message->nlmsg_len < NLMSG_LENGTH(GENL_HDRLEN))
		return 0;
	return header->cmd;
}

static bool parse(const struct nlmsghdr *message, uint32_t command,
		  struct nlattr *attributes[KANARY_A_MAX + 1])
{
	return kanary_protocol_command(message) == command &&
	       nlmsg_parse((struct nlmsghdr *)message, GENL_HDRLEN, attributes, KANARY_A_MAX,
			   policy) == 0;
}

/* Missing attributes leave a zero: which of them matter is for the caller to say. */
static uint32_t get_u32(struct nlattr **attributes, int type)
{
	return attributes[type] ? nla_get_u32(attributes[type]) : 0;
}

static uint64_t get_u64(struct nlattr **attributes, int type)
{
	return attributes[type] ? nla_get_u64(attributes[type]) : 0;
}

static void get_text(struct nlattr **attributes, int type, char *text, size_t size)
{
	*text = 0;
	if (attributes[type])
		nla_strlcpy(text, attributes[type], size);
}

bool kanary_protocol_status(const struct nlmsghdr *message, struct kanary_status *status)
{
	struct nlattr *attributes[KANARY_A_MAX + 1];
	struct nlattr *counter;
	int left;

	memset(status, 0, sizeof(*status));
	if (!parse(message, KANARY_CMD_GET_STATUS, attributes) ||
	    !attributes[KANARY_A_API_VERSION])
		return false;
	status->api_version = get_u32(attributes, KANARY_A_API_VERSION);
	get_text(attributes, KANARY_A_VERSION, status->version, sizeof(status->version));
	get_text(attributes, KANARY_A_HOOK, status->hook, sizeof(status->hook));
	get_text(attributes, KANARY_A_SELF_TEST, status->self_test, sizeof(status->self_test));
	get_text(attributes, KANARY_A_SCOPE, status->scope, sizeof(status->scope));
	status->period = get_u32(attributes, KANARY_A_PERIOD);
	status->tasks = get_u32(attributes, KANARY_A_TASKS);
	status->max_tasks = get_u32(attributes, KANARY_A_MAX_TASKS);
	status->memory = get_u64(attributes, KANARY_A_MEMORY);
	status->recorder = get_u32(attributes, KANARY_A_RECORDER);
	status->path_calls = get_u32(attributes, KANARY_A_PATH_CALLS);
	status->locked = get_u32(attributes, KANARY_A_LOCKED);
	get_text(attributes, KANARY_A_SIGNATURES, status->signatures, sizeof(status->signatures));
	get_text(attributes, KANARY_A_WATCHDOG, status->watchdog, sizeof(status->watchdog));
	if (!attributes[KANARY_A_COUNTERS])
		return true;
	nla_for_each_nested(counter, attributes[KANARY_A_COUNTERS], left) {
		int type = nla_type(counter);

		if (type <= 0 || type > KANARY_A_COUNTER_MAX || nla_len(counter) != sizeof(u64))
			continue;
		status->counters[type] = nla_get_u64(counter);
		status->has_counter[type] = true;
	}
	return true;
}

bool kanary_protocol_container(const struct nlmsghdr *message,
			       struct kanary_container *container)
{
	struct nlattr *attributes[KANARY_A_MAX + 1];

	memset(container, 0, sizeof(*container));
	if (!parse(message, KANARY_CMD_GET_CONTAINERS, attributes) ||
	    !attributes[KANARY_A_CGROUP])
		return false;
	container->cgroup = get_u64(attributes, KANARY_A_CGROUP);
	container->pidns = get_u32(attributes, KANARY_A_PIDNS);
	container->tasks = get_u32(attributes, KANARY_A_TASKS);
	container->pid = get_u32(attributes, KANARY_A_PID);
	get_text(attributes, KANARY_A_COMM, container->comm, sizeof(container->comm));
	container->vectors = get_u64(attributes, KANARY_A_VECTORS);
	get_text(attributes, KANARY_A_PROFILE, container->profile, sizeof(container->profile));
	container->mode = get_u32(attributes, KANARY_A_MODE);
	container->budget = get_u64(attributes, KANARY_A_BUDGET);
	container->threshold = get_u32(attributes, KANARY_A_THRESHOLD);
	container->critical_budget = get_u64(attributes, KANARY_A_CRITICAL_BUDGET);
	container->critical_threshold = get_u32(attributes, KANARY_A_CRITICAL_THRESHOLD);
	container->scored = get_u64(attributes, KANARY_A_SCORED);
	container->alerts = get_u64(attributes, KANARY_A_ALERTS);
	container->critical_alerts = get_u64(attributes, KANARY_A_CRITICAL_ALERTS);
	container->alarms = get_u64(attributes, KANARY_A_ALARMS);
	container->critical_alarms = get_u64(attributes, KANARY_A_CRITICAL_ALARMS);
	container->model_checksum = get_u32(attributes, KANARY_A_MODEL_CHECKSUM);
	get_text(attributes, KANARY_A_CONTAINER, container->name, sizeof(container->name));
	container->gone = get_u32(attributes, KANARY_A_GONE);
	return true;
}

static bool get_unusual(struct nlattr *nest, struct kanary_unusual *unusual)
{
	struct nlattr *attributes[KANARY_A_MAX + 1];

	if (nla_parse_nested(attributes, KANARY_A_MAX, nest, policy) ||
	    !attributes[KANARY_A_BIN] || !attributes[KANARY_A_EXCESS])
		return false;
	unusual->bin = nla_get_u32(attributes[KANARY_A_BIN]);
	unusual->excess = (s32)nla_get_u32(attributes[KANARY_A_EXCESS]);
	return true;
}

static bool get_unusual_path(struct nlattr *nest, struct kanary_unusual_path *unusual)
{
	_Alignas(8) u8 memory[KANARY_PATH_RECORD_SIZE_MAX];
	const struct kanary_path *path = (const void *)memory;
	struct nlattr *attributes[KANARY_A_MAX + 1];
	size_t size;

	if (nla_parse_nested(attributes, KANARY_A_MAX, nest, policy) ||
	    !attributes[KANARY_A_PATH] || !attributes[KANARY_A_SURPRISE])
		return false;
	size = (size_t)nla_len(attributes[KANARY_A_PATH]);
	if (size > sizeof(memory))
		return false;
	memcpy(memory, nla_data(attributes[KANARY_A_PATH]), size);
	if (kanary_path_record_check(path, size))
		return false;
	unusual->surprise = nla_get_u32(attributes[KANARY_A_SURPRISE]);
	unusual->call = path->call;
	unusual->flags = path->flags;
	unusual->length = path->length;
	memcpy(unusual->name, path->name, path->length);
	return true;
}

bool kanary_protocol_alert(const struct nlmsghdr *message, struct kanary_alert *alert)
{
	struct nlattr *attributes[KANARY_A_MAX + 1];
	struct nlattr *attribute;
	int left;

	memset(alert, 0, sizeof(*alert));
	if (!parse(message, KANARY_CMD_ALERT, attributes) || !attributes[KANARY_A_CGROUP] ||
	    !attributes[KANARY_A_SURPRISE])
		return false;
	alert->sequence = get_u32(attributes, KANARY_A_SEQUENCE);
	alert->cgroup = get_u64(attributes, KANARY_A_CGROUP);
	alert->pidns = get_u32(attributes, KANARY_A_PIDNS);
	get_text(attributes, KANARY_A_PROFILE, alert->profile, sizeof(alert->profile));
	alert->pid = get_u32(attributes, KANARY_A_PID);
	alert->tgid = get_u32(attributes, KANARY_A_TGID);
	get_text(attributes, KANARY_A_COMM, alert->comm, sizeof(alert->comm));
	alert->time = get_u64(attributes, KANARY_A_TIME);
	alert->surprise = get_u32(attributes, KANARY_A_SURPRISE);
	alert->level = get_u32(attributes, KANARY_A_LEVEL);
	alert->threshold = get_u32(attributes, KANARY_A_THRESHOLD);
	alert->budget = get_u64(attributes, KANARY_A_BUDGET);
	alert->reason = get_u32(attributes, KANARY_A_REASON);
	alert->mode = get_u32(attributes, KANARY_A_MODE);
	get_text(attributes, KANARY_A_CONTAINER, alert->container, sizeof(alert->container));
	alert->killed = get_u32(attributes, KANARY_A_KILLED);
	if (attributes[KANARY_A_VERDICT])
		memcpy(&alert->verdict, nla_data(attributes[KANARY_A_VERDICT]),
		       sizeof(alert->verdict));
	nlmsg_for_each_attr(attribute, (struct nlmsghdr *)message, GENL_HDRLEN, left) {
		if (nla_type(attribute) == KANARY_A_UNUSUAL_PATH &&
		    alert->paths < KANARY_PROTOCOL_PATHS &&
		    !get_unusual_path(attribute, &alert->path[alert->paths++]))
			return false;
		if (nla_type(attribute) != KANARY_A_UNUSUAL ||
		    alert->unusual_count == KANARY_UNUSUAL_MAX)
			continue;
		if (!get_unusual(attribute, &alert->unusual[alert->unusual_count++]))
			return false;
	}
	return true;
}

bool kanary_protocol_tamper(const struct nlmsghdr *message, struct kanary_tamper *tamper)
{
	struct nlattr *attributes[KANARY_A_MAX + 1];

	memset(tamper, 0, sizeof(*tamper));
	if (!parse(message, KANARY_CMD_TAMPER, attributes) || !attributes[KANARY_A_ATTEMPT])
		return false;
	tamper->sequence = get_u32(attributes, KANARY_A_SEQUENCE);
	get_text(attributes, KANARY_A_ATTEMPT, tamper->attempt, sizeof(tamper->attempt));
	tamper->pid = get_u32(attributes, KANARY_A_PID);
	tamper->tgid = get_u32(attributes, KANARY_A_TGID);
	get_text(attributes, KANARY_A_COMM, tamper->comm, sizeof(tamper->comm));
	tamper->time = get_u64(attributes, KANARY_A_TIME);
	return true;
}

int kanary_protocol_vectors(const struct nlmsghdr *message, struct kanary_vectors *vectors,
			    int (*take)(const struct kanary_vector *vector, void *context),
			    void *context)
{
	_Alignas(8) u8 memory[KANARY_VECTOR_SIZE_MAX];
	const struct kanary_vector *vector = (const void *)memory;
	struct nlattr *attributes[KANARY_A_MAX + 1];
	struct nlattr *attribute;
	int left, result;

	memset(vectors, 0, sizeof(*vectors));
	if (!parse(message, KANARY_CMD_VECTORS, attributes))
		return -EBADMSG;
	vectors->sequence = get_u32(attributes, KANARY_A_SEQUENCE);
	vectors->lost = get_u64(attributes, KANARY_A_LOST);
	nlmsg_for_each_attr(attribute, (struct nlmsghdr *)message, GENL_HDRLEN, left) {
		size_t size = (size_t)nla_len(attribute);

		if (nla_type(attribute) != KANARY_A_VECTOR)
			continue;
		if (size > sizeof(memory))
			return -EBADMSG;
		/* An attribute's payload is aligned to 4 bytes only. */
		memcpy(memory, nla_data(attribute), size);
		if (kanary_vector_check(vector, size))
			return -EBADMSG;
		result = take ? take(vector, context) : 0;
		if (result)
			return result;
	}
	return 0;
}

int kanary_protocol_paths(const struct nlmsghdr *message, struct kanary_vectors *paths,
			  int (*take)(const struct kanary_path *path, void *context),
			  void *context)
{
	_Alignas(8) u8 memory[KANARY_PATH_RECORD_SIZE_MAX];
	const struct kanary_path *path = (const void *)memory;
	struct nlattr *attributes[KANARY_A_MAX + 1];
	struct nlattr *attribute;
	int left, result;

	memset(paths, 0, sizeof(*paths));
	if (!parse(message, KANARY_CMD_PATHS, attributes))
		return -EBADMSG;
	paths->sequence = get_u32(attributes, KANARY_A_SEQUENCE);
	paths->lost = get_u64(attributes, KANARY_A_LOST);
	nlmsg_for_each_attr(attribute, (struct nlmsghdr *)message, GENL_HDRLEN, left) {
		size_t size = (size_t)nla_len(attribute);

		if (nla_type(attribute) != KANARY_A_PATH)
			continue;
		if (size > sizeof(memory))
			return -EBADMSG;
		/* An attribute's payload is aligned to 4 bytes only. */
		memcpy(memory, nla_data(attribute), size);
		if (kanary_path_record_check(path, size))
			return -EBADMSG;
		result = take ? take(path, context) : 0;
		if (result)
			return result;
	}
	return 0;
}

int kanary_protocol_verdicts(const struct nlmsghdr *message, struct kanary_verdict *verdicts,
			     uint32_t maximum)
{
	struct nlattr *attributes[KANARY_A_MAX + 1];
	struct nlattr *attribute;
	uint32_t count = 0;
	int left;

	if (!parse(message, KANARY_CMD_SCORE, attributes))
		return -EBADMSG;
	nlmsg_for_each_attr(attribute, (struct nlmsghdr *)message, GENL_HDRLEN, left) {
		if (nla_type(attribute) != KANARY_A_VERDICT)
			continue;
		if (nla_len(attribute) != sizeof(*verdicts) || count == maximum)
			return -EBADMSG;
		memcpy(&verdicts[count++], nla_data(attribute), sizeof(*verdicts));
	}
	return (int)count;
}

int kanary_protocol_refusal(const struct nlmsghdr *message, char *text, size_t size)
{
	struct nlattr *attributes[NLMSGERR_ATTR_MAX + 1];
	const struct nlmsgerr *error = nlmsg_data(message);
	size_t skip = sizeof(*error);

	*text = 0;
	if (message->nlmsg_type != NLMSG_ERROR || message->nlmsg_len < NLMSG_LENGTH(skip) ||
	    error->error > 0 || error->error < -4095)
		return 0;
	/* The request stands between the error and its attributes, unless the kernel capped it. */
	if (!(message->nlmsg_flags & NLM_F_CAPPED) && error->msg.nlmsg_len > NLMSG_HDRLEN)
		skip += NLMSG_ALIGN(error->msg.nlmsg_len) - NLMSG_HDRLEN;
	if (message->nlmsg_flags & NLM_F_ACK_TLVS && message->nlmsg_len > NLMSG_LENGTH(skip) &&
	    !nla_parse(attributes, NLMSGERR_ATTR_MAX,
		       (struct nlattr *)((char *)error + NLMSG_ALIGN(skip)),
		       (int)(message->nlmsg_len - NLMSG_LENGTH(skip)), NULL) &&
	    attributes[NLMSGERR_ATTR_MSG])
		nla_strlcpy(text, attributes[NLMSGERR_ATTR_MSG], size);
	return -error->error;
}
