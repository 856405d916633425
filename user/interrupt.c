// SPDX-License-Identifier: GPL-2.0
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "interrupt.h"

static int event = -1;

static void handle(int number)
{
	const uint64_t one = 1;

	(void)number;
	if (write(event, &one, sizeof(one)) < 0)
		return;
}

/*
 * Handlers, and not a signalfd: that needs the signals blocked in every thread,
 * and OpenBLAS starts threads of its own before main() can block anything.
 */
int kanary_interrupt_open(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = handle, .sa_flags = SA_RESTART };
	size_t i;

	event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (event < 0)
		return -1;
	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (sigaction(numbers[i], &action, NULL))
			return -1;
	return event;
}

bool kanary_interrupt_pending(int descriptor)
{
	struct pollfd ready = { .fd = descriptor, .events = POLLIN };

	return poll(&ready, 1, 0) > 0;
}

uint64_t kanary_interrupt_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}
