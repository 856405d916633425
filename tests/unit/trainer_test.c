// SPDX-License-Identifier: GPL-2.0
/* Training from end to end, on a made-up service. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "recording/dataset_split.h"
#include "train/head/lstm_train.h"
#include "judge/replay.h"
#include "score.h"
#include "train/trainer.h"
#include "training_fixture.h"

static const struct kanary_trainer_settings usual = {
	.name = "service",
	.inputs = 32,
	.code = 4,
	.stride = 2,
	.decay_limit = 4 * TRAINING_PERIOD,
	.budget = 10000,
	.strict_budget = true,
	.drift = 0.3,
	.sequence = { .hidden = 12, .steps = 8, .epochs = 20, .seed = 1 },
};

static const char *train(struct kanary_trainer_result *result, uint32_t streams, uint32_t length,
			 const struct kanary_trainer_settings *settings)
{
	struct kanary_progress progress;
	struct kanary_dataset dataset;
	const char *failure;

	kanary_progress_init(&progress, true);
	training_fixture_dataset(&dataset, streams, length, 1);
	failure = kanary_trainer_run(result, &dataset, settings, &progress);
	kanary_dataset_free(&dataset);
	return failure;
}

/* Means over fresh streams of what a model says of them. */
struct said {
	double process;
	double sequence;
	double both;
	double alerts;
	double vectors;
};

static struct said ask(const void *file, enum training_kind kind)
{
	_Alignas(8) uint8_t bytes[KANARY_VECTOR_SIZE_MAX];
	struct kanary_vector *vector = (struct kanary_vector *)bytes;
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	struct kanary_verdict verdict;
	struct kanary_replay replay;
	struct said said = { 0 };
	double sequences = 0;
	uint32_t stream, index;

	gsl_rng_set(random, 99);
	assert_true(kanary_replay_init(&replay, file));
	for (stream = 0; stream < 20; stream++) {
		kanary_replay_forget(&replay);
		for (index = 0; index < 40; index++) {
			training_fixture_vector(random, kind, stream, index, 40, vector);
			verdict = kanary_replay_vector(&replay, vector)->last;
			said.vectors++;
			said.process += verdict.process_surprise / 256.0;
			said.both += verdict.surprise / 256.0;
			said.alerts += !!(verdict.flags & KANARY_VERDICT_ALERT);
			if (!(verdict.flags & KANARY_VERDICT_SEQUENCE))
				continue;
			sequences++;
			said.sequence += verdict.sequence_surprise / 256.0;
		}
	}
	said.process /= said.vectors;
	said.both /= said.vectors;
	said.sequence /= sequences ? sequences : 1;
	print_message("process %.2f, sequence %.2f, both %.2f, %g alerts in %g vectors\n",
		      said.process, said.sequence, said.both, said.alerts, said.vectors);
	kanary_replay_free(&replay);
	gsl_rng_free(random);
	return said;
}

static void tells_normal_from_not(void **state)
{
	struct kanary_trainer_result result;
	struct said normal, shuffled, novel;

	assert_null(train(&result, 60, 0, &usual));
	assert_true(result.has_sequence);
	normal = ask(result.file, TRAINING_NORMAL);
	/* -log10 of a uniform number is 0.43 in the mean */
	assert_true(normal.both < 0.8);
	assert_true(normal.alerts == 0);
	/* calls that never were: the process head */
	novel = ask(result.file, TRAINING_NOVEL);
	assert_true(novel.process > normal.process + 1);
	assert_true(novel.alerts >= 20);
	/* known vectors in an unknown order: only the sequence head can know */
	shuffled = ask(result.file, TRAINING_SHUFFLED);
	assert_true(shuffled.sequence > normal.sequence + 1.5);
	free(result.file);
}

