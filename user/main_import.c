// SPDX-License-Identifier: GPL-2.0
/* kanary-import: the command that reads traces and archives, with libarchive. */
#include "commands.h"
#include "program.h"

static const struct kanary_program_command commands[] = {
	{ .name = "import", .run = kanary_import_main },
};

int main(int argc, char **argv)
{
	return kanary_program_main(commands, sizeof(commands) / sizeof(*commands), argc, argv);
}
