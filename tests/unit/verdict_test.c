/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From errors to surprise, alerts and their explanation, on models that
 * reconstruct nothing: every output is 0, so that an error is sum(weight * x^2).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "model_fixture.h"
#include "explain.h"

#define INPUTS 8
#define KNOTS 6

/* Everything that is const in struct kanary_model, to write to. */
struct subject {
	struct model_fixture fixture;
	struct kanary_score_stream *stream;
	struct kanary_score_container *container;
	void *scratch;
	struct kanary_model_header *header;
	u16 *feature;
	u32 *process_weight;
	u32 *sequence_weight;
	struct kanary_model_knot *process_knot;
	struct kanary_model_knot *sequence_knot;
	u32 *container_weight;
	struct kanary_model_knot *container_knot;
};

static void silence(const struct kanary_layer *layer)
{
	struct kanary_model_row *row = (struct kanary_model_row *)layer->row;
	u32 i;

	for (i = 0; i < layer->rows; i++) {
		row[i].multiplier = 1;
		row[i].shift = 62;
	}
}

static void silence_sequence(const struct kanary_model_sequence *head)
{
	u32 i;

	silence(&head->encoder);
	silence(&head->decoder);
	silence(&head->output);
	for (i = 0; head->weight && i < INPUTS; i++)
		((u32 *)head->weight)[i] = 16;
}

static void create_whole(struct subject *subject, unsigned int steps, unsigned int stride,
			 struct kanary_model_shape container, unsigned int states)
{
	struct kanary_model *model = &subject->fixture.model;
	const struct model_fixture_shape shape = {
		.inputs = INPUTS, .code = 2, .container = container, .states = states,
		.sequence = { steps ? 2 : 0, (u16)steps, (u16)stride, 0 },
	};
	u32 i;

	model_fixture_create_whole(&subject->fixture, 9, &shape);
	subject->container = malloc(kanary_score_container_size(model) + 1);
	kanary_score_container_init(model, subject->container);
	subject->container_weight = (u32 *)model->container.weight;
	subject->container_knot = (struct kanary_model_knot *)model->container.knot;
	subject->stream = malloc(kanary_score_stream_size(model));
	subject->scratch = malloc(kanary_score_scratch_size(model));
	subject->header = subject->fixture.file;
	subject->feature = (u16 *)model->feature;
	subject->process_weight = (u32 *)model->process_weight;
	subject->sequence_weight = (u32 *)model->sequence.weight;
	subject->process_knot = (struct kanary_model_knot *)model->process_knot;
	subject->sequence_knot = (struct kanary_model_knot *)model->sequence.knot;
	kanary_score_stream_init(model, subject->stream);
	silence(&model->encode);
	silence(&model->decode);
	silence_sequence(&model->sequence);
	silence_sequence(&model->container);
	/* errors that can be worked out by hand have no codebook to lessen them */
	subject->header->codebook_gate = UINT32_MAX;
	for (i = 0; i < KANARY_BINS; i++)
		subject->feature[i] = (u16)(i % INPUTS);
	for (i = 0; i < INPUTS; i++)
		subject->process_weight[i] = 16;
}

static void create(struct subject *subject, unsigned int steps, unsigned int stride)
{
	create_whole(subject, steps, stride, (struct kanary_model_shape){ 0 }, 0);
}

static void destroy(struct subject *subject)
{
	free(subject->stream);
	free(subject->container);
	free(subject->scratch);
	model_fixture_destroy(&subject->fixture);
}

static struct kanary_verdict judge(struct subject *subject, const struct kanary_count *counts,
				   u32 length)
{
	struct kanary_verdict verdict;

	kanary_score_vector(&subject->fixture.model, subject->stream, counts, length,
			    &model_fixture_no_log, subject->scratch, &verdict);
	return verdict;
}

static void set_knots(struct kanary_model_knot *knot, const struct kanary_model_knot *from)
{
	memcpy(knot, from, KNOTS * sizeof(*knot));
}