/* Warnings at three times what was counted, and no farther; critical is what was asked for. */
static void warnings_are_what_data_support(void **state)
{
	struct kanary_trainer_settings settings = usual;
	struct kanary_trainer_result result, other;
	const struct kanary_model_header *header, *strict;
	uint32_t folds;

	for (folds = 1; folds <= KANARY_DATASET_TURNS; folds += KANARY_DATASET_TURNS - 1) {
		settings.folds = folds;
		settings.strict_budget = false;
		settings.budget = 1000000;
		assert_null(train(&result, 60, 0, &settings));
		header = result.file;
		assert_int_equal(header->budget, (uint64_t)(3 * result.supported));
		assert_int_equal(header->critical_budget, 1000000);
		assert_int_equal(header->threshold, lrint(result.threshold * 256));
		assert_int_equal(header->critical_threshold,
				 lrint(result.critical_threshold * 256));
		assert_true(header->critical_threshold > header->threshold);
		assert_true(result.critical_alarms <= result.alarms);
		/* who insists has no warnings */
		settings.strict_budget = true;
		assert_null(train(&other, 60, 0, &settings));
		strict = other.file;
		assert_int_equal(strict->budget, 1000000);
		assert_int_equal(strict->threshold, header->critical_threshold);
		assert_int_equal(strict->critical_threshold, header->critical_threshold);
		free(other.file);
		/* nor has who asks for no more than there is */
		settings.strict_budget = false;
		settings.budget = header->budget;
		assert_null(train(&other, 60, 0, &settings));
		strict = other.file;
		assert_int_equal(strict->critical_budget, header->budget);
		assert_int_equal(strict->threshold, header->threshold);
		assert_int_equal(strict->critical_threshold, header->threshold);
		free(other.file);
		free(result.file);
	}
}

static void quantisation_loses_little(void **state)
{
	struct kanary_trainer_result result;

	assert_null(train(&result, 60, 0, &usual));
	if (result.process.loss_max > 0.05 || result.sequence.loss_max > 0.05 ||
	    result.process.loss_median > 0.002 || result.sequence.loss_median > 0.002)
		fail_msg("errors differ from floating point by %g and %g at most, %g and %g (median)",
			 result.process.loss_max, result.sequence.loss_max,
			 result.process.loss_median, result.sequence.loss_median);
	/* not so little that nothing can have been compared */
	assert_true(result.process.loss_max > 0 && result.sequence.loss_max > 0);
	free(result.file);
}

static void same_seed_same_bytes(void **state)
{
	struct kanary_trainer_settings other = usual;
	struct kanary_trainer_result first, second, third;

	other.sequence.seed = 2;
	assert_null(train(&first, 20, 0, &usual));
	assert_null(train(&second, 20, 0, &usual));
	assert_null(train(&third, 20, 0, &other));
	assert_int_equal(first.size, second.size);
	assert_memory_equal(first.file, second.file, first.size);
	assert_memory_not_equal(first.file, third.file, first.size);
	free(first.file);
	free(second.file);
	free(third.file);
}

/* Held out in turn: the same kinds of heads, and a final model of everything. */
static void folds_have_all_heads(void **state)
{
	struct kanary_trainer_settings folded = usual;
	struct kanary_trainer_result result, again;
	struct said normal, novel, shuffled;

	folded.folds = KANARY_DATASET_TURNS;
	assert_null(train(&result, 60, 0, &folded));
	assert_int_equal(result.folds, KANARY_DATASET_TURNS);
	assert_true(result.has_sequence);
	normal = ask(result.file, TRAINING_NORMAL);
	assert_true(normal.both < 0.8);
	assert_true(normal.alerts == 0);
	novel = ask(result.file, TRAINING_NOVEL);
	assert_true(novel.alerts >= 20);
	shuffled = ask(result.file, TRAINING_SHUFFLED);
	assert_true(shuffled.sequence > normal.sequence + 1.5);
	/* held out one part in five, and all five */
	folded.folds = 1;
	assert_null(train(&again, 60, 0, &folded));
	print_message("%u held out, %u of one part\n", result.held_out, again.held_out);
	assert_true(result.held_out > 2.5 * again.held_out);
	assert_true(result.supported > 2.5 * again.supported);
	free(again.file);
	folded.folds = KANARY_DATASET_TURNS;
	assert_null(train(&again, 60, 0, &folded));
	assert_int_equal(result.size, again.size);
	assert_memory_equal(result.file, again.file, result.size);
	free(again.file);
	free(result.file);
}

static void few_sequences_train_the_process_head_alone(void **state)
{
	const struct kanary_model_header *header;
	struct kanary_trainer_result result;

	assert_null(train(&result, 100, 5, &usual));
	header = result.file;
	assert_false(result.has_sequence);
	assert_int_equal(header->flags, KANARY_MODEL_PROCESS);
	assert_int_equal(header->sequence.hidden, 0);
	free(result.file);
	/* one stream, in which there is not even room for a block to hold out */
	assert_null(train(&result, 1, 60, &usual));
	assert_false(result.has_sequence);
	free(result.file);
}

