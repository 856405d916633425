// SPDX-License-Identifier: GPL-2.0
/* Messages as the module sends them, and as it never should. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

#include "module/protocol.h"
#include "recording/random_vector.h"
#include "vector.h"

#define FAMILY 0x20

static struct nl_msg *message(uint8_t command)
{
	struct nl_msg *message = nlmsg_alloc_size(1 << 20);

	assert_non_null(message);
	assert_non_null(genlmsg_put(message, 1, 2, FAMILY, 0, 0, command, 1));
	return message;
}

/* A copy without a spare byte behind it, so that ASan sees every step too far. */
static struct nlmsghdr *exact(struct nl_msg *message, size_t length)
{
	struct nlmsghdr *copy = malloc(length);

	assert_non_null(copy);
	memcpy(copy, nlmsg_hdr(message), length);
	copy->nlmsg_len = length;
	return copy;
}

static struct nl_msg *status_message(void)
{
	struct nl_msg *reply = message(KANARY_CMD_GET_STATUS);
	struct nlattr *nest;
	int i;

	nla_put_u32(reply, KANARY_A_API_VERSION, 7);
	nla_put_string(reply, KANARY_A_VERSION, "0.1.0");
	nla_put_string(reply, KANARY_A_HOOK, "x64_sys_call");
	nla_put_u32(reply, KANARY_A_PERIOD, 256);
	nla_put_u64(reply, KANARY_A_MEMORY, 1ull << 40);
	nest = nla_nest_start(reply, KANARY_A_COUNTERS);
	for (i = 1; i <= KANARY_A_COUNTER_MAX; i++)
		nla_put_u64(reply, i, 1000 + i);
	/* of a newer module */
	nla_put_u64(reply, KANARY_A_COUNTER_MAX + 1, 1);
	nla_nest_end(reply, nest);
	nla_put_u32(reply, KANARY_A_MAX + 5, 1);
	return reply;
}

static void test_status(void **state)
{
	struct nl_msg *reply = status_message();
	struct kanary_status status;
	int i;

	assert_true(kanary_protocol_status(nlmsg_hdr(reply), &status));
	assert_int_equal(status.api_version, 7);
	assert_string_equal(status.version, "0.1.0");
	assert_string_equal(status.hook, "x64_sys_call");
	assert_string_equal(status.scope, "");
	assert_int_equal(status.period, 256);
	assert_int_equal(status.memory, 1ull << 40);
	for (i = 1; i <= KANARY_A_COUNTER_MAX; i++) {
		assert_true(status.has_counter[i]);
		assert_int_equal(status.counters[i], 1000 + i);
		assert_non_null(kanary_protocol_counter_name(i));
	}
	nlmsg_free(reply);
}

static void test_status_without_version(void **state)
{
	struct nl_msg *reply = message(KANARY_CMD_GET_STATUS);
	struct kanary_status status;

	nla_put_u32(reply, KANARY_A_PERIOD, 256);
	assert_false(kanary_protocol_status(nlmsg_hdr(reply), &status));
	nlmsg_free(reply);
}

static void test_locked(void **state)
{
	struct nl_msg *reply = status_message();
	struct kanary_status status;

	assert_true(kanary_protocol_status(nlmsg_hdr(reply), &status));
	assert_int_equal(status.locked, 0);
	nla_put_u32(reply, KANARY_A_LOCKED, 1);
	assert_true(kanary_protocol_status(nlmsg_hdr(reply), &status));
	assert_int_equal(status.locked, 1);
	nlmsg_free(reply);
}

static void test_tamper(void **state)
{
	struct nl_msg *event = message(KANARY_CMD_TAMPER);
	struct kanary_tamper tamper;

	assert_false(kanary_protocol_tamper(nlmsg_hdr(event), &tamper));
	nla_put_u32(event, KANARY_A_SEQUENCE, 4);
	nla_put_string(event, KANARY_A_ATTEMPT, "rmmod-force");
	nla_put_u32(event, KANARY_A_PID, 12);
	nla_put_string(event, KANARY_A_COMM, "rmmod");
	nla_put_u64(event, KANARY_A_TIME, 1ull << 33);
	assert_true(kanary_protocol_tamper(nlmsg_hdr(event), &tamper));
	assert_int_equal(tamper.sequence, 4);
	assert_string_equal(tamper.attempt, "rmmod-force");
	assert_int_equal(tamper.pid, 12);
	assert_int_equal(tamper.tgid, 0);
	assert_string_equal(tamper.comm, "rmmod");
	assert_int_equal(tamper.time, 1ull << 33);
	nlmsg_free(event);
}

