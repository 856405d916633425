// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "interrupt.h"

/*
 * No signalfd: it needs the signals blocked in every thread, and OpenBLAS has
 * started threads of its own before main().
 */
static int event = -1;

static void note_signal(int number)
{
	const uint64_t one = 1;
	int saved = errno;
	ssize_t written;

	/* Fails only when it has been said more often than anybody can count. */
	written = write(event, &one, sizeof(one));
	(void)written;
	errno = saved;
}

int kanary_interrupt_open(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = note_signal, .sa_flags = SA_RESTART };
	size_t i;

	event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (event < 0)
		return -1;
	/* Also where a shell had SIGINT ignored, as it does for background jobs. */
	for (i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &action, NULL);
	return event;
}

bool kanary_interrupt_pending(int descriptor)
{
	struct pollfd ready = { .fd = descriptor, .events = POLLIN };

	return poll(&ready, 1, 0) > 0;
}

int kanary_interrupt_with(int descriptor, int other)
{
	struct epoll_event event = { .events = EPOLLIN };
	int both = epoll_create1(EPOLL_CLOEXEC);

	if (both < 0)
		return -1;
	if (epoll_ctl(both, EPOLL_CTL_ADD, descriptor, &event) ||
	    epoll_ctl(both, EPOLL_CTL_ADD, other, &event)) {
		close(both);
		return -1;
	}
	return both;
}

uint64_t kanary_interrupt_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}
