// SPDX-License-Identifier: GPL-2.0
/*
 * What a model makes of a recording is one thing, whoever asks:
 *
 *	containers	one, two, three, side by side; processes of each come and go
 *	records		path path vector(period) ... path vector(exit) of each in turns;
 *			a daemon that never ends; now and then one goes to another container
 *
 *	score --vectors	= eval --attack, the budget check, paths, a fold's held-out parts
 *			= a plain replay, written out here
 *
 * The kernel's side is held to the same by tests/vm/bit_identity.sh.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command_fixture.h"
#include "commands.h"
#include "judge/evaluate.h"
#include "train/held_out.h"
#include "model_fixture.h"
#include "judge/model_file.h"
#include "judge/promise.h"
#include "recording/random_path.h"
#include "recording/random_vector.h"
#include "recording/recording.h"
#include "replay_fixture.h"
#include "score.h"
#include "vector.h"

enum { VECTORS = REPLAY_FIXTURE_VECTORS, NUMBERED = 4000 };

/* Of one vector, as score says it; surprises are Q24.8. */
struct said {
	uint64_t stream;
	uint64_t cgroup;
	uint32_t index;
	u32 surprise;
	u32 process;
	u32 sequence;
	u32 container;
	u32 names;
	bool has_sequence;
	bool has_container;
	bool alert;
};

struct saying {
	struct said said[VECTORS];
	size_t count;
};

static u32 fixed(const json_t *object, const char *key)
{
	return (u32)lround(256 * json_number_value(json_object_get(object, key)));
}

static bool is_there(const json_t *object, const char *key)
{
	return json_is_number(json_object_get(object, key));
}

static void take_line(struct saying *saying, const json_t *line)
{
	struct said *said = &saying->said[saying->count++];

	assert_true(saying->count <= VECTORS);
	*said = (struct said){
		.stream = (uint64_t)json_integer_value(json_object_get(line, "stream")),
		.cgroup = (uint64_t)json_integer_value(json_object_get(line, "cgroup")),
		.index = (uint32_t)json_integer_value(json_object_get(line, "index")),
		.surprise = fixed(line, "surprise"),
		.process = fixed(line, "process_surprise"),
		.sequence = fixed(line, "sequence_surprise"),
		.container = fixed(line, "container_surprise"),
		.names = fixed(line, "path_names_surprise"),
		.has_sequence = is_there(line, "sequence_surprise"),
		.has_container = is_there(line, "container_surprise"),
		.alert = json_is_true(json_object_get(line, "alert")),
	};
}

static json_t *run_json(int (*run)(int argc, char **argv), const char *words)
{
	static struct command_result result;
	json_t *json;

	command_run(&result, run, words);
	if (result.status)
		fail_msg("%s: %s", words, result.err);
	json = json_loads(result.out, 0, NULL);
	assert_non_null(json);
	return json;
}

static void score(struct saying *saying, const char *recording)
{
	static struct command_result result;
	char words[128], *rest = result.out, *line;
	json_t *object;

	saying->count = 0;
	snprintf(words, sizeof(words), "score model %s --vectors --json", recording);
	command_run(&result, kanary_score_main, words);
	if (result.status)
		fail_msg("%s", result.err);
	while ((line = strsep(&rest, "\n")) && *line) {
		object = json_loads(line, 0, NULL);
		assert_non_null(object);
		if (json_object_get(object, "stream"))
			take_line(saying, object);
		json_decref(object);
	}
	assert_int_equal(saying->count, VECTORS);
}

static int setup(void **state)
{
	if (command_directory(state))
		return -1;
	replay_fixture_write_model();
	replay_fixture_write_recording("one.rec", 1, false);
	replay_fixture_write_recording("other.rec", 2, true);
	return 0;
}

/**
 * struct plain - one model, and a state for each stream and container there can be
 * @cgroup: that each stream was in last
 * @path_surprise: the largest that was told of each stream since its vector before, Q24.8
 */
struct plain {
	struct kanary_model_file file;
	void *scratch;
	struct kanary_score_stream *stream[NUMBERED];
	struct kanary_score_container *container[REPLAY_FIXTURE_CONTAINERS];
	uint64_t cgroup[NUMBERED];
	u32 path_surprise[NUMBERED];
};

