// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "parallel.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "message.h"

void *kanary_parallel_memory(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void kanary_parallel_free(void *memory, size_t size)
{
	if (memory)
		munmap(memory, size);
}

/* Waits for one of @child; 0 where it did its round. */
static int wait_for_one(pid_t *child, uint32_t *children)
{
	int status = 1;
	uint32_t i;
	pid_t pid;

	do
		pid = wait(&status);
	while (pid < 0 && errno == EINTR);
	if (pid < 0) {
		/* as with SIGCHLD ignored: how they ended is not to be had */
		*children = 0;
		return kanary_message_error("cannot wait for a process: %s", strerror(errno));
	}
	for (i = 0; i < *children; i++)
		if (child[i] == pid) {
			child[i] = child[--*children];
			break;
		}
	if (WIFSIGNALED(status))
		return kanary_message_error("a process of this command was ended by signal %d",
					    WTERMSIG(status));
	return !!status;
}

int kanary_parallel_run(uint32_t rounds, uint32_t jobs,
			int (*run)(void *context, uint32_t round),
			void (*done)(void *context, uint32_t rounds), void *context)
{
	uint32_t children = 0, begun = 0, ended = 0;
	pid_t child[KANARY_PARALLEL_MAX];
	int status = 0;

	while (children || (begun < rounds && !status)) {
		if (children < jobs && begun < rounds && !status) {
			fflush(NULL);
			child[children] = fork();
			if (!child[children])
				_exit(run(context, begun));
			if (child[children] < 0)
				status = kanary_message_error("cannot start a process: %s",
							      strerror(errno));
			else
				children++;
			begun++;
			continue;
		}
		status |= wait_for_one(child, &children);
		if (done)
			done(context, ++ended);
	}
	return status;
}
