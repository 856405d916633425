/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers for tests that are the same everywhere. */
#ifndef KANARY_RANDOM_DRAW_H
#define KANARY_RANDOM_DRAW_H

#include "types.h"

/** kanary_random_draw() - splitmix64 (Steele, Lea, Flood 2014): any state will do as a seed */
static inline u64 kanary_random_draw(u64 *state)
{
	u64 value = *state += 0x9e3779b97f4a7c15;

	value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
	value = (value ^ value >> 27) * 0x94d049bb133111eb;
	return value ^ value >> 31;
}

/** kanary_random_draw_below() - 0 .. @limit - 1 */
static inline u32 kanary_random_draw_below(u64 *state, u32 limit)
{
	return (u32)((kanary_random_draw(state) >> 32) * limit >> 32);
}

#endif /* KANARY_RANDOM_DRAW_H */