static void plain_open(struct plain *plain)
{
	uint32_t i;

	assert_int_equal(kanary_model_file_read("test", "model", &plain->file), 0);
	plain->scratch = malloc(kanary_score_scratch_size(&plain->file.model));
	for (i = 0; i < REPLAY_FIXTURE_CONTAINERS; i++) {
		plain->container[i] = malloc(kanary_score_container_size(&plain->file.model));
		kanary_score_container_init(&plain->file.model, plain->container[i]);
	}
}

static void plain_close(struct plain *plain)
{
	uint32_t i;

	for (i = 0; i < NUMBERED; i++)
		free(plain->stream[i]);
	for (i = 0; i < REPLAY_FIXTURE_CONTAINERS; i++)
		free(plain->container[i]);
	free(plain->scratch);
	kanary_model_file_free(&plain->file);
	memset(plain, 0, sizeof(*plain));
}

/* Fresh where it is new, or new to its container. */
static struct kanary_score_stream *plain_stream(struct plain *plain, uint64_t number,
						uint64_t cgroup)
{
	struct kanary_score_stream **stream = &plain->stream[number];

	assert_true(number < NUMBERED);
	if (*stream && plain->cgroup[number] == cgroup)
		return *stream;
	free(*stream);
	*stream = malloc(kanary_score_stream_size(&plain->file.model));
	kanary_score_stream_init(&plain->file.model, *stream);
	plain->cgroup[number] = cgroup;
	plain->path_surprise[number] = 0;
	return *stream;
}

static void plain_path(struct plain *plain, const struct kanary_path *path)
{
	struct kanary_score_stream *stream = plain_stream(plain, path->stream, path->cgroup);
	u32 surprise = kanary_score_path(&plain->file.model, stream, (const u8 *)path->name,
					 path->length, path->flags);

	if (surprise > plain->path_surprise[path->stream])
		plain->path_surprise[path->stream] = surprise;
}

/* Step by step as the kernel's worker takes them. */
static void plain_vector(struct plain *plain, const struct kanary_vector *vector,
			 const struct said *said)
{
	struct kanary_score_stream *stream = plain_stream(plain, vector->stream,
							  vector->cgroup);
	struct kanary_log log = kanary_vector_log(vector);
	struct kanary_verdict verdict;

	/* which processes are whole is known by their first vector that is seen */
	if (vector->index && !stream->total)
		stream->partial = 1;
	kanary_score_vector(&plain->file.model, stream, vector->counts, vector->length, &log,
			    plain->scratch, &verdict);
	if (vector->reason != KANARY_REASON_PERIOD && !stream->partial)
		kanary_score_process(&plain->file.model, plain->container[vector->cgroup],
				     plain->scratch, &verdict);
	assert_int_equal(said->stream, vector->stream);
	assert_int_equal(said->surprise, verdict.surprise);
	assert_int_equal(said->process, verdict.process_surprise);
	assert_int_equal(said->names, verdict.path_names_surprise);
	assert_int_equal(said->names, plain->path_surprise[vector->stream]);
	assert_int_equal(said->has_container, !!(verdict.flags & KANARY_VERDICT_CONTAINER));
	assert_int_equal(said->container, verdict.container_surprise);
	assert_int_equal(said->sequence, verdict.sequence_surprise);
	plain->path_surprise[vector->stream] = 0;
}

/* Each head says something of some vectors, and not the same of all: else nothing is compared. */
static void assert_eloquent(const struct saying *saying)
{
	size_t names = 0, sequences = 0, containers = 0, alerts = 0, i;

	for (i = 0; i < saying->count; i++) {
		names += !!saying->said[i].names;
		sequences += saying->said[i].has_sequence && saying->said[i].sequence;
		containers += saying->said[i].has_container && saying->said[i].container;
		alerts += saying->said[i].alert;
	}
	print_message("%zu vectors: names %zu, sequence %zu, container %zu, alerts %zu\n",
		      saying->count, names, sequences, containers, alerts);
	assert_true(names > 20 && sequences > 20 && containers > 20);
	assert_true(alerts > 20 && alerts < saying->count - 20);
}

