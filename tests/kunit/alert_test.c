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

/* Of so many alerts, how many the log takes */
static u32 logged_of(u32 alerts, const struct kanary_alert_cause *cause)
{
	u32 i, logged = 0;

	for (i = 0; i < alerts; i++)
		logged += may_log(cause);
	return logged;
}

static void throttles_a_profile(struct kunit *test)
{
	struct kanary_profile *profile = kunit_kzalloc(test, sizeof(*profile), GFP_KERNEL);
	struct kanary_alert_cause cause = { .profile = profile };
	u64 before = kanary_counters_read(KANARY_A_COUNTER_ALERTS_THROTTLED);
	u32 logged;

	KUNIT_ASSERT_NOT_NULL(test, profile);
	logged = logged_of(1000, &cause);
	/* As many seconds may have passed meanwhile. */
	KUNIT_EXPECT_GE(test, logged, (u32)LOG_BURST);
	KUNIT_EXPECT_LE(test, logged, (u32)LOG_BURST + 2);
	KUNIT_EXPECT_EQ(test, profile->throttled, 1000 - logged);
	/* A flood keeps no critical alert out of the log, and a flood of these no kill. */
	cause.level = KANARY_LEVEL_CRITICAL;
	KUNIT_EXPECT_EQ(test, logged_of(LOG_BURST, &cause), (u32)LOG_BURST);
	cause.killed = true;
	KUNIT_EXPECT_TRUE(test, may_log(&cause));
	KUNIT_EXPECT_EQ(test, kanary_counters_read(KANARY_A_COUNTER_ALERTS_THROTTLED) - before,
			(u64)(1000 - logged));

	/* Three seconds later there are three more critical ones. */
	cause.killed = false;
	profile->critical_throttle.tokens = 0;
	profile->critical_throttle.refilled = jiffies - 3 * LOG_INTERVAL;
	logged = logged_of(100, &cause);
	KUNIT_EXPECT_GE(test, logged, 3U);
	KUNIT_EXPECT_LE(test, logged, 4U);

	/* Three minutes later three more warnings, an hour later no more than at first. */
	cause = (struct kanary_alert_cause) { .profile = profile };
	profile->throttle.tokens = 0;
	profile->throttle.refilled = jiffies - 3 * LOG_INTERVAL_WARNING;
	logged = logged_of(100, &cause);
	KUNIT_EXPECT_GE(test, logged, 3U);
	KUNIT_EXPECT_LE(test, logged, 4U);
	profile->throttle.refilled = jiffies - 3600 * HZ;
	logged = logged_of(100, &cause);
	KUNIT_EXPECT_GE(test, logged, (u32)LOG_BURST);
	KUNIT_EXPECT_LE(test, logged, (u32)LOG_BURST + 1);
}

/**
 * struct largest - an alert with the longest names and numbers there can be
 */
struct largest {
	struct kanary_model_header header;
	struct kanary_profile profile;
	struct kanary_vector vector;
	struct kanary_verdict verdict;
	struct kanary_unusual unusual[KANARY_UNUSUAL_MAX];
	struct kanary_notable notable;
	struct kanary_alert_cause cause;
};

static struct largest *make_largest(struct kunit *test)
{
	struct largest *all = kunit_kzalloc(test, sizeof(*all), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, all);
	all->profile.model.header = &all->header;
	all->profile.cgroup = U64_MAX;
	memset(all->profile.name, '\n', sizeof(all->profile.name) - 1);
	memset(all->header.name, 'n', sizeof(all->header.name) - 1);
	memset(all->vector.comm, '\n', sizeof(all->vector.comm) - 1);
	all->vector.cgroup = U64_MAX;
	all->vector.pid = U32_MAX;
	memset(&all->verdict, 0xff, sizeof(all->verdict));
	for (i = 0; i < KANARY_UNUSUAL_MAX; i++)
		all->unusual[i] = (struct kanary_unusual){ KANARY_BINS_BANK + i, S32_MIN };
	all->notable.length = KANARY_NOTABLE_MAX;
	for (i = 0; i < KANARY_NOTABLE_MAX; i++) {
		struct kanary_path *path = &all->notable.path[i].record.path;

		path->length = KANARY_PATH_SIZE_MAX;
		memset(path->name, '\n', path->length);
	}
	all->cause = (struct kanary_alert_cause) {
		.profile = &all->profile, .vector = &all->vector, .verdict = &all->verdict,
		.unusual = all->unusual, .reasons = KANARY_UNUSUAL_MAX,
		.notable = &all->notable, .mode = KANARY_MODE_ENFORCE,
		.level = KANARY_LEVEL_CRITICAL, .threshold = U32_MAX, .budget = U64_MAX,
	};
	return all;
}

