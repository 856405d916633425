/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The programs behind the command. kanary itself is linked with what a host that only
 * watches needs; commands that need more libraries live in programs of their own, which
 * it executes: kanary-model (GSL and OpenBLAS), kanary-import (libarchive), kanary-bench.
 */
#ifndef KANARY_PROGRAM_H
#define KANARY_PROGRAM_H

#include <limits.h>
#include <stddef.h>

/**
 * struct kanary_program_command - one subcommand
 * @name: as the user writes it
 * @run: its function in commands.h; NULL where @program has it
 * @program: file name of the program that has it, with @run NULL
 * @help: what it does, for the list of commands; NULL outside of kanary itself
 */
struct kanary_program_command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *program;
	const char *help;
};

/**
 * kanary_program_find() - the command called @name among @count, or NULL
 */
const struct kanary_program_command *
kanary_program_find(const struct kanary_program_command *commands, size_t count,
		    const char *name);

/**
 * kanary_program_run() - run @command here, or execute the program that has it
 * @argc: of @argv
 * @argv: begins with the command's name
 *
 * A program is looked for beside the one that runs, where the build leaves it, and then
 * in ../libexec/kanary, where "make install" puts it.
 *
 * Return: an exit status. What did not reach stdout is a failure, whatever the command
 * made of it.
 */
int kanary_program_run(const struct kanary_program_command *command, int argc, char **argv);

/** kanary_program_folder() - that of the running program, with a slash at the end, or empty */
void kanary_program_folder(char folder[PATH_MAX]);

/**
 * kanary_program_main() - main() of a program that kanary executes
 * @commands: those that it has
 *
 * Return: an exit status; 2 for a command that it has not.
 */
int kanary_program_main(const struct kanary_program_command *commands, size_t count, int argc,
			char **argv);

#endif /* KANARY_PROGRAM_H */
