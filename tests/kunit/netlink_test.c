// SPDX-License-Identifier: GPL-2.0
/* Policies of the netlink family: who may ask, and what of a message gets as far as a command. */
#include "netlink.c"

#include <kunit/test.h>

/* How a request's attributes are parsed before its command runs. */
static int parse(const struct genl_ops *operation, int type, const void *data, int size)
{
	struct nlattr *table[KANARY_A_MAX + 1], *attribute;
	int ret;

	attribute = kzalloc(nla_total_size(size), GFP_KERNEL);
	if (!attribute)
		return -ENOMEM;
	attribute->nla_type = type;
	attribute->nla_len = nla_attr_size(size);
	if (size && data)
		memcpy(nla_data(attribute), data, size);
	ret = __nla_parse(table, operation->maxattr, attribute, attribute->nla_len,
			  operation->policy, NL_VALIDATE_STRICT, NULL);
	kfree(attribute);
	return ret;
}

static const struct genl_ops *operation_of(u32 command)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(operations); i++) {
		if (operations[i].cmd == command)
			return &operations[i];
	}
	return NULL;
}

static void administrators_only(struct kunit *test)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(operations); i++) {
		/* CAP_NET_ADMIN in the initial user namespace, and not in the asker's. */
		KUNIT_EXPECT_TRUE_MSG(test, operations[i].flags & GENL_ADMIN_PERM, "command %u",
				      operations[i].cmd);
		KUNIT_EXPECT_FALSE(test, operations[i].flags & GENL_UNS_ADMIN_PERM);
		KUNIT_EXPECT_NOT_NULL(test, operations[i].policy);
		KUNIT_EXPECT_GT(test, operations[i].maxattr, 0U);
	}
	KUNIT_EXPECT_FALSE(test, kanary_netlink_family.netnsok);
	for (i = 0; i < ARRAY_SIZE(groups); i++)
		KUNIT_EXPECT_NE(test, groups[i].flags, 0);
}

/* No command lets an attribute pass that it does not know, nor one that is too short. */
static void strangers_are_refused(struct kunit *test)
{
	u32 i;
	int type;

	for (i = 0; i < ARRAY_SIZE(operations); i++) {
		const struct genl_ops *operation = &operations[i];

		KUNIT_EXPECT_NE(test, parse(operation, 0, "12345678", 8), 0);
		KUNIT_EXPECT_NE(test, parse(operation, KANARY_A_PAD, "12345678", 8), 0);
		for (type = 1; type <= KANARY_A_MAX + 1; type++) {
			KUNIT_EXPECT_NE_MSG(test, parse(operation, type, NULL, 0), 0,
					    "command %u, attribute %d", operation->cmd, type);
			KUNIT_EXPECT_NE_MSG(test, parse(operation, type | NLA_F_NESTED, "1234", 4),
					    0, "command %u, attribute %d", operation->cmd, type);
		}
		KUNIT_EXPECT_NE(test, parse(operation, KANARY_A_COUNTERS, "12345678", 8), 0);
	}
}

static void numbers_have_their_size(struct kunit *test)
{
	const struct genl_ops *unload_one = operation_of(KANARY_CMD_UNLOAD);
	u64 cgroup = 7;
	u32 size;

	KUNIT_ASSERT_NOT_NULL(test, unload_one);
	for (size = 0; size < 20; size++)
		KUNIT_EXPECT_EQ(test, !parse(unload_one, KANARY_A_CGROUP, "12345678901234567890",
					     size), size == 8);
	KUNIT_EXPECT_EQ(test, parse(unload_one, KANARY_A_CGROUP, &cgroup, sizeof(cgroup)), 0);
}

