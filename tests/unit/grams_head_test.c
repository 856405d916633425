/* SPDX-License-Identifier: GPL-2.0 */
/* The grams head: against values worked out by hand, against a plain version; damaged ones. */
#include "grams_head.h"
#include "model_patient.h"
#include "score.h"

#include <math.h>
#include <stdlib.h>

enum { ROUNDS = 60, VECTORS = 30 };

/*
 * States: the empty context, [7], [7 8]. 960 is the start of a stream.
 *
 *	""	7: 1 bit -> [7]		8: 2 bits -> ""		else 10 bits
 *	[7]	8: 0.5 bits -> [7 8]				else 3 bits more
 *	[7 8]	7: 0.25 bits -> [7]				else 1 bit more
 */
static const u32 start[] = { 0, 2, 3, 4 };
static const struct kanary_model_state states[] = {
	{ 0, 10240, 0 }, { 0, 3072, 1 }, { 1, 1024, 2 },
};
static const struct kanary_model_gram grams[] = {
	{ 7, 1024, 1 }, { 8, 2048, 0 }, { 8, 512, 2 }, { 7, 256, 1 },
};

static const struct kanary_model by_hand = {
	.grams_start = start, .grams_state = states, .gram = grams,
};

static u64 bits_of(const u16 *call, u32 context, u32 calls)
{
	struct kanary_log log = { .call = call, .context = context, .calls = calls };
	struct kanary_grams_head_state state = { 0 };

	kanary_grams_head_add(&by_hand, &state, &log);
	assert_int_equal(state.calls, calls);
	return state.bits;
}

static void bits_are_those_worked_out_by_hand(void **state)
{
	/* 7: 1; 8 after 7: 0.5; 7 after 7 8: 0.25 */
	assert_int_equal(bits_of((u16[]){ 7, 8, 7 }, 0, 3), 1024 + 512 + 256);
	/* the same with the first two as context */
	assert_int_equal(bits_of((u16[]){ 7, 8, 7 }, 2, 1), 256);
	/* 8 after 7 8: back to [7], which knows it: 1 + 0.5 */
	assert_int_equal(bits_of((u16[]){ 7, 8, 8 }, 2, 1), 1024 + 512);
	/* 9 is news: 1 + 3 + 10, and then nothing is before 8 */
	assert_int_equal(bits_of((u16[]){ 7, 8, 9, 8 }, 2, 2), 1024 + 3072 + 10240 + 2048);
	/* the start of a stream is no call */
	assert_int_equal(bits_of((u16[]){ KANARY_LOG_START, 7 }, 1, 1), 1024);
}

static void error_is_the_mean(void **state)
{
	struct kanary_grams_head_state mean = { 0 };

	assert_int_equal(kanary_grams_head_error(&mean), 0);
	mean.bits = 1024;
	mean.calls = 1;
	assert_int_equal(kanary_grams_head_error(&mean), 4096);
	mean.calls = 3;
	assert_int_equal(kanary_grams_head_error(&mean), 4096 / 3);
	mean.bits = 1ull << 61;
	mean.calls = 0x7fffffff;
	assert_int_equal(kanary_grams_head_error(&mean), 0xffffffff);
	mean.bits = 20480ull * 0x7fffffff;
	assert_int_equal(kanary_grams_head_error(&mean), 81920);
	kanary_grams_head_halve(&mean);
	assert_int_equal(mean.calls, 0x3fffffff);
	assert_in_range(kanary_grams_head_error(&mean), 81919, 81921);
}

static void explains_by_call(void **state)
{
	static const u16 call[] = { 7, 8, 9, 8, 9 };
	struct kanary_log log = { .call = call, .context = 1, .calls = 4 };
	u16 unexpected[KANARY_BINS];
	u32 bits[KANARY_BINS];

	kanary_grams_head_explain(&by_hand, &log, bits, unexpected);
	assert_int_equal(bits[8], 512 + 2048);
	assert_int_equal(bits[9], 1024 + 3072 + 10240 + 10240);
	assert_int_equal(bits[7], 0);
	assert_int_equal(unexpected[8], 0);
	assert_int_equal(unexpected[9], 2);
}