static void score_says_what_a_plain_replay_says(void **state)
{
	static const char *const recordings[] = { "one.rec", "other.rec" };
	struct kanary_recording_reader *reader;
	struct kanary_recording_record record;
	static struct saying saying;
	static struct plain plain;
	const char *why;
	size_t i, number;

	for (i = 0; i < 2; i++) {
		score(&saying, recordings[i]);
		assert_eloquent(&saying);
		plain_open(&plain);
		reader = kanary_recording_open(recordings[i], &why);
		assert_non_null(reader);
		for (number = 0; kanary_recording_read(reader, &record);) {
			if (record.path)
				plain_path(&plain, record.path);
			else
				plain_vector(&plain, record.vector, &saying.said[number++]);
		}
		assert_int_equal(number, VECTORS);
		kanary_recording_close(reader);
		plain_close(&plain);
	}
}

/* Mean and highest surprise of each stream, of any number of them. */
struct scores {
	double mean[NUMBERED];
	double process[NUMBERED];
	double sequence[NUMBERED];
	double highest[NUMBERED];
	size_t streams;
	size_t alerted;
};

static void sum_up(const struct saying *saying, struct scores *scores)
{
	uint32_t stream, vectors, sequences, alerts;
	size_t i;

	memset(scores, 0, sizeof(*scores));
	for (stream = 0; stream < NUMBERED; stream++) {
		double sum = 0, process = 0, sequence = 0, highest = 0;

		for (i = 0, vectors = sequences = alerts = 0; i < saying->count; i++) {
			const struct said *said = &saying->said[i];

			if (said->stream != stream)
				continue;
			vectors++;
			alerts += said->alert;
			sum += said->surprise;
			process += said->process;
			highest = fmax(highest, said->surprise);
			sequences += said->has_sequence;
			sequence += said->sequence;
		}
		if (!vectors)
			continue;
		scores->mean[scores->streams] = sum / vectors;
		scores->process[scores->streams] = process / vectors;
		scores->sequence[scores->streams] = sequences ? sequence / sequences : 0;
		scores->highest[scores->streams++] = highest;
		scores->alerted += !!alerts;
	}
}

static void assert_method(const json_t *json, const char *method, double *normal, size_t normals,
			  double *attack, size_t attacks)
{
	struct kanary_evaluation expected;
	const json_t *said;

	said = json_object_get(json_object_get(json, "methods"), method);
	kanary_evaluate_scores(normal, normals, attack, attacks, &expected);
	assert_float_equal(json_number_value(json_object_get(said, "auc")), expected.auc, 1e-9);
	assert_float_equal(json_number_value(json_object_get(said, "dr_at_15")),
			   expected.detected_at_15, 1e-9);
	assert_float_equal(json_number_value(json_object_get(said, "far_at_90")),
			   expected.false_at_90, 1e-9);
}

static void eval_ranks_what_score_says(void **state)
{
	static struct saying saying;
	static struct scores normal, attack;
	json_t *json;

	score(&saying, "one.rec");
	sum_up(&saying, &normal);
	score(&saying, "other.rec");
	sum_up(&saying, &attack);
	json = run_json(kanary_eval_main, "eval model --normal one.rec --attack other.rec --json");
	assert_int_equal(json_integer_value(json_object_get(json, "normal_streams")),
			 normal.streams);
	assert_int_equal(json_integer_value(json_object_get(json, "attack_streams")),
			 attack.streams);
	assert_int_equal(json_integer_value(json_object_get(json, "normal_streams_alerted")),
			 normal.alerted);
	assert_int_equal(json_integer_value(json_object_get(json, "attack_streams_alerted")),
			 attack.alerted);
	assert_method(json, "kanary", normal.mean, normal.streams, attack.mean, attack.streams);
	assert_method(json, "process", normal.process, normal.streams, attack.process,
		      attack.streams);
	assert_method(json, "sequence", normal.sequence, normal.streams, attack.sequence,
		      attack.streams);
	assert_method(json, "highest", normal.highest, normal.streams, attack.highest,
		      attack.streams);
	json_decref(json);
}

