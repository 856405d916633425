// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "kanary_netlink.h"
#include "message.h"

/* A complaint was printed; argp has no way to tell us so. */
static bool refused;

error_t kanary_arguments_refuse(const struct argp_state *state, const char *format, ...)
{
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (!refused)
		kanary_message_error("%s: %s: see kanary %s --help", state->argv[0], text,
				     state->argv[0]);
	refused = true;
	return EINVAL;
}

error_t kanary_arguments_refuse_time(const struct argp_state *state, const char *argument)
{
	return kanary_arguments_refuse(state, "'%s' is no time: a number, such as 2 or 1.5, and ms, s, m, h, d or w",
				       argument);
}

error_t kanary_arguments_extra(const struct argp_state *state, const char *argument)
{
	return kanary_arguments_refuse(state, "'%s' is one argument too many", argument);
}

/*
 * Stands above the subcommand's parser, because argp's own way to report an
 * unknown option takes two lines, and silencing it silences --help as well.
 */
static error_t parse_outer(int key, char *argument, struct argp_state *state)
{
	const char *culprit;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = state->input;
		return 0;
	case ARGP_KEY_ERROR:
		culprit = state->next > 1 ? state->argv[state->next - 1] : "";
		if (*culprit == '-')
			kanary_arguments_refuse(state, "'%s' is unknown, ambiguous, or used wrongly",
						culprit);
		else
			kanary_arguments_refuse(state, "wrong arguments");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Whether an option, or its short form, is among the arguments. */
static bool wants(int argc, char **argv, const char *option, const char *brief)
{
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], option) || !strcmp(argv[i], brief))
			return true;
	return false;
}

void kanary_arguments_version(void)
{
	printf("kanary 0.1.0, netlink API %d\n", KANARY_API_VERSION);
}

int kanary_arguments_parse(const struct argp *argp, int argc, char **argv, void *input)
{
	const struct argp_child children[] = { { .argp = argp }, { 0 } };
	const struct argp outer = { .parser = parse_outer, .children = children };
	char name[64];

	if (wants(argc, argv, "--version", "-V")) {
		kanary_arguments_version();
		exit(EXIT_SUCCESS);
	}
	if (wants(argc, argv, "--help", "-?") || wants(argc, argv, "--help", "-h")) {
		snprintf(name, sizeof(name), "kanary %s", argv[0]);
		setenv("ARGP_HELP_FMT", "no-dup-args-note,rmargin=99,opt-doc-col=28", 0);
		argp_help(argp, stdout, ARGP_HELP_USAGE | ARGP_HELP_DOC | ARGP_HELP_LONG, name);
		exit(EXIT_SUCCESS);
	}
	refused = false;
	if (argp_parse(&outer, argc, argv, ARGP_NO_ERRS | ARGP_NO_HELP | ARGP_NO_EXIT, NULL,
		       input) || refused) {
		if (!refused)
			kanary_message_error("%s: wrong arguments: see kanary %s --help", argv[0],
					     argv[0]);
		return 2;
	}
	return 0;
}

bool kanary_arguments_number(const char *text, uint64_t minimum, uint64_t maximum,
			     uint64_t *number)
{
	unsigned long long value;
	char *end;

	/* strtoull() would take blanks and a sign. */
	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	value = strtoull(text, &end, text[1] == 'x' ? 16 : 10);
	if (errno || *end || value < minimum || value > maximum)
		return false;
	*number = value;
	return true;
}

bool kanary_arguments_duration(const char *text, uint64_t *nanoseconds)
{
	static const struct {
		const char *name;
		double seconds;
	} units[] = {
		{ "", 1 }, { "ms", 1e-3 }, { "s", 1 }, { "m", 60 }, { "min", 60 },
		{ "h", 3600 }, { "d", 86400 }, { "w", 7 * 86400 },
	};
	double value;
	char *end;
	size_t i;

	if ((*text < '0' || *text > '9') || text[1] == 'x')
		return false;
	value = strtod(text, &end);
	for (i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (strcmp(end, units[i].name))
			continue;
		value *= units[i].seconds * 1e9;
		if (!isfinite(value) || value < 1 || value > 10 * 365 * 86400e9)
			return false;
		*nanoseconds = (uint64_t)value;
		return true;
	}
	return false;
}
