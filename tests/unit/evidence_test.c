// SPDX-License-Identifier: GPL-2.0
/* What of a vector is judged: the verdicts are the same whether the kernel saw the vDSO's calls. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "evidence.h"
#include "explain.h"
#include "model_fixture.h"
#include "score.h"
#include "syscall_name.h"
#include "vector.h"

enum { CLOCK_GETTIME = 228, GETCPU = 309, READ = 0, WRITE = 1, CLOSE = 3 };

static struct kanary_evidence_memory memory;

static void only_functions_of_the_vdso_are_none(void **state)
{
	static const char *const none[] = {
		"gettimeofday", "time", "clock_gettime", "clock_getres", "getcpu", "getrandom",
		"i386:time", "i386:gettimeofday", "i386:clock_gettime", "i386:clock_getres",
		"i386:getcpu", "i386:clock_gettime64", "i386:clock_getres_time64",
	};
	char buffer[32];
	size_t found = 0, i;
	const char *name;
	u32 bin;

	for (bin = 0; bin <= KANARY_LOG_START; bin++) {
		bool is_none = false;

		name = kanary_syscall_name(bin, buffer, sizeof(buffer));
		for (i = 0; i < sizeof(none) / sizeof(*none); i++)
			is_none |= !strcmp(name, none[i]);
		if (kanary_evidence_is(bin) == is_none)
			fail_msg("%s is %s", name, is_none ? "evidence" : "none");
		found += is_none;
	}
	assert_int_equal(found, sizeof(none) / sizeof(*none));
}

/* A vector of the calls at @call, as the kernel makes one; @before of them are a context. */
static void make_vector(struct kanary_vector *vector, const u16 *call, u32 before, u32 calls)
{
	struct kanary_log log = { .call = call, .context = before, .calls = calls };
	u16 counts[KANARY_BINS] = { 0 };
	u32 i;

	memset(vector, 0, sizeof(*vector));
	for (i = 0; i < before + calls; i++) {
		if (i < before)
			continue;
		counts[call[i]]++;
		vector->calls++;
	}
	for (i = 0; i < KANARY_BINS; i++)
		if (counts[i])
			vector->counts[vector->length++] =
				(struct kanary_count){ .bin = (u16)i, .count = counts[i] };
	/* as though a path had been used */
	vector->counts[vector->length++] =
		(struct kanary_count){ .bin = KANARY_PATH_FIRST + 5, .count = 2 };
	kanary_vector_append_log(vector, &log);
}

/* The same @calls, with @clocks in random places among them and without. */
static void make_pair(uint64_t *state, u32 calls, u32 clocks, struct kanary_vector *seen,
		      struct kanary_vector *unseen)
{
	static const u16 clock[] = { CLOCK_GETTIME, 96, GETCPU, KANARY_BINS_BANK + 265 };
	static const u16 other[] = { READ, WRITE, CLOSE, 45, 232, KANARY_BINS_BANK + 3 };
	u16 with_clocks[KANARY_LOG_MAX], without_clocks[KANARY_LOG_MAX];
	u32 with = 0, without = 0;

	/* both know where the stream began */
	with_clocks[with++] = without_clocks[without++] = KANARY_LOG_START;
	while (calls || clocks) {
		if (model_fixture_random(state) % (calls + clocks) < clocks) {
			with_clocks[with++] = clock[model_fixture_random(state) % 4];
			clocks--;
		} else {
			with_clocks[with] = other[model_fixture_random(state) % 6];
			without_clocks[without++] = with_clocks[with++];
			calls--;
		}
	}
	make_vector(seen, with_clocks, 1, with - 1);
	make_vector(unseen, without_clocks, 1, without - 1);
}

static struct kanary_vector *vector_alloc(void)
{
	struct kanary_vector *vector = calloc(1, KANARY_VECTOR_SIZE_MAX);

	assert_non_null(vector);
	return vector;
}

static void what_is_left_is_as_though_it_had_been_all(void **state)
{
	struct kanary_vector *seen = vector_alloc(), *unseen = vector_alloc();
	struct kanary_vector *left = vector_alloc();
	uint64_t random = 3;
	u32 round;

	for (round = 0; round < 200; round++) {
		make_pair(&random, 1 + round, round % 7 ? round * 3 : 0, seen, unseen);
		assert_null(kanary_vector_check(seen, kanary_vector_size(seen)));
		kanary_evidence_vector(left, seen, &memory);
		assert_int_equal(kanary_vector_size(left), kanary_vector_size(unseen));
		assert_memory_equal(left, unseen, kanary_vector_size(unseen));
		/* without memory nothing is left out */
		kanary_evidence_vector(left, seen, NULL);
		assert_memory_equal(left, seen, kanary_vector_size(seen));
	}
	free(left);
	free(unseen);
	free(seen);
}

