/* SPDX-License-Identifier: GPL-2.0 */
/* Division that links everywhere: 32-bit kernels have no 64-bit one. */
#ifndef _KANARY_DIVIDE_H
#define _KANARY_DIVIDE_H

#include "types.h"

/**
 * kanary_divide() - @dividend / @divisor, rounded down
 * @divisor: not 0
 *
 * One instruction on 64-bit machines, else bit by bit; the same result.
 */
static inline u64 kanary_divide(u64 dividend, u32 divisor)
{
#ifdef __LP64__
	return dividend / divisor;
#else
	u64 remainder = 0, quotient = 0;
	int bit;

	for (bit = 63; bit >= 0; bit--) {
		remainder = remainder << 1 | (dividend >> bit & 1);
		quotient <<= 1;
		if (remainder >= divisor) {
			remainder -= divisor;
			quotient |= 1;
		}
	}
	return quotient;
#endif
}

#endif /* _KANARY_DIVIDE_H */
