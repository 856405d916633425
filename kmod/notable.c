// SPDX-License-Identifier: GPL-2.0
#include "notable.h"

#include "task.h"

#include <linux/atomic.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time64.h>

/* After so long a path gives way to any later one. */
#define STALE (600 * NSEC_PER_SEC)

static atomic_t number = ATOMIC_INIT(0);

static struct kanary_notable *fit(struct kanary_task *task, u64 stream, u64 serial)
{
	struct kanary_notable *notable = task->notable;

	if (!notable) {
		notable = kmalloc(sizeof(*notable), GFP_KERNEL | __GFP_NOWARN);
		if (!notable)
			return NULL;
		atomic_inc(&number);
		task->notable = notable;
		notable->stream = 0;
	}
	if (notable->stream != stream || notable->serial != serial) {
		notable->stream = stream;
		notable->serial = serial;
		notable->length = 0;
	}
	return notable;
}

static bool same(const struct kanary_path *left, const struct kanary_path *right)
{
	return left->length == right->length && !memcmp(left->name, right->name, left->length);
}

/* What makes a path tell more than another, but for when it was used. */
static u64 weight(const struct kanary_notable_rank *rank)
{
	return (u64)!rank->loader << 33 | (u64)rank->surprise << 1 | (rank->departure != 0);
}

/* It may come from another CPU's ring, and so the one that was used later before the other. */
static bool tells_more(const struct kanary_notable_path *entry,
		       const struct kanary_notable_path *other)
{
	u64 one = weight(&entry->rank), two = weight(&other->rank);

	return one > two ||
	       (one == two && entry->record.path.time > other->record.path.time);
}

/* Whether another one leaves what is known at the same place. */
static bool is_shared(const struct kanary_notable *notable, u32 at)
{
	u32 departure = notable->path[at].rank.departure;
	u32 i;

	for (i = 0; departure && i < KANARY_NOTABLE_MAX; i++)
		if (i != at && notable->path[i].rank.departure == departure)
			return true;
	return false;
}

/* The first to give way of those that tell no more: one from the same place, one of several. */
static u32 choose_victim(const struct kanary_notable *notable,
			 const struct kanary_notable_rank *rank)
{
	u32 i, first = KANARY_NOTABLE_MAX;

	while (first && weight(&notable->path[first - 1].rank) <= weight(rank))
		first--;
	for (i = KANARY_NOTABLE_MAX; rank->departure && i > first; i--)
		if (notable->path[i - 1].rank.departure == rank->departure)
			return i - 1;
	for (i = KANARY_NOTABLE_MAX; i > first; i--)
		if (is_shared(notable, i - 1))
			return i - 1;
	return max_t(u32, first, KANARY_NOTABLE_MAX - 1);
}

/* The place that a path may take: its own, a free one, a stale one, that of one to give way. */
static u32 choose(struct kanary_notable *notable, const struct kanary_path *path,
		  const struct kanary_notable_rank *rank)
{
	const struct kanary_notable_path *entry;
	u32 i;

	for (i = 0; i < notable->length; i++) {
		entry = &notable->path[i];
		if (same(&entry->record.path, path))
			return weight(&entry->rank) <= weight(rank) ? i : KANARY_NOTABLE_MAX;
	}
	if (notable->length < KANARY_NOTABLE_MAX)
		return notable->length++;
	for (i = 0; i < KANARY_NOTABLE_MAX; i++)
		/* Or it is the older one: it comes from another CPU's ring. */
		if ((s64)(path->time - notable->path[i].record.path.time) > (s64)STALE)
			return i;
	return choose_victim(notable, rank);
}

void kanary_notable_add(struct kanary_task *task, u64 serial, const struct kanary_path *path,
			const struct kanary_notable_rank *rank)
{
	struct kanary_notable *notable = fit(task, path->stream, serial);
	struct kanary_notable_path *entry;
	u32 at;

	if (!notable)
		return;
	at = choose(notable, path, rank);
	if (at == KANARY_NOTABLE_MAX)
		return;
	entry = notable->path;
	entry[at].rank = *rank;
	memcpy(&entry[at].record, path, kanary_path_record_size(path->length));
	for (; at && tells_more(&entry[at], &entry[at - 1]); at--)
		swap(entry[at], entry[at - 1]);
	for (; at + 1 < notable->length && tells_more(&entry[at + 1], &entry[at]); at++)
		swap(entry[at + 1], entry[at]);
}

const struct kanary_notable *kanary_notable_of(const struct kanary_task *task, u64 stream,
					       u64 serial)
{
	const struct kanary_notable *notable = task->notable;

	if (!notable || notable->stream != stream || notable->serial != serial)
		return NULL;
	return notable->length ? notable : NULL;
}

void kanary_notable_forget(struct kanary_notable *notable)
{
	if (notable)
		atomic_dec(&number);
	kfree(notable);
}

u64 kanary_notable_memory(void)
{
	return (u64)atomic_read(&number) * sizeof(struct kanary_notable);
}