static void a_context_is_left_out_of_as_well(void **state)
{
	const u16 seen[] = { READ, CLOCK_GETTIME, WRITE, CLOCK_GETTIME, CLOSE, READ };
	const u16 unseen[] = { READ, WRITE, CLOSE, READ };
	struct kanary_vector *a = vector_alloc(), *b = vector_alloc(), *left = vector_alloc();

	/* the clocks were of the vector before: its own counts have none */
	make_vector(a, seen, 4, 2);
	make_vector(b, unseen, 2, 2);
	kanary_evidence_vector(left, a, &memory);
	assert_int_equal(kanary_vector_size(left), kanary_vector_size(b));
	assert_memory_equal(left, b, kanary_vector_size(b));
	free(left);
	free(b);
	free(a);
}

static void reserved_bins_are_left_out(void **state)
{
	const struct kanary_count counts[] = {
		{ READ, 3 }, { CLOCK_GETTIME, 4 }, { KANARY_BINS + 9, 7 }, { KANARY_PATH_FIRST, 1 },
	};
	struct kanary_evidence evidence;

	kanary_evidence_take(&evidence, counts, 4, &model_fixture_no_log, &memory);
	assert_int_equal(evidence.calls, 3);
	assert_int_equal(evidence.length, 2);
	assert_int_equal(evidence.counts[0].count, 3);
	assert_int_equal(evidence.counts[1].bin, KANARY_PATH_FIRST);
	assert_int_equal(evidence.log.calls, 0);
}

static void of_clocks_alone_nothing_is_left(void **state)
{
	const u16 call[] = { READ, CLOCK_GETTIME, GETCPU };
	struct kanary_vector *vector = vector_alloc(), *left = vector_alloc();

	make_vector(vector, call, 1, 2);
	kanary_evidence_vector(left, vector, &memory);
	assert_int_equal(left->calls, 0);
	assert_int_equal(left->length, 0);
	assert_int_equal(kanary_vector_size(left), sizeof(*left));
	free(left);
	free(vector);
}

/* A model with all heads, and a state to judge in. */
struct judge {
	struct model_fixture fixture;
	struct kanary_score_stream *stream;
	struct kanary_score_container *container;
	void *scratch;
};

static void judge_create(struct judge *judge, bool drops)
{
	const struct model_fixture_shape shape = {
		.inputs = 16, .code = 4, .sequence = { 4, 3, 1, 0 }, .container = { 4, 2, 1, 0 },
		.states = 20, .paths_inputs = 16, .paths_code = 4,
	};
	struct kanary_model_header *header;

	model_fixture_create_whole(&judge->fixture, 11, &shape);
	header = (struct kanary_model_header *)judge->fixture.model.header;
	header->flags |= drops ? KANARY_MODEL_DROPS_CLOCK : 0;
	judge->stream = malloc(kanary_score_stream_size(&judge->fixture.model));
	judge->container = malloc(kanary_score_container_size(&judge->fixture.model));
	judge->scratch = malloc(kanary_score_scratch_size(&judge->fixture.model));
	assert_true(judge->stream && judge->container && judge->scratch);
	kanary_score_stream_init(&judge->fixture.model, judge->stream);
	kanary_score_container_init(&judge->fixture.model, judge->container);
}

static void judge_destroy(struct judge *judge)
{
	free(judge->scratch);
	free(judge->container);
	free(judge->stream);
	model_fixture_destroy(&judge->fixture);
}

static struct kanary_verdict verdict_of(struct judge *judge, const struct kanary_vector *vector)
{
	struct kanary_verdict verdict;

	kanary_score_record(&judge->fixture.model, judge->stream, judge->container, vector,
			    judge->scratch, &verdict);
	return verdict;
}

static bool names_a_clock(struct judge *judge, const struct kanary_vector *vector,
			  const struct kanary_verdict *verdict)
{
	struct kanary_unusual unusual[KANARY_UNUSUAL_MAX];
	struct kanary_log log = kanary_vector_log(vector);
	u32 count, i;

	count = kanary_explain_verdict(&judge->fixture.model, judge->stream, judge->container,
				       vector->counts, vector->length, &log, judge->scratch,
				       verdict, unusual);
	for (i = 0; i < count; i++)
		if (!kanary_evidence_is(unusual[i].bin))
			return true;
	return false;
}

