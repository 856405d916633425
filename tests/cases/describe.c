// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "describe.h"

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "recording"))
		return describe_recording(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "tree"))
		return describe_tree(argv[2], argv[3]);
	fprintf(stderr, "usage: describe recording FILE | describe tree STATEMENTS ROOT\n");
	return 2;
}
