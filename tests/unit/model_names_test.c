/* SPDX-License-Identifier: GPL-2.0 */
/* Models with a names head: validated, part of verdicts and of the self-test, explained. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command_fixture.h"
#include "commands.h"
#include "explain.h"
#include "model_fixture.h"
#include "path_record.h"
#include "recording/recording.h"
#include "score.h"

#define NAMES 50

struct judge {
	struct model_fixture fixture;
	struct kanary_score_stream *stream;
	struct kanary_score_container *container;
	void *scratch;
};

static void admit(struct judge *judge, unsigned int names)
{
	const struct kanary_model *model = &judge->fixture.model;

	model_fixture_create_whole(&judge->fixture, 3, &(struct model_fixture_shape){
		.inputs = 6, .code = 4, .names = names });
	judge->stream = malloc(kanary_score_stream_size(model));
	judge->container = malloc(kanary_score_container_size(model) + 1);
	judge->scratch = malloc(kanary_score_scratch_size(model));
	kanary_score_stream_init(model, judge->stream);
}

static void discharge(struct judge *judge)
{
	free(judge->stream);
	free(judge->container);
	free(judge->scratch);
	model_fixture_destroy(&judge->fixture);
}

static void refused(struct judge *judge, const char *sentence)
{
	struct model_fixture *fixture = &judge->fixture;
	struct kanary_model model;
	const char *why;

	model_fixture_seal(fixture->file, fixture->size);
	why = kanary_model_parse(&model, fixture->file, fixture->size);
	if (!why || !strstr(why, sentence))
		fail_msg("said '%s', not '%s'", why ? why : "nothing", sentence);
	discharge(judge);
	admit(judge, NAMES);
}

#define SICK(sentence, ...) do { __VA_ARGS__; refused(&judge, sentence); } while (0)
#define HEADER ((struct kanary_model_header *)judge.fixture.file)
#define ENTRY ((struct kanary_name_entry *)judge.fixture.model.names.entry)
#define KNOT ((struct kanary_model_knot *)judge.fixture.model.name_knot)
#define REFERENCE ((struct kanary_model_reference *)judge.fixture.model.reference)

static void bad_names_are_refused(void **state)
{
	struct judge judge;

	admit(&judge, NAMES);
	SICK("names without a names head", HEADER->flags &= ~(u32)KANARY_MODEL_PATH_NAMES);
	SICK("names without a names head", HEADER->names = 0);
	SICK("number of names is out of range",
	     HEADER->names = KANARY_NAME_HEAD_ENTRIES_MAX + 1);
	SICK("number of names is out of range", HEADER->names = UINT32_MAX);
	SICK("does not follow from its dimensions", HEADER->names++);
	SICK("do not ascend", ENTRY[NAMES - 1].key = ENTRY[NAMES - 2].key);
	SICK("cost of a name", ENTRY[0].cost = KANARY_NAME_HEAD_COST_MAX + 1);
	SICK("cost of an unknown name", ENTRY[7].novel = KANARY_NAME_HEAD_COST_MAX + 1);
	SICK("beyond a surprise of 100", KNOT[5].surprise = 25601);
	SICK("errors of the calibration do not ascend", KNOT[1].error = KNOT[0].error);
	SICK("path of the reference is too long",
	     REFERENCE->path_length = KANARY_MODEL_REFERENCE_PATH + 1);
	SICK("path of the reference has an unknown flag", REFERENCE->path_flags = 0x8000);
	SICK("path of the reference is followed by bytes",
	     REFERENCE->path[KANARY_MODEL_REFERENCE_PATH - 1] = 'x');
	discharge(&judge);
}

static u32 tell(struct judge *judge, const char *name)
{
	return kanary_score_path(&judge->fixture.model, judge->stream, (const u8 *)name,
				 strlen(name), 0);
}

static void judge_vector(struct judge *judge, struct kanary_verdict *verdict)
{
	const struct kanary_model_reference *reference = judge->fixture.model.reference;
	const struct kanary_log none = { .calls = 0 };

	kanary_score_vector(&judge->fixture.model, judge->stream, reference->counts,
			    reference->length, &none, judge->scratch, verdict);
}

static void a_vector_tells_of_its_most_surprising_path(void **state)
{
	const struct kanary_model *model;
	struct kanary_verdict verdict;
	struct judge judge;
	u32 known, novel;

	admit(&judge, NAMES);
	model = &judge.fixture.model;
	known = kanary_name_head_error(&model->names, (const u8 *)"/srv", 4, 0);
	novel = kanary_name_head_error(&model->names, (const u8 *)MODEL_FIXTURE_PATH,
				       strlen(MODEL_FIXTURE_PATH), 0);
	assert_int_not_equal(known, novel);
	assert_int_equal(tell(&judge, "/srv"), kanary_score_surprise(model->name_knot,
								      model->header->knots, known));
	tell(&judge, MODEL_FIXTURE_PATH);
	tell(&judge, "/srv");
	judge_vector(&judge, &verdict);
	assert_int_equal(verdict.path_names_error, known > novel ? known : novel);
	assert_int_equal(verdict.path_names_surprise,
			 kanary_score_surprise(model->name_knot, model->header->knots,
					       verdict.path_names_error));
	/* and the next one of none */
	judge_vector(&judge, &verdict);
	assert_int_equal(verdict.path_names_error, 0);
	discharge(&judge);
}

