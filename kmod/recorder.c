// SPDX-License-Identifier: GPL-2.0
#include "recorder.h"

#include "counters.h"
#include "netlink.h"
#include "vector.h"

#include <net/genetlink.h>
#include <net/net_namespace.h>

/* Half of what a netlink reader's default buffer of 64 KiB can take at once. */
enum { BATCH_BYTES = 32768 };

/**
 * struct batch - a message that is being filled
 * @message: NULL when there is nothing to send
 * @header: of the message
 * @own: vectors in it whose fate depends on it
 * @mirrored: vectors in it that have been scored
 */
struct batch {
	struct sk_buff *message;
	void *header;
	u32 own;
	u32 mirrored;
};

static u32 port;
static u64 container;
static u32 sequence;
static u64 lost;
static struct batch batch;

int kanary_recorder_start(u32 portid, u64 cgroup)
{
	if (port)
		return -EBUSY;
	port = portid;
	container = cgroup;
	sequence = 0;
	lost = 0;
	return 0;
}

int kanary_recorder_stop(u32 portid)
{
	if (!portid || port != portid)
		return -ENOENT;
	kanary_recorder_flush();
	port = 0;
	return 0;
}

u32 kanary_recorder_port(void)
{
	return port;
}

bool kanary_recorder_wants(u64 cgroup)
{
	return port && (!container || container == cgroup);
}

static void lose(u32 own, u32 mirrored, enum kanary_counter cause)
{
	kanary_counters_add(cause, own);
	lost += own + mirrored;
}

static int begin_batch(void)
{
	batch.message = genlmsg_new(BATCH_BYTES, GFP_KERNEL | __GFP_NOWARN);
	if (!batch.message)
		return -ENOMEM;
	batch.header = genlmsg_put(batch.message, 0, 0, &kanary_netlink_family, 0,
				   KANARY_CMD_VECTORS);
	if (!batch.header ||
	    nla_put_u32(batch.message, KANARY_A_SEQUENCE, sequence) ||
	    nla_put_u64_64bit(batch.message, KANARY_A_LOST, lost, KANARY_A_PAD)) {
		nlmsg_free(batch.message);
		batch.message = NULL;
		return -ENOMEM;
	}
	batch.own = 0;
	batch.mirrored = 0;
	return 0;
}

static int put_vector(const struct kanary_vector *vector)
{
	size_t size = kanary_vector_size(vector);

	if (!batch.message && begin_batch())
		return -ENOMEM;
	return nla_put(batch.message, KANARY_A_VECTOR, size, vector);
}

void kanary_recorder_take(const struct kanary_vector *vector, bool mirror)
{
	int ret = put_vector(vector);

	if (ret && batch.message) {
		/* The batch is full: this vector begins the next one. */
		kanary_recorder_flush();
		ret = put_vector(vector);
	}
	if (ret)
		lose(!mirror, mirror, KANARY_A_COUNTER_DROPPED_NO_MEMORY);
	else if (mirror)
		batch.mirrored++;
	else
		batch.own++;
}

void kanary_recorder_flush(void)
{
	struct sk_buff *message = batch.message;

	if (!message)
		return;
	batch.message = NULL;
	genlmsg_end(message, batch.header);
	/* Does not wait: a reader that does not keep up loses the batch. */
	if (genlmsg_unicast(&init_net, message, port)) {
		lose(batch.own, batch.mirrored, KANARY_A_COUNTER_DROPPED_RECORDER_FULL);
		return;
	}
	sequence++;
	kanary_counters_add(KANARY_A_COUNTER_DELIVERED, batch.own);
	kanary_counters_add(KANARY_A_COUNTER_MIRRORED, batch.mirrored);
}
