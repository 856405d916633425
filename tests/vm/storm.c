/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What containers do, in a hurry. N = 0 goes on for ever.
 *
 *	storm calls N [NAME]	N getppid() by one task, which calls itself NAME
 *	storm forks N		N processes, 8 at a time, which call, exec and exit
 *	storm threads N		N threads, 8 at a time
 *	storm compat N		N getpid() of the 32-bit ABI
 *	storm execs N		a thread, not the first, that execs this with N - 1
 *	storm numbers N		each system call there is, N times, mostly refused
 *	storm crowd N		N processes that, once all are there, make 50 calls and stay
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

/* NUMBERS: beyond the last that any kernel has. */
enum { AT_A_TIME = 8, CALLS = 50, NUMBERS = 600 };

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

/* As an old program makes it; the number is that of its own ABI. */
static void compat(unsigned long number)
{
	while (number--) {
		long result = 20;

		asm volatile("int $0x80" : "+a" (result) : : "memory", "r8", "r9", "r10", "r11");
	}
}

/* Those that do not come back, come back twice, or stop the guest. */
static int returns(long call)
{
	switch (call) {
	case SYS_rt_sigreturn:
	case SYS_pause:
	case SYS_clone:
	case SYS_fork:
	case SYS_vfork:
	case SYS_exit:
	case SYS_exit_group:
	case SYS_reboot:
	case SYS_rt_sigsuspend:
	case SYS_clone3:
	case SYS_sync:
	/* uretprobe and uprobe */
	case 335:
	case 336:
		return 0;
	default:
		return 1;
	}
}

static void numbers(unsigned long number)
{
	long call;

	while (number--) {
		for (call = 0; call < NUMBERS; call++) {
			if (returns(call))
				syscall(call, -1L, -1L, -1L, -1L, -1L, -1L);
		}
	}
}

static void *exec_again(void *argument)
{
	execl("/proc/self/exe", "storm", "execs", argument, NULL);
	_exit(1);
}

static int execs(unsigned long number)
{
	char next[24];
	pthread_t thread;

	calls(CALLS);
	if (!number)
		return 0;
	snprintf(next, sizeof(next), "%lu", number - 1);
	if (pthread_create(&thread, NULL, exec_again, next))
		return 1;
	for (;;)
		calls(CALLS);
}

/*
 * Those that ran while there are more to come would leave the one that makes them no time: who
 * has slept goes first.
 */
static int crowd(unsigned long number)
{
	int gate[2];
	char none;

	if (pipe(gate))
		return 1;
	while (number--) {
		pid_t pid = fork();

		if (pid < 0) {
			perror("storm: fork");
			return 1;
		}
		if (pid)
			continue;
		close(gate[1]);
		if (read(gate[0], &none, 1))
			_exit(1);
		calls(CALLS);
		for (;;)
			pause();
	}
	close(gate[1]);
	for (;;)
		pause();
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
	if (argc > 2 && !strcmp(argv[1], "compat"))
		return compat(number), 0;
	if (argc > 2 && !strcmp(argv[1], "numbers"))
		return numbers(number), 0;
	if (argc > 2 && !strcmp(argv[1], "execs"))
		return execs(number);
	if (argc > 2 && !strcmp(argv[1], "crowd"))
		return crowd(number);
	if (argc > 1 && !strcmp(argv[1], "wait"))
		for (;;)
			pause();
	fprintf(stderr, "usage: storm calls|forks|threads|compat|execs|numbers|crowd N, or storm wait\n");
	return 2;
}