/* The sentence says how many there are. */
static void too_few_vectors_are_refused(void **state)
{
	struct kanary_trainer_settings folded = usual;
	struct kanary_trainer_result result;

	assert_string_equal(train(&result, 7, 6, &usual),
			    "there are too few vectors, 42 of 7 processes: record for longer, for 50 vectors or 8 processes");
	folded.folds = KANARY_DATASET_TURNS;
	assert_string_equal(train(&result, 7, 1, &folded),
			    "there are too few vectors, 7 of 7 processes: record for longer, for 50 vectors or 8 processes");
	/* one part of them would not be enough to calibrate by */
	assert_string_equal(train(&result, 8, 1, &usual),
			    "there are too few vectors to hold some out, 2 of 8 where 10 are wanted: record for longer");
}

/* Of short programs there may never be more: each is held out once, and what is new is unusual. */
static void few_processes_are_learned(void **state)
{
	struct kanary_trainer_settings folded = usual;
	struct kanary_trainer_result result;
	struct said normal, novel;
	uint32_t streams;

	folded.folds = KANARY_DATASET_TURNS;
	for (streams = 8; streams < 20; streams++) {
		assert_null(train(&result, streams, 1, &folded));
		assert_int_equal(result.held_out, streams);
		free(result.file);
	}
	/* long enough for both of the service's phases */
	assert_null(train(&result, 8, 6, &folded));
	normal = ask(result.file, TRAINING_NORMAL);
	novel = ask(result.file, TRAINING_NOVEL);
	assert_true(novel.process > normal.process + 1);
	free(result.file);
}

/* Mean over all held-out sequences, as the training measures it. */
static double held_out_loss(const struct kanary_sequence_head *head,
			    const struct kanary_dataset *dataset,
			    const struct kanary_feature_map *features)
{
	uint32_t steps = head->network->steps, windows = 0, run, i, t, input;
	float x[8 * 32];
	double loss = 0;

	assert_true(steps * features->inputs <= 8 * 32);
	for (run = 0; run < dataset->runs; run++) {
		const struct kanary_dataset_run *place = &dataset->run[run];

		if (place->part != KANARY_DATASET_VALIDATION)
			continue;
		for (i = 0; i + steps <= place->length; i++, windows++) {
			for (t = 0; t < steps; t++) {
				s16 own[KANARY_MODEL_INPUTS_MAX];

				kanary_feature_map_own(features, kanary_dataset_vector(dataset,
						       place->first + i + t), own);
				for (input = 0; input < features->inputs; input++)
					x[t * features->inputs + input] = own[input] / 32768.0f;
			}
			loss += kanary_lstm_train_forward(head->network, x, 1);
		}
	}
	return loss / windows / steps;
}

/* Wherever a training ends, most often after its best: what is kept is the best. */
static void early_stopping_keeps_the_best(void **state)
{
	struct kanary_sequence_settings settings = usual.sequence;
	struct kanary_progress progress;
	const struct kanary_progress_part part = { .whole = &progress, .name = "sequence head" };
	struct kanary_feature_map features;
	struct kanary_dataset dataset;
	uint32_t epochs;

	kanary_progress_init(&progress, true);
	progress.parts = 1;
	/* so few that it soon learns them by heart */
	training_fixture_dataset(&dataset, 5, 45, 5);
	assert_true(kanary_dataset_split_make(&dataset, settings.steps));
	kanary_feature_map_choose(&features, &dataset, 32, 0);
	assert_true(kanary_sequence_source_enough(dataset.run, dataset.runs, settings.steps));
	for (epochs = 26; epochs <= 30; epochs += 4) {
		struct kanary_drift *drift = kanary_drift_create(0, 1);
		struct kanary_sequence_head head = { 0 };
		struct kanary_sequence_source source;
		double loss;

		/* the last of them ends by itself */
		settings.epochs = epochs < 30 ? epochs : 1000;
		assert_true(kanary_sequence_source_vectors(&source, &dataset, &features, drift));
		assert_true(kanary_sequence_train(&head, &source, &settings, &part));
		kanary_sequence_source_free(&source);
		loss = held_out_loss(&head, &dataset, &features);
		print_message("loss %g before, %g claimed, %g found, %u epochs: %s\n",
			      head.first_loss, head.loss, loss, head.epochs, head.stopped);
		assert_true(head.loss < 0.7 * head.first_loss);
		assert_string_equal(head.stopped, epochs < 30 ? "epochs" : "no further improvement");
		/* what silencing unseen inputs betters is a trifle */
		assert_true(loss < 1.001 * head.loss && loss > 0.9 * head.loss);
		kanary_sequence_train_free(&head);
		kanary_drift_free(drift);
	}
	kanary_dataset_free(&dataset);
}