/* The head is one of those that the loudest is chosen from; and it is not diluted. */
static void the_loudest_head_may_be_that_of_paths(void **state)
{
	struct kanary_verdict verdict;
	struct judge judge;
	u32 i;

	admit(&judge, NAMES);
	for (i = 0; i < 6; i++)
		KNOT[i] = (struct kanary_model_knot){ i, 20000 };
	tell(&judge, MODEL_FIXTURE_PATH);
	judge_vector(&judge, &verdict);
	assert_int_equal(verdict.path_names_surprise, 20000);
	/* log10 of 2 heads, Q24.8 */
	assert_int_equal(verdict.surprise, 20000 - 77);
	assert_true(verdict.flags & KANARY_VERDICT_ALERT);
	assert_string_equal(kanary_explain_head(&verdict), "path-names");
	for (i = 0; i < 6; i++)
		KNOT[i].surprise = 0;
	judge_vector(&judge, &verdict);
	assert_string_not_equal(kanary_explain_head(&verdict), "path-names");
	discharge(&judge);
}

static void without_names_paths_are_nothing(void **state)
{
	struct kanary_verdict verdict;
	struct judge judge;

	admit(&judge, 0);
	assert_null(judge.fixture.model.name_knot);
	assert_int_equal(tell(&judge, "/etc/shadow"), 0);
	judge_vector(&judge, &verdict);
	assert_int_equal(verdict.path_names_error, 0);
	assert_int_equal(verdict.surprise, verdict.task_surprise);
	discharge(&judge);
}

static void the_self_test_reads_a_path(void **state)
{
	struct judge judge;

	admit(&judge, NAMES);
	assert_int_equal(REFERENCE->path_length, strlen(MODEL_FIXTURE_PATH));
	assert_true(REFERENCE->verdict.path_names_error > 0);
	assert_true(kanary_score_reference(&judge.fixture.model, judge.stream, judge.container,
					   judge.scratch));
	REFERENCE->path[1] ^= 1;
	assert_false(kanary_score_reference(&judge.fixture.model, judge.stream, judge.container,
					    judge.scratch));
	discharge(&judge);
}

