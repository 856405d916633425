/* SPDX-License-Identifier: GPL-2.0 */
/* What OpenBLAS needs before it is called from several threads, or where memory is limited. */
#ifndef KANARY_BLAS_H
#define KANARY_BLAS_H

#include <stdint.h>

/**
 * kanary_blas_prepare() - before the first call of OpenBLAS
 * @callers: threads that want to call it at a time
 *
 * OpenBLAS works in one thread a call from now on. For each caller it takes a buffer of
 * address space, and where the limit of that (ulimit -v) leaves none, it tries for ever: so
 * that there is room is seen to here.
 *
 * Debian's alternatives choose which OpenBLAS there is: the serial one gives wrong results to
 * several callers, so it has one.
 *
 * Return: how many may call it at a time, 1 .. @callers, or 0 where there is no room for one.
 */
uint32_t kanary_blas_prepare(uint32_t callers);

/** What to say where there is no room. */
#define KANARY_BLAS_NO_ROOM \
	"too little address space: OpenBLAS takes 128 MiB; raise the limit (ulimit -v)"

#endif /* KANARY_BLAS_H */