/* Of the work that is allowed, most is done and none beyond it. */
static void work_limit_is_kept(void **state)
{
	static const uint64_t limit[] = { 20000, 100000 };
	struct kanary_trainer_settings hurried = usual;
	struct kanary_trainer_result result;
	uint32_t i;

	for (i = 0; i < 2; i++) {
		hurried.sequence.work = limit[i];
		assert_null(train(&result, 60, 0, &hurried));
		assert_true(result.has_sequence);
		print_message("%llu of %llu in %u epochs: %s\n", (unsigned long long)result.work,
			      (unsigned long long)limit[i], result.epochs, result.stopped);
		assert_string_equal(result.stopped, "work limit");
		assert_int_equal(result.cut_by_work, 1);
		assert_int_equal(result.networks, 1);
		assert_true(result.loss < result.first_loss);
		assert_in_range(result.work, limit[i] * 9 / 10, limit[i]);
		free(result.file);
	}
}

/* Whoever trains a fold, and beside which others. */
static void any_number_of_jobs_makes_the_same_model(void **state)
{
	static const uint32_t jobs[] = { 1, 2, 3, 6 };
	struct kanary_trainer_settings settings = usual;
	struct kanary_trainer_result first, result;
	uint32_t i;

	settings.folds = KANARY_DATASET_TURNS;
	settings.sequence.epochs = 3;
	assert_null(train(&first, 60, 0, &settings));
	assert_int_equal(first.networks, KANARY_DATASET_TURNS + 1);
	assert_int_equal(first.cut_by_epochs, KANARY_DATASET_TURNS + 1);
	for (i = 1; i < sizeof(jobs) / sizeof(*jobs); i++) {
		settings.jobs = jobs[i];
		assert_null(train(&result, 60, 0, &settings));
		assert_int_equal(result.size, first.size);
		assert_memory_equal(result.file, first.file, first.size);
		free(result.file);
	}
	free(first.file);
}

/**
 * enum order - of a vector's calls
 * @LEARNED: each kind after the one before, round and round
 * @REVERSED: each kind after the one behind it
 * @NONE: not recorded
 */
enum order { LEARNED, REVERSED, NONE };

/* The calls made in turns, as long as there are any left. */
static void add_order(struct kanary_vector *vector, enum order order)
{
	uint32_t left[KANARY_BINS], kinds = vector->length, i, kind;
	u16 call[KANARY_LOG_CALLS];
	struct kanary_log log = { .call = call };

	if (order == NONE)
		return;
	for (i = 0; i < kinds; i++)
		left[i] = vector->counts[i].count;
	for (i = 0; log.calls < vector->calls; i++) {
		kind = order == LEARNED ? i % kinds : kinds - 1 - i % kinds;
		if (!left[kind])
			continue;
		left[kind]--;
		call[log.calls++] = vector->counts[kind].bin;
	}
	kanary_vector_append_log(vector, &log);
	assert_null(kanary_vector_check(vector, kanary_vector_size(vector)));
}

/* Of @streams, those after @recorded have no order. */
static void train_ordered(struct kanary_trainer_result *result, uint32_t streams,
			  uint32_t recorded, const struct kanary_trainer_settings *settings)
{
	_Alignas(8) uint8_t bytes[KANARY_VECTOR_SIZE_MAX];
	struct kanary_vector *vector = (struct kanary_vector *)bytes;
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	struct kanary_dataset dataset = { .period = TRAINING_PERIOD };
	struct kanary_progress progress;
	uint32_t stream, index;

	gsl_rng_set(random, 1);
	kanary_progress_init(&progress, true);
	for (stream = 0; stream < streams; stream++) {
		for (index = 0; index < 40; index++) {
			training_fixture_vector(random, TRAINING_NORMAL, stream, index, 40, vector);
			add_order(vector, stream < recorded ? LEARNED : NONE);
			assert_true(kanary_dataset_add(&dataset, 0, vector));
		}
	}
	assert_true(kanary_dataset_finish(&dataset));
	assert_null(kanary_trainer_run(result, &dataset, settings, &progress));
	kanary_dataset_free(&dataset);
	gsl_rng_free(random);
}

/* Means of each view over fresh streams whose calls are in this order; the calls are the same. */
static struct kanary_verdict ask_ordered(const void *file, enum order order, uint32_t *alerts)
{
	_Alignas(8) uint8_t bytes[KANARY_VECTOR_SIZE_MAX];
	struct kanary_vector *vector = (struct kanary_vector *)bytes;
	struct kanary_verdict verdict, mean = { 0 };
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	uint32_t stream, index, vectors = 0;
	struct kanary_replay replay;

