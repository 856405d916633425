/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The order of calls as bins: each call and the two before it are a triple, and
 * triples are hashed, so that a histogram of them has a bounded size.
 */
#ifndef _KANARY_ORDER_H
#define _KANARY_ORDER_H

#include "kanary_netlink.h"
#include "types.h"

/* Before a stream's first call: three bins that there are none of. */
#define KANARY_ORDER_START 0x3fffffffu

/**
 * kanary_order_next() - the triple that ends with one more call
 * @context: the triple before, or KANARY_ORDER_START at the beginning of a stream
 * @bin: of the call, 0 .. KANARY_BINS - 1
 *
 * Return: the last three bins, 10 bits each, the latest in the lowest.
 */
static inline u32 kanary_order_next(u32 context, u32 bin)
{
	return (context << 10 | bin) & 0x3fffffff;
}

/**
 * kanary_order_bin() - where a triple is counted
 * @context: from kanary_order_next()
 *
 * Multiplicative hashing by 2^32 over the golden ratio: Knuth, The Art of
 * Computer Programming, volume 3, section 6.4.
 *
 * Return: KANARY_BINS .. KANARY_PATH_FIRST - 1.
 */
static inline u32 kanary_order_bin(u32 context)
{
	return KANARY_BINS + (context * 0x9E3779B1u >> 22);
}

#endif /* _KANARY_ORDER_H */