/* Without the automaton: the longest context that knows the call, all of them tried. */
static u32 plain_step(const struct kanary_model *model, u32 *at, u32 bin)
{
	u32 bits = 0, i;

	for (;;) {
		for (i = model->grams_start[*at]; i < model->grams_start[*at + 1]; i++) {
			if (model->gram[i].bin != bin)
				continue;
			*at = model->gram[i].next;
			return bits + model->gram[i].bits;
		}
		bits += model->grams_state[*at].backoff;
		if (!*at)
			return bits;
		*at = model->grams_state[*at].shorter;
	}
}

/* What the task's curve reads: how surprised the views are in all. */
static void check_task(const struct kanary_model *model, const struct kanary_verdict *verdict)
{
	u32 sum = verdict->process_surprise + verdict->grams_surprise;

	assert_int_equal(verdict->task_surprise,
			 kanary_score_surprise(model->task_knot, model->header->knots, 16 * sum));
}

static void agrees_with_a_plain_version(void **state)
{
	u32 round, vector, i, at, surprised = 0;
	struct kanary_score_container *container;
	struct kanary_score_stream *stream;
	struct kanary_verdict verdict;
	struct model_fixture fixture;
	struct kanary_count counts[KANARY_VECTOR_BINS];
	u16 call[KANARY_LOG_MAX];
	struct kanary_log log;
	uint64_t random = 3;
	void *scratch;

	for (round = 0; round < ROUNDS; round++) {
		u64 bits = 0;
		u32 calls = 0;

		model_fixture_create_whole(&fixture, round, &(struct model_fixture_shape){
			.inputs = 6, .code = 4, .states = 1 + round * 7 });
		stream = malloc(kanary_score_stream_size(&fixture.model));
		scratch = malloc(kanary_score_scratch_size(&fixture.model));
		container = malloc(kanary_score_container_size(&fixture.model) + 1);
		assert_true(kanary_score_reference(&fixture.model, stream, container, scratch));
		kanary_score_stream_init(&fixture.model, stream);
		for (vector = 0; vector < VECTORS; vector++) {
			/* few in all, so that nothing is halved */
			u32 length = model_fixture_counts(&random, counts, 100);

			model_fixture_log(&random, &log, call,
					  model_fixture_random(&random) % 200);
			kanary_score_vector(&fixture.model, stream, counts, length, &log, scratch,
					    &verdict);
			for (at = 0, i = 0; i < log.context + log.calls; i++) {
				u32 step = plain_step(&fixture.model, &at, call[i]);

				bits += i < log.context ? 0 : step;
			}
			calls += log.calls;
			assert_int_equal(verdict.grams_error, calls ? 4 * bits / calls : 0);
			check_task(&fixture.model, &verdict);
			surprised += verdict.grams_surprise > 0;
		}
		free(stream);
		free(scratch);
		free(container);
		model_fixture_destroy(&fixture);
	}
	assert_in_range(surprised, 50, ROUNDS * VECTORS);
}

static void admit(struct model_patient *patient)
{
	const struct model_fixture_shape shape = { .inputs = 6, .code = 4, .states = 20 };

	model_fixture_create_whole(&patient->fixture, 5, &shape);
	patient->pristine = malloc(patient->fixture.size);
	memcpy(patient->pristine, patient->fixture.file, patient->fixture.size);
	patient->header = patient->fixture.file;
	patient->model = patient->fixture.model;
}

static void refuses_bad_dimensions(void **state)
{
	static const char count[] = "number of states of the grams head is out of range (1 to 131072)";
	static const char gram[] = "number of grams is out of range (1 to 262144)";
	static const char stray[] = "model without a grams head has dimensions of one";
	static const char size[] = "size of the model does not follow from its dimensions";
	struct kanary_model_grams_shape *shape;
	struct model_patient patient;

	admit(&patient);
	shape = &patient.header->grams;
	SICK(count, shape->states = 0);
	SICK(count, shape->states = KANARY_MODEL_STATES_MAX + 1);
	SICK(count, shape->states = UINT32_MAX);
	SICK(gram, shape->grams = 0);
	SICK(gram, shape->grams = KANARY_MODEL_GRAMS_MAX + 1);
	SICK("reserved bytes of the header are not 0", shape->reserved[0] = 1);
	SICK("reserved bytes of the header are not 0", shape->reserved[1] = 1);
	SICK(stray, patient.header->flags &= ~(u32)KANARY_MODEL_GRAMS);
	SICK(size, shape->states++);
	SICK(size, shape->grams++);
	model_patient_discharge(&patient);
}