static u32 line(const struct kanary_model_knot *a, const struct kanary_model_knot *b, u32 error)
{
	unsigned __int128 rise = b->surprise - a->surprise;
	u32 width = b->error - a->error;

	return a->surprise + (u32)((rise * (error - a->error) + width / 2) / width);
}

static u32 alert_flags(const struct subject *subject, u32 surprise)
{
	return (surprise >= subject->header->threshold ? KANARY_VERDICT_ALERT : 0) |
	       (surprise >= subject->header->critical_threshold ? KANARY_VERDICT_CRITICAL : 0);
}

/* A vector of one bin has x = 32767, so its error is weight * 32767^2 >> 22. */
static void surprise_follows_the_knots(void **state)
{
	static const struct kanary_model_knot knots[KNOTS] = {
		{ 5000, 10 }, { 9000, 266 }, { 9300, 266 }, { 100000, 25000 },
		{ 4000000, 25001 }, { UINT32_MAX, 25600 },
	};
	const struct kanary_count count = { 0, 100 };
	struct kanary_verdict verdict;
	struct subject subject;
	u32 weight, expected, k;
	u64 error;

	create(&subject, 0, 0);
	set_knots(subject.process_knot, knots);
	for (weight = 0; weight <= KANARY_MODEL_WEIGHT_MAX; weight += 1 + weight / 200) {
		subject.process_weight[0] = weight;
		error = (weight * (32767ull * 32767)) >> 22;
		if (error > UINT32_MAX)
			error = UINT32_MAX;
		for (k = 0; k < KNOTS && error >= knots[k].error; k++)
			;
		if (!k)
			expected = 0;
		else if (k == KNOTS)
			expected = knots[KNOTS - 1].surprise;
		else
			expected = line(&knots[k - 1], &knots[k], (u32)error);
		kanary_score_stream_init(&subject.fixture.model, subject.stream);
		verdict = judge(&subject, &count, 1);
		assert_int_equal(verdict.process_error, error);
		if (verdict.process_surprise != expected)
			fail_msg("error %u: surprise %u, expected %u", (u32)error,
				 verdict.process_surprise, expected);
		assert_int_equal(verdict.surprise, expected);
		assert_int_equal(verdict.flags, alert_flags(&subject, expected));
	}
	destroy(&subject);
}

static void constant(struct kanary_model_knot *knot, u32 surprise)
{
	u32 i;

	for (i = 0; i < KNOTS; i++) {
		knot[i].error = i;
		knot[i].surprise = surprise;
	}
}

static void both_heads_pay_for_looking_twice(void **state)
{
	static const struct {
		u32 process, sequence, alone, together;
	} cases[] = {
		{ 500, 400, 500, 423 }, { 400, 500, 400, 423 }, { 77, 0, 77, 0 },
		{ 10, 20, 10, 0 }, { 0, 78, 0, 1 }, { 25600, 25600, 25600, 25523 },
	};
	const struct kanary_count count = { 3, 50 };
	struct kanary_verdict verdict;
	struct subject subject;
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		create(&subject, 2, 1);
		subject.header->threshold = 423;
		subject.header->critical_threshold = 500;
		constant(subject.process_knot, cases[i].process);
		constant(subject.sequence_knot, cases[i].sequence);
		verdict = judge(&subject, &count, 1);
		assert_int_equal(verdict.surprise, cases[i].alone);
		assert_int_equal(verdict.flags, alert_flags(&subject, cases[i].alone));
		verdict = judge(&subject, &count, 1);
		assert_int_equal(verdict.process_surprise, cases[i].process);
		assert_int_equal(verdict.sequence_surprise, cases[i].sequence);
		assert_int_equal(verdict.surprise, cases[i].together);
		assert_int_equal(verdict.flags, KANARY_VERDICT_SEQUENCE |
				 alert_flags(&subject, cases[i].together));
		destroy(&subject);
	}
}

