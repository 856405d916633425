/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The watchdog: proves every few seconds that system calls are still seen, and
 * that what is seen is still judged. Each fault is said in the log once, when it
 * begins, and once when it is over.
 */
#ifndef _KANARY_WATCHDOG_H
#define _KANARY_WATCHDOG_H

#include <linux/types.h>

/* Seconds between two tests: the most that can be asked for. */
#define KANARY_WATCHDOG_MAX 3600

/** kanary_watchdog_init() - begin; after hook and worker; @seconds between tests, 0 for none */
void kanary_watchdog_init(u32 seconds);

/** kanary_watchdog_uninit() - when it returns, no test runs; before the hook goes; sleeps */
void kanary_watchdog_uninit(void);

/** kanary_watchdog_state() - working, off, or the gravest fault there is: hook-silent,
 *	worker-stalled or late */
const char *kanary_watchdog_state(void);

#endif /* _KANARY_WATCHDOG_H */
