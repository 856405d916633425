/* SPDX-License-Identifier: GPL-2.0 */
/* Rounds of work that do not depend on each other, in threads that share all memory. */
#ifndef KANARY_WORKERS_H
#define KANARY_WORKERS_H

#include <stdint.h>

/* At a time. */
#define KANARY_WORKERS_MAX 64

/** kanary_workers_cpus() - CPUs that this process may use, 1 .. KANARY_WORKERS_MAX */
uint32_t kanary_workers_cpus(void);

/**
 * kanary_workers_run() - do all rounds, and wait for them
 * @rounds: from 0 on, begun in this order
 * @jobs: at a time, 1 .. KANARY_WORKERS_MAX; fewer where the system gives no more threads
 * @run: one of them; it keeps what it makes apart from what others make
 */
void kanary_workers_run(uint32_t rounds, uint32_t jobs,
			void (*run)(void *context, uint32_t round), void *context);

#endif /* KANARY_WORKERS_H */
