/* SPDX-License-Identifier: GPL-2.0 */
/* Verdicts against a plain second implementation of model.h, and against fixed hashes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>

#include "activation.h"
#include "checksum.h"
#include "feature.h"
#include "model_fixture.h"
#include "score.h"

struct judge {
	struct model_fixture fixture;
	struct kanary_score_stream *stream;
	struct kanary_score_container *container;
	void *scratch;
};

static void judge_create(struct judge *judge, uint64_t seed,
			 const struct model_fixture_shape *shape)
{
	const struct kanary_model *model = &judge->fixture.model;

	model_fixture_create_whole(&judge->fixture, seed, shape);
	judge->container = malloc(kanary_score_container_size(model) + 1);
	kanary_score_container_init(model, judge->container);
	judge->stream = malloc(kanary_score_stream_size(model));
	judge->scratch = aligned_alloc(8, kanary_score_scratch_size(model));
	kanary_score_stream_init(model, judge->stream);
}

static void judge_destroy(struct judge *judge)
{
	free(judge->stream);
	free(judge->container);
	free(judge->scratch);
	model_fixture_destroy(&judge->fixture);
}

static void stream_ends(struct judge *judge)
{
	kanary_score_stream_init(&judge->fixture.model, judge->stream);
}

#define SHAPE(hidden, steps, stride) { hidden, steps, stride, 0 }
#define WHOLE(...) (&(struct model_fixture_shape){ __VA_ARGS__, .states = 0, .names = 0 })
#define NONE { 0 }

/* The specification again, one row at a time, with nothing clever. */
static int64_t clamp(int64_t value, int64_t limit)
{
	return value > limit ? limit : value < -limit ? -limit : value;
}

static void plain_layer(const struct kanary_layer *layer, const int32_t *operands, int32_t limit,
			int32_t *output)
{
	const struct kanary_model_row *row = layer->row;
	int64_t sum;
	uint32_t i, j;

	for (i = 0; i < layer->rows; i++) {
		sum = row[i].bias;
		for (j = 0; j < layer->columns; j++)
			sum += (int64_t)layer->weights[i * layer->columns + j] * operands[j];
		assert_in_range(sum + 0x80000000ll, 0, 0xffffffffll);
		sum = sum * row[i].multiplier + (1ll << (row[i].shift - 1));
		output[i] = (int32_t)clamp(sum >> row[i].shift, limit);
	}
}

static void plain_lstm(uint32_t hidden, const int32_t *gate, int64_t *c, int32_t *h)
{
	int64_t i, f, g, o;
	uint32_t unit;

	for (unit = 0; unit < hidden; unit++) {
		i = kanary_activation_sigmoid(gate[unit]);
		f = kanary_activation_sigmoid(gate[hidden + unit]);
		g = kanary_activation_tanh(gate[2 * hidden + unit]);
		o = kanary_activation_sigmoid(gate[3 * hidden + unit]);
		c[unit] = ((f * c[unit] + 16384) >> 15) + ((i * g + 512) >> 10);
		c[unit] = clamp(c[unit], 16 << 20);
		g = kanary_activation_tanh((int32_t)clamp((c[unit] + 128) >> 8, 32767));
		h[unit] = (int32_t)clamp((o * g + 16384) >> 15, 32767);
	}
}

static uint64_t plain_error(const uint32_t *weight, const int32_t *x, const int32_t *y,
			    uint32_t inputs)
{
	uint64_t sum = 0;
	int64_t difference;
	uint32_t i;

	for (i = 0; i < inputs; i++) {
		difference = clamp((int64_t)x[i] - y[i], 65535);
		sum += weight[i] * (uint64_t)(difference * difference);
	}
	return sum >> 22;
}

/* Vectors that a codeword explained better: the comparison must have met some. */
static unsigned int known_situations;

static uint32_t plain_process(const struct kanary_model *model, const int32_t *x)
{
	int32_t code[KANARY_MODEL_CODE_MAX];
	int32_t y[KANARY_MODEL_INPUTS_MAX], with[KANARY_MODEL_INPUTS_MAX];
	uint32_t inputs = model->header->inputs, k, i;
	uint64_t error, least;

	plain_layer(&model->encode, x, 32767, code);
	plain_layer(&model->decode, code, 65535, y);
	least = plain_error(model->process_weight, x, y, inputs);
	if (least > model->header->codebook_gate) {
		for (k = 0; k < model->header->codebook; k++) {
			for (i = 0; i < inputs; i++)
				with[i] = y[i] + model->codeword[k * inputs + i];
			error = plain_error(model->process_weight, x, with, inputs);
			if (error < least) {
				least = error;
				known_situations++;
			}
		}
	}
	return least > UINT32_MAX ? UINT32_MAX : (uint32_t)least;
}

