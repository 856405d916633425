// SPDX-License-Identifier: GPL-2.0
/* Learning the names of paths from a short recording: what it can bear witness to, and no more. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "train/head/name_train.h"
#include "judge/replay.h"
#include "score.h"
#include "train/trainer.h"
#include "training_fixture.h"

enum { STREAMS = 8, LENGTH = 60, PAGES = 20, UPLOADS = 12 };

static void tell(struct kanary_dataset *dataset, const struct kanary_vector *vector,
		 const char *name)
{
	_Alignas(8) uint8_t bytes[sizeof(struct kanary_path) + 64] = { 0 };
	struct kanary_path *path = (struct kanary_path *)bytes;

	path->stream = vector->stream;
	path->cgroup = vector->cgroup;
	path->time = vector->time;
	path->length = (uint16_t)strlen(name);
	memcpy(path->name, name, path->length);
	assert_true(kanary_dataset_add_path(dataset, 0, path));
}

/* A known page with each vector, and now and then an upload of a name that there never was. */
static void train(struct kanary_trainer_result *result, struct kanary_dataset *dataset,
		  uint64_t path_news)
{
	const struct kanary_trainer_settings settings = {
		.path_news = path_news,
		.name = "service", .inputs = 32, .code = 4, .stride = 2,
		.decay_limit = 4 * TRAINING_PERIOD, .budget = 100000, .strict_budget = true,
		.drift = 0.3, .folds = 5,
		.sequence = { .seed = 1 },
	};
	_Alignas(8) uint8_t bytes[KANARY_VECTOR_SIZE_MAX];
	struct kanary_vector *vector = (struct kanary_vector *)bytes;
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	struct kanary_progress progress;
	uint32_t stream, index, number = 0;
	char name[64];

	memset(dataset, 0, sizeof(*dataset));
	dataset->period = TRAINING_PERIOD;
	gsl_rng_set(random, 1);
	kanary_progress_init(&progress, true);
	for (index = 0; index < LENGTH; index++)
		for (stream = 1; stream <= STREAMS; stream++, number++) {
			training_fixture_vector(random, TRAINING_NORMAL, stream, index, LENGTH,
						vector);
			vector->time = number * 1000000000ULL + 1;
			snprintf(name, sizeof(name), "/srv/page/%c", 'a' + number % PAGES);
			tell(dataset, vector, name);
			if (number % (STREAMS * LENGTH / UPLOADS) == 7) {
				snprintf(name, sizeof(name), "/srv/upload/%cx",
					 'a' + number % 26);
				tell(dataset, vector, name);
			}
			assert_true(kanary_dataset_add(dataset, 0, vector));
		}
	assert_true(kanary_dataset_finish(dataset));
	assert_null(kanary_trainer_run(result, dataset, &settings, &progress));
	assert_true(((struct kanary_model_header *)result->file)->names > 0);
	gsl_rng_free(random);
}

static double ask(const struct kanary_model *model, const char *name, double *error)
{
	size_t length = strlen(name);

	*error = kanary_name_head_error(&model->names, (const u8 *)name, (u32)length, 0) / 4096.0;
	return kanary_score_path(model, NULL, (const u8 *)name, (u32)length, 0) / 256.0;
}

/* An error is a chance already: of a tail of hardly any errors nothing more may be made. */
static void surprise_is_no_more_than_was_witnessed(void **state)
{
	static const char *const names[] = {
		"/srv/page/b", "/srv/upload/never", "/srv/page/never", "/srv/never/was",
		"/etc/shadow", "/root/.ssh/authorized_keys",
	};
	double error, surprise, before = 0, look;
	struct kanary_trainer_result result;
	struct kanary_dataset dataset;
	struct kanary_model model;
	size_t i;

	train(&result, &dataset, 0);
	kanary_model_layout(&model, result.file);
	look = log10((double)dataset.count / KANARY_NAME_TRAIN_PARTS);
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		surprise = ask(&model, names[i], &error);
		print_message("%s: error %.2f, surprise %.2f\n", names[i], error, surprise);
		assert_true(surprise <= error + look + 0.01);
		/* they are ordered by how much they are news */
		assert_true(surprise >= before);
		before = surprise;
	}
	/* a place that never was says something all the same */
	assert_true(before > 2);
	/* nor is a new file in a place of new files an alert */
	assert_true(ask(&model, "/srv/upload/never", &error) < result.threshold);
	kanary_dataset_free(&dataset);
	free(result.file);
}

/* By the user's word such news comes once in 10^7 vectors: that is its surprise, and no more. */
static void a_word_is_taken_and_no_more_made_of_it(void **state)
{
	struct kanary_trainer_result result, without;
	struct kanary_dataset dataset;
	double error, surprise;
	struct kanary_model model;

	train(&without, &dataset, 0);
	kanary_dataset_free(&dataset);
	train(&result, &dataset, 10000000);
	kanary_model_layout(&model, result.file);
	surprise = ask(&model, "/srv/page/never", &error);
	print_message("/srv/page/never: %.2f, by word; %.2f at most, without; threshold %.2f\n", surprise,
		      without.quiet_surprise, result.threshold);
	assert_true(fabs(surprise - 7) < 0.02);
	/* the names head and the process head spoke */
	assert_true(fabs(result.quiet_surprise - (7 - log10(2))) < 0.02);
	assert_true(result.quiet_surprise > result.threshold);
	assert_true(without.quiet_surprise < without.threshold);
	/* the word is of quiet directories: where uploads come, one is no news for it */
	assert_true(ask(&model, "/srv/upload/never", &error) < 3);
	/* what it does to the threshold: nothing */
	assert_true(result.threshold == without.threshold);
	assert_int_equal(result.quiet, without.quiet);
	kanary_dataset_free(&dataset);
	free(without.file);
	free(result.file);
}

/* Nor is a word taken by which news is less rare than the recordings have it. */
static void a_word_of_frequent_news_changes_nothing(void **state)
{
	static const char *const names[] = {
		"/srv/upload/never", "/srv/page/never", "/etc/shadow", "/root/.ssh/authorized_keys",
	};
	struct kanary_trainer_result result, without;
	struct kanary_model model, plain;
	struct kanary_dataset dataset;
	double error;
	size_t i;

	train(&without, &dataset, 0);
	kanary_dataset_free(&dataset);
	train(&result, &dataset, 30);
	kanary_model_layout(&model, result.file);
	kanary_model_layout(&plain, without.file);
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_true(ask(&model, names[i], &error) == ask(&plain, names[i], &error));
	kanary_dataset_free(&dataset);
	free(without.file);
	free(result.file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(surprise_is_no_more_than_was_witnessed),
		cmocka_unit_test(a_word_is_taken_and_no_more_made_of_it),
		cmocka_unit_test(a_word_of_frequent_news_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
