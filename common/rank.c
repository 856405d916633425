/* SPDX-License-Identifier: GPL-2.0 */
#include "rank.h"

/* 0.7 log2(10), Q16: from a surprise in powers of 10 to an exponent of 2. */
#define EXPONENT 152394u

/* 2^(-i / 16), Q16. */
static const u32 power[] = {
	65536, 62757, 60097, 57549, 55109, 52773, 50535, 48393,
	46341, 44376, 42495, 40693, 38968, 37316, 35734, 34219,
	32768,
};

u32 kanary_rank(u32 surprise)
{
	u32 exponent = surprise * EXPONENT;
	u32 whole = exponent >> 24;
	u32 i = exponent >> 20 & 15;
	u32 between = exponent >> 8 & 0xfff;
	u32 tail;

	tail = power[i] - ((power[i] - power[i + 1]) * between >> 12);
	return KANARY_RANK_ONE - (whole > 16 ? 0 : tail >> whole);
}
