// SPDX-License-Identifier: GPL-2.0
/* Usage, bad input and offline scoring of the commands, without a kernel module. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "terminal/arguments.h"
#include "command_fixture.h"
#include "commands.h"
#include "terminal/message.h"
#include "model_fixture.h"
#include "recording/recording.h"

/* Of the fixture's model. */
#define PERIOD 500

static void write_bytes(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static int setup(void **state)
{
	struct model_fixture fixture;
	u8 *damaged;

	if (command_directory(state))
		return -1;
	model_fixture_create(&fixture, 5, 16, 4, 8, 4, 2);
	write_bytes("model", fixture.file, fixture.size);
	write_bytes("cut.model", fixture.file, fixture.size / 2);
	write_bytes("empty.model", fixture.file, 0);
	damaged = calloc(1, KANARY_MODEL_SIZE_MAX + 100);
	memcpy(damaged, fixture.file, fixture.size);
	write_bytes("large.model", damaged, KANARY_MODEL_SIZE_MAX + 100);
	damaged[fixture.size / 2] ^= 16;
	write_bytes("flipped.model", damaged, fixture.size);
	free(damaged);
	model_fixture_destroy(&fixture);
	return 0;
}

static void test_wrong_usage(void **state)
{
	command_expect(kanary_status_main, "status now", 2, "'now' is one argument too many");
	command_expect(kanary_status_main, "status --jsn", 2, "'--jsn' is unknown");
	command_expect(kanary_containers_main, "containers --json=5", 2, "used wrongly");
	command_expect(kanary_record_main, "record", 2, "-o FILE is missing");
	command_expect(kanary_record_main, "record -o", 2, "'-o' is unknown");
	command_expect(kanary_record_main, "record -o x --for soon", 2, "'soon' is no time");
	command_expect(kanary_watch_main, "watch --for 1x", 2,
		       "'1x' is no time: a number, such as 2 or 1.5, and ms, s, m, h, d or w");
	command_expect(kanary_record_main, "record -o x --all --container y", 2, "exclude");
	command_expect(kanary_record_main, "record -o x --wait", 2, "--wait needs --container C");
	command_expect(kanary_record_main, "record -o model", 1,
		       "model is there already: --force replaces it");
	command_expect(kanary_record_main, "record -o /dev/null --force", 1,
		       "/dev/null is there already, and no file");
	command_expect(kanary_unload_main, "unload --gone web", 2, "exclude each other");
	command_expect(kanary_load_main, "load --container x", 2, "the MODEL is missing");
	command_expect(kanary_load_main, "load model", 2, "--container C is missing");
	command_expect(kanary_load_main, "load model -c x --mode kill", 2, "'kill' is no mode");
	command_expect(kanary_unload_main, "unload", 2, "--container C or --gone is missing");
	command_expect(kanary_mode_main, "mode web", 2, "'web' is no mode");
	command_expect(kanary_mode_main, "mode learn", 2, "--container C is missing");
	command_expect(kanary_mode_main, "mode -c web web learn", 2, "one argument too many");
	command_expect(kanary_watch_main, "watch --count 0", 2, "takes a number from 1");
	command_expect(kanary_score_main, "score model", 2, "one RECORDING or --random");
	command_expect(kanary_score_main, "score model rec --random 5", 2, "one RECORDING or");
}

/* What a file would be put in the place of, and stays what it is: root may replace a device. */
static void test_output_that_is_no_file(void **state)
{
	static const char *const no_file = "is there already, and no file: give another name";
	static const char *const places[] = { "pipe", "to-pipe", "folder", "standard-output" };
	char command[128];
	size_t i;

	assert_int_equal(mkfifo("pipe", 0600), 0);
	assert_int_equal(mkdir("folder", 0700), 0);
	assert_int_equal(symlink("pipe", "to-pipe"), 0);
	assert_int_equal(symlink("/proc/self/fd/1", "standard-output"), 0);
	command_write("calls.names", "read write");
	for (i = 0; i < sizeof(places) / sizeof(*places); i++) {
		snprintf(command, sizeof(command), "import names calls.names -o %s", places[i]);
		command_expect(kanary_import_main, command, 1, no_file);
		snprintf(command, sizeof(command), "record --all --force -o %s", places[i]);
		command_expect(kanary_record_main, command, 1, no_file);
		/* before what may take hours */
		snprintf(command, sizeof(command), "train absent -o %s", places[i]);
		command_expect(kanary_train_main, command, 1, no_file);
	}
	command_expect(kanary_import_main, "import names calls.names -o no-folder/x", 1,
		       "import: cannot write no-folder/x: No such file");
	command_expect(kanary_train_main, "train absent -o no-folder/x", 1,
		       "train: cannot write no-folder/x: No such file");
}

/* The same sentence as the kernel's, before the kernel is bothered. */
static void test_bad_models(void **state)
{
	command_expect(kanary_load_main, "load absent -c 1", 1, "load: absent: No such file");
	command_expect(kanary_load_main, "load empty.model -c 1", 1, "load: empty.model: ");
	command_expect(kanary_load_main, "load cut.model -c 1", 1, "load: cut.model: ");
	command_expect(kanary_load_main, "load flipped.model -c 1", 1, "checksum");
	command_expect(kanary_load_main, "load large.model -c 1", 1, "load: large.model: ");
	command_expect(kanary_score_main, "score flipped.model --random 5", 1, "checksum");
}

static void test_no_module(void **state)
{
	static struct command_result result;

	command_run(&result, kanary_status_main, "status");
	if (!strstr(result.err, "not loaded"))
		skip();
	command_expect(kanary_status_main, "status", 1, "modprobe kanary");
	command_expect(kanary_containers_main, "containers", 1, "modprobe kanary");
	command_expect(kanary_record_main, "record -o new.rec", 1, "modprobe kanary");
	command_expect(kanary_load_main, "load model -c 1", 1, "modprobe kanary");
	command_expect(kanary_unload_main, "unload 1", 1, "modprobe kanary");
	command_expect(kanary_mode_main, "mode 1 learn", 1, "modprobe kanary");
	command_expect(kanary_watch_main, "watch --for 1s", 1, "modprobe kanary");
	command_expect(kanary_score_main, "score model --random 5 --kernel 1", 1,
		       "modprobe kanary");
	assert_int_equal(access("new.rec", F_OK), -1);
	assert_int_equal(access("new.rec.partial", F_OK), -1);
}

static json_t *parse_json(const char *text)
{
	json_error_t error;
	json_t *json = json_loads(text, 0, &error);

	if (!json)
		fail_msg("no JSON: %s: %s", error.text, text);
	return json;
}

static json_int_t integer(json_t *json, const char *key)
{
	json_t *value = json_object_get(json, key);

	if (!json_is_integer(value))
		fail_msg("'%s' is no integer", key);
	return json_integer_value(value);
}

static void test_score_random(void **state)
{
	static struct command_result first, second;
	json_t *json;

	command_run(&first, kanary_score_main, "score model --random 700 --seed 2 --json");
	assert_int_equal(first.status, 0);
	json = parse_json(first.out);
	assert_int_equal(integer(json, "vectors"), 700);
	assert_int_equal(integer(json, "streams_total"),
			 json_array_size(json_object_get(json, "streams")));
	json_decref(json);
	command_run(&second, kanary_score_main, "score model --random 700 --seed 2 --json");
	assert_string_equal(first.out, second.out);
	command_run(&second, kanary_score_main, "score model --random 700 --seed 3 --json");
	assert_string_not_equal(first.out, second.out);
}

/* Interleaved streams, one of which never ends, in a file that is then cut. */
static void write_recording(const char *path, uint32_t period, const char *source)
{
	struct kanary_recording_writer *writer;
	_Alignas(8) u8 memory[128] = { 0 };
	struct kanary_vector *vector = (void *)memory;
	int i;

	writer = kanary_recording_create(path, period, 0, source, 0);
	vector->length = 1;
	strcpy(vector->comm, "a b\033");
	for (i = 0; i < 10; i++) {
		vector->stream = 5 + i % 2;
		vector->index = i / 2;
		vector->reason = i == 8 ? KANARY_REASON_EXIT : KANARY_REASON_PERIOD;
		vector->calls = vector->counts[0].count = 10 + i;
		assert_int_equal(kanary_recording_write(writer, vector), 0);
	}
	assert_int_equal(kanary_recording_finish(writer), 0);
}

static void test_score_recording(void **state)
{
	static struct command_result result;
	char *line, *rest = result.out;
	json_t *json;
	int lines = 0;

	write_recording("rec", PERIOD, "test");
	command_run(&result, kanary_score_main, "score model rec --vectors --json");
	assert_int_equal(result.status, 0);
	while ((line = strsep(&rest, "\n")) && *line) {
		json = parse_json(line);
		if (lines++ < 10)
			assert_string_equal(json_string_value(json_object_get(json, "comm")),
					    "a\\x20b\\x1b");
		else
			assert_int_equal(integer(json, "vectors"), 10);
		json_decref(json);
	}
	assert_int_equal(lines, 11);

	command_run(&result, kanary_score_main, "score model rec");
	assert_int_equal(result.status, 0);
	assert_non_null(strstr(result.out, "stream=5 pid=0 comm=a\\x20b\\x1b vectors=5 "));
	assert_non_null(strstr(result.out, "10 vectors in 2 streams"));
}

static void test_score_damaged(void **state)
{
	static struct command_result result;

	write_recording("cut.rec", PERIOD, "test");
	assert_int_equal(truncate("cut.rec", 64 + 3 * 88 + 70), 0);
	command_run(&result, kanary_score_main, "score model cut.rec --json");
	assert_int_equal(result.status, 1);
	assert_non_null(strstr(result.err, "cut off at byte 328: 3 whole vectors"));
	assert_non_null(strstr(result.out, "\"vectors\": 3"));
	command_expect(kanary_score_main, "score model model", 1, "not a Kanary recording");
	command_expect(kanary_score_main, "score model empty.model", 1, "the file is empty");
}

/* Whatever drives a model refuses the same, and says both sides and what to do. */
static void test_another_period(void **state)
{
	static const struct { int (*run)(int argc, char **argv); const char *words; } commands[] = {
		{ kanary_score_main, "score model %s" },
		{ kanary_score_main, "score model %s --vectors --json" },
		{ kanary_eval_main, "eval model --normal %s" },
		{ kanary_eval_main, "eval model --normal fits.rec --attack %s" },
	};
	char words[100];
	size_t i;

	write_recording("fits.rec", PERIOD, "test");
	write_recording("imported.rec", 256, "strace");
	write_recording("recorded.rec", 1024, "kernel");
	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		snprintf(words, sizeof(words), commands[i].words, "imported.rec");
		command_expect(commands[i].run, words, 1,
			       "imported.rec has 256 calls a vector, the model wants 500: import it again with --period 500");
		snprintf(words, sizeof(words), commands[i].words, "recorded.rec");
		command_expect(commands[i].run, words, 1,
			       "recorded.rec has 1024 calls a vector, the model wants 500: record it again, with the module loaded with period=500");
	}
}