static void largest_alert_fits_a_message(struct kunit *test)
{
	struct largest *all = make_largest(test);
	struct sk_buff *message;

	message = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, message);
	KUNIT_EXPECT_EQ(test, fill(message, &all->cause), 0);
	nlmsg_free(message);
	all->profile.throttled = U32_MAX;
	log_alert(&all->cause);
	KUNIT_EXPECT_EQ(test, all->profile.throttled, 0U);
}

/* All fields are there, and at the end no path is cut but where the line says so. */
static void largest_line_is_whole(struct kunit *test)
{
	struct largest *all = make_largest(test);
	char whose[KANARY_NOTICE_WHOSE_SIZE];
	size_t length;

	describe(&all->cause, kanary_notice_whose(&all->profile, whose));
	length = strlen(line);
	KUNIT_EXPECT_LT(test, length, sizeof(line) - 1);
	KUNIT_EXPECT_NOT_NULL(test, strstr(line, "\\x0a cgroup=18446744073709551615 profile=nn"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(line, " threshold=16777216.00 budget=1/18446744073709551615 mode=enforce killed=no head="));
	KUNIT_EXPECT_NOT_NULL(test, strstr(line, " paths=\\x0a"));
	KUNIT_EXPECT_STREQ(test, line + length - 7, "\\x0a...");
}

static void says_what_watch_says(struct kunit *test)
{
	struct largest *all = make_largest(test);
	char whose[KANARY_NOTICE_WHOSE_SIZE];

	strscpy(all->profile.name, "my web", sizeof(all->profile.name));
	all->profile.cgroup = 87;
	strscpy(all->header.name, "nginx", sizeof(all->header.name));
	all->header.budget = 300;
	all->header.threshold = 0x321;
	all->header.critical_budget = 10000;
	all->header.critical_threshold = 0x5bb;
	memset(&all->verdict, 0, sizeof(all->verdict));
	all->verdict.surprise = 0xb88;
	all->verdict.flags = KANARY_VERDICT_ALERT | KANARY_VERDICT_CRITICAL;
	set_level(&all->cause);
	all->vector.pid = 7;
	strscpy(all->vector.comm, "cat", sizeof(all->vector.comm));
	all->cause.reasons = 0;
	all->cause.notable = NULL;
	all->cause.killed = true;
	describe(&all->cause, kanary_notice_whose(&all->profile, whose));
	KUNIT_EXPECT_STREQ(test, line, "container=my\\x20web cgroup=87 profile=nginx pid=7 comm=cat level=critical surprise=11.53 threshold=5.73 budget=1/10000 mode=enforce killed=yes head=process unusual=-");
	all->cause.mode = KANARY_MODE_MONITOR;
	all->profile.name[0] = '\0';
	all->verdict.surprise = 0x48b;
	all->verdict.flags = KANARY_VERDICT_ALERT;
	set_level(&all->cause);
	describe(&all->cause, kanary_notice_whose(&all->profile, whose));
	KUNIT_EXPECT_STREQ(test, line, "container=87 cgroup=87 profile=nginx pid=7 comm=cat level=warning surprise=4.54 threshold=3.13 budget=1/300 mode=monitor head=process unusual=-");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(escapes_what_could_forge),
	KUNIT_CASE(escape_is_one_word_of_ascii),
	KUNIT_CASE(throttles_a_profile),
	KUNIT_CASE(largest_alert_fits_a_message),
	KUNIT_CASE(largest_line_is_whole),
	KUNIT_CASE(says_what_watch_says),
	{}
};

static struct kunit_suite suite = {
	.name = "alert",
	.test_cases = cases,
};

kunit_test_suite(suite);
