// SPDX-License-Identifier: GPL-2.0
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "kanary_netlink.h"
#include "message.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} commands[] = {
	{ "status", kanary_status_main, "what the module is doing, and its counters" },
	{ "containers", kanary_containers_main, "what runs here, and what watches over it" },
	{ "record", kanary_record_main, "write what containers do into a recording" },
	{ "import", kanary_import_main, "make a recording out of traces: adfa, strace, sysdig" },
	{ "train", kanary_train_main, "make a model out of recordings" },
	{ "eval", kanary_eval_main, "how well a model tells attacks from normal recordings" },
	{ "load", kanary_load_main, "give a model to the kernel for a container" },
	{ "unload", kanary_unload_main, "take a container's model out of the kernel" },
	{ "mode", kanary_mode_main, "let a container's model learn, monitor or enforce" },
	{ "lock", kanary_lock_main, "let nothing be changed until the machine starts anew" },
	{ "watch", kanary_watch_main, "print alerts as they come" },
	{ "score", kanary_score_main, "judge a recording offline, as the kernel would" },
	{ "identify", kanary_identify_main, "name the kinds of the processes in a recording" },
	{ "paths", kanary_paths_main, "the most surprising paths of a recording" },
	{ "bench", kanary_bench_main, "hold Kanary against other methods on ADFA-LD" },
	{ "bench-paths", kanary_bench_paths_main, "the same of paths, on recordings with attacks" },
};

static void print_help(FILE *stream)
{
	size_t i;

	fputs("Usage: kanary COMMAND [ARGUMENT...]\n"
	      "Learns how a container uses system calls; says when it stops behaving like itself.\n\n",
	      stream);
	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		fprintf(stream, "  %-12s%s\n", commands[i].name, commands[i].help);
	fputs("\nkanary COMMAND --help says more. From a running container to its first alert:\n\n"
	      "  insmod kanary.ko\n"
	      "  kanary record -o web.rec --container web --for 2h\n"
	      "  kanary train web.rec -o web.model --budget 1/week\n"
	      "  kanary load web.model --container web\n"
	      "  kanary watch\n\n"
	      "Exit status: 0 done, 1 failed, 2 wrong usage.\n", stream);
}

/* What did not reach its reader has not been said, whatever the command made of it. */
static int finish(int status)
{
	bool lost = fflush(stdout) || ferror(stdout);

	if (!lost || status)
		return status;
	return kanary_message_error("cannot write all of the output: is the disk full?");
}

int main(int argc, char **argv)
{
	size_t i;

	/* A closed pipe is an error of write(), to be reported like any other. */
	signal(SIGPIPE, SIG_IGN);
	if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ||
	    !strcmp(argv[1], "help")) {
		print_help(stdout);
		return finish(0);
	}
	if (!strcmp(argv[1], "--version")) {
		printf("kanary 0.1.0, netlink API %d\n", KANARY_API_VERSION);
		return finish(0);
	}
	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return finish(commands[i].run(argc - 1, argv + 1));
	kanary_message_error("'%s' is no command: see kanary --help", argv[1]);
	return 2;
}
