// SPDX-License-Identifier: GPL-2.0
/* kanary-model: commands that train a model or run one, with GSL and OpenBLAS. */
#include "commands.h"
#include "program.h"

static const struct kanary_program_command commands[] = {
	{ .name = "train", .run = kanary_train_main },
	{ .name = "eval", .run = kanary_eval_main },
	{ .name = "score", .run = kanary_score_main },
	{ .name = "identify", .run = kanary_identify_main },
	{ .name = "paths", .run = kanary_paths_main },
};

int main(int argc, char **argv)
{
	return kanary_program_main(commands, sizeof(commands) / sizeof(*commands), argc, argv);
}
