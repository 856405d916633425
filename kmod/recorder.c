// SPDX-License-Identifier: GPL-2.0
#include "recorder.h"

#include "counters.h"
#include "netlink.h"
#include "path_record.h"
#include "vector.h"

#include <net/genetlink.h>
#include <net/net_namespace.h>

/* Half of what a netlink reader's default buffer of 64 KiB can take at once. */
enum { BATCH_BYTES = 32768 };

/**
 * struct batch - messages of one kind, one of which may be being filled
 * @command: of the messages
 * @attribute: of what is in them
 * @delivered: counts what was sent and had no other fate, as the next three do
 * @mirrored: counts what was sent and has been scored
 * @full: counts what did not fit into the recorder's socket
 * @no_memory: counts what there was no memory for
 * @message: NULL when there is nothing to send
 * @header: of the message
 * @own: what is in it and whose fate depends on it
 * @copies: what is in it and has been scored
 * @sequence: messages sent of this recording
 * @lost: what this recording has lost
 */
struct batch {
	enum kanary_command command;
	enum kanary_attribute attribute;
	enum kanary_counter delivered;
	enum kanary_counter mirrored;
	enum kanary_counter full;
	enum kanary_counter no_memory;
	struct sk_buff *message;
	void *header;
	u32 own;
	u32 copies;
	u32 sequence;
	u64 lost;
};

static u32 port;
static bool abandoned;
static u64 container;
static struct batch vectors = {
	.command = KANARY_CMD_VECTORS,
	.attribute = KANARY_A_VECTOR,
	.delivered = KANARY_A_COUNTER_DELIVERED,
	.mirrored = KANARY_A_COUNTER_MIRRORED,
	.full = KANARY_A_COUNTER_DROPPED_RECORDER_FULL,
	.no_memory = KANARY_A_COUNTER_DROPPED_NO_MEMORY,
};
static struct batch paths = {
	.command = KANARY_CMD_PATHS,
	.attribute = KANARY_A_PATH,
	.delivered = KANARY_A_COUNTER_PATHS_DELIVERED,
	.mirrored = KANARY_A_COUNTER_PATHS_MIRRORED,
	.full = KANARY_A_COUNTER_PATHS_DROPPED_RECORDER_FULL,
	.no_memory = KANARY_A_COUNTER_PATHS_DROPPED_NO_MEMORY,
};

int kanary_recorder_start(u32 portid, u64 cgroup)
{
	if (port)
		return -EBUSY;
	WRITE_ONCE(abandoned, false);
	WRITE_ONCE(port, portid);
	WRITE_ONCE(container, cgroup);
	vectors.sequence = 0;
	vectors.lost = 0;
	paths.sequence = 0;
	paths.lost = 0;
	return 0;
}

int kanary_recorder_stop(u32 portid)
{
	if (!portid || port != portid)
		return -ENOENT;
	kanary_recorder_flush();
	WRITE_ONCE(port, 0);
	return 0;
}

bool kanary_recorder_abandon(u32 portid)
{
	if (!portid || READ_ONCE(port) != portid)
		return false;
	WRITE_ONCE(abandoned, true);
	return true;
}

u32 kanary_recorder_port(void)
{
	return port;
}

bool kanary_recorder_wants(u64 cgroup)
{
	return port && (!container || container == cgroup);
}

bool kanary_recorder_names(u64 cgroup)
{
	return READ_ONCE(port) && READ_ONCE(container) == cgroup;
}

static void lose(struct batch *batch, u32 own, u32 copies, enum kanary_counter cause)
{
	kanary_counters_add(cause, own);
	batch->lost += own + copies;
}

static int begin(struct batch *batch)
{
	batch->message = genlmsg_new(BATCH_BYTES, GFP_KERNEL | __GFP_NOWARN);
	if (!batch->message)
		return -ENOMEM;
	batch->header = genlmsg_put(batch->message, 0, 0, &kanary_netlink_family, 0,
				    batch->command);
	if (!batch->header ||
	    nla_put_u32(batch->message, KANARY_A_SEQUENCE, batch->sequence) ||
	    nla_put_u64_64bit(batch->message, KANARY_A_LOST, batch->lost, KANARY_A_PAD)) {
		nlmsg_free(batch->message);
		batch->message = NULL;
		return -ENOMEM;
	}
	batch->own = 0;
	batch->copies = 0;
	return 0;
}

static int put(struct batch *batch, const void *data, size_t size)
{
	if (!batch->message && begin(batch))
		return -ENOMEM;
	return nla_put(batch->message, batch->attribute, size, data);
}

static void flush(struct batch *batch)
{
	struct sk_buff *message = batch->message;

	if (!message)
		return;
	batch->message = NULL;
	genlmsg_end(message, batch->header);
	if (READ_ONCE(abandoned)) {
		nlmsg_free(message);
		goto lost;
	}
	/* Does not wait: a reader that does not keep up loses the batch. */
	if (genlmsg_unicast(&init_net, message, port))
		goto lost;
	batch->sequence++;
	kanary_counters_add(batch->delivered, batch->own);
	kanary_counters_add(batch->mirrored, batch->copies);
	return;

lost:
	lose(batch, batch->own, batch->copies, batch->full);
}

static void take(struct batch *batch, const void *data, size_t size, bool mirror)
{
	int ret = put(batch, data, size);

	if (ret && batch->message) {
		/* The batch is full: this begins the next one. */
		kanary_recorder_flush();
		ret = put(batch, data, size);
	}
	if (ret)
		lose(batch, !mirror, mirror, batch->no_memory);
	else if (mirror)
		batch->copies++;
	else
		batch->own++;
}

void kanary_recorder_take(const struct kanary_vector *vector, bool mirror)
{
	take(&vectors, vector, kanary_vector_size(vector), mirror);
}

void kanary_recorder_take_path(const struct kanary_path *path, bool mirror)
{
	take(&paths, path, kanary_path_record_size(path->length), mirror);
}

/* A path stands before the vector that it was counted in. */
void kanary_recorder_flush(void)
{
	flush(&paths);
	flush(&vectors);
}
