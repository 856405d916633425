// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

/* Without memory a name is not added, and the program goes on. */
#define HASH_NONFATAL_OOM 1
#define uthash_nonfatal_oom(call) is_full = true

#include "path_call.h"
#include "syscall_name.h"
#include "recording/syscall_number.h"
#include "sysdig_call.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static bool is_any(const char *name, const char *const *names, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

/* Of all versions of sysdig and of Falco's libraries. */
static bool is_event(const char *name)
{
	static const char *const events[] = {
		"NA", "async", "asyncevent", "container", "cpu_hotplug", "drop", "group_added",
		"group_deleted", "groupadded", "groupdeleted", "infra", "k8s", "mesos",
		"notification", "page_fault", "page_fault_kernel", "page_fault_user",
		"pluginevent", "procexit", "procinfo", "scapevent", "sched_process_exit",
		"sched_switch", "signal_deliver", "signaldeliver", "switch", "sysdigevent", "task",
		"trace", "tracer", "unknown", "user_added", "user_deleted", "useradded",
		"userdeleted",
	};

	return is_any(name, events, COUNT(events)) || !strncmp(name, "task_", 5);
}

static const char *find_maker(const char *name)
{
	static const struct {
		const char *name;
		const char *maker;
	} makers[] = {
		{ "accept", "fd" }, { "accept4", "fd" }, { "bpf", "fd" }, { "creat", "fd" },
		{ "getegid", "egid" }, { "geteuid", "euid" }, { "getgid", "gid" },
		{ "getuid", "uid" }, { "memfd_create", "fd" }, { "open", "fd" },
		{ "open_by_handle_at", "fd" }, { "openat", "fd" }, { "openat2", "fd" },
		{ "pidfd_getfd", "fd" }, { "pidfd_open", "fd" }, { "socket", "fd" },
	};
	size_t i;

	for (i = 0; i < COUNT(makers); i++)
		if (!strcmp(name, makers[i].name))
			return makers[i].maker;
	return NULL;
}

static void describe(struct kanary_sysdig_call *call, const char *name)
{
	static const char *const forks[] = { "clone", "clone3", "fork", "vfork" };
	static const char *const execs[] = { "execve", "execveat" };
	static const char *const ends[] = { "exit", "exit_group" };
	const char *official;

	strcpy(call->name, name);
	call->event = is_event(name);
	call->bin = kanary_syscall_number_bin(name, false, &call->named);
	official = call->named ? kanary_syscall_native(call->bin) : NULL;
	call->paths = official && kanary_path_call_find(official, false);
	call->forks = is_any(name, forks, COUNT(forks));
	call->execs = is_any(name, execs, COUNT(execs));
	call->returns = !is_any(name, ends, COUNT(ends));
	call->maker = find_maker(name);
	/* the ends of these always do */
	call->result = call->paths;
}

static struct kanary_sysdig_call *add(struct kanary_sysdig_calls *calls, const char *name)
{
	struct kanary_sysdig_call *call = calloc(1, sizeof(*call));
	bool is_full = false;

	if (!call)
		return NULL;
	describe(call, name);
	HASH_ADD_KEYPTR(handle, calls->first, call->name, strlen(call->name), call);
	if (is_full) {
		free(call);
		return NULL;
	}
	calls->count++;
	return call;
}

/* "syscall ID=39(getpid) nativeID=39" */
static const char *true_name(const struct kanary_sysdig_line *line,
			     char name[KANARY_SYSDIG_LINE_CALL])
{
	const char *value, *open, *close;
	size_t length;

	if (strcmp(line->call, "syscall"))
		return line->call;
	value = kanary_sysdig_line_value(line->arguments, "ID", &length);
	open = value ? memchr(value, '(', length) : NULL;
	close = open ? memchr(open, ')', length - (size_t)(open - value)) : NULL;
	if (!close || close - open > KANARY_SYSDIG_LINE_CALL)
		return line->call;
	length = (size_t)(close - open - 1);
	memcpy(name, open + 1, length);
	name[length] = 0;
	return name;
}

struct kanary_sysdig_call *kanary_sysdig_call_find(struct kanary_sysdig_calls *calls,
						   const struct kanary_sysdig_line *line)
{
	char memory[KANARY_SYSDIG_LINE_CALL];
	const char *name = true_name(line, memory);
	struct kanary_sysdig_call *call;

	HASH_FIND(handle, calls->first, name, strlen(name), call);
	if (call)
		return call;
	if (calls->count < KANARY_SYSDIG_CALLS_MAX)
		return add(calls, name);
	if (!*calls->rest.name)
		describe(&calls->rest, "-");
	return &calls->rest;
}

bool kanary_sysdig_call_has_result(const struct kanary_sysdig_call *call, const char *arguments)
{
	size_t length;

	if (*arguments != ' ')
		return false;
	if (!strncmp(arguments, " res=", 5))
		return true;
	if (!call->maker)
		return false;
	length = strlen(call->maker);
	return !strncmp(arguments + 1, call->maker, length) && arguments[length + 1] == '=';
}

void kanary_sysdig_call_free(struct kanary_sysdig_calls *calls)
{
	struct kanary_sysdig_call *call = calls->first, *next;

	/* of the table alone, not of the names */
	HASH_CLEAR(handle, calls->first);
	for (; call; call = next) {
		next = call->handle.next;
		free(call);
	}
	calls->count = 0;
}
