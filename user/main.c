// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "terminal/arguments.h"
#include "commands.h"
#include "terminal/message.h"
#include "program.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const struct kanary_program_command commands[] = {
	{ "status", kanary_status_main, NULL, "what the module is doing, and its counters" },
	{ "containers", kanary_containers_main, NULL, "what runs here, and what watches over it" },
	{ "record", kanary_record_main, NULL, "write what containers do into a recording" },
	{ "info", kanary_info_main, NULL, "what is in a recording: its containers, and what it lacks" },
	{ "import", NULL, "kanary-import", "make a recording out of traces: adfa, strace, sysdig" },
	{ "train", NULL, "kanary-model", "make a model out of recordings" },
	{ "eval", NULL, "kanary-model", "how well a model tells attacks from normal recordings" },
	{ "load", kanary_load_main, NULL, "give a model to the kernel for a container" },
	{ "unload", kanary_unload_main, NULL, "take a container's model out of the kernel" },
	{ "mode", kanary_mode_main, NULL, "let a container's model learn, monitor or enforce" },
	{ "lock", kanary_lock_main, NULL, "let nothing be changed until the machine starts anew" },
	{ "watch", kanary_watch_main, NULL, "print alerts as they come" },
	{ "score", NULL, "kanary-model", "judge a recording offline, as the kernel would" },
	{ "identify", NULL, "kanary-model", "name the kinds of the processes in a recording" },
	{ "paths", NULL, "kanary-model", "the most surprising paths of a recording" },
	{ "bench", NULL, "kanary-bench", "hold Kanary against other methods on ADFA-LD" },
	{ "bench-paths", NULL, "kanary-bench", "the same of paths, on recordings with attacks" },
};

static int print_help(int argc, char **argv)
{
	size_t i;

	fputs("Usage: kanary COMMAND [ARGUMENT...]\n"
	      "Learns how a container uses system calls; says when it stops behaving like itself.\n\n",
	      stdout);
	for (i = 0; i < COUNT(commands); i++)
		printf("  %-12s%s\n", commands[i].name, commands[i].help);
	fputs("\nkanary COMMAND --help says more. From a running container to its first alert:\n\n"
	      "  modprobe kanary\n"
	      "  kanary record -o web.rec --container web --for 2h\n"
	      "  kanary train web.rec -o web.model --budget 1/week\n"
	      "  kanary load web.model --container web\n"
	      "  kanary watch\n\n"
	      "Exit status: 0 done, 1 failed, 2 wrong usage.\n", stdout);
	return 0;
}

static int print_version(int argc, char **argv)
{
	kanary_arguments_version();
	return 0;
}

static const struct kanary_program_command help = { .name = "help", .run = print_help };
static const struct kanary_program_command version = { .name = "version", .run = print_version };

static int run_command(int argc, char **argv)
{
	const struct kanary_program_command *command;

	command = kanary_program_find(commands, COUNT(commands), argv[0]);
	if (command)
		return kanary_program_run(command, argc, argv);
	kanary_message_error("'%s' is no command: see kanary --help", argv[0]);
	return 2;
}

static bool is_any(const char *word, const char *plain, const char *option, const char *brief)
{
	return !strcmp(word, plain) || !strcmp(word, option) || !strcmp(word, brief);
}

int main(int argc, char **argv)
{
	char option[] = "--help", *words[] = { NULL, option, NULL };

	if (argc < 2)
		return kanary_program_run(&help, argc, argv);
	if (is_any(argv[1], "version", "--version", "-V"))
		return kanary_program_run(&version, argc, argv);
	if (!is_any(argv[1], "help", "--help", "-h"))
		return run_command(argc - 1, argv + 1);
	if (argc == 2)
		return kanary_program_run(&help, argc, argv);
	/* kanary help COMMAND is kanary COMMAND --help. */
	words[0] = argv[2];
	return run_command(2, words);
}