static void refuses_bad_sections(void **state)
{
	static const char before[] = "state of the grams head does not lead to one before it";
	static const char depth[] = "state of the grams head has a depth that is not its own";
	static const char order[] = "states of the grams head do not ascend";
	static const char cover[] = "states of the grams head do not cover its grams";
	struct kanary_model_state *state_of;
	struct kanary_model_gram *gram;
	struct model_patient patient;
	u32 *first, last;

	admit(&patient);
	first = (u32 *)patient.model.grams_start;
	state_of = (struct kanary_model_state *)patient.model.grams_state;
	gram = (struct kanary_model_gram *)patient.model.gram;
	last = patient.header->grams.grams - 1;
	SICK(cover, first[0] = 1);
	SICK(cover, first[20]--);
	SICK(order, first[1] = last + 2);
	SICK(order, first[2] = first[1] - 1);
	SICK(before, state_of[0].shorter = 1);
	SICK(before, state_of[5].shorter = 5);
	SICK(before, state_of[19].shorter = UINT32_MAX);
	SICK(depth, state_of[0].depth = 1);
	SICK(depth, state_of[19].depth++);
	SICK(depth, state_of[1].depth = 0);
	SICK("bin of a gram is out of range", gram[last].bin = KANARY_LOG_START + 1);
	SICK("bins of a state's grams do not ascend", gram[1].bin = gram[0].bin);
	SICK("gram leads beyond the states", gram[last].next = 20);
	SICK("padding of the grams head is not 0", first[21] = 1);
	SICK("calibration goes beyond a surprise of 100",
	     ((struct kanary_model_knot *)patient.model.grams_knot)[5].surprise = 25601);
	model_patient_discharge(&patient);
}

/* A chain as deep as it may be, and one deeper. */
static void refuses_deep_states(void **state)
{
	struct kanary_model_state *state_of;
	struct model_patient patient;
	u32 i, deep;

	for (deep = KANARY_MODEL_DEPTH_MAX; deep <= KANARY_MODEL_DEPTH_MAX + 1; deep++) {
		admit(&patient);
		state_of = (struct kanary_model_state *)patient.model.grams_state;
		for (i = 1; i < 20; i++) {
			state_of[i].shorter = i <= deep ? i - 1 : 0;
			state_of[i].depth = i <= deep ? i : 1;
		}
		model_fixture_reference(&patient.model);
		if (deep > KANARY_MODEL_DEPTH_MAX)
			model_patient_refused(&patient,
				"state of the grams head has a depth that is not its own");
		else
			model_patient_accepted(&patient);
		model_patient_discharge(&patient);
	}
}

static void refuses_bad_references(void **state)
{
	static const char length[] = "length of the reference's log is out of range (up to 64)";
	struct kanary_model_reference *reference;
	struct model_patient patient;

	admit(&patient);
	reference = (struct kanary_model_reference *)patient.model.reference;
	SICK(length, reference->context = KANARY_LOG_CONTEXT + 1);
	SICK(length, reference->logged = KANARY_MODEL_REFERENCE_LOG + 1);
	SICK("log of the reference has a bin out of range",
	     reference->call[reference->context] = KANARY_LOG_START);
	SICK("log of the reference is followed by bytes other than 0", reference->logged--);
	model_patient_discharge(&patient);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bits_are_those_worked_out_by_hand),
		cmocka_unit_test(error_is_the_mean),
		cmocka_unit_test(explains_by_call),
		cmocka_unit_test(agrees_with_a_plain_version),
		cmocka_unit_test(refuses_bad_dimensions),
		cmocka_unit_test(refuses_bad_sections),
		cmocka_unit_test(refuses_deep_states),
		cmocka_unit_test(refuses_bad_references),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
