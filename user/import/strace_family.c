// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

/* Without memory a child is not added, and the program goes on. */
#define HASH_NONFATAL_OOM 1
#define uthash_nonfatal_oom(child) is_full = true

#include "strace_family.h"

/* Generations that are looked up: pids may come back, and so be their own grandparents. */
#define GENERATIONS 64

static struct kanary_strace_child *find(const struct kanary_strace_family *family, u32 pid)
{
	struct kanary_strace_child *child;

	HASH_FIND(handle, family->first, &pid, sizeof(pid), child);
	return child;
}

bool kanary_strace_family_add(struct kanary_strace_family *family, u32 pid, u32 parent,
			      const char comm[KANARY_COMM_SIZE])
{
	struct kanary_strace_child *child = find(family, pid);
	bool is_full = false, is_new = !child;

	if (is_new)
		child = calloc(1, sizeof(*child));
	if (!child)
		return false;
	child->pid = pid;
	child->parent = parent;
	memcpy(child->comm, comm, sizeof(child->comm));
	if (is_new)
		HASH_ADD(handle, family->first, pid, sizeof(child->pid), child);
	if (is_full)
		free(child);
	return !is_full;
}

bool kanary_strace_family_find(const struct kanary_strace_family *family, u32 pid,
			       char comm[KANARY_COMM_SIZE])
{
	const struct kanary_strace_child *child = find(family, pid);
	bool found = child;
	u32 i;

	memset(comm, 0, KANARY_COMM_SIZE);
	for (i = 0; child && i < GENERATIONS; i++) {
		memcpy(comm, child->comm, KANARY_COMM_SIZE);
		if (*comm)
			break;
		child = find(family, child->parent);
	}
	return found;
}

bool kanary_strace_family_take(struct kanary_strace_family *family, u32 pid,
			       char comm[KANARY_COMM_SIZE])
{
	struct kanary_strace_child *child = find(family, pid);

	if (!child)
		return false;
	memcpy(comm, child->comm, KANARY_COMM_SIZE);
	HASH_DELETE(handle, family->first, child);
	free(child);
	return true;
}

void kanary_strace_family_free(struct kanary_strace_family *family)
{
	struct kanary_strace_child *child = family->first, *next;

	/* Takes the table away; the children stay linked. */
	HASH_CLEAR(handle, family->first);
	for (; child; child = next) {
		next = child->handle.next;
		free(child);
	}
}
