/* SPDX-License-Identifier: GPL-2.0 */
/* The task table and the worker behind it, as the module's init and exit have them. */
#ifndef _KANARY_KUNIT_TABLE_H
#define _KANARY_KUNIT_TABLE_H

#include <linux/types.h>

/**
 * kanary_table_begin() - a table that counts nobody yet, and a worker
 * @queue: vectors that each CPU's ring takes, a power of 2
 * @tasks: entries
 * @period: calls in a vector
 *
 * Context: may sleep.
 *
 * Return: 0, or -ENOMEM and there is neither.
 */
int kanary_table_begin(u32 queue, u32 tasks, u32 period);

/**
 * kanary_table_end() - as the module's exit does it, once no hook runs any more
 *
 * The caches of the CPUs go with the module; here the next suite would find them.
 *
 * Context: may sleep.
 */
void kanary_table_end(void);

#endif /* _KANARY_KUNIT_TABLE_H */
