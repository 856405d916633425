/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sigmoid and tanh by table and linear interpolation.
 *
 * The tables hold the half x >= 0 at 512 segments of 1/64, in Q0.16; the other
 * half follows from tanh(-x) = -tanh(x) and sigmoid(-x) = 1 - sigmoid(x), both
 * exact. Interpolating over h = 1/64 costs at most h^2 / 8 * max|f''|, that is
 * 0.10 (sigmoid) and 0.77 (tanh) units of Q0.15; the rest of the error is rounding.
 */
#ifndef _KANARY_ACTIVATION_H
#define _KANARY_ACTIVATION_H

#include "types.h"

#define KANARY_ACTIVATION_SEGMENTS 512

/* The last entry is there twice, for x = 8. */
extern const u16 kanary_activation_sigmoid_table[KANARY_ACTIVATION_SEGMENTS + 2];
extern const u16 kanary_activation_tanh_table[KANARY_ACTIVATION_SEGMENTS + 2];

/* @magnitude: 0 .. 8, Q3.12; the function there, Q0.15, rounded half up */
static inline s32 kanary_activation_interpolate(const u16 *table, u32 magnitude)
{
	const u16 *entry = table + (magnitude >> 6);
	u32 fraction = magnitude & 63;

	return (s32)((((u32)entry[0] << 6) + (entry[1] - (u32)entry[0]) * fraction + 64) >> 7);
}

/**
 * kanary_activation_sigmoid() - 1 / (1 + e^-x)
 * @x: Q3.12, -32768 .. 32767
 *
 * Return: Q0.15, at most 0.78 units in the last place off, monotone.
 */
static inline s32 kanary_activation_sigmoid(s32 x)
{
	const u16 *table = kanary_activation_sigmoid_table;

	if (x < 0)
		return 32768 - kanary_activation_interpolate(table, (u32)-x);
	return kanary_activation_interpolate(table, (u32)x);
}

/**
 * kanary_activation_tanh() - hyperbolic tangent
 * @x: Q3.12, -32768 .. 32767
 *
 * Return: Q0.15, at most 1.33 units in the last place off, monotone, odd.
 */
static inline s32 kanary_activation_tanh(s32 x)
{
	const u16 *table = kanary_activation_tanh_table;

	if (x < 0)
		return -kanary_activation_interpolate(table, (u32)-x);
	return kanary_activation_interpolate(table, (u32)x);
}

#endif /* _KANARY_ACTIVATION_H */
