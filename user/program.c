// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "terminal/message.h"
#include "program.h"

/* Where programs lie, seen from the folder of the one that runs. */
static const char *const places[] = { "", "../libexec/kanary/" };

/* What did not reach its reader has not been said, whatever the command made of it. */
static int finish(int status)
{
	bool lost = fflush(stdout) || ferror(stdout);

	if (!lost || status)
		return status;
	return kanary_message_error("cannot write all of the output: is the disk full?");
}

void kanary_program_folder(char folder[PATH_MAX])
{
	ssize_t length = readlink("/proc/self/exe", folder, PATH_MAX - 1);
	char *slash;

	folder[length > 0 ? length : 0] = 0;
	slash = strrchr(folder, '/');
	if (slash)
		slash[1] = 0;
}

/* Returns only where it fails. */
static int execute(const char *program, char **argv)
{
	char path[PATH_MAX + 64], folder[PATH_MAX];
	int error = ENOENT;
	size_t i;

	/* else it begins threads before main(), each of which tries for ever to get 128 MiB */
	setenv("OPENBLAS_NUM_THREADS", "1", 1);
	kanary_program_folder(folder);
	for (i = 0; *folder && error == ENOENT && i < sizeof(places) / sizeof(*places); i++) {
		snprintf(path, sizeof(path), "%s%s%s", folder, places[i], program);
		execv(path, argv);
		error = errno;
	}
	return kanary_message_error("%s: cannot start %s: %s: it belongs beside kanary, or into ../libexec/kanary",
				    argv[0], program, strerror(error));
}

const struct kanary_program_command *
kanary_program_find(const struct kanary_program_command *commands, size_t count,
		    const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

int kanary_program_run(const struct kanary_program_command *command, int argc, char **argv)
{
	/* A closed pipe is an error of write(), to be reported like any other. */
	signal(SIGPIPE, SIG_IGN);
	if (command->run)
		return finish(command->run(argc, argv));
	return execute(command->program, argv);
}

int kanary_program_main(const struct kanary_program_command *commands, size_t count, int argc,
			char **argv)
{
	const struct kanary_program_command *command = NULL;

	if (argc > 0)
		command = kanary_program_find(commands, count, argv[0]);
	if (command)
		return kanary_program_run(command, argc, argv);
	kanary_message_error("this program is started by kanary: see kanary --help");
	return 2;
}