/* @x: [steps][inputs], oldest first */
static uint32_t plain_sequence(const struct kanary_model *model,
			       const struct kanary_model_sequence *head,
			       int32_t x[][KANARY_MODEL_INPUTS_MAX])
{
	int32_t operands[KANARY_MODEL_INPUTS_MAX + KANARY_MODEL_HIDDEN_MAX];
	int32_t gate[4 * KANARY_MODEL_HIDDEN_MAX];
	int32_t y[KANARY_MODEL_INPUTS_MAX];
	int64_t c[KANARY_MODEL_HIDDEN_MAX] = { 0 };
	int32_t h[KANARY_MODEL_HIDDEN_MAX] = { 0 };
	uint32_t inputs = model->header->inputs;
	uint32_t hidden = head->shape->hidden;
	uint32_t steps = head->shape->steps;
	uint64_t error = 0;
	uint32_t step;

	for (step = 0; step < steps; step++) {
		memcpy(operands, x[step], inputs * sizeof(*operands));
		memcpy(operands + inputs, h, hidden * sizeof(*operands));
		plain_layer(&head->encoder, operands, 32767, gate);
		plain_lstm(hidden, gate, c, h);
	}
	memcpy(operands, h, hidden * sizeof(*operands));
	memset(c, 0, sizeof(c));
	memset(h, 0, sizeof(h));
	for (step = 0; step < steps; step++) {
		memcpy(operands + hidden, h, hidden * sizeof(*operands));
		plain_layer(&head->decoder, operands, 32767, gate);
		plain_lstm(hidden, gate, c, h);
		plain_layer(&head->output, h, 65535, y);
		error += plain_error(head->weight, x[steps - 1 - step], y, inputs);
	}
	return error > UINT32_MAX ? UINT32_MAX : (uint32_t)error;
}

static void features_of(uint32_t inputs, const uint32_t *sums, int32_t *x)
{
	uint32_t total = 0;
	uint32_t i;

	for (i = 0; i < inputs; i++)
		total += sums[i];
	for (i = 0; i < inputs; i++)
		x[i] = kanary_feature_value(sums[i], kanary_feature_reciprocal(total));
}

/* @sums: of neighbouring bins of what the head reads */
static uint32_t plain_histogram(const struct kanary_model_histogram *head, const uint32_t *sums)
{
	int32_t x[KANARY_MODEL_INPUTS_MAX], y[KANARY_MODEL_INPUTS_MAX];
	int32_t code[KANARY_MODEL_HISTOGRAM_CODE_MAX];
	uint32_t weight[KANARY_MODEL_INPUTS_MAX];
	uint32_t inputs = head->inputs, i;
	uint64_t error;

	for (i = 0; i < inputs; i++)
		weight[i] = 1024 * 16;
	features_of(inputs, sums, x);
	plain_layer(&head->encode, x, 32767, code);
	plain_layer(&head->decode, code, 65535, y);
	error = plain_error(weight, x, y, inputs);
	return error > UINT32_MAX ? UINT32_MAX : (uint32_t)error;
}

/* A head over a sequence, plainly: all elements so far in the last @steps of @window. */
struct plain_head {
	struct kanary_model_shape shape;
	uint32_t seen;
	uint32_t spoken;
	int32_t window[KANARY_MODEL_STEPS_MAX][KANARY_MODEL_INPUTS_MAX];
};

/* Takes an element in, and holds the error against its own. */
static void check_head(struct plain_head *plain, const struct kanary_model *model,
		       const struct kanary_model_sequence *head, const int32_t *x, bool spoke,
		       uint32_t error)
{
	uint32_t steps = plain->shape.steps;
	bool speaks;

	if (!steps) {
		assert_int_equal(spoke, 0);
		return;
	}
	memmove(plain->window, plain->window + 1, (steps - 1) * sizeof(*plain->window));
	memcpy(plain->window[steps - 1], x, sizeof(*plain->window));
	plain->seen++;
	speaks = plain->seen >= steps && !((plain->seen - steps) % plain->shape.stride);
	assert_int_equal(spoke, speaks);
	assert_int_equal(error, speaks ? plain_sequence(model, head, plain->window) : 0);
	plain->spoken += speaks;
}

/* Verdicts in which the path histogram head said something, and in which it spoke for all. */
static unsigned int graded_paths, loudest_paths;