static void test_durations(void **state)
{
	uint64_t nanoseconds;

	assert_true(kanary_arguments_duration("90s", &nanoseconds));
	assert_int_equal(nanoseconds, 90000000000);
	assert_true(kanary_arguments_duration("1.5h", &nanoseconds));
	assert_int_equal(nanoseconds, 5400000000000);
	assert_true(kanary_arguments_duration("10", &nanoseconds));
	assert_int_equal(nanoseconds, 10000000000);
	assert_true(kanary_arguments_duration("7d", &nanoseconds));
	assert_false(kanary_arguments_duration("", &nanoseconds));
	assert_false(kanary_arguments_duration("-5s", &nanoseconds));
	assert_false(kanary_arguments_duration("0s", &nanoseconds));
	assert_false(kanary_arguments_duration("nan", &nanoseconds));
	assert_false(kanary_arguments_duration("5x", &nanoseconds));
	assert_false(kanary_arguments_duration("1e300s", &nanoseconds));
}

static void test_numbers(void **state)
{
	uint64_t number;

	assert_true(kanary_arguments_number("18446744073709551615", 0, UINT64_MAX, &number));
	assert_int_equal(number, UINT64_MAX);
	assert_false(kanary_arguments_number("18446744073709551616", 0, UINT64_MAX, &number));
	assert_true(kanary_arguments_number("0x10", 0, 16, &number));
	assert_int_equal(number, 16);
	assert_false(kanary_arguments_number("17", 0, 16, &number));
	assert_false(kanary_arguments_number(" 1", 0, 16, &number));
	assert_false(kanary_arguments_number("-1", 0, 16, &number));
	assert_false(kanary_arguments_number("1 ", 0, 16, &number));
}

static void test_escape(void **state)
{
	char escaped[KANARY_MESSAGE_ESCAPED_SIZE(16)];

	assert_string_equal(kanary_message_escape("nginx:worker-1", 16, escaped),
			    "nginx:worker-1");
	assert_string_equal(kanary_message_escape("a b=\"\\\n\xff", 16, escaped),
			    "a\\x20b\\x3d\\x22\\x5c\\x0a\\xff");
	/* Not terminated. */
	assert_string_equal(kanary_message_escape("0123456789abcdefg", 16, escaped),
			    "0123456789abcdef");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong_usage),
		cmocka_unit_test(test_output_that_is_no_file),
		cmocka_unit_test(test_bad_models),
		cmocka_unit_test(test_no_module),
		cmocka_unit_test(test_score_random),
		cmocka_unit_test(test_score_recording),
		cmocka_unit_test(test_score_damaged),
		cmocka_unit_test(test_another_period),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_escape),
	};

	return cmocka_run_group_tests(tests, setup, command_directory_remove);
}
