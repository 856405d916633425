/* SPDX-License-Identifier: GPL-2.0 */
/* Signals and time for commands that run until they are told to stop. */
#ifndef KANARY_INTERRUPT_H
#define KANARY_INTERRUPT_H

#include <stdbool.h>
#include <stdint.h>

/**
 * kanary_interrupt_open() - turn SIGINT, SIGTERM and SIGHUP into something to poll
 *
 * Return: a descriptor that becomes readable, or -1 with errno set.
 */
int kanary_interrupt_open(void);

/** kanary_interrupt_pending() - whether such a signal has come */
bool kanary_interrupt_pending(int descriptor);

/**
 * kanary_interrupt_with() - one descriptor to poll for two
 * @other: of whatever else may wake up
 *
 * Return: a descriptor that is readable while one of both is, or -1 with errno set.
 */
int kanary_interrupt_with(int descriptor, int other);

/** kanary_interrupt_now() - CLOCK_MONOTONIC in nanoseconds */
uint64_t kanary_interrupt_now(void);

#endif /* KANARY_INTERRUPT_H */
