/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A path out of a task's memory, without a fault and without waiting, and the hash
 * that it is known by.
 *
 * It is read at the entry of the system call, before the kernel copies it: a second
 * thread may change it in between, and then what is read here is not what is opened.
 */
#ifndef _KANARY_PATH_READ_H
#define _KANARY_PATH_READ_H

#include <linux/types.h>

#include "kanary_netlink.h"

/**
 * struct kanary_path_name - a path that has been read
 * @hash: keyed, of the seed and of what is in @bytes
 * @length: of @bytes, without a terminating zero
 * @truncated: it is of KANARY_PATH_SIZE_MAX bytes, and there may be more of it
 * @bytes: zeros up to the end of its last word
 */
struct kanary_path_name {
	u64 hash;
	u32 length;
	bool truncated;
	u8 bytes[KANARY_PATH_SIZE_MAX] __aligned(8);
};

/** kanary_path_read_init() - draw the key of the hash */
void kanary_path_read_init(void);

/**
 * kanary_path_read() - read a path of current
 * @from: any address
 * @seed: that the hash begins with
 * @name: set; of a failure, garbage
 *
 * Multiply and fold, a word at a time. Who does not know the key cannot make two paths
 * of one hash but by chance, 2^-64 for each pair; and nothing that a task can see depends
 * on the hash but what is in the cache.
 *
 * Context: the hook. Return: 0, or -EFAULT where some of it is not in memory.
 */
int kanary_path_read(const char __user *from, u64 seed, struct kanary_path_name *name);

#endif /* _KANARY_PATH_READ_H */
