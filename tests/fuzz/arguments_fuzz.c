// SPDX-License-Identifier: GPL-2.0
/*
 * Command lines: an argument a line, the first being the command. Every command's parser
 * runs, and the linker has put __wrap_kanary_arguments_parse() in the place of what would
 * go on from there: nothing is opened, written or sent.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "terminal/arguments.h"
#include "terminal/budget.h"
#include "commands.h"

enum { ARGUMENTS_MAX = 24 };

static int (*const commands[])(int argc, char **argv) = {
	kanary_status_main, kanary_containers_main, kanary_record_main, kanary_import_main,
	kanary_train_main, kanary_identify_main, kanary_eval_main, kanary_load_main,
	kanary_unload_main, kanary_mode_main, kanary_lock_main, kanary_watch_main,
	kanary_score_main, kanary_bench_main,
};

int __real_kanary_arguments_parse(const struct argp *argp, int argc, char **argv, void *input);
int __wrap_kanary_arguments_parse(const struct argp *argp, int argc, char **argv, void *input);

int __wrap_kanary_arguments_parse(const struct argp *argp, int argc, char **argv, void *input)
{
	int status = __real_kanary_arguments_parse(argp, argc, argv, input);

	if (status && status != 2)
		abort();
	return 2;
}

/* Help and version end the program. */
static bool is_help(const char *argument)
{
	return !strcmp(argument, "--help") || !strcmp(argument, "-h") || !strcmp(argument, "-?") ||
	       !strcmp(argument, "--version") || !strcmp(argument, "-V");
}

static void try_values(const char *text)
{
	struct kanary_budget budget;
	uint64_t value;

	if (kanary_arguments_number(text, 5, 10, &value) && (value < 5 || value > 10))
		abort();
	if (kanary_arguments_duration(text, &value) && !value)
		abort();
	kanary_budget_parse(text, &budget);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *argv[ARGUMENTS_MAX + 1];
	char *text, *line, *rest;
	int argc = 0;

	if (size < 2)
		return 0;
	text = malloc(size);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = 0;
	argv[argc++] = (char *)"command";
	for (line = strtok_r(text, "\n", &rest); line && argc < ARGUMENTS_MAX;
	     line = strtok_r(NULL, "\n", &rest)) {
		try_values(line);
		if (!is_help(line))
			argv[argc++] = line;
	}
	argv[argc] = NULL;
	commands[data[0] % (sizeof(commands) / sizeof(*commands))](argc, argv);
	free(text);
	return 0;
}
