// SPDX-License-Identifier: GPL-2.0
/* Verdicts: to the bit what userspace says, by the worker's path and by the other. */
#include "judge.c"

#include "reference.h"

#include <kunit/test.h>

enum { CONTAINER = 11 };

/**
 * struct setting - a model in force, and a task that it judges
 * @profile: read-locked
 * @reader: the lock
 * @task: nobody's
 */
struct setting {
	struct kanary_profile *profile;
	int reader;
	struct kanary_task *task;
};

static void arrange(struct kunit *test, struct setting *setting, u32 number)
{
	void *file = kanary_reference_copy(number);
	const char *why;

	KUNIT_ASSERT_NOT_NULL(test, file);
	KUNIT_ASSERT_EQ_MSG(test, kanary_profile_set(CONTAINER, NULL, file,
						     kanary_reference[number].size,
						     REFERENCE_PERIOD, &why), 0, "%s", why);
	setting->task = kunit_kzalloc(test, sizeof(*setting->task), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, setting->task);
	setting->reader = kanary_profile_read_lock();
	setting->profile = kanary_profile_find(CONTAINER);
}

static void clear_away(struct kunit *test, struct setting *setting)
{
	kanary_profile_read_unlock(setting->reader);
	kanary_judge_forget(setting->task->judge);
	KUNIT_EXPECT_EQ(test, kanary_profile_clear(CONTAINER), 0);
	KUNIT_EXPECT_EQ(test, kanary_profile_memory(), 0ULL);
}

/* What the worker does of paths and of a vector. */
static void judge_as_the_worker(struct kunit *test, const struct setting *setting,
				const struct kanary_judge_step *told,
				struct kanary_verdict *verdict)
{
	struct kanary_unusual unusual[KANARY_UNUSUAL_MAX];
	u32 i, surprise, reasons;

	for (i = 0; i < told->paths; i++)
		KUNIT_ASSERT_EQ(test, kanary_judge_path(setting->profile, setting->task,
							told->path[i], told->vector->index,
							&surprise), 0);
	KUNIT_ASSERT_EQ(test, kanary_judge_vector(setting->profile, setting->task, told->vector,
						  verdict, unusual, &reasons), 0);
	KUNIT_EXPECT_LE(test, reasons, (u32)KANARY_UNUSUAL_MAX);
}

static void worker_agrees_with_userspace(struct kunit *test)
{
	u32 model, i, alerts = 0, speaks = 0, names = 0;
	struct kanary_verdict verdict;
	struct setting setting;

	for (model = 0; model < kanary_references; model++) {
		const struct reference *reference = &kanary_reference[model];

		arrange(test, &setting, model);
		for (i = 0; i < REFERENCE_VECTORS; i++) {
			memset(&verdict, 0xa5, sizeof(verdict));
			judge_as_the_worker(test, &setting, &reference->step[i], &verdict);
			KUNIT_EXPECT_EQ_MSG(test, memcmp(&verdict, &reference->verdict[i],
							 sizeof(verdict)), 0,
					    "model %s, vector %u: surprise %u instead of %u",
					    reference->name, i, verdict.surprise,
					    reference->verdict[i].surprise);
			names += !!verdict.path_names_error;
			alerts += !!(verdict.flags & KANARY_VERDICT_ALERT);
			speaks |= verdict.flags;
		}
		clear_away(test, &setting);
	}
	/* Both kinds of verdict, alarms that begin, and every head. */
	KUNIT_EXPECT_GT(test, alerts, 0U);
	KUNIT_EXPECT_GT(test, names, 10U);
	KUNIT_EXPECT_EQ(test, speaks, (u32)(KANARY_VERDICT_SEQUENCE | KANARY_VERDICT_ALERT |
					    KANARY_VERDICT_ALARM |
					    KANARY_VERDICT_CONTAINER |
					    KANARY_VERDICT_PATH_HISTOGRAM));
}

