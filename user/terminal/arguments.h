/* SPDX-License-Identifier: GPL-2.0 */
/* argp with Kanary's manners: one line for a wrong usage, exit status 2. */
#ifndef KANARY_ARGUMENTS_H
#define KANARY_ARGUMENTS_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * kanary_arguments_parse() - parse a subcommand's arguments
 * @argp: of the subcommand; its parser reports its own complaints through
 *	kanary_arguments_refuse()
 * @argv: argv[0] is the subcommand's name
 * @input: for the parser
 *
 * --help and --version print what they say, and exit with 0.
 *
 * Return: 0, or 2 after one line on stderr.
 */
int kanary_arguments_parse(const struct argp *argp, int argc, char **argv, void *input);

/**
 * kanary_arguments_refuse() - complain from within an argp parser
 *
 * Return: EINVAL, for the parser to return.
 */
error_t kanary_arguments_refuse(const struct argp_state *state, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** kanary_arguments_refuse_time() - say that @argument is no duration, and what is one */
error_t kanary_arguments_refuse_time(const struct argp_state *state, const char *argument);

/** kanary_arguments_extra() - refuse an argument where none is expected */
error_t kanary_arguments_extra(const struct argp_state *state, const char *argument);

/**
 * kanary_arguments_number() - parse a whole decimal (or 0x...) number
 *
 * Return: whether @text is one, and within @minimum .. @maximum.
 */
bool kanary_arguments_number(const char *text, uint64_t minimum, uint64_t maximum,
			     uint64_t *number);

/** kanary_arguments_version() - print the version */
void kanary_arguments_version(void);

/**
 * kanary_arguments_duration() - parse "500ms", "90s", "10m", "1.5h", "7d", "2w", or seconds
 * @nanoseconds: at least 1 on success
 *
 * Return: whether @text is a duration above zero and below 10 years.
 */
bool kanary_arguments_duration(const char *text, uint64_t *nanoseconds);

#endif /* KANARY_ARGUMENTS_H */
