/* SPDX-License-Identifier: GPL-2.0 */
/* Run a subcommand as main() would, and keep what it says. */
#ifndef COMMAND_FIXTURE_H
#define COMMAND_FIXTURE_H

#include <stddef.h>

/** struct command_result - what a command left behind */
struct command_result {
	int status;
	char out[1 << 20];
	char err[4096];
};

/**
 * command_run() - call @run with words
 * @words: separated by single blanks, the first is the command's name
 */
void command_run(struct command_result *result, int (*run)(int argc, char **argv),
		 const char *words);

/** command_expect() - run, and hold status and a part of stderr, on one line, against it */
void command_expect(int (*run)(int argc, char **argv), const char *words, int status,
		    const char *err);

/** command_directory() - a group's setup: an empty directory to work in, and into it */
int command_directory(void **state);

/** command_directory_remove() - the teardown that goes with it */
int command_directory_remove(void **state);

/** command_write() - make a file there */
void command_write(const char *path, const char *text);

#endif /* COMMAND_FIXTURE_H */
