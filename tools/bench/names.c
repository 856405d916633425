// SPDX-License-Identifier: GPL-2.0
/*
 * names ROOT NAME ROUNDS: what it costs to find a container by name, and to name a number
 *
 * The least of ROUNDS, in microseconds: "find N" and "resolve N". Nothing is remembered
 * from one round to the next, as by a command that runs once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "container/container_name.h"

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

int main(int argc, char **argv)
{
	double begin, found, named, find = 1e12, resolve = 1e12;
	char why[512];
	uint64_t cgroup;
	int rounds;

	if (argc != 4)
		return 2;
	for (rounds = atoi(argv[3]); rounds > 0; rounds--) {
		kanary_container_name_root(argv[1]);
		begin = now();
		if (!kanary_container_name_find(argv[2], &cgroup, why, sizeof(why))) {
			fprintf(stderr, "%s\n", why);
			return 1;
		}
		found = now();
		kanary_container_name_root(argv[1]);
		kanary_container_name_resolve(cgroup);
		named = now();
		find = found - begin < find ? found - begin : find;
		resolve = named - found < resolve ? named - found : resolve;
	}
	printf("find %.0f\nresolve %.0f\n", find, resolve);
	return 0;
}
