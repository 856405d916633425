/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What becomes of tasks besides fork and exit. COMMAND is what they exec.
 *
 *	life threads N FILE	N threads call getppid() 100, 200 ... times, once FILE is there
 *	life leap COMMAND...	a thread that is not the first of its process execs
 *	life vfork N COMMAND...	N children that are vfork()ed and exec
 *	life sibling N		a child of its own parent, which calls getppid() N times and ends
 *	life again PID COMMAND...	two children, one after the other, with this same number,
 *				each the first of a pid namespace
 */
#define _GNU_SOURCE
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS_MAX = 16, CALLS = 100, PATIENCE_US = 10000 };

static const char *start;

static void *thread(void *number)
{
	uintptr_t calls = (uintptr_t)number * CALLS;

	while (access(start, F_OK))
		usleep(PATIENCE_US);
	while (calls--)
		syscall(SYS_getppid);
	return NULL;
}

static int threads(unsigned long number)
{
	pthread_t all[THREADS_MAX];
	uintptr_t i;

	for (i = 0; i < number && i < THREADS_MAX; i++)
		if (pthread_create(&all[i], NULL, thread, (void *)(i + 1)))
			return 1;
	while (i--)
		pthread_join(all[i], NULL);
	return 0;
}

static int sibling(unsigned long number)
{
	int gate[2];
	char none;
	long pid;

	if (pipe(gate))
		return 1;
	pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
	if (pid < 0)
		return 1;
	if (!pid) {
		while (number--)
			syscall(SYS_getppid);
		_exit(0);
	}
	/* It is not ours to wait for, but its end of the pipe ends with it. */
	close(gate[1]);
	return read(gate[0], &none, 1) != 0;
}

static void *leaper(void *command)
{
	execv(*(char **)command, command);
	_exit(1);
}

static int leap(char **command)
{
	pthread_t one;

	if (pthread_create(&one, NULL, leaper, command))
		return 1;
	/* The exec ends this one. */
	for (;;)
		pause();
}

static int borrow(char **command)
{
	int status;
	pid_t pid;

	pid = vfork();
	if (!pid) {
		execv(*command, command);
		_exit(1);
	}
	return pid < 0 || waitpid(pid, &status, 0) != pid || status;
}

/* A number of its own choice: 1 in the new namespace, @pid in this one. */
static int numbered(pid_t pid, char **command)
{
	pid_t numbers[] = { 1, pid };
	struct clone_args arguments = {
		.flags = CLONE_NEWPID,
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)numbers,
		.set_tid_size = 2,
	};
	int status;
	long child;

	child = syscall(SYS_clone3, &arguments, sizeof(arguments));
	if (!child) {
		execv(*command, command);
		_exit(1);
	}
	if (child != pid) {
		perror("clone3");
		return 1;
	}
	return waitpid(pid, &status, 0) != pid || status;
}

int main(int argc, char **argv)
{
	unsigned long number = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;

	if (argc > 3 && !strcmp(argv[1], "threads")) {
		start = argv[3];
		return threads(number);
	}
	if (argc > 2 && !strcmp(argv[1], "leap"))
		return leap(argv + 2);
	if (argc > 3 && !strcmp(argv[1], "vfork")) {
		while (number--)
			if (borrow(argv + 3))
				return 1;
		return 0;
	}
	if (argc > 2 && !strcmp(argv[1], "sibling"))
		return sibling(strtoul(argv[2], NULL, 10));
	if (argc > 3 && !strcmp(argv[1], "again"))
		return numbered((pid_t)number, argv + 3) || numbered((pid_t)number, argv + 3);
	fprintf(stderr, "usage: life threads N FILE, life leap COMMAND, life vfork N COMMAND, "
		"life sibling N, or life again PID COMMAND\n");
	return 2;
}