	*alerts = 0;
	gsl_rng_set(random, 99);
	assert_true(kanary_replay_init(&replay, file));
	for (stream = 0; stream < 20; stream++) {
		kanary_replay_forget(&replay);
		for (index = 0; index < 40; index++, vectors++) {
			training_fixture_vector(random, TRAINING_NORMAL, stream, index, 40, vector);
			add_order(vector, order);
			verdict = kanary_replay_vector(&replay, vector)->last;
			mean.process_surprise += verdict.process_surprise;
			mean.grams_surprise += verdict.grams_surprise;
			mean.task_surprise += verdict.task_surprise;
			*alerts += !!(verdict.flags & KANARY_VERDICT_ALERT);
		}
	}
	mean.process_surprise /= vectors;
	mean.grams_surprise /= vectors;
	mean.task_surprise /= vectors;
	print_message("process %.2f, grams %.2f, task %.2f, %u alerts in %u vectors\n",
		      mean.process_surprise / 256.0, mean.grams_surprise / 256.0,
		      mean.task_surprise / 256.0, *alerts, vectors);
	kanary_replay_free(&replay);
	gsl_rng_free(random);
	return mean;
}

static const struct kanary_trainer_settings ordered = {
	.name = "service",
	.inputs = 32,
	.code = 4,
	.grams = 3,
	.stride = 2,
	.decay_limit = 4 * TRAINING_PERIOD,
	.budget = 1000,
	.drift = 0.3,
	.sequence = { .seed = 1 },
};

/* The mix of calls is what was learned; only what follows what is new. */
static void order_within_vectors_is_learned(void **state)
{
	struct kanary_trainer_settings folded = ordered;
	struct kanary_verdict normal, reversed;
	struct kanary_trainer_result result;
	const struct kanary_model_header *header;
	uint32_t alerts;

	for (folded.folds = 1; folded.folds <= KANARY_DATASET_TURNS; folded.folds += 4) {
		train_ordered(&result, 50, 50, &folded);
		header = result.file;
		assert_int_equal(result.folds, folded.folds);
		assert_int_equal(header->flags, KANARY_MODEL_PROCESS | KANARY_MODEL_GRAMS);
		assert_true(result.grams.errors && result.task.errors);
		normal = ask_ordered(result.file, LEARNED, &alerts);
		/* -log10 of a uniform number is 0.43 in the mean */
		assert_true(normal.task_surprise < 0.8 * 256);
		assert_in_range(alerts, 0, 8);
		reversed = ask_ordered(result.file, REVERSED, &alerts);
		assert_true(reversed.grams_surprise > normal.grams_surprise + 2 * 256);
		assert_true(reversed.task_surprise > normal.task_surprise + 2 * 256);
		assert_true(alerts > 400);
		/* the process head cannot know */
		assert_int_equal(reversed.process_surprise, normal.process_surprise);
		free(result.file);
	}
}

/* Then the process head speaks alone, and is not silenced by curves that nobody calibrated. */
static void without_order_there_is_no_grams_head(void **state)
{
	static const uint32_t recorded[] = { 0, 1, 25, 49 };
	struct kanary_trainer_settings folded = ordered;
	const struct kanary_model_header *header;
	struct kanary_trainer_result result;
	struct said novel;
	size_t i;

	for (i = 0; i < sizeof(recorded) / sizeof(*recorded); i++) {
		folded.folds = i % 2 ? KANARY_DATASET_TURNS : 1;
		train_ordered(&result, 50, recorded[i], &folded);
		header = result.file;
		assert_int_equal(header->flags, KANARY_MODEL_PROCESS);
		novel = ask(result.file, TRAINING_NOVEL);
		assert_true(novel.both > 1);
		assert_true(novel.alerts > 20);
		free(result.file);
	}
	folded.grams = 0;
	train_ordered(&result, 50, 50, &folded);
	header = result.file;
	assert_int_equal(header->flags, KANARY_MODEL_PROCESS);
	free(result.file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_normal_from_not),
		cmocka_unit_test(warnings_are_what_data_support),
		cmocka_unit_test(quantisation_loses_little),
		cmocka_unit_test(same_seed_same_bytes),
		cmocka_unit_test(folds_have_all_heads),
		cmocka_unit_test(few_sequences_train_the_process_head_alone),
		cmocka_unit_test(too_few_vectors_are_refused),
		cmocka_unit_test(few_processes_are_learned),
		cmocka_unit_test(order_within_vectors_is_learned),
		cmocka_unit_test(without_order_there_is_no_grams_head),
		cmocka_unit_test(early_stopping_keeps_the_best),
		cmocka_unit_test(work_limit_is_kept),
		cmocka_unit_test(any_number_of_jobs_makes_the_same_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
