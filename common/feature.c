/* SPDX-License-Identifier: GPL-2.0 */
#include "feature.h"

#include "divide.h"

u64 kanary_feature_reciprocal(u32 total)
{
	return total ? kanary_divide(1ull << 62, total) : 0;
}

/* Square root of at most 2^30, rounded to nearest, a bit at a time; no branch to mispredict. */
static u32 square_root(u32 square)
{
	u32 root = 0;
	u32 bit, trial, fits;

	for (bit = 1u << 30; bit; bit >>= 2) {
		trial = root + bit;
		fits = 0 - (u32)(square >= trial);
		square -= trial & fits;
		root = (root >> 1) + (bit & fits);
	}
	/* what is left exceeds root: the square lies beyond (root + 1/2)^2 */
	return root + (square > root);
}

s16 kanary_feature_value(u32 count, u64 reciprocal)
{
	u32 root;

	if (!count)
		return 0;
	root = square_root((u32)((count * reciprocal + (1u << 31)) >> 32));
	return root > 32767 ? 32767 : (s16)root;
}
