// SPDX-License-Identifier: GPL-2.0
/* Learning the mix of directories that paths lie in, on a made-up service. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "train/features/feature_map.h"
#include "judge/replay.h"
#include "score.h"
#include "train/trainer.h"
#include "training_fixture.h"

/* The budget is beyond what so few streams bear witness to: stray events may raise a few alerts. */
enum { STREAMS = 50, LENGTH = 40, PLACES = 8, PATHS = 12, STRAY = 4 };
enum { CROWD = KANARY_MODEL_REFERENCE_COUNTS };

/* Counts of each vector that nobody reads: more than there is room for in a reference. */
static uint32_t reserved;

/* Where paths are counted: a few directories, and what lies in them. */
static const uint16_t place[PLACES] = { 3, 40, 45, 97, 160, 301, 388, 511 };

/**
 * enum mix - of the places that a vector's paths lie in
 * @NORMAL: mostly the first few, the others now and then
 * @CHANGED: the same places, mostly the last few
 * @NONE: paths were not recorded
 */
enum mix {
	NORMAL,
	CHANGED,
	NONE,
};

static const struct kanary_trainer_settings usual = {
	.name = "service",
	.inputs = 32,
	.code = 4,
	.path_histogram = 16,
	.stride = 2,
	.decay_limit = 4 * TRAINING_PERIOD,
	.budget = 10000, .strict_budget = true,
	.drift = 0.3,
	.sequence = { .seed = 1 },
};

static void add_paths(gsl_rng *random, struct kanary_vector *vector, enum mix mix)
{
	static const unsigned int share[2][PLACES] = {
		[NORMAL] = { 40, 25, 15, 8, 5, 4, 2, 1 },
		[CHANGED] = { 1, 2, 4, 5, 8, 15, 25, 40 },
	};
	uint16_t counts[PLACES] = { 0 };
	unsigned int i, at, left;

	if (mix == NONE)
		return;
	for (i = 0; i < reserved; i++)
		vector->counts[vector->length++] =
			(struct kanary_count){ (uint16_t)(KANARY_BINS + i), (uint16_t)(1 + i) };
	for (i = 0; i < PATHS; i++) {
		left = (unsigned int)gsl_rng_uniform_int(random, 100);
		for (at = 0; left >= share[mix][at]; at++)
			left -= share[mix][at];
		counts[at]++;
	}
	for (at = 0; at < PLACES; at++)
		if (counts[at])
			vector->counts[vector->length++] = (struct kanary_count){
				(uint16_t)(KANARY_PATH_FIRST + place[at]), counts[at],
			};
	assert_null(kanary_vector_check(vector, kanary_vector_size(vector)));
}

/* Of @streams, those after @recorded have no paths. */
static void train(struct kanary_trainer_result *result, uint32_t recorded,
		  const struct kanary_trainer_settings *settings)
{
	_Alignas(8) uint8_t bytes[KANARY_VECTOR_SIZE_MAX];
	struct kanary_vector *vector = (struct kanary_vector *)bytes;
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	struct kanary_dataset dataset = { .period = TRAINING_PERIOD };
	struct kanary_progress progress;
	uint32_t stream, index;

	gsl_rng_set(random, 1);
	kanary_progress_init(&progress, true);
	for (stream = 0; stream < STREAMS; stream++) {
		for (index = 0; index < LENGTH; index++) {
			training_fixture_vector(random, TRAINING_NORMAL, stream, index, LENGTH,
						vector);
			add_paths(random, vector, stream < recorded ? NORMAL : NONE);
			assert_true(kanary_dataset_add(&dataset, 0, vector));
		}
	}
	assert_true(kanary_dataset_finish(&dataset));
	assert_null(kanary_trainer_run(result, &dataset, settings, &progress));
	kanary_dataset_free(&dataset);
	gsl_rng_free(random);
}

/**
 * struct said - of fresh streams
 * @alerts: in all
 * @named: of these, by the path histogram head
 * @spoken: verdicts in which it had a say
 * @paths: mean of its surprise
 * @task: mean of that of the heads that read calls
 */
struct said {
	uint32_t alerts;
	uint32_t named;
	uint32_t spoken;
	double paths;
	double task;
};

static struct said ask(const void *file, enum mix mix)
{
	_Alignas(8) uint8_t bytes[KANARY_VECTOR_SIZE_MAX];
	struct kanary_vector *vector = (struct kanary_vector *)bytes;
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	struct kanary_verdict verdict;
	struct kanary_replay replay;
	uint32_t stream, index, vectors = 0;
	struct said said = { 0 };