/* What the curve of the task makes of their sum is what counts of the two. */
static void task_is_the_sum_of_two_views(void **state)
{
	static const struct {
		u32 process, grams, task;
	} cases[] = {
		{ 0, 0, 0 }, { 299, 0, 0 }, { 300, 0, 10 }, { 0, 299, 0 }, { 0, 300, 10 },
		{ 150, 150, 10 }, { 150, 156, 16 }, { 1000, 5000, 5710 }, { 25600, 0, 25310 },
		{ 25600, 25600, 25600 },
	};
	/* of sums, times 16: from 300 on, one for each, and another 10 */
	static const struct kanary_model_knot knots[KNOTS] = {
		{ 300 * 16, 10 }, { 400 * 16, 110 }, { 5000 * 16, 4710 }, { 10000 * 16, 9710 },
		{ 10001 * 16, 9711 }, { 25890 * 16, 25600 },
	};
	const struct kanary_count counts[] = { { 3, 50 } };
	struct kanary_verdict verdict;
	struct kanary_model *model;
	struct subject subject;
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		create_whole(&subject, 0, 0, (struct kanary_model_shape){ 0 }, 3);
		model = &subject.fixture.model;
		subject.header->threshold = 5000;
		constant(subject.process_knot, cases[i].process);
		constant((struct kanary_model_knot *)model->grams_knot, cases[i].grams);
		set_knots((struct kanary_model_knot *)model->task_knot, knots);
		verdict = judge(&subject, counts, 1);
		assert_int_equal(verdict.process_surprise, cases[i].process);
		assert_int_equal(verdict.grams_surprise, cases[i].grams);
		if (verdict.task_surprise != cases[i].task)
			fail_msg("case %u: task surprise %u, expected %u", i, verdict.task_surprise,
				 cases[i].task);
		/* two views of one thing are one head: there is nothing to pay */
		assert_int_equal(verdict.surprise, cases[i].task);
		assert_int_equal(verdict.flags, alert_flags(&subject, cases[i].task));
		destroy(&subject);
	}
}

static void task_competes_with_the_other_heads(void **state)
{
	const struct kanary_count counts[] = { { 3, 50 } };
	struct kanary_verdict verdict;
	struct kanary_model *model;
	struct subject subject;

	create_whole(&subject, 1, 1, (struct kanary_model_shape){ 0 }, 3);
	model = &subject.fixture.model;
	constant(subject.process_knot, 100);
	constant(subject.sequence_knot, 400);
	constant((struct kanary_model_knot *)model->task_knot, 500);
	verdict = judge(&subject, counts, 1);
	assert_int_equal(verdict.task_surprise, 500);
	assert_int_equal(verdict.surprise, 500 - 77);
	/* however surprised the process head alone is */
	constant(subject.process_knot, 900);
	constant((struct kanary_model_knot *)model->task_knot, 300);
	verdict = judge(&subject, counts, 1);
	assert_int_equal(verdict.process_surprise, 900);
	assert_int_equal(verdict.surprise, 400 - 77);
	destroy(&subject);
}

static void without_grams_the_process_head_is_the_task(void **state)
{
	const struct kanary_count counts[] = { { 3, 50 } };
	struct kanary_verdict verdict;
	struct subject subject;

	create(&subject, 0, 0);
	constant(subject.process_knot, 321);
	verdict = judge(&subject, counts, 1);
	assert_int_equal(verdict.task_surprise, 321);
	assert_int_equal(verdict.surprise, 321);
	assert_int_equal(verdict.grams_error | verdict.grams_surprise, 0);
	destroy(&subject);
}

static void sequence_head_keeps_its_stride(void **state)
{
	/* 5 steps, then every 3 */
	static const char spoken[] = "....x..x..x..x";
	const struct kanary_count count = { 3, 50 };
	struct subject subject;
	unsigned int i;

	create(&subject, 5, 3);
	for (i = 0; spoken[i]; i++)
		assert_int_equal(judge(&subject, &count, 1).flags & KANARY_VERDICT_SEQUENCE,
				 spoken[i] == 'x' ? KANARY_VERDICT_SEQUENCE : 0);
	kanary_score_stream_init(&subject.fixture.model, subject.stream);
	for (i = 0; spoken[i]; i++)
		assert_int_equal(judge(&subject, &count, 1).flags & KANARY_VERDICT_SEQUENCE,
				 spoken[i] == 'x' ? KANARY_VERDICT_SEQUENCE : 0);
	destroy(&subject);
}

