/* SPDX-License-Identifier: GPL-2.0 */
/* The threads of a trace that have not ended yet, by their number. */
#ifndef KANARY_TRACE_TABLE_H
#define KANARY_TRACE_TABLE_H

#include <stddef.h>
#include <uthash.h>

#include "recording/trace.h"

/**
 * struct kanary_trace_thread - a thread, the first member of what an importer keeps of it
 * @tid: its number
 * @trace: its calls
 * @handle: of the table
 */
struct kanary_trace_thread {
	u32 tid;
	struct kanary_trace trace;
	UT_hash_handle handle;
};

/**
 * struct kanary_trace_table - threads in the order in which they came
 * @first: of them; @handle.next of each is the one that came after it
 * @size: bytes of what an importer keeps of a thread
 * @key: of the hash by bytes, random: who writes a trace chooses its numbers
 */
struct kanary_trace_table {
	struct kanary_trace_thread *first;
	size_t size;
	u32 key[4][256];
};

/** kanary_trace_table_begin() - a table without a thread; 0, or -EIO without random numbers */
int kanary_trace_table_begin(struct kanary_trace_table *table, size_t size);

/** kanary_trace_table_find() - a thread by its number, or NULL; O(1) for any numbers */
void *kanary_trace_table_find(const struct kanary_trace_table *table, u32 tid);

/**
 * kanary_trace_table_add() - a thread of a number that is not there
 *
 * Return: it, all zero but for the number; NULL without memory.
 */
void *kanary_trace_table_add(struct kanary_trace_table *table, u32 tid);

/**
 * kanary_trace_table_rename() - give a thread another number, which is not there
 *
 * Return: 0 or -ENOMEM; the thread is gone then.
 */
int kanary_trace_table_rename(struct kanary_trace_table *table, struct kanary_trace_thread *thread,
			      u32 tid);

/** kanary_trace_table_remove() - forget a thread, and what its trace has not yielded yet */
void kanary_trace_table_remove(struct kanary_trace_table *table,
			       struct kanary_trace_thread *thread);

/**
 * kanary_trace_table_end() - end all traces, in the threads' order, as if these exited
 *
 * Return: 0 or -errno, with import->why set.
 */
int kanary_trace_table_end(struct kanary_trace_table *table);

/** kanary_trace_table_free() - forget all threads */
void kanary_trace_table_free(struct kanary_trace_table *table);

#endif /* KANARY_TRACE_TABLE_H */
