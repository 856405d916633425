/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What containers do, in a hurry. N = 0 goes on for ever.
 *
 *	storm calls N [NAME]	N getppid() by one task, which calls itself NAME
 *	storm forks N		N processes, 8 at a time, which call, exec and exit
 *	storm threads N		N threads, 8 at a time
 *	storm wait		until it is killed
 */
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { AT_A_TIME = 8, CALLS = 50 };

static void calls(unsigned long number)
{
	while (number--)
		syscall(SYS_getppid);
}

static void child(unsigned long number)
{
	calls(number % CALLS);
	/* The exec'd one finds nothing to do but its start-up and exit. */
	if (number % 2)
		execl("/proc/self/exe", "storm", "calls", "20", NULL);
	_exit(0);
}

static int forks(unsigned long number)
{
	unsigned long i, alive = 0;

	for (i = 0; !number || i < number; i++) {
		pid_t pid = fork();

		if (!pid)
			child(i);
		if (pid > 0)
			alive++;
		while (alive > AT_A_TIME || (pid < 0 && alive)) {
			if (wait(NULL) > 0)
				alive--;
			pid = 0;
		}
	}
	while (alive && wait(NULL) > 0)
		alive--;
	return 0;
}

static void *thread(void *number)
{
	calls(1 + (unsigned long)number % CALLS);
	return NULL;
}

static int threads(unsigned long number)
{
	pthread_t ring[AT_A_TIME];
	unsigned long i;

	for (i = 0; !number || i < number; i++) {
		if (i >= AT_A_TIME)
			pthread_join(ring[i % AT_A_TIME], NULL);
		if (pthread_create(&ring[i % AT_A_TIME], NULL, thread, (void *)i))
			return 1;
	}
	for (number = i > AT_A_TIME ? i - AT_A_TIME : 0; number < i; number++)
		pthread_join(ring[number % AT_A_TIME], NULL);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long number = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;

	if (argc > 3)
		prctl(PR_SET_NAME, argv[3]);
	if (argc > 2 && !strcmp(argv[1], "calls"))
		return calls(number ? number : ULONG_MAX), 0;
	if (argc > 2 && !strcmp(argv[1], "forks"))
		return forks(number);
	if (argc > 2 && !strcmp(argv[1], "threads"))
		return threads(number);
	if (argc > 1 && !strcmp(argv[1], "wait"))
		for (;;)
			pause();
	fprintf(stderr, "usage: storm calls|forks|threads N, or storm wait\n");
	return 2;
}
