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
 * @hash: keyed, of the seed and of @bytes
 * @length: of @bytes, without a terminating zero
 * @truncated: it is of KANARY_PATH_SIZE_MAX bytes, and there may be more of it
 * @bytes: of it
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
 * kanary_path_read_hash() - the hash of a path of current
 * @from: any address
 * @seed: that the hash begins with, secret
 *
 * Multiply and fold, two words at a time, up to the pair with the terminating zero or to
 * KANARY_PATH_SIZE_MAX. Who knows neither key nor seed cannot make two paths of one hash
 * but by chance, about 2^-64 for each two; and nothing that a task can see depends on it
 * but what is in the cache.
 *
 * Context: the hook. Return: 0 where some of the words are not in memory, though all of the
 * path may be: kanary_path_read() knows.
 */
u64 kanary_path_read_hash(const char __user *from, u64 seed);

/**
 * kanary_path_read() - a path of current itself
 * @name: set; of a failure, garbage
 *
 * Another one than was hashed a moment ago, if another thread wants it so: it has its own
 * hash. Context: the hook. Return: 0, or -EFAULT where some of it is not in memory.
 */
int kanary_path_read(const char __user *from, u64 seed, struct kanary_path_name *name);

#endif /* _KANARY_PATH_READ_H */