static u32 explain(struct subject *subject, const struct kanary_count *counts, u32 length,
		   const struct kanary_verdict *verdict, struct kanary_unusual *unusual)
{
	return kanary_explain_verdict(&subject->fixture.model, subject->stream,
				    subject->container, counts, length, &model_fixture_no_log,
				    subject->scratch, verdict, unusual);
}

/* A process that ends with this vector. */
static struct kanary_verdict judge_last(struct subject *subject, const struct kanary_count *counts,
					u32 length)
{
	struct kanary_verdict verdict;

	kanary_score_stream_init(&subject->fixture.model, subject->stream);
	verdict = judge(subject, counts, length);
	kanary_score_process(&subject->fixture.model, subject->container, subject->scratch,
			     &verdict);
	return verdict;
}

static void container_head_speaks_at_the_end_of_processes(void **state)
{
	/* 3 steps, then every 2 */
	static const char spoken[] = "..x.x.x";
	const struct kanary_count count = { 3, 50 };
	struct kanary_verdict verdict;
	struct subject subject;
	unsigned int i;

	create_whole(&subject, 0, 0, (struct kanary_model_shape){ 2, 3, 2, 0 }, 0);
	subject.header->threshold = 423;
	constant(subject.process_knot, 400);
	constant(subject.container_knot, 500);
	for (i = 0; spoken[i]; i++) {
		/* vectors in between are none of its business */
		judge(&subject, &count, 1);
		verdict = judge_last(&subject, &count, 1);
		assert_int_equal(verdict.flags, spoken[i] == 'x' ?
				 KANARY_VERDICT_CONTAINER | KANARY_VERDICT_ALERT : 0);
		assert_int_equal(verdict.surprise, spoken[i] == 'x' ? 423 : 400);
		assert_int_equal(kanary_explain_loudest(&verdict), spoken[i] == 'x' ?
				 KANARY_SCORE_CONTAINER : KANARY_SCORE_PROCESS);
	}
	destroy(&subject);
}

static void all_heads_pay_for_looking_thrice(void **state)
{
	const struct kanary_count count = { 3, 50 };
	struct kanary_verdict verdict;
	struct subject subject;

	create_whole(&subject, 1, 1, (struct kanary_model_shape){ 2, 1, 1, 0 }, 0);
	constant(subject.process_knot, 700);
	constant(subject.sequence_knot, 500);
	constant(subject.container_knot, 600);
	subject.header->threshold = 600;
	/* what would be an alert of two heads need not be one of three */
	verdict = judge(&subject, &count, 1);
	assert_int_equal(verdict.surprise, 700 - 77);
	assert_true(verdict.flags & KANARY_VERDICT_ALERT);
	verdict = judge_last(&subject, &count, 1);
	assert_int_equal(verdict.surprise, 700 - 122);
	assert_int_equal(verdict.flags, KANARY_VERDICT_SEQUENCE | KANARY_VERDICT_CONTAINER);
	destroy(&subject);
}

static void container_head_names_what_was_unusual(void **state)
{
	static const struct kanary_count usual[] = { { 0, 25 }, { 1, 25 } };
	static const struct kanary_count odd[] = { { 0, 10 }, { 6, 30 } };
	struct kanary_unusual unusual[KANARY_UNUSUAL_MAX];
	struct kanary_verdict verdict;
	struct subject subject;

	create_whole(&subject, 0, 0, (struct kanary_model_shape){ 2, 2, 1, 0 }, 0);
	constant(subject.process_knot, 100);
	constant(subject.container_knot, 200);
	subject.container_weight[6] = 3200;
	judge_last(&subject, odd, 2);
	verdict = judge_last(&subject, usual, 2);
	assert_true(explain(&subject, usual, 2, &verdict, unusual) >= 3);
	/* of the process before, three quarters of whose calls it were */
	assert_int_equal(unusual[0].bin, 6);
	assert_in_range(unusual[0].excess, 374, 376);
	destroy(&subject);
}