static void run_agrees_with_userspace(struct kunit *test)
{
	struct kanary_verdict *verdict;
	struct setting setting;
	u32 model;

	verdict = kunit_kzalloc(test, REFERENCE_VECTORS * sizeof(*verdict), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, verdict);
	for (model = 0; model < kanary_references; model++) {
		const struct reference *reference = &kanary_reference[model];

		arrange(test, &setting, model);
		memset(verdict, 0, REFERENCE_VECTORS * sizeof(*verdict));
		KUNIT_EXPECT_EQ(test, kanary_judge_run(&setting.profile->model, reference->step,
						       REFERENCE_VECTORS, verdict), 0);
		KUNIT_EXPECT_EQ_MSG(test, memcmp(verdict, reference->verdict,
						 REFERENCE_VECTORS * sizeof(*verdict)), 0,
				    "model %s", reference->name);
		clear_away(test, &setting);
	}
}

/* A task keeps what one model remembers of one stream, and neither more nor another's. */
static void state_follows_model_and_stream(struct kunit *test)
{
	struct kanary_unusual unusual[KANARY_UNUSUAL_MAX];
	u64 held = atomic64_read(&memory);
	struct kanary_judge_state *state;
	struct kanary_verdict verdict;
	struct setting setting;
	const char *why;
	u32 reasons, i;
	void *file;

	arrange(test, &setting, 0);
	for (i = 0; i < 2; i++) {
		KUNIT_ASSERT_EQ(test, kanary_judge_vector(setting.profile, setting.task,
							  kanary_reference[0].step[0].vector,
							  &verdict, unusual, &reasons), 0);
		/* The second time it is another stream's first in all but name. */
		if (!i)
			KUNIT_EXPECT_EQ(test, verdict.surprise,
					kanary_reference[0].verdict[0].surprise);
	}
	state = setting.task->judge;
	KUNIT_ASSERT_NOT_NULL(test, state);
	KUNIT_EXPECT_EQ(test, state->serial, setting.profile->serial);
	KUNIT_EXPECT_EQ(test, (u64)atomic64_read(&memory), held + state->size);

	/* Another model of other dimensions takes over. */
	kanary_profile_read_unlock(setting.reader);
	file = kanary_reference_copy(1);
	KUNIT_ASSERT_NOT_NULL(test, file);
	KUNIT_ASSERT_EQ(test, kanary_profile_set(CONTAINER, NULL, file, kanary_reference[1].size,
						 REFERENCE_PERIOD, &why), 0);
	setting.reader = kanary_profile_read_lock();
	setting.profile = kanary_profile_find(CONTAINER);
	KUNIT_ASSERT_EQ(test, kanary_judge_vector(setting.profile, setting.task,
						  kanary_reference[1].step[0].vector, &verdict,
						  unusual, &reasons), 0);
	KUNIT_EXPECT_EQ(test, memcmp(&verdict, kanary_reference[1].verdict, sizeof(verdict)), 0);
	KUNIT_EXPECT_EQ(test, (u64)atomic64_read(&memory), held + setting.task->judge->size);
	clear_away(test, &setting);
	KUNIT_EXPECT_EQ(test, (u64)atomic64_read(&memory), held);
}

static void median_is_within_its_bucket(struct kunit *test)
{
	static const u64 times[] = { 1, 5, 100, 999, 12345, 1000000, 1ULL << 40 };
	struct kanary_judge_time time;
	u32 i, j;

	for (i = 0; i < ARRAY_SIZE(times); i++) {
		memset(bucket, 0, sizeof(bucket));
		slowest = 0;
		for (j = 0; j < 9; j++)
			note_time(times[i]);
		note_time(2 * times[i]);
		kanary_judge_read_time(&time);
		KUNIT_EXPECT_EQ(test, time.max, 2 * times[i]);
		if (times[i] < 8)
			continue;
		KUNIT_EXPECT_GE(test, time.median, times[i] - times[i] / 8 - 1);
		KUNIT_EXPECT_LE(test, time.median, times[i] + times[i] / 8 + 1);
	}
	memset(bucket, 0, sizeof(bucket));
	slowest = 0;
	note_time(0);
	note_time(U64_MAX);
	kanary_judge_read_time(&time);
	KUNIT_EXPECT_EQ(test, time.max, U64_MAX);
	memset(bucket, 0, sizeof(bucket));
	slowest = 0;
}

static struct kunit_case cases[] = {
	KUNIT_CASE(worker_agrees_with_userspace),
	KUNIT_CASE(run_agrees_with_userspace),
	KUNIT_CASE(state_follows_model_and_stream),
	KUNIT_CASE(median_is_within_its_bucket),
	{}
};

static struct kunit_suite suite = {
	.name = "judge",
	.test_cases = cases,
};

kunit_test_suite(suite);
