/* SPDX-License-Identifier: GPL-2.0 */
/* System calls in an order that is known: what order_calls.c makes and order_check.c expects. */
#ifndef ORDER_SEQUENCE_H
#define ORDER_SEQUENCE_H

#include "kanary_netlink.h"

enum {
	ORDER_CALLS = 3000,
	/* more system calls, by their numbers */
	ORDER_FORK = 57,
	ORDER_EXECVE = 59,
	ORDER_EXIT = 60,
	ORDER_WAIT4 = 61,
};

/**
 * order_sequence_next() - bin of the next call
 * @state: of the generator; at first 1 for the first process, 2 for its child, 3 for
 *	what that executes
 *
 * Calls without arguments: getpid, getuid, getgid, getppid, gettid; of the 32-bit
 * ABI getpid, getuid and getppid.
 */
static inline unsigned int order_sequence_next(unsigned int *state)
{
	static const unsigned short bins[] = {
		39, 102, 104, 110, 186, 110, 110, 39, 39, 102, 110, 39, 39,
		KANARY_BINS_BANK + 20, KANARY_BINS_BANK + 24, KANARY_BINS_BANK + 64,
	};

	*state = *state * 1664525 + 1013904223;
	return bins[*state >> 28];
}

#endif /* ORDER_SEQUENCE_H */