static void counts_decay_and_never_overflow(void **state)
{
	struct kanary_count counts[KANARY_BINS];
	struct subject subject;
	u32 i;

	create(&subject, 2, 1);
	for (i = 0; i < KANARY_BINS; i++)
		counts[i] = (struct kanary_count){ (u16)i, 65535 };
	subject.header->decay_limit = 1000;
	judge(&subject, counts, KANARY_BINS);
	assert_in_range(subject.stream->total, 400, 1000);
	/* a limit below the number of inputs forgets everything, and nothing is divided by 0 */
	subject.header->decay_limit = 1;
	judge(&subject, counts, KANARY_BINS);
	assert_in_range(subject.stream->total, 0, 1);
	subject.header->decay_limit = 0;
	for (i = 0; i < 200; i++) {
		judge(&subject, counts, KANARY_BINS);
		assert_in_range(subject.stream->total, 1, 0x7fffffff);
	}
	assert_int_equal(judge(&subject, counts, 0).flags & KANARY_VERDICT_SEQUENCE,
			 KANARY_VERDICT_SEQUENCE);
	destroy(&subject);
}

static void empty_stream_is_no_surprise(void **state)
{
	struct kanary_verdict verdict;
	struct subject subject;

	create(&subject, 0, 0);
	verdict = judge(&subject, NULL, 0);
	assert_int_equal(verdict.process_error, 0);
	assert_int_equal(verdict.surprise, 0);
	destroy(&subject);
}

static void process_head_names_what_was_unusual(void **state)
{
	/* Inputs 1 (bins 1 and 9), 2, 3, 4, 5. */
	static const struct kanary_count counts[] = {
		{ 1, 30 }, { 2, 200 }, { 3, 50 }, { 4, 10 }, { 5, 20 }, { 9, 70 },
	};
	struct kanary_unusual unusual[KANARY_UNUSUAL_MAX];
	struct kanary_verdict verdict;
	struct subject subject;

	create(&subject, 0, 0);
	subject.process_weight[3] = 1600;
	verdict = judge(&subject, counts, 6);
	assert_int_equal(explain(&subject, counts, 6, &verdict, unusual), 4);
	/* the weighted one, then by calls; an input of several bins by its largest */
	assert_int_equal(unusual[0].bin, 3);
	assert_int_equal(unusual[0].excess, 50);
	assert_int_equal(unusual[1].bin, 2);
	assert_int_equal(unusual[1].excess, 200);
	assert_int_equal(unusual[2].bin, 9);
	assert_int_equal(unusual[2].excess, 100);
	assert_int_equal(unusual[3].bin, 5);
	assert_int_equal(unusual[3].excess, 20);
	/* the process head sees the stream so far, not this vector */
	verdict = judge(&subject, counts, 6);
	explain(&subject, counts, 6, &verdict, unusual);
	assert_int_equal(unusual[1].excess, 400);
	/* bins that this vector lacks are named by their first */
	verdict = judge(&subject, counts + 1, 1);
	explain(&subject, counts + 1, 1, &verdict, unusual);
	assert_int_equal(unusual[2].bin, 1);
	assert_int_equal(unusual[2].excess, 200);
	destroy(&subject);
}

