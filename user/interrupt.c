// SPDX-License-Identifier: GPL-2.0
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>

#include "interrupt.h"

int kanary_interrupt_open(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	/* A shell starts background jobs with SIGINT ignored; ignored ones never become readable. */
	signal(SIGINT, SIG_DFL);
	if (sigprocmask(SIG_BLOCK, &signals, NULL))
		return -1;
	return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
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