/* @paths: sums of the head's inputs; without any, it has no vote and costs none */
static void check_paths(const struct kanary_model *model, const struct kanary_verdict *verdict,
			const uint32_t *paths)
{
	bool sequence = verdict->flags & KANARY_VERDICT_SEQUENCE, speaks = false;
	uint32_t most = verdict->task_surprise, heads = 1 + sequence, i, paid;

	if (sequence && verdict->sequence_surprise > most)
		most = verdict->sequence_surprise;
	for (i = 0; i < model->paths.inputs; i++)
		speaks |= paths[i] > 0;
	assert_int_equal(!!(verdict->flags & KANARY_VERDICT_PATH_HISTOGRAM), speaks);
	assert_int_equal(verdict->path_histogram_error,
			 speaks ? plain_histogram(&model->paths, paths) : 0);
	assert_int_equal(verdict->path_histogram_surprise, !speaks ? 0 :
			 kanary_score_surprise(model->paths.knot, model->header->knots,
					       verdict->path_histogram_error));
	heads += speaks;
	graded_paths += verdict->path_histogram_surprise > 0;
	if (verdict->path_histogram_surprise > most) {
		most = verdict->path_histogram_surprise;
		loudest_paths++;
	}
	paid = (uint32_t)lround(256 * log10(heads));
	assert_int_equal(verdict->surprise, most > paid ? most - paid : 0);
}

static void compare_with_plain(uint64_t seed, const struct model_fixture_shape *shape)
{
	const struct kanary_model_shape sequence_shape = shape->sequence;
	const struct kanary_model_shape container_shape = shape->container;
	const uint32_t inputs = shape->inputs;
	uint32_t paths[KANARY_MODEL_INPUTS_MAX] = { 0 };
	static struct plain_head sequence, container;
	uint32_t cumulative[KANARY_MODEL_INPUTS_MAX] = { 0 };
	uint32_t sums[KANARY_MODEL_INPUTS_MAX];
	struct kanary_count counts[KANARY_VECTOR_BINS];
	uint32_t length, i, total, n, reserved, end;
	int32_t x[KANARY_MODEL_INPUTS_MAX], own[KANARY_MODEL_INPUTS_MAX];
	const struct kanary_model *model;
	struct kanary_verdict verdict;
	uint64_t state = seed * 7 + 3;
	struct judge judge;
	uint32_t flags;

	sequence = (struct plain_head){ .shape = sequence_shape };
	container = (struct plain_head){ .shape = container_shape };
	judge_create(&judge, seed, shape);
	model = &judge.fixture.model;
	for (n = 0; n < 3u * sequence_shape.steps + 6u * container_shape.steps + 8; n++) {
		total = 1 + model_fixture_random(&state) % 2000;
		length = model_fixture_counts(&state, counts, total);
		/* nobody reads them */
		reserved = model_fixture_reserved(&state, counts, length);
		end = reserved;
		/* a stream may come to its first path late, or never */
		if (shape->paths_inputs && n % 15 > 5)
			end = model_fixture_paths(&state, counts, end);
		memset(sums, 0, sizeof(sums));
		for (i = 0; i < length; i++) {
			cumulative[model->feature[counts[i].bin]] += counts[i].count;
			sums[model->feature[counts[i].bin]] += counts[i].count;
		}
		for (i = reserved; i < end; i++)
			paths[(counts[i].bin - KANARY_PATH_FIRST) /
			      (KANARY_PATH_BINS / shape->paths_inputs)] += counts[i].count;
		for (;;) {
			for (i = 0, total = 0; i < inputs; i++)
				total += cumulative[i];
			if (total <= model->header->decay_limit)
				break;
			for (i = 0; i < inputs; i++)
				cumulative[i] /= 2;
			for (i = 0; i < shape->paths_inputs; i++)
				paths[i] /= 2;
		}
		features_of(inputs, cumulative, x);
		kanary_score_vector(model, judge.stream, counts, end,
				    &model_fixture_no_log, judge.scratch, &verdict);
		assert_int_equal(verdict.process_error, plain_process(model, x));
		assert_int_equal(verdict.task_surprise, verdict.process_surprise);
		check_paths(model, &verdict, paths);

		features_of(inputs, sums, own);
		flags = verdict.flags;
		check_head(&sequence, model, &model->sequence, own,
			   flags & KANARY_VERDICT_SEQUENCE, verdict.sequence_error);
		assert_int_equal(flags & KANARY_VERDICT_CONTAINER, 0);
		if (n % 3 == 2)
			continue;
		/* the process ends here, and another one begins */
		kanary_score_process(model, judge.container, judge.scratch, &verdict);
		assert_int_equal(verdict.flags & KANARY_VERDICT_SEQUENCE,
				 flags & KANARY_VERDICT_SEQUENCE);
		check_head(&container, model, &model->container, x,
			   verdict.flags & KANARY_VERDICT_CONTAINER, verdict.container_error);
		if (n % 5)
			continue;
		memset(cumulative, 0, sizeof(cumulative));
		memset(paths, 0, sizeof(paths));
		sequence.seen = 0;
		stream_ends(&judge);
	}
	assert_true(sequence_shape.steps > 4 || !sequence_shape.steps || sequence.spoken > 2);
	assert_true(!container_shape.steps || container.spoken > 2);
	judge_destroy(&judge);
}