static struct nl_msg *alert_message(int unusual)
{
	struct nl_msg *event = message(KANARY_CMD_ALERT);
	struct kanary_verdict verdict = { .surprise = 9 * 256, .flags = KANARY_VERDICT_ALERT };
	int i;

	nla_put_u32(event, KANARY_A_SEQUENCE, 3);
	nla_put_u64(event, KANARY_A_CGROUP, 77);
	nla_put_string(event, KANARY_A_COMM, "a\"b c");
	nla_put_u32(event, KANARY_A_SURPRISE, 9 * 256);
	nla_put_string(event, KANARY_A_CONTAINER, "web \033[1m");
	nla_put_u32(event, KANARY_A_KILLED, 1);
	nla_put_u32(event, KANARY_A_LEVEL, KANARY_LEVEL_CRITICAL);
	nla_put(event, KANARY_A_VERDICT, sizeof(verdict), &verdict);
	for (i = 0; i < unusual; i++) {
		struct nlattr *nest = nla_nest_start(event, KANARY_A_UNUSUAL);

		nla_put_u32(event, KANARY_A_BIN, 100 + i);
		nla_put_s32(event, KANARY_A_EXCESS, i % 2 ? -5 : 5);
		nla_nest_end(event, nest);
	}
	return event;
}

static void test_alert(void **state)
{
	struct nl_msg *event = alert_message(2);
	struct kanary_alert alert;

	assert_true(kanary_protocol_alert(nlmsg_hdr(event), &alert));
	assert_int_equal(alert.sequence, 3);
	assert_int_equal(alert.cgroup, 77);
	assert_string_equal(alert.comm, "a\"b c");
	assert_string_equal(alert.container, "web \033[1m");
	assert_int_equal(alert.killed, 1);
	assert_int_equal(alert.verdict.surprise, 9 * 256);
	assert_int_equal(alert.unusual_count, 2);
	assert_int_equal(alert.unusual[1].bin, 101);
	assert_int_equal(alert.unusual[1].excess, -5);
	nlmsg_free(event);

	/* More than there is room for, from a newer module. */
	event = alert_message(KANARY_UNUSUAL_MAX + 3);
	assert_true(kanary_protocol_alert(nlmsg_hdr(event), &alert));
	assert_int_equal(alert.unusual_count, KANARY_UNUSUAL_MAX);
	nlmsg_free(event);
}

/* What an older module does not say is no, and a name that is too long is cut. */
static void test_gone(void **state)
{
	struct nl_msg *reply = message(KANARY_CMD_GET_CONTAINERS);
	struct kanary_container container;
	char name[2 * KANARY_CONTAINER_SIZE];

	nla_put_u64(reply, KANARY_A_CGROUP, 77);
	assert_true(kanary_protocol_container(nlmsg_hdr(reply), &container));
	assert_string_equal(container.name, "");
	assert_int_equal(container.gone, 0);
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = 0;
	nla_put_string(reply, KANARY_A_PROFILE, "web");
	nla_put_string(reply, KANARY_A_CONTAINER, name);
	nla_put_u32(reply, KANARY_A_GONE, 1);
	assert_true(kanary_protocol_container(nlmsg_hdr(reply), &container));
	name[KANARY_CONTAINER_SIZE - 1] = 0;
	assert_string_equal(container.name, name);
	assert_int_equal(container.gone, 1);
	nlmsg_free(reply);
}

static void test_wrong_kind(void **state)
{
	struct nl_msg *event = alert_message(1);
	struct kanary_container container;
	struct kanary_status status;

	assert_false(kanary_protocol_status(nlmsg_hdr(event), &status));
	assert_false(kanary_protocol_container(nlmsg_hdr(event), &container));
	assert_int_equal(kanary_protocol_command(nlmsg_hdr(event)), KANARY_CMD_ALERT);
	nlmsg_hdr(event)->nlmsg_type = NLMSG_ERROR;
	assert_int_equal(kanary_protocol_command(nlmsg_hdr(event)), 0);
	nlmsg_free(event);
}