static void ranges_are_kept(struct kunit *test)
{
	const struct genl_ops *mode = operation_of(KANARY_CMD_SET_MODE);
	const struct genl_ops *chunk = operation_of(KANARY_CMD_MODEL_CHUNK);
	const struct genl_ops *judge = operation_of(KANARY_CMD_SCORE);
	u32 value;

	KUNIT_ASSERT_NOT_NULL(test, mode);
	KUNIT_ASSERT_NOT_NULL(test, chunk);
	KUNIT_ASSERT_NOT_NULL(test, judge);
	for (value = 0; value < 8; value++)
		KUNIT_EXPECT_EQ(test, !parse(mode, KANARY_A_MODE, &value, sizeof(value)),
				value <= KANARY_MODE_ENFORCE);
	value = U32_MAX;
	KUNIT_EXPECT_NE(test, parse(mode, KANARY_A_MODE, &value, sizeof(value)), 0);

	KUNIT_EXPECT_NE(test, parse(chunk, KANARY_A_DATA, NULL, 0), 0);
	KUNIT_EXPECT_EQ(test, parse(chunk, KANARY_A_DATA, NULL, 1), 0);
	KUNIT_EXPECT_EQ(test, parse(chunk, KANARY_A_DATA, NULL, KANARY_CHUNK_MAX), 0);
	KUNIT_EXPECT_NE(test, parse(chunk, KANARY_A_DATA, NULL, KANARY_CHUNK_MAX + 1), 0);

	KUNIT_EXPECT_NE(test, parse(judge, KANARY_A_VECTOR, NULL,
				    sizeof(struct kanary_vector) - 1), 0);
	KUNIT_EXPECT_EQ(test, parse(judge, KANARY_A_VECTOR, NULL, sizeof(struct kanary_vector)), 0);
	KUNIT_EXPECT_EQ(test, parse(judge, KANARY_A_VECTOR, NULL, KANARY_VECTOR_SIZE_MAX), 0);
	KUNIT_EXPECT_NE(test, parse(judge, KANARY_A_VECTOR, NULL, KANARY_VECTOR_SIZE_MAX + 1), 0);

	KUNIT_EXPECT_NE(test, parse(judge, KANARY_A_PATH, NULL, sizeof(struct kanary_path) - 1), 0);
	KUNIT_EXPECT_EQ(test, parse(judge, KANARY_A_PATH, NULL, sizeof(struct kanary_path)), 0);
	KUNIT_EXPECT_EQ(test, parse(judge, KANARY_A_PATH, NULL, KANARY_PATH_RECORD_SIZE_MAX), 0);
	KUNIT_EXPECT_NE(test, parse(judge, KANARY_A_PATH, NULL, KANARY_PATH_RECORD_SIZE_MAX + 1),
			0);
	/* What lies between the two in number is none of a request's. */
	for (value = KANARY_A_VECTOR + 1; value < KANARY_A_PATH; value++)
		KUNIT_EXPECT_NE_MSG(test, parse(judge, value, "12345678", 8), 0, "attribute %u",
				    value);
}

/* A container's socket may bear the number of the recorder's, in a namespace of its own. */
static void strangers_end_stops_nobody(struct kunit *test)
{
	struct netlink_notify gone = { .portid = 4000000000U, .protocol = NETLINK_GENERIC };
	const char *why;

	mutex_lock(&kanary_worker_lock);
	KUNIT_EXPECT_EQ(test, kanary_recorder_start(gone.portid, 0), 0);
	mutex_unlock(&kanary_worker_lock);
	KUNIT_EXPECT_EQ(test, kanary_upload_begin(gone.portid, 4096, &why), 0);
	/* Never followed: another namespace than the initial one. */
	gone.net = (struct net *)&gone;
	socket_gone(&sockets, NETLINK_URELEASE, &gone);
	KUNIT_EXPECT_EQ(test, kanary_recorder_port(), gone.portid);
	KUNIT_EXPECT_EQ(test, kanary_upload_append(gone.portid, 0, "model", 5, &why), 0);
	gone.net = &init_net;
	gone.portid++;
	socket_gone(&sockets, NETLINK_URELEASE, &gone);
	gone.portid--;
	KUNIT_EXPECT_EQ(test, kanary_recorder_port(), gone.portid);
	socket_gone(&sockets, NETLINK_URELEASE, &gone);
	KUNIT_EXPECT_EQ(test, kanary_recorder_port(), 0U);
	KUNIT_EXPECT_EQ(test, kanary_upload_append(gone.portid, 5, "model", 5, &why), -EINVAL);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(administrators_only),
	KUNIT_CASE(strangers_are_refused),
	KUNIT_CASE(numbers_have_their_size),
	KUNIT_CASE(ranges_are_kept),
	KUNIT_CASE(strangers_end_stops_nobody),
	{}
};

static struct kunit_suite suite = {
	.name = "netlink",
	.test_cases = cases,
};

kunit_test_suite(suite);