static void agrees_with_the_plain_version(void **state)
{
	uint64_t seed;

	for (seed = 1; seed <= 8; seed++) {
		compare_with_plain(seed, WHOLE(4, 2, SHAPE(2, 1, 1), SHAPE(4, 3, 1), 3));
		compare_with_plain(seed, WHOLE(34, 6, SHAPE(10, 5, 2), SHAPE(2, 1, 1), 3));
		compare_with_plain(seed, WHOLE(18, 64, NONE, NONE, 3));
		compare_with_plain(seed, WHOLE(18, 2, NONE, SHAPE(6, 7, 3), 3));
		compare_with_plain(seed, WHOLE(4, 2, NONE, NONE, 0));
		compare_with_plain(seed, WHOLE(8, 2, NONE, SHAPE(6, 7, 3), 0,
					       .paths_inputs = 256, .paths_code = 64));
		compare_with_plain(seed, WHOLE(34, 6, SHAPE(10, 5, 2), SHAPE(2, 9, 1), 3,
					       .paths_inputs = 4, .paths_code = 2));
		compare_with_plain(seed, WHOLE(6, 2, NONE, SHAPE(2, 9, 1), 3,
					       .paths_inputs = 32, .paths_code = 128));
	}
	compare_with_plain(1, WHOLE(64, 8, SHAPE(32, 16, 4), SHAPE(16, 8, 2), 3));
	assert_true(known_situations > 100);
	if (graded_paths <= 100 || loudest_paths <= 30)
		fail_msg("only %u times was the path histogram head surprised, only %u times most",
			 graded_paths, loudest_paths);
	compare_with_plain(2, WHOLE(256, 64, SHAPE(128, 3, 3), SHAPE(128, 2, 2), 3));
}

/*
 * Of the verdicts what all formats have had, and of the file what is between its header
 * and its reference.
 */
static uint32_t hash_verdicts(uint64_t seed, const struct model_fixture_shape *shape)
{
	const size_t size = offsetof(struct kanary_verdict, flags) + sizeof(u32);
	const struct kanary_model *model;
	const uint8_t *body;
	struct kanary_count counts[KANARY_VECTOR_BINS];
	uint64_t state = seed + 99;
	struct kanary_verdict verdict;
	struct judge judge;
	uint32_t crc = 0;
	uint32_t i, length, calls;

	judge_create(&judge, seed, shape);
	for (i = 0; i < 200; i++) {
		calls = 1 + model_fixture_random(&state) % 600;
		length = model_fixture_counts(&state, counts, calls);
		if (shape->paths_inputs)
			length = model_fixture_paths(&state, counts, length);
		kanary_score_vector(&judge.fixture.model, judge.stream, counts, length,
				    &model_fixture_no_log, judge.scratch, &verdict);
		if (i % 2)
			kanary_score_process(&judge.fixture.model, judge.container, judge.scratch,
					     &verdict);
		crc = kanary_checksum_update(crc, &verdict, size);
		if (shape->paths_inputs)
			crc = kanary_checksum_update(crc, &verdict.path_histogram_error,
						     2 * sizeof(verdict.path_histogram_error));
	}
	model = &judge.fixture.model;
	body = (const uint8_t *)(model->header + 1);
	crc = kanary_checksum_update(crc, body, (size_t)((const uint8_t *)model->reference - body));
	judge_destroy(&judge);
	return crc;
}

/* Any compiler, any flags, any machine: a change here changes what every model says. */
static void gives_the_same_bits_everywhere(void **state)
{
	assert_int_equal(hash_verdicts(1, WHOLE(64, 8, SHAPE(32, 16, 1), SHAPE(16, 8, 1), 3)),
			 0x004544cd);
	assert_int_equal(hash_verdicts(2, WHOLE(30, 10, SHAPE(6, 4, 1), NONE, 3)), 0x49280a08);
	assert_int_equal(hash_verdicts(3, WHOLE(100, 12, NONE, SHAPE(12, 5, 3), 3)), 0x2214a41d);
	assert_int_equal(hash_verdicts(4, WHOLE(40, 6, SHAPE(6, 4, 1), SHAPE(6, 4, 1), 3)),
			 0xb05fadf7);
	assert_int_equal(hash_verdicts(5, WHOLE(32, 6, NONE, NONE, 0)), 0xb3355bb1);
	assert_int_equal(hash_verdicts(6, WHOLE(32, 6, SHAPE(6, 4, 1), NONE, 0, .paths_inputs = 256,
						.paths_code = 64)), 0xf51d7b41);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_the_plain_version),
		cmocka_unit_test(gives_the_same_bits_everywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
