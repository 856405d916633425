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

/* The place that a path may take: its own, a free one, a stale one, the least surprising one. */
static u32 choose(struct kanary_notable *notable, const struct kanary_path *path, u32 surprise)
{
	u32 i;

	for (i = 0; i < notable->length; i++)
		if (same(&notable->path[i].record.path, path))
			return i;
	if (notable->length < KANARY_NOTABLE_MAX)
		return notable->length++;
	for (i = 0; i < KANARY_NOTABLE_MAX; i++)
		/* Or it is the older one: it comes from another CPU's ring. */
		if ((s64)(path->time - notable->path[i].record.path.time) > (s64)STALE)
			return i;
	i = KANARY_NOTABLE_MAX - 1;
	return notable->path[i].surprise <= surprise ? i : KANARY_NOTABLE_MAX;
}

void kanary_notable_add(struct kanary_task *task, u64 serial, const struct kanary_path *path,
			u32 surprise)
{
	struct kanary_notable *notable = fit(task, path->stream, serial);
	struct kanary_notable_path *entry;
	u32 at;

	if (!notable)
		return;
	at = choose(notable, path, surprise);
	if (at == KANARY_NOTABLE_MAX)
		return;
	entry = &notable->path[at];
	entry->surprise = surprise;
	memcpy(&entry->record, path, kanary_path_record_size(path->length));
	for (; at && notable->path[at - 1].surprise < surprise; at--)
		swap(notable->path[at - 1], notable->path[at]);
	for (; at + 1 < notable->length && notable->path[at + 1].surprise > surprise; at++)
		swap(notable->path[at + 1], notable->path[at]);
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