static void the_budget_check_counts_what_score_says(void **state)
{
	static const char *const numbers[] = {
		"vectors", "alerts", "alarms", "critical_alerts", "critical_alarms",
	};
	json_t *one = run_json(kanary_score_main, "score model one.rec --json");
	json_t *other = run_json(kanary_score_main, "score model other.rec --json");
	json_t *both = run_json(kanary_eval_main, "eval model --normal one.rec other.rec --json");
	uint64_t said[5];
	size_t i;

	json_object_set(both, "critical_alerts",
			json_object_get(json_object_get(both, "critical"), "alerts"));
	json_object_set(both, "critical_alarms",
			json_object_get(json_object_get(both, "critical"), "alarms"));
	for (i = 0; i < 5; i++) {
		said[i] = json_integer_value(json_object_get(one, numbers[i])) +
			  json_integer_value(json_object_get(other, numbers[i]));
		assert_int_equal(json_integer_value(json_object_get(both, numbers[i])), said[i]);
	}
	assert_int_equal(said[0], 2 * VECTORS);
	assert_true(said[2] && said[2] < said[1]);
	json_decref(one);
	json_decref(other);
	json_decref(both);
}

static void paths_are_as_surprising_as_score_says(void **state)
{
	static struct saying saying;
	u32 most = 0, listed = 0;
	json_t *json, *path;
	size_t i;

	score(&saying, "one.rec");
	for (i = 0; i < saying.count; i++)
		most = saying.said[i].names > most ? saying.said[i].names : most;
	json = run_json(kanary_paths_main, "paths model one.rec --count 0 --json");
	json_array_foreach(json_object_get(json, "paths"), i, path)
		listed = fixed(path, "surprise") > listed ? fixed(path, "surprise") : listed;
	assert_true(most > 0);
	assert_int_equal(listed, most);
	json_decref(json);
}

/*
 * A model as of a fold, which has no container head: a verdict is the same at its place in a
 * stream, whether score says it or a held-out part is judged.
 */
static void held_out_parts_are_judged_as_score_says(void **state)
{
	struct kanary_trainer_settings settings = { .sequence.steps = 3 };
	struct kanary_dataset dataset = { 0 };
	struct kanary_trainer trainer = { .dataset = &dataset, .settings = &settings, .folds = 1 };
	struct kanary_trainer_result result = { 0 };
	static struct saying saying;
	struct kanary_model_file file;
	size_t i, judged = 0, number = 0, named = 0, j;

	assert_int_equal(kanary_model_file_read("test", "model", &file), 0);
	score(&saying, "one.rec");
	assert_true(kanary_dataset_read(&dataset, "one.rec", NULL));
	assert_true(kanary_dataset_finish(&dataset));
	trainer.fold[0] = file.data;
	assert_null(kanary_held_out_threshold(&trainer, &result));
	for (i = 0; i < dataset.runs; i++) {
		const struct kanary_dataset_run *run = &dataset.run[i];
		uint32_t length = run->part == KANARY_DATASET_CALIBRATION ? run->length :
				  run->unmatched;

		for (j = 0; j < length; j++, number++) {
			const struct kanary_vector *vector =
				kanary_dataset_vector(&dataset, run->first + (uint32_t)j);
			const struct said *said = saying.said;

			while (said->stream != vector->stream || said->index != vector->index)
				said++;
			/* a process that ends is its container's, too: no fold knows that */
			if (vector->reason != KANARY_REASON_PERIOD)
				continue;
			assert_int_equal(trainer.alarms.surprise[number], said->surprise);
			judged++;
			named += said->names > said->process && said->names > said->sequence;
		}
	}
	assert_int_equal(number, trainer.alarms.count);
	print_message("%zu of %zu verdicts on held-out parts compared, %zu for a path\n", judged,
		      number, named);
	assert_true(judged > 30 && named > 5);
	kanary_held_out_free(&trainer);
	kanary_dataset_free(&dataset);
	kanary_model_file_free(&file);
}