static void test_wrong_size(void **state)
{
	struct nl_msg *event = message(KANARY_CMD_ALERT);
	struct kanary_alert alert;

	nla_put_u16(event, KANARY_A_CGROUP, 1);
	nla_put_u32(event, KANARY_A_SURPRISE, 1);
	assert_false(kanary_protocol_alert(nlmsg_hdr(event), &alert));
	nlmsg_free(event);
}

struct taken {
	struct kanary_random_vector source;
	int count;
	int stop_at;
};

static int take(const struct kanary_vector *vector, void *context)
{
	struct taken *taken = context;
	const struct kanary_vector *expected = kanary_random_vector_next(&taken->source, false);

	assert_memory_equal(vector, expected, kanary_vector_size(expected));
	return ++taken->count == taken->stop_at ? -ENOSPC : 0;
}

static struct nl_msg *vectors_message(int count)
{
	struct nl_msg *event = message(KANARY_CMD_VECTORS);
	static struct kanary_random_vector source;
	int i;

	nla_put_u32(event, KANARY_A_SEQUENCE, 12);
	nla_put_u64(event, KANARY_A_LOST, 34);
	kanary_random_vector_seed(&source, 1);
	for (i = 0; i < count; i++) {
		const struct kanary_vector *vector = kanary_random_vector_next(&source, false);

		nla_put(event, KANARY_A_VECTOR, kanary_vector_size(vector), vector);
	}
	return event;
}

static void test_vectors(void **state)
{
	struct nl_msg *event = vectors_message(50);
	static struct taken taken;
	struct kanary_vectors vectors;

	kanary_random_vector_seed(&taken.source, 1);
	assert_int_equal(kanary_protocol_vectors(nlmsg_hdr(event), &vectors, take, &taken), 0);
	assert_int_equal(vectors.sequence, 12);
	assert_int_equal(vectors.lost, 34);
	assert_int_equal(taken.count, 50);

	taken.count = 0;
	taken.stop_at = 3;
	kanary_random_vector_seed(&taken.source, 1);
	assert_int_equal(kanary_protocol_vectors(nlmsg_hdr(event), &vectors, take, &taken),
			 -ENOSPC);
	assert_int_equal(taken.count, 3);
	nlmsg_free(event);
}

static void test_vectors_bad(void **state)
{
	static struct kanary_random_vector source;
	struct kanary_vectors vectors;
	struct kanary_vector *vector;
	struct nl_msg *event;

	kanary_random_vector_seed(&source, 1);
	vector = (void *)kanary_random_vector_next(&source, false);
	vector->calls++;
	event = message(KANARY_CMD_VECTORS);
	nla_put(event, KANARY_A_VECTOR, kanary_vector_size(vector), vector);
	assert_int_equal(kanary_protocol_vectors(nlmsg_hdr(event), &vectors, NULL, NULL),
			 -EBADMSG);
	nlmsg_free(event);

	event = message(KANARY_CMD_VECTORS);
	nla_put(event, KANARY_A_VECTOR, 12, "too short...");
	assert_int_equal(kanary_protocol_vectors(nlmsg_hdr(event), &vectors, NULL, NULL),
			 -EBADMSG);
	nlmsg_free(event);
}

static void test_verdicts(void **state)
{
	struct kanary_verdict verdict = { .surprise = 1 }, verdicts[2];
	struct nl_msg *reply = message(KANARY_CMD_SCORE);

	nla_put(reply, KANARY_A_VERDICT, sizeof(verdict), &verdict);
	verdict.surprise = 2;
	nla_put(reply, KANARY_A_VERDICT, sizeof(verdict), &verdict);
	assert_int_equal(kanary_protocol_verdicts(nlmsg_hdr(reply), verdicts, 2), 2);
	assert_int_equal(verdicts[1].surprise, 2);
	assert_int_equal(kanary_protocol_verdicts(nlmsg_hdr(reply), verdicts, 1), -EBADMSG);
	nlmsg_free(reply);
}

