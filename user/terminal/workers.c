// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "workers.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

/**
 * struct crew - what the threads share
 * @begun: rounds that somebody has taken
 */
struct crew {
	uint32_t rounds;
	atomic_uint begun;
	void (*run)(void *context, uint32_t round);
	void *context;
};

uint32_t kanary_workers_cpus(void)
{
	cpu_set_t cpus;
	int count;

	/* more CPUs than the set has room for are more than there can be workers */
	if (sched_getaffinity(0, sizeof(cpus), &cpus))
		return KANARY_WORKERS_MAX;
	count = CPU_COUNT(&cpus);
	return count > KANARY_WORKERS_MAX ? KANARY_WORKERS_MAX : (uint32_t)count;
}

static void *work(void *argument)
{
	struct crew *crew = argument;
	uint32_t round;

	while ((round = atomic_fetch_add(&crew->begun, 1)) < crew->rounds)
		crew->run(crew->context, round);
	return NULL;
}

void kanary_workers_run(uint32_t rounds, uint32_t jobs,
			void (*run)(void *context, uint32_t round), void *context)
{
	struct crew crew = { .rounds = rounds, .run = run, .context = context };
	pthread_t thread[KANARY_WORKERS_MAX];
	uint32_t threads = 0;

	jobs = jobs < rounds ? jobs : rounds;
	/* the caller works, too */
	while (threads + 1 < jobs && !pthread_create(&thread[threads], NULL, work, &crew))
		threads++;
	work(&crew);
	while (threads)
		pthread_join(thread[--threads], NULL);
}
