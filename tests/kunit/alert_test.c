// SPDX-License-Identifier: GPL-2.0
/* Alerts: no name forges a field or a line, no storm floods the log, all fits a message. */
#include "alert.c"

#include <kunit/test.h>

static void escapes_what_could_forge(struct kunit *test)
{
	static const struct {
		const char *name, *escaped;
	} names[] = {
		{ "", "" },
		{ "nginx", "nginx" },
		{ "a b", "a\\x20b" },
		{ "a,b", "a\\x2cb" },
		{ "x surprise=0", "x\\x20surprise\\x3d0" },
		{ "\n<0>kanary:", "\\x0a<0>kanary:" },
		{ "a\"b\\c", "a\\x22b\\x5cc" },
		{ "\x1b[2J", "\\x1b[2J" },
		{ "\xc3\xa9\xff", "\\xc3\\xa9\\xff" },
		{ "%s%n%p", "%s%n%p" },
	};
	char out[KANARY_ALERT_ESCAPED_SIZE];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		kanary_alert_escape(out, names[i].name);
		KUNIT_EXPECT_STREQ(test, out, names[i].escaped);
	}
}

/* Every byte, and the longest name made of nothing but what is escaped. */
static void escape_is_one_word_of_ascii(struct kunit *test)
{
	char name[KANARY_COMM_SIZE], out[KANARY_ALERT_ESCAPED_SIZE];
	u32 byte, i;

	for (byte = 1; byte < 256; byte++) {
		memset(name, byte, sizeof(name) - 1);
		name[sizeof(name) - 1] = '\0';
		memset(out, 0xff, sizeof(out));
		kanary_alert_escape(out, name);
		KUNIT_ASSERT_LT(test, strnlen(out, sizeof(out)), sizeof(out));
		for (i = 0; out[i]; i++)
			KUNIT_ASSERT_TRUE(test, out[i] > ' ' && out[i] < 0x7f && out[i] != '=' &&
					  out[i] != '"');
		KUNIT_EXPECT_EQ(test, i % (KANARY_COMM_SIZE - 1), 0U);
	}
}

static void throttles_a_profile(struct kunit *test)
{
	struct kanary_profile *profile = kunit_kzalloc(test, sizeof(*profile), GFP_KERNEL);
	u64 before = kanary_counters_read(KANARY_A_COUNTER_ALERTS_THROTTLED);
	u32 i, logged = 0;

	KUNIT_ASSERT_NOT_NULL(test, profile);
	for (i = 0; i < 1000; i++)
		logged += may_log(profile);
	/* As many seconds may have passed meanwhile. */
	KUNIT_EXPECT_GE(test, logged, (u32)LOG_BURST);
	KUNIT_EXPECT_LE(test, logged, (u32)LOG_BURST + 2);
	KUNIT_EXPECT_EQ(test, profile->throttled, 1000 - logged);
	KUNIT_EXPECT_EQ(test, kanary_counters_read(KANARY_A_COUNTER_ALERTS_THROTTLED) - before,
			(u64)(1000 - logged));

	/* Three seconds later three more, an hour later no more than at first. */
	profile->tokens = 0;
	profile->refilled = jiffies - 3 * LOG_INTERVAL;
	for (i = 0, logged = 0; i < 100; i++)
		logged += may_log(profile);
	KUNIT_EXPECT_GE(test, logged, 3U);
	KUNIT_EXPECT_LE(test, logged, 4U);
	profile->refilled = jiffies - 3600 * HZ;
	for (i = 0, logged = 0; i < 100; i++)
		logged += may_log(profile);
	KUNIT_EXPECT_GE(test, logged, (u32)LOG_BURST);
	KUNIT_EXPECT_LE(test, logged, (u32)LOG_BURST + 1);
}

/* The longest names and numbers there can be. */
static void largest_alert_fits_a_message(struct kunit *test)
{
	struct kanary_model_header *header = kunit_kzalloc(test, sizeof(*header), GFP_KERNEL);
	struct kanary_profile *profile = kunit_kzalloc(test, sizeof(*profile), GFP_KERNEL);
	struct kanary_vector *vector = kunit_kzalloc(test, sizeof(*vector), GFP_KERNEL);
	struct kanary_unusual unusual[KANARY_UNUSUAL_MAX];
	struct kanary_verdict verdict;
	struct sk_buff *message;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, header);
	KUNIT_ASSERT_NOT_NULL(test, profile);
	KUNIT_ASSERT_NOT_NULL(test, vector);
	profile->model.header = header;
	memset(header->name, 'n', sizeof(header->name) - 1);
	header->budget = U64_MAX;
	memset(vector->comm, '\n', sizeof(vector->comm) - 1);
	vector->cgroup = U64_MAX;
	vector->pid = U32_MAX;
	memset(&verdict, 0xff, sizeof(verdict));
	for (i = 0; i < KANARY_UNUSUAL_MAX; i++)
		unusual[i] = (struct kanary_unusual){ KANARY_BINS_BANK + i, S32_MIN };
	message = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, message);
	KUNIT_EXPECT_EQ(test, fill(message, profile, vector, &verdict, unusual,
				   KANARY_UNUSUAL_MAX, NULL), 0);
	nlmsg_free(message);
	profile->throttled = U32_MAX;
	log_alert(profile, vector, &verdict, unusual, KANARY_UNUSUAL_MAX, NULL);
	KUNIT_EXPECT_EQ(test, profile->throttled, 0U);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(escapes_what_could_forge),
	KUNIT_CASE(escape_is_one_word_of_ascii),
	KUNIT_CASE(throttles_a_profile),
	KUNIT_CASE(largest_alert_fits_a_message),
	{}
};

static struct kunit_suite suite = {
	.name = "alert",
	.test_cases = cases,
};

kunit_test_suite(suite);