/* How many of a random stream's verdicts differ between what a kernel sees and what it does not. */
static u32 differences(bool drops, bool *named)
{
	struct kanary_vector *seen = vector_alloc(), *unseen = vector_alloc();
	struct kanary_verdict a, b;
	struct judge with, without;
	uint64_t random = 5;
	u32 found = 0, n;

	judge_create(&with, drops);
	judge_create(&without, drops);
	*named = false;
	for (n = 0; n < 60; n++) {
		make_pair(&random, 20 + n, 3 * n, seen, unseen);
		seen->time = unseen->time = n;
		seen->reason = unseen->reason = n % 4 ? KANARY_REASON_PERIOD : KANARY_REASON_EXIT;
		a = verdict_of(&with, seen);
		b = verdict_of(&without, unseen);
		found += !!memcmp(&a, &b, sizeof(a));
		*named |= names_a_clock(&with, seen, &a);
	}
	judge_destroy(&without);
	judge_destroy(&with);
	free(unseen);
	free(seen);
	return found;
}

static void verdicts_are_the_same_on_either_kernel(void **state)
{
	bool named;

	assert_int_equal(differences(true, &named), 0);
	assert_false(named);
	/* a model that keeps them sees the difference, and says so */
	assert_true(differences(false, &named) > 50);
	assert_true(named);
}

static void a_vector_without_evidence_changes_nothing(void **state)
{
	struct kanary_vector *seen = vector_alloc(), *unseen = vector_alloc();
	struct kanary_vector *clocks = vector_alloc();
	const u16 call[] = { CLOCK_GETTIME, CLOCK_GETTIME, GETCPU };
	struct kanary_verdict a, b, none;
	struct judge with, without;
	uint64_t random = 7;
	u32 n;

	make_vector(clocks, call, 0, 3);
	/* what a path counts is a call's that is evidence */
	clocks->length--;
	kanary_vector_append_log(clocks, &(struct kanary_log){ .call = call, .calls = 3 });
	judge_create(&with, true);
	judge_create(&without, true);
	for (n = 0; n < 20; n++) {
		none = verdict_of(&with, clocks);
		assert_int_equal(none.surprise, 0);
		assert_int_equal(none.flags, 0);
		make_pair(&random, 30, 5, seen, unseen);
		a = verdict_of(&with, seen);
		b = verdict_of(&without, unseen);
		assert_memory_equal(&a, &b, sizeof(a));
	}
	judge_destroy(&without);
	judge_destroy(&with);
	free(clocks);
	free(unseen);
	free(seen);
}

/* Adds counts in reserved bins, as older recordings have them. */
static void add_reserved(uint64_t *random, struct kanary_vector *vector)
{
	u32 calls = kanary_vector_calls(vector), behind = vector->length - calls, length;
	size_t tail = behind * sizeof(*vector->counts) +
		      (vector->context + vector->logged) * sizeof(u16);
	struct kanary_count *rest = malloc(tail);

	memcpy(rest, vector->counts + calls, tail);
	length = model_fixture_reserved(random, vector->counts, calls);
	memcpy(vector->counts + length, rest, tail);
	vector->length = (u16)(length + behind);
	free(rest);
	assert_null(kanary_vector_check(vector, kanary_vector_size(vector)));
}

/* Whether calls are left out or not, and whether there are any to leave out. */
static void reserved_bins_change_no_verdict(void **state)
{
	struct kanary_vector *vector = vector_alloc(), *unseen = vector_alloc();
	struct kanary_verdict plain, reserved;
	struct judge with, without;
	uint64_t random = 13;
	u32 added = 0, n;

	for (n = 0; n < 120; n++) {
		if (n % 60 == 0) {
			judge_create(&with, n);
			judge_create(&without, n);
		}
		make_pair(&random, 20 + n, n % 3 ? 3 * n : 0, vector, unseen);
		vector->time = n;
		vector->reason = n % 4 ? KANARY_REASON_PERIOD : KANARY_REASON_EXIT;
		plain = verdict_of(&without, vector);
		added -= vector->length;
		add_reserved(&random, vector);
		added += vector->length;
		reserved = verdict_of(&with, vector);
		assert_memory_equal(&plain, &reserved, sizeof(plain));
		if (n % 60 == 59) {
			judge_destroy(&with);
			judge_destroy(&without);
		}
	}
	assert_true(added > 300);
	free(unseen);
	free(vector);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_functions_of_the_vdso_are_none),
		cmocka_unit_test(what_is_left_is_as_though_it_had_been_all),
		cmocka_unit_test(a_context_is_left_out_of_as_well),
		cmocka_unit_test(reserved_bins_are_left_out),
		cmocka_unit_test(of_clocks_alone_nothing_is_left),
		cmocka_unit_test(verdicts_are_the_same_on_either_kernel),
		cmocka_unit_test(a_vector_without_evidence_changes_nothing),
		cmocka_unit_test(reserved_bins_change_no_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
