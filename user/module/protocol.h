/* SPDX-License-Identifier: GPL-2.0 */
/* What the module's messages say: from nlmsghdr to plain structs. No socket here. */
#ifndef KANARY_PROTOCOL_H
#define KANARY_PROTOCOL_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>

#include "kanary_netlink.h"
#include "explain.h"

/* Longest text attribute that is kept, with its zero. */
#define KANARY_PROTOCOL_TEXT 64

/**
 * struct kanary_status - reply to KANARY_CMD_GET_STATUS
 * @counters: by enum kanary_counter
 * @has_counter: whether the module sent it
 *
 * The other fields as their attributes in kanary_netlink.h.
 */
struct kanary_status {
	uint32_t api_version;
	char version[KANARY_PROTOCOL_TEXT];
	char hook[KANARY_PROTOCOL_TEXT];
	char self_test[KANARY_PROTOCOL_TEXT];
	char scope[KANARY_PROTOCOL_TEXT];
	uint32_t period;
	uint32_t tasks;
	uint32_t max_tasks;
	uint64_t memory;
	uint32_t recorder;
	uint32_t path_calls;
	uint32_t locked;
	char signatures[KANARY_PROTOCOL_TEXT];
	char watchdog[KANARY_PROTOCOL_TEXT];
	uint64_t counters[KANARY_A_COUNTER_MAX + 1];
	bool has_counter[KANARY_A_COUNTER_MAX + 1];
};

/**
 * struct kanary_container - one message of KANARY_CMD_GET_CONTAINERS
 * @comm: as the task wrote it: escape before printing
 * @profile: empty where the container has none; then nothing after it is set
 * @name: of the container, as who loaded the model knew it, or empty: escape before printing
 * @gone: 1 once its cgroup was removed: the model watches nobody
 */
struct kanary_container {
	uint64_t cgroup;
	uint32_t pidns;
	uint32_t tasks;
	uint32_t pid;
	char comm[KANARY_COMM_SIZE];
	uint64_t vectors;
	char profile[KANARY_NAME_SIZE];
	uint32_t mode;
	uint64_t budget;
	uint32_t threshold;
	uint64_t critical_budget;
	uint32_t critical_threshold;
	uint64_t scored;
	uint64_t alerts;
	uint64_t critical_alerts;
	uint64_t alarms;
	uint64_t critical_alarms;
	uint32_t model_checksum;
	char name[KANARY_CONTAINER_SIZE];
	uint32_t gone;
};

/* Paths of an alert that are kept. */
#define KANARY_PROTOCOL_PATHS 4

/**
 * struct kanary_unusual_path - a path that an alert names
 * @surprise: Q24.8
 * @call: bin of the system call
 * @flags: KANARY_PATH_*
 * @length: of @name
 * @name: as a task wrote it: escape before printing
 */
struct kanary_unusual_path {
	uint32_t surprise;
	uint16_t call;
	uint16_t flags;
	uint32_t length;
	char name[KANARY_PATH_SIZE_MAX];
};

/**
 * struct kanary_alert - KANARY_CMD_ALERT
 * @level: enum kanary_level
 * @threshold: of that level
 * @budget: of that level
 * @container: its name, as who loaded the model knew it, or empty: escape before printing
 * @killed: 1 where the process was killed for it
 * @unusual_count: of @unusual
 * @path: most telling first
 * @paths: of @path
 */
struct kanary_alert {
	uint32_t sequence;
	uint64_t cgroup;
	uint32_t pidns;
	char profile[KANARY_NAME_SIZE];
	uint32_t pid;
	uint32_t tgid;
	char comm[KANARY_COMM_SIZE];
	uint64_t time;
	uint32_t surprise;
	uint32_t level;
	uint32_t threshold;
	uint64_t budget;
	uint32_t reason;
	uint32_t mode;
	char container[KANARY_CONTAINER_SIZE];
	uint32_t killed;
	struct kanary_verdict verdict;
	struct kanary_unusual unusual[KANARY_UNUSUAL_MAX];
	uint32_t unusual_count;
	struct kanary_unusual_path path[KANARY_PROTOCOL_PATHS];
	uint32_t paths;
};

/**
 * struct kanary_tamper - KANARY_CMD_TAMPER
 */
struct kanary_tamper {
	uint32_t sequence;
	char attempt[KANARY_PROTOCOL_TEXT];
	uint32_t pid;
	uint32_t tgid;
	char comm[KANARY_COMM_SIZE];
	uint64_t time;
};

/**
 * struct kanary_vectors - KANARY_CMD_VECTORS or KANARY_CMD_PATHS, but for what they carry
 * @sequence: counts the messages of its kind
 * @lost: vectors or paths that the module could not deliver since the recording began
 */
struct kanary_vectors {
	uint32_t sequence;
	uint64_t lost;
};

/* Each returns whether @message is a well-formed one of its kind. */
bool kanary_protocol_status(const struct nlmsghdr *message, struct kanary_status *status);
bool kanary_protocol_container(const struct nlmsghdr *message,
			       struct kanary_container *container);
bool kanary_protocol_alert(const struct nlmsghdr *message, struct kanary_alert *alert);
bool kanary_protocol_tamper(const struct nlmsghdr *message, struct kanary_tamper *tamper);

/**
 * kanary_protocol_vectors() - take a KANARY_CMD_VECTORS apart
 * @take: called with each valid vector, may be NULL; nonzero ends it
 *
 * Return: 0, what @take returned, or -EBADMSG.
 */
int kanary_protocol_vectors(const struct nlmsghdr *message, struct kanary_vectors *vectors,
			    int (*take)(const struct kanary_vector *vector, void *context),
			    void *context);

/** kanary_protocol_paths() - take a KANARY_CMD_PATHS apart, in the same way */
int kanary_protocol_paths(const struct nlmsghdr *message, struct kanary_vectors *paths,
			  int (*take)(const struct kanary_path *path, void *context),
			  void *context);

/**
 * kanary_protocol_verdicts() - take the reply to KANARY_CMD_SCORE apart
 * @maximum: room in @verdicts
 *
 * Return: verdicts set, or -EBADMSG.
 */
int kanary_protocol_verdicts(const struct nlmsghdr *message, struct kanary_verdict *verdicts,
			     uint32_t maximum);

/**
 * kanary_protocol_refusal() - text of the extended ACK in an NLMSG_ERROR
 * @text: set to the kernel's sentence, or to ""
 *
 * Return: the errno, positive, 0 for a plain ACK or a message that is no error.
 */
int kanary_protocol_refusal(const struct nlmsghdr *message, char *text, size_t size);

/** kanary_protocol_command() - enum kanary_command of a message, 0 if it has none */
uint32_t kanary_protocol_command(const struct nlmsghdr *message);

/** kanary_protocol_counter_name() - "dropped_queue_full" and so on, NULL beyond the last */
const char *kanary_protocol_counter_name(uint32_t counter);

/** kanary_protocol_level_name() - "warning", "critical", "unknown" */
const char *kanary_protocol_level_name(uint32_t level);

/** kanary_protocol_level() - enum kanary_level, or -1 */
int kanary_protocol_level(const char *name);

/** kanary_protocol_mode_name() - "learn", "monitor", "enforce", "unknown" */
const char *kanary_protocol_mode_name(uint32_t mode);

/** kanary_protocol_mode() - number of a name, or -1 */
int kanary_protocol_mode(const char *name);

/** kanary_protocol_reason_name() - "period", "exec", "exit", "unknown" */
const char *kanary_protocol_reason_name(uint32_t reason);

#endif /* KANARY_PROTOCOL_H */
