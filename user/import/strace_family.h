/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who began whom in the files of "strace -ff". Each process has a file of its own there, and
 * that of its parent, which tells how it is called, may come later.
 */
#ifndef KANARY_STRACE_FAMILY_H
#define KANARY_STRACE_FAMILY_H

#include <stdbool.h>
#include <stddef.h>
#include <uthash.h>

#include "kanary_netlink.h"
#include "types.h"

/**
 * struct kanary_strace_child - a process that another began
 * @pid: its own
 * @parent: of the other
 * @comm: of the other then; empty where it was still called as it began itself
 * @handle: of the table
 */
struct kanary_strace_child {
	u32 pid;
	u32 parent;
	char comm[KANARY_COMM_SIZE];
	UT_hash_handle handle;
};

struct kanary_strace_family {
	struct kanary_strace_child *first;
};

/** kanary_strace_family_add() - note a child; false without memory */
bool kanary_strace_family_add(struct kanary_strace_family *family, u32 pid, u32 parent,
			      const char comm[KANARY_COMM_SIZE]);

/**
 * kanary_strace_family_find() - whether a process is a child of one that was traced
 * @comm: set to what it is called when it begins, zero-padded; empty where nobody said
 */
bool kanary_strace_family_find(const struct kanary_strace_family *family, u32 pid,
			       char comm[KANARY_COMM_SIZE]);

/** kanary_strace_family_take() - the same, and forget it; of its parents nothing is said */
bool kanary_strace_family_take(struct kanary_strace_family *family, u32 pid,
			       char comm[KANARY_COMM_SIZE]);

/** kanary_strace_family_free() - forget all */
void kanary_strace_family_free(struct kanary_strace_family *family);

#endif /* KANARY_STRACE_FAMILY_H */
