// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "kanary_netlink.h"
#include "message.h"
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
	printf("kanary 0.1.0, netlink API %d\n", KANARY_API_VERSION);
	return 0;
}

static const struct kanary_program_command help = { .name = "help", .run = print_help };
static const struct kanary_program_command version = { .name = "version", .run = print_version };

int main(int argc, char **argv)
{
	const struct kanary_program_command *command;

	if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ||
	    !strcmp(argv[1], "help"))
		return kanary_program_run(&help, argc, argv);
	if (!strcmp(argv[1], "--version"))
		return kanary_program_run(&version, argc, argv);
	command = kanary_program_find(commands, COUNT(commands), argv[1]);
	if (command)
		return kanary_program_run(command, argc - 1, argv + 1);
	kanary_message_error("'%s' is no command: see kanary --help", argv[1]);
	return 2;
}