/* Cut anywhere and flipped anywhere: no verdict on what comes out, but nothing is overrun. */
static void test_hostile(void **state)
{
	struct nl_msg *messages[] = { status_message(), alert_message(3), vectors_message(2) };
	struct kanary_container container;
	struct kanary_verdict verdicts[4];
	struct kanary_vectors vectors;
	struct kanary_status status;
	struct kanary_alert alert;
	char text[64];
	size_t i, n;

	for (i = 0; i < 3; i++) {
		size_t length = nlmsg_hdr(messages[i])->nlmsg_len;

		for (n = 0; n < 2 * length; n++) {
			size_t cut = n < length ? n : length;
			struct nlmsghdr *copy = exact(messages[i], cut < 16 ? 16 : cut);

			if (n >= length && n - length >= 16)
				((u8 *)copy)[n - length] ^= 1 << n % 8;
			kanary_protocol_status(copy, &status);
			kanary_protocol_alert(copy, &alert);
			kanary_protocol_container(copy, &container);
			kanary_protocol_vectors(copy, &vectors, NULL, NULL);
			kanary_protocol_verdicts(copy, verdicts, 4);
			copy->nlmsg_type = NLMSG_ERROR;
			copy->nlmsg_flags = n % 2 ? NLM_F_ACK_TLVS : NLM_F_ACK_TLVS | NLM_F_CAPPED;
			kanary_protocol_refusal(copy, text, sizeof(text));
			free(copy);
		}
		nlmsg_free(messages[i]);
	}
}

static struct nl_msg *refusal(int error, bool capped, const char *text)
{
	struct nl_msg *reply = nlmsg_alloc();
	struct nlmsgerr *body;

	nlmsg_put(reply, 1, 2, NLMSG_ERROR, 0,
		  NLM_F_ACK_TLVS | (capped ? NLM_F_CAPPED : 0));
	body = nlmsg_reserve(reply, sizeof(*body), 0);
	memset(body, 0, sizeof(*body));
	body->error = error;
	body->msg.nlmsg_len = NLMSG_HDRLEN + 8;
	if (!capped)
		memset(nlmsg_reserve(reply, 8, 0), 0xff, 8);
	if (text)
		nla_put_string(reply, NLMSGERR_ATTR_MSG, text);
	else
		nlmsg_hdr(reply)->nlmsg_flags &= ~NLM_F_ACK_TLVS;
	return reply;
}

static void test_refusal(void **state)
{
	struct nl_msg *reply;
	char text[64];
	int capped;

	for (capped = 0; capped < 2; capped++) {
		reply = refusal(-EBUSY, capped, "another recorder is running");
		assert_int_equal(kanary_protocol_refusal(nlmsg_hdr(reply), text, sizeof(text)),
				 EBUSY);
		assert_string_equal(text, "another recorder is running");
		nlmsg_free(reply);

		reply = refusal(-EPERM, capped, NULL);
		assert_int_equal(kanary_protocol_refusal(nlmsg_hdr(reply), text, sizeof(text)),
				 EPERM);
		assert_string_equal(text, "");
		nlmsg_free(reply);
	}
	reply = refusal(0, true, NULL);
	assert_int_equal(kanary_protocol_refusal(nlmsg_hdr(reply), text, sizeof(text)), 0);
	nlmsg_free(reply);
}

static void test_names(void **state)
{
	assert_string_equal(kanary_protocol_mode_name(KANARY_MODE_ENFORCE), "enforce");
	assert_string_equal(kanary_protocol_mode_name(99), "unknown");
	assert_int_equal(kanary_protocol_mode("learn"), KANARY_MODE_LEARN);
	assert_int_equal(kanary_protocol_mode("Learn"), -1);
	assert_string_equal(kanary_protocol_reason_name(KANARY_REASON_EXEC), "exec");
	assert_null(kanary_protocol_counter_name(KANARY_A_COUNTER_MAX + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_status_without_version),
		cmocka_unit_test(test_locked),
		cmocka_unit_test(test_tamper),
		cmocka_unit_test(test_alert),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_wrong_kind),
		cmocka_unit_test(test_wrong_size),
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_vectors_bad),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_refusal),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