/* From traces to the most surprising path, as a user would. */
static void the_commands_say_so(void **state)
{
	static struct command_result result;
	char line[128];
	FILE *file;
	u32 i, j;

	file = fopen("normal.strace", "w");
	for (i = 0; i < 60; i++) {
		fprintf(file, "%u execve(\"/bin/web\", [], 0x1) = 0\n", 100 + i);
		for (j = 0; j < 40; j++)
			fprintf(file, "%u read(3, \"\", 1) = 0\n%u open(\"/srv/page-%c\", 0) = 3\n",
				100 + i, 100 + i, 'a' + j % 8);
		fprintf(file, "%u +++ exited with 0 +++\n", 100 + i);
	}
	fclose(file);
	snprintf(line, sizeof(line), "import strace normal.strace -o normal.rec --period 16");
	command_expect(kanary_import_main, line, 0, NULL);
	/* 60 processes did end; what was imported does not say when */
	command_run(&result, kanary_train_main, "train normal.rec -o names.model");
	assert_int_equal(result.status, 0);
	assert_non_null(strstr(result.err, "no container head: 0 processes ended at a known time"));
	/* each process, and each vector of it, with the file that it is from */
	command_run(&result, kanary_score_main, "score names.model normal.rec");
	assert_int_equal(result.status, 0);
	assert_non_null(strstr(result.out, " file=normal.strace\n"));
	command_run(&result, kanary_score_main, "score names.model normal.rec --vectors --json");
	assert_non_null(strstr(result.out, "{\"file\": \"normal.strace\", \"stream\": 1"));
	command_run(&result, kanary_train_main,
		    "train normal.rec -o both.model --hidden 0 --path-histogram 16 --json");
	assert_int_equal(result.status, 0);
	assert_non_null(strstr(result.out, "\"path_names\": {"));
	assert_non_null(strstr(result.out, "\"path_histogram\": {"));
	command_run(&result, kanary_train_main, "train normal.rec -o both.model --hidden 0 --json");
	assert_null(strstr(result.out, "\"path_histogram\""));
	command_expect(kanary_train_main, "train normal.rec -o both.model --path-histogram 3", 2,
		       "--path-histogram takes an even number from 0 to 128");
	command_expect(kanary_train_main, "train normal.rec -o both.model --path-news 1/week", 1,
		       "--path-news needs recordings of kanary record");
	command_write("today.strace", "open(\"/srv/page-a\", 0) = 3\n"
		      "open(\"/etc/sha\\33dow\", 0) = 3\nopen(\"/srv/page-b\", 0) = 3\n");
	command_expect(kanary_import_main, "import strace today.strace -o today.rec --period 16", 0,
		       NULL);
	command_run(&result, kanary_paths_main, "paths names.model today.rec --json");
	assert_int_equal(result.status, 0);
	assert_non_null(strstr(result.out, "\"told\": 3, \"distinct\": 3, \"paths\": [{\"path\": \"/etc/sha\\\\x1bdow\""));
	command_run(&result, kanary_paths_main, "paths names.model today.rec -n 1");
	assert_non_null(strstr(result.out, "open         /etc/sha\\x1bdow\n"));
	assert_null(strstr(result.out, "page"));
	command_expect(kanary_paths_main, "paths names.model", 2, "a MODEL and a RECORDING");
	command_expect(kanary_paths_main, "paths names.model absent.rec", 1, "absent.rec: No such");
}

/* What --random makes of paths reaches the head, and leaves a model without one as it was. */
static void random_paths_are_judged(void **state)
{
	static const char label[] = "\"path_names_surprise\": ";
	static struct command_result result, again;
	struct model_fixture fixture;
	unsigned int names, spoke;
	const char *found;
	FILE *file;

	for (names = 0; names <= 4000; names += 4000) {
		model_fixture_create_whole(&fixture, 3, &(struct model_fixture_shape){
			.inputs = 6, .code = 4, .names = names });
		file = fopen("random.model", "wb");
		assert_int_equal(fwrite(fixture.file, 1, fixture.size, file), fixture.size);
		fclose(file);
		model_fixture_destroy(&fixture);
		command_run(&result, kanary_score_main, "score random.model --random 20 --vectors --json");
		command_run(&again, kanary_score_main, "score random.model --random 20 --vectors --json");
		assert_int_equal(result.status, 0);
		assert_string_equal(result.out, again.out);
		found = result.out;
		for (spoke = 0; (found = strstr(found, label)); found += strlen(label))
			spoke += strtod(found + strlen(label), NULL) > 0;
		if (names ? spoke < 8 : spoke)
			fail_msg("%u names: %u of 20 vectors have a surprise", names, spoke);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_paths_are_judged),
		cmocka_unit_test(bad_names_are_refused),
		cmocka_unit_test(a_vector_tells_of_its_most_surprising_path),
		cmocka_unit_test(the_loudest_head_may_be_that_of_paths),
		cmocka_unit_test(without_names_paths_are_nothing),
		cmocka_unit_test(the_self_test_reads_a_path),
		cmocka_unit_test(the_commands_say_so),
	};

	return cmocka_run_group_tests(tests, command_directory, command_directory_remove);
}