	gsl_rng_set(random, 99);
	assert_true(kanary_replay_init(&replay, file));
	for (stream = 0; stream < 20; stream++) {
		kanary_replay_forget(&replay);
		for (index = 0; index < LENGTH; index++, vectors++) {
			training_fixture_vector(random, TRAINING_NORMAL, stream, index, LENGTH,
						vector);
			add_paths(random, vector, mix);
			verdict = kanary_replay_vector(&replay, vector)->last;
			said.spoken += !!(verdict.flags & KANARY_VERDICT_PATH_HISTOGRAM);
			said.paths += verdict.path_histogram_surprise / 256.0;
			said.task += verdict.task_surprise / 256.0;
			if (!(verdict.flags & KANARY_VERDICT_ALERT))
				continue;
			said.alerts++;
			said.named += !strcmp(kanary_explain_head(&verdict), "path-histogram");
		}
	}
	said.paths /= vectors;
	said.task /= vectors;
	print_message("%u of %u verdicts on paths, surprise %.2f, of calls %.2f; %u alerts, %u of them named\n",
		      said.spoken, vectors, said.paths, said.task, said.alerts, said.named);
	kanary_replay_free(&replay);
	gsl_rng_free(random);
	return said;
}

/* The calls are the same, and in the same order: only this head can know. */
static void a_changed_mix_is_an_alert_of_this_head_alone(void **state)
{
	struct kanary_trainer_settings folded = usual;
	const struct kanary_model_header *header;
	struct kanary_trainer_result result;
	struct said normal, changed;

	for (folded.folds = 1; folded.folds <= KANARY_DATASET_TURNS; folded.folds += 4) {
		train(&result, STREAMS, &folded);
		header = result.file;
		assert_int_equal(header->flags, KANARY_MODEL_PROCESS | KANARY_MODEL_PATH_HISTOGRAM);
		assert_int_equal(header->paths_inputs, KANARY_MODEL_INPUTS_MAX);
		/* half of what there is, or it could make any mix of it */
		assert_int_equal(header->paths_code, PLACES / 2);
		assert_true(result.path_histogram.errors > 0);
		normal = ask(result.file, NORMAL);
		/* -log10 of a uniform number is 0.43 in the mean */
		assert_true(normal.paths > 0.2 && normal.paths < 0.8);
		assert_in_range(normal.alerts, 0, STRAY);
		changed = ask(result.file, CHANGED);
		assert_int_equal(changed.spoken, normal.spoken);
		assert_true(changed.paths > normal.paths + 3);
		assert_true(changed.alerts > 700);
		assert_int_equal(changed.named, changed.alerts);
		assert_true(changed.task < 0.8);
		free(result.file);
	}
}

/* The reference that the kernel repeats has to be one in which the head speaks. */
static void the_reference_has_paths(void **state)
{
	const struct kanary_model_reference *reference;
	struct kanary_trainer_result result;
	struct kanary_model model;

	train(&result, STREAMS, &usual);
	kanary_model_layout(&model, result.file);
	reference = model.reference;
	assert_true(reference->counts[reference->length - 1].bin >= KANARY_PATH_FIRST);
	assert_true(reference->verdict.flags & KANARY_VERDICT_PATH_HISTOGRAM);
	free(result.file);
}

/* An older recording makes the model that it would make without them. */
static void reserved_bins_are_not_learned(void **state)
{
	struct kanary_trainer_result plain, older;

	train(&plain, STREAMS, &usual);
	reserved = CROWD;
	train(&older, STREAMS, &usual);
	reserved = 0;
	assert_int_equal(plain.size, older.size);
	assert_memory_equal(plain.file, older.file, plain.size);
	free(plain.file);
	free(older.file);
}

static void without_paths_there_is_no_head(void **state)
{
	/* of one stream and of none; calibration would see too few of one, or none */
	static const uint32_t recorded[] = { 0, 1 };
	struct kanary_trainer_settings folded = usual;
	const struct kanary_model_header *header;
	struct kanary_trainer_result result;
	struct said said;
	size_t i;

	for (i = 0; i < sizeof(recorded) / sizeof(*recorded); i++) {
		folded.folds = i ? KANARY_DATASET_TURNS : 1;
		train(&result, recorded[i], &folded);
		header = result.file;
		assert_int_equal(header->flags, KANARY_MODEL_PROCESS);
		assert_int_equal(header->paths_inputs, 0);
		assert_int_equal(header->paths_code, 0);
		assert_int_equal(result.path_histogram.errors, 0);
		said = ask(result.file, CHANGED);
		assert_int_equal(said.spoken, 0);
		free(result.file);
	}
	folded.path_histogram = 0;
	train(&result, STREAMS, &folded);
	header = result.file;
	assert_int_equal(header->flags, KANARY_MODEL_PROCESS);
	free(result.file);
}

