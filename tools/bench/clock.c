/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a program's calls are where the kernel's clock source keeps the vDSO from answering:
 * preloaded, this makes system calls of those that libc would ask the vDSO for.
 */
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now)
{
	return (int)syscall(SYS_clock_gettime, clock, now);
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	return (int)syscall(SYS_gettimeofday, now, zone);
}

time_t time(time_t *now)
{
	return syscall(SYS_time, now);
}
