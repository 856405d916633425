// SPDX-License-Identifier: GPL-2.0
/* kanary-bench: commands that compare methods on data sets. Not installed. */
#include "commands.h"
#include "program.h"

static const struct kanary_program_command commands[] = {
	{ .name = "bench", .run = kanary_bench_main },
	{ .name = "bench-paths", .run = kanary_bench_paths_main },
};

int main(int argc, char **argv)
{
	return kanary_program_main(commands, sizeof(commands) / sizeof(*commands), argc, argv);
}