/* Streams without paths are neither learned from nor judged: they are not a mix of their own. */
static void those_without_paths_are_left_out(void **state)
{
	struct kanary_trainer_settings folded = usual;
	struct kanary_trainer_result all, half;
	struct said said;

	folded.folds = KANARY_DATASET_TURNS;
	train(&all, STREAMS, &folded);
	train(&half, STREAMS / 2, &folded);
	assert_int_equal(all.path_histogram.errors, all.process.errors);
	assert_true(half.path_histogram.errors > 0.4 * all.path_histogram.errors);
	assert_true(half.path_histogram.errors < 0.6 * all.path_histogram.errors);
	said = ask(half.file, NONE);
	assert_int_equal(said.spoken, 0);
	assert_int_equal(said.alerts, 0);
	said = ask(half.file, NORMAL);
	assert_in_range(said.alerts, 0, STRAY);
	said = ask(half.file, CHANGED);
	assert_true(said.named > 700);
	free(all.file);
	free(half.file);
}

static void same_seed_same_bytes(void **state)
{
	struct kanary_trainer_settings other = usual;
	struct kanary_trainer_result first, second, third;

	other.sequence.seed = 2;
	train(&first, STREAMS, &usual);
	train(&second, STREAMS, &usual);
	train(&third, STREAMS, &other);
	assert_int_equal(first.size, second.size);
	assert_memory_equal(first.file, second.file, first.size);
	assert_memory_not_equal(first.file, third.file, first.size);
	free(first.file);
	free(second.file);
	free(third.file);
}

/* What a stream did is forgotten as it calls, not as it uses paths: as the kernel counts. */
static void paths_are_halved_with_calls(void **state)
{
	_Alignas(8) uint8_t bytes[KANARY_VECTOR_SIZE_MAX];
	struct kanary_vector *vector = (struct kanary_vector *)bytes;
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	struct kanary_feature_counts counts = { 0 };
	struct kanary_feature_map calls, paths;
	s16 x[KANARY_MODEL_INPUTS_MAX];
	struct kanary_trainer_result result;
	const struct kanary_replay_stream *stream;
	struct kanary_replay replay;
	const u32 *cumulative;
	uint32_t index, i;

	gsl_rng_set(random, 5);
	train(&result, STREAMS, &usual);
	assert_true(kanary_replay_init(&replay, result.file));
	/* the model's own map of calls, by which it halves */
	calls = (struct kanary_feature_map){
		.inputs = replay.model.header->inputs, .bins = KANARY_BINS,
		.decay_limit = replay.model.header->decay_limit,
	};
	memcpy(calls.map, replay.model.feature, KANARY_BINS * sizeof(u16));
	kanary_feature_map_paths(&paths, KANARY_MODEL_INPUTS_MAX, &calls);
	for (index = 0; index < LENGTH; index++) {
		training_fixture_vector(random, TRAINING_NORMAL, 1, index, LENGTH, vector);
		/* now and then none */
		add_paths(random, vector, index % 3 ? NORMAL : NONE);
		stream = kanary_replay_vector(&replay, vector);
		kanary_feature_map_add(&paths, &counts, vector, x);
		cumulative = kanary_score_paths(&replay.model, stream->state);
		for (i = 0; i < KANARY_MODEL_INPUTS_MAX; i++)
			assert_int_equal(counts.counts[i], cumulative[i]);
		assert_int_equal(!counts.total,
				 !(stream->last.flags & KANARY_VERDICT_PATH_HISTOGRAM));
	}
	kanary_replay_free(&replay);
	free(result.file);
	gsl_rng_free(random);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_changed_mix_is_an_alert_of_this_head_alone),
		cmocka_unit_test(the_reference_has_paths),
		cmocka_unit_test(reserved_bins_are_not_learned),
		cmocka_unit_test(without_paths_there_is_no_head),
		cmocka_unit_test(those_without_paths_are_left_out),
		cmocka_unit_test(same_seed_same_bytes),
		cmocka_unit_test(paths_are_halved_with_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
