// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

/* Without memory a thread is not added, and the program goes on. */
#define HASH_NONFATAL_OOM 1
#define uthash_nonfatal_oom(thread) is_full = true

#include "trace_table.h"

int kanary_trace_table_begin(struct kanary_trace_table *table, size_t size)
{
	memset(table, 0, sizeof(*table));
	table->size = size;
	return getrandom(table->key, sizeof(table->key), 0) == sizeof(table->key) ? 0 : -EIO;
}

/* Simple tabulation (Zobrist 1970): chains are short for any numbers (Patrascu, Thorup 2012). */
static unsigned int hash(const struct kanary_trace_table *table, u32 tid)
{
	return table->key[0][tid & 0xFF] ^ table->key[1][tid >> 8 & 0xFF] ^
	       table->key[2][tid >> 16 & 0xFF] ^ table->key[3][tid >> 24];
}

void *kanary_trace_table_find(const struct kanary_trace_table *table, u32 tid)
{
	struct kanary_trace_thread *thread;

	HASH_FIND_BYHASHVALUE(handle, table->first, &tid, sizeof(tid), hash(table, tid), thread);
	return thread;
}

static bool add(struct kanary_trace_table *table, struct kanary_trace_thread *thread)
{
	unsigned int hashed = hash(table, thread->tid);
	bool is_full = false;

	HASH_ADD_BYHASHVALUE(handle, table->first, tid, sizeof(thread->tid), hashed, thread);
	return !is_full;
}

static void discard(struct kanary_trace_thread *thread)
{
	kanary_trace_discard(&thread->trace);
	free(thread);
}

void *kanary_trace_table_add(struct kanary_trace_table *table, u32 tid)
{
	struct kanary_trace_thread *thread = calloc(1, table->size);

	if (!thread)
		return NULL;
	thread->tid = tid;
	if (add(table, thread))
		return thread;
	free(thread);
	return NULL;
}

int kanary_trace_table_rename(struct kanary_trace_table *table, struct kanary_trace_thread *thread,
			      u32 tid)
{
	HASH_DELETE(handle, table->first, thread);
	thread->tid = tid;
	if (add(table, thread))
		return 0;
	discard(thread);
	return -ENOMEM;
}

void kanary_trace_table_remove(struct kanary_trace_table *table,
			       struct kanary_trace_thread *thread)
{
	HASH_DELETE(handle, table->first, thread);
	discard(thread);
}

int kanary_trace_table_end(struct kanary_trace_table *table)
{
	struct kanary_trace_thread *thread;
	int error = 0;

	for (thread = table->first; thread && !error; thread = thread->handle.next)
		error = kanary_trace_end(&thread->trace, KANARY_REASON_EXIT);
	return error;
}

void kanary_trace_table_free(struct kanary_trace_table *table)
{
	struct kanary_trace_thread *thread = table->first, *next;

	/* of the table alone, not of its threads */
	HASH_CLEAR(handle, table->first);
	for (; thread; thread = next) {
		next = thread->handle.next;
		discard(thread);
	}
}
