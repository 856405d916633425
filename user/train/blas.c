// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "blas.h"

#include <gsl/gsl_cblas.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>

#define MIB ((size_t)1 << 20)
/* OpenBLAS's buffer, and what it asks for beyond it to align it. */
#define BUFFER (136 * MIB)
/* Another thread's stack and heap, beside its buffer. */
#define THREAD (144 * MIB)
/* Product of matrices that is large enough for OpenBLAS to take its buffer. */
#define SIZE 8

/* Of what openblas_get_parallel() returns: no lock keeps callers apart. */
#define SEQUENTIAL 0

void openblas_set_num_threads(int threads);
int openblas_get_parallel(void);

static bool has_room(size_t size)
{
	void *memory = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			    -1, 0);

	if (memory == MAP_FAILED)
		return false;
	munmap(memory, size);
	return true;
}

/* A buffer that was taken once is used again: the caller's is safe from here on. */
static void take_buffer(void)
{
	float a[SIZE * SIZE] = { 0 }, b[SIZE * SIZE] = { 0 }, c[SIZE * SIZE];

	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, SIZE, SIZE, SIZE, 1, a, SIZE, b,
		    SIZE, 0, c, SIZE);
}

uint32_t kanary_blas_prepare(uint32_t callers)
{
	if (!has_room(BUFFER))
		return 0;
	openblas_set_num_threads(1);
	take_buffer();
	if (openblas_get_parallel() == SEQUENTIAL)
		return 1;
	while (callers > 1 && !has_room((callers - 1) * (BUFFER + THREAD)))
		callers--;
	return callers;
}