/* Of one container there are as many verdicts and paths as it has among the others. */
static void other_containers_are_left_out(void **state)
{
	static struct command_result result;
	static struct saying all;
	size_t wanted = 0, lines = 0, i;
	json_t *object, *path;
	char *rest, *line;

	score(&all, "one.rec");
	for (i = 0; i < all.count; i++)
		wanted += all.said[i].cgroup == 1;
	command_run(&result, kanary_score_main,
		    "score model one.rec --vectors --json --container 1");
	assert_int_equal(result.status, 0);
	for (rest = result.out; (line = strsep(&rest, "\n")) && *line; lines++) {
		object = json_loads(line, 0, NULL);
		if (json_object_get(object, "stream"))
			assert_int_equal(json_integer_value(json_object_get(object, "cgroup")), 1);
		else
			assert_int_equal(json_integer_value(json_object_get(object, "vectors")),
					 wanted);
		json_decref(object);
	}
	assert_int_equal(lines, wanted + 1);
	assert_true(wanted > 30);
	object = run_json(kanary_paths_main, "paths model one.rec -n 0 --json --container 1");
	json_array_foreach(json_object_get(object, "paths"), i, path)
		assert_int_equal(json_integer_value(json_object_get(path, "cgroup")), 1);
	assert_true(i > 10);
	json_decref(object);
	command_expect(kanary_score_main, "score model one.rec --container 77", 1, "77");
	command_expect(kanary_score_main, "score model --random 5 --container 1", 2,
		       "--random vectors have no --container");
}

/* A model that knows calls of one ABI, and has the other's under what it never saw. */
static void write_model_of(const char *path, uint32_t abi)
{
	struct model_fixture fixture;
	uint32_t bin;
	u16 *feature;
	FILE *file;

	model_fixture_create(&fixture, 1, 16, 4, 0, 0, 0);
	feature = (u16 *)fixture.model.feature;
	for (bin = 0; bin < KANARY_BINS; bin++)
		feature[bin] = 8 + bin % 8;
	for (bin = 0; bin < 8; bin++)
		feature[abi * KANARY_BINS_BANK + bin] = (u16)bin;
	model_fixture_reference(&fixture.model);
	model_fixture_seal(fixture.file, fixture.size);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(fixture.file, 1, fixture.size, file), fixture.size);
	assert_int_equal(fclose(file), 0);
	model_fixture_destroy(&fixture);
}

static void write_recording_of(const char *path, uint32_t abi, const char *source)
{
	static struct kanary_random_vector vectors;
	struct kanary_recording_writer *writer;

	kanary_random_vector_seed(&vectors, 1);
	writer = kanary_recording_create(path, 500, abi, source, 0);
	assert_int_equal(kanary_recording_write(writer,
			 kanary_random_vector_next(&vectors, true)), 0);
	assert_int_equal(kanary_recording_finish(writer), 0);
}

static void numbers_of_another_abi_are_refused(void **state)
{
	write_model_of("64.model", 0);
	write_model_of("32.model", 1);
	write_recording_of("64.rec", 0, "strace");
	write_recording_of("32.rec", 1, "adfa");
	write_recording_of("kernel.rec", 0, "kernel");
	command_expect(kanary_score_main, "score 64.model 32.rec", 1,
		       "32.rec has call numbers of i386, the model knows those of x86-64 only");
	command_expect(kanary_eval_main, "eval 64.model --normal 32.rec", 1,
		       "32.rec has call numbers of i386, the model knows those of x86-64 only");
	command_expect(kanary_score_main, "score 32.model 64.rec", 1,
		       "64.rec has call numbers of x86-64, the model knows those of i386 only");
	command_expect(kanary_score_main, "score 64.model 64.rec", 0, NULL);
	command_expect(kanary_score_main, "score 32.model 32.rec", 0, NULL);
	/* where programs of both may run, each call is of its own */
	command_expect(kanary_score_main, "score 64.model kernel.rec", 0, NULL);
	command_expect(kanary_score_main, "score 32.model kernel.rec", 0, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(score_says_what_a_plain_replay_says),
		cmocka_unit_test(eval_ranks_what_score_says),
		cmocka_unit_test(the_budget_check_counts_what_score_says),
		cmocka_unit_test(paths_are_as_surprising_as_score_says),
		cmocka_unit_test(held_out_parts_are_judged_as_score_says),
		cmocka_unit_test(other_containers_are_left_out),
		cmocka_unit_test(numbers_of_another_abi_are_refused),
	};

	return cmocka_run_group_tests(tests, setup, command_directory_remove);
}
