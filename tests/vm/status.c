/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kanary status, alone: the scripts ask for it again and again, and to load the libraries
 * that the rest of kanary needs takes seconds on a debug kernel under emulation.
 */
#include "commands.h"

int main(int argc, char **argv)
{
	return kanary_status_main(argc, argv);
}
