// SPDX-License-Identifier: GPL-2.0
/* The recorder: its socket gets what was taken, and one that is gone gets nothing more. */
#include "recorder.c"

#include <kunit/test.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <net/sock.h>

enum { CONTAINER = 9 };

/**
 * struct listener - a socket, as userspace has one
 * @socket: of generic netlink
 * @port: its number
 */
struct listener {
	struct socket *socket;
	u32 port;
};

static u64 delivered_before, full_before;

static int open_socket(struct kunit *test)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	struct listener *listener = kunit_kzalloc(test, sizeof(*listener), GFP_KERNEL);
	int ret;

	if (!listener)
		return -ENOMEM;
	ret = sock_create_kern(&init_net, AF_NETLINK, SOCK_RAW, NETLINK_GENERIC, &listener->socket);
	if (ret)
		return ret;
	ret = kernel_bind(listener->socket, (struct sockaddr *)&address, sizeof(address));
	if (!ret)
		ret = kernel_getsockname(listener->socket, (struct sockaddr *)&address);
	if (ret < 0) {
		sock_release(listener->socket);
		return ret;
	}
	listener->port = address.nl_pid;
	test->priv = listener;
	delivered_before = kanary_counters_read(KANARY_A_COUNTER_DELIVERED);
	full_before = kanary_counters_read(KANARY_A_COUNTER_DROPPED_RECORDER_FULL);
	return 0;
}

static void close_socket(struct kunit *test)
{
	struct listener *listener = test->priv;

	if (!listener)
		return;
	kanary_recorder_stop(listener->port);
	sock_release(listener->socket);
}

static u32 arrived(const struct listener *listener)
{
	return skb_queue_len(&listener->socket->sk->sk_receive_queue);
}

static u64 delivered(void)
{
	return kanary_counters_read(KANARY_A_COUNTER_DELIVERED) - delivered_before;
}

static u64 full(void)
{
	return kanary_counters_read(KANARY_A_COUNTER_DROPPED_RECORDER_FULL) - full_before;
}

static void take_one(void)
{
	const struct kanary_vector vector = { .cgroup = CONTAINER, .calls = 1 };

	kanary_recorder_take(&vector, false);
}

static void sends_to_its_socket(struct kunit *test)
{
	struct listener *listener = test->priv;

	KUNIT_ASSERT_EQ(test, kanary_recorder_start(listener->port, CONTAINER), 0);
	take_one();
	take_one();
	KUNIT_EXPECT_EQ(test, arrived(listener), 0U);
	kanary_recorder_flush();
	KUNIT_EXPECT_EQ(test, arrived(listener), 1U);
	KUNIT_EXPECT_EQ(test, delivered(), 2ULL);
	KUNIT_EXPECT_EQ(test, kanary_recorder_stop(listener->port), 0);
	KUNIT_EXPECT_EQ(test, full(), 0ULL);
}

/* Its number may be another's by now, who has not asked for what containers do. */
static void sends_nothing_to_who_is_gone(struct kunit *test)
{
	struct listener *listener = test->priv;

	KUNIT_EXPECT_FALSE(test, kanary_recorder_abandon(listener->port));
	KUNIT_ASSERT_EQ(test, kanary_recorder_start(listener->port, CONTAINER), 0);
	take_one();
	KUNIT_EXPECT_FALSE(test, kanary_recorder_abandon(listener->port + 1));
	KUNIT_EXPECT_FALSE(test, kanary_recorder_abandon(0));
	KUNIT_EXPECT_TRUE(test, kanary_recorder_abandon(listener->port));
	take_one();
	KUNIT_EXPECT_EQ(test, kanary_recorder_stop(listener->port), 0);
	KUNIT_EXPECT_EQ(test, arrived(listener), 0U);
	KUNIT_EXPECT_EQ(test, delivered(), 0ULL);
	KUNIT_EXPECT_EQ(test, full(), 2ULL);
	/* The next one with the same number has asked. */
	KUNIT_ASSERT_EQ(test, kanary_recorder_start(listener->port, CONTAINER), 0);
	take_one();
	KUNIT_EXPECT_EQ(test, kanary_recorder_stop(listener->port), 0);
	KUNIT_EXPECT_EQ(test, arrived(listener), 1U);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(sends_to_its_socket),
	KUNIT_CASE(sends_nothing_to_who_is_gone),
	{}
};

static struct kunit_suite suite = {
	.name = "recorder",
	.init = open_socket,
	.exit = close_socket,
	.test_cases = cases,
};

kunit_test_suite(suite);