static void sequence_head_names_what_was_unusual(void **state)
{
	static const struct kanary_count usual[] = { { 0, 250 }, { 1, 250 } };
	static const struct kanary_count odd[] = { { 0, 125 }, { 6, 375 } };
	struct kanary_unusual unusual[KANARY_UNUSUAL_MAX];
	struct kanary_verdict verdict;
	struct subject subject;
	u32 found;

	create(&subject, 4, 1);
	constant(subject.process_knot, 100);
	constant(subject.sequence_knot, 200);
	subject.sequence_weight[6] = 3200;
	judge(&subject, usual, 2);
	judge(&subject, odd, 2);
	judge(&subject, usual, 2);
	verdict = judge(&subject, usual, 2);
	assert_true(verdict.flags & KANARY_VERDICT_SEQUENCE);
	found = explain(&subject, usual, 2, &verdict, unusual);
	/* bin 6 is not in this vector, but two before it, with 375 of 500 calls */
	assert_int_equal(found, 3);
	assert_int_equal(unusual[0].bin, 6);
	assert_in_range(unusual[0].excess, 374, 376);
	assert_int_equal(unusual[1].bin, 0);
	assert_in_range(unusual[1].excess, 249, 251);
	assert_int_equal(unusual[2].bin, 1);
	destroy(&subject);
}

/* The error of a feature that is off by less than half a call names nobody. */
static void less_than_half_a_call_is_not_named(void **state)
{
	static const struct kanary_count counts[] = { { 0, 1 } };
	struct kanary_unusual unusual[KANARY_UNUSUAL_MAX];
	struct kanary_verdict verdict;
	struct kanary_model_row *row;
	struct subject subject;

	create(&subject, 0, 0);
	row = (struct kanary_model_row *)subject.fixture.model.decode.row;
	row[5] = (struct kanary_model_row){ .bias = 16384, .multiplier = 2, .shift = 1 };
	kanary_model_prepare(&subject.fixture.model, subject.fixture.packed);
	verdict = judge(&subject, counts, 1);
	assert_int_equal(explain(&subject, counts, 1, &verdict, unusual), 1);
	assert_int_equal(unusual[0].bin, 0);
	destroy(&subject);
}

/* A reconstruction that expects calls which do not come: fewer than expected. */
static void missing_calls_are_negative(void **state)
{
	static const struct kanary_count counts[] = { { 0, 400 } };
	struct kanary_unusual unusual[KANARY_UNUSUAL_MAX];
	struct kanary_verdict verdict;
	struct kanary_model_row *row;
	struct subject subject;

	create(&subject, 0, 0);
	/* input 5 comes out as half of the full scale, a quarter of the calls */
	row = (struct kanary_model_row *)subject.fixture.model.decode.row;
	row[5] = (struct kanary_model_row){ .bias = 16384, .multiplier = 2, .shift = 1 };
	subject.process_weight[0] = 0;
	kanary_model_prepare(&subject.fixture.model, subject.fixture.packed);
	verdict = judge(&subject, counts, 1);
	assert_int_equal(verdict.process_error, (16 * 16384ull * 16384) >> 22);
	assert_int_equal(explain(&subject, counts, 1, &verdict, unusual), 1);
	assert_int_equal(unusual[0].bin, 5);
	assert_int_equal(unusual[0].excess, -100);
	destroy(&subject);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(surprise_follows_the_knots),
		cmocka_unit_test(both_heads_pay_for_looking_twice),
		cmocka_unit_test(task_is_the_sum_of_two_views),
		cmocka_unit_test(task_competes_with_the_other_heads),
		cmocka_unit_test(without_grams_the_process_head_is_the_task),
		cmocka_unit_test(sequence_head_keeps_its_stride),
		cmocka_unit_test(container_head_speaks_at_the_end_of_processes),
		cmocka_unit_test(all_heads_pay_for_looking_thrice),
		cmocka_unit_test(container_head_names_what_was_unusual),
		cmocka_unit_test(counts_decay_and_never_overflow),
		cmocka_unit_test(empty_stream_is_no_surprise),
		cmocka_unit_test(process_head_names_what_was_unusual),
		cmocka_unit_test(sequence_head_names_what_was_unusual),
		cmocka_unit_test(less_than_half_a_call_is_not_named),
		cmocka_unit_test(missing_calls_are_negative),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
