/* SPDX-License-Identifier: GPL-2.0 */
/*
 * getppid PERIOD STRIDE [PATH]: instructions per getppid(), or per openat() of PATH.
 *
 * The kernel refuses that openat() for its flags, before it looks at the path or has a
 * file to free behind the caller's back: its own part is small, and the same each time.
 *
 * For a guest whose time stamp counter counts instructions. Prints the median
 * over blocks of 64 calls (what a call costs) and the average over whole
 * periods and strides (what all of it costs, timer ticks and worker included).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>

enum { BLOCK = 64, ROUNDS = 4 };

static uint64_t now(void)
{
	uint32_t low, high;

	__asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

static const char *path;

/* No errno, no vDSO, no libc: nothing but the loop around the instruction. */
static void call(unsigned int times)
{
	while (times--) {
		long number = path ? SYS_openat : SYS_getppid;

		__asm__ volatile("syscall" : "+a"(number) : "D"(AT_FDCWD), "S"(path),
				   "d"(O_TMPFILE | O_RDONLY)
				 : "rcx", "r11", "memory");
	}
}

static int ascending(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

int main(int argc, char **argv)
{
	unsigned long period, stride, blocks, i;
	uint64_t start, all, *block;

	if (argc != 3 && argc != 4)
		return 2;
	path = argv[3];
	period = strtoul(argv[1], NULL, 10);
	stride = strtoul(argv[2], NULL, 10);
	blocks = ROUNDS * stride * period / BLOCK;
	block = malloc(blocks * sizeof(*block));
	if (!block || period % BLOCK)
		return 2;
	/* Two strides first: the sequence is full, the caches are as they will be. */
	call(2 * stride * period);
	all = now();
	for (i = 0; i < blocks; i++) {
		start = now();
		call(BLOCK);
		block[i] = now() - start;
	}
	all = now() - all;
	qsort(block, blocks, sizeof(*block), ascending);
	printf("%.2f %.2f\n", (double)block[blocks / 2] / BLOCK, (double)all / (blocks * BLOCK));
	return 0;
}
