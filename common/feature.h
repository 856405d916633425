/* SPDX-License-Identifier: GPL-2.0 */
/* From counts of calls to what a model reads. */
#ifndef _KANARY_FEATURE_H
#define _KANARY_FEATURE_H

#include "types.h"

/**
 * kanary_feature_reciprocal() - what kanary_feature_value() multiplies with
 * @total: calls, any
 *
 * Return: floor(2^62 / @total), or 0 for a total of 0.
 */
u64 kanary_feature_reciprocal(u32 total);

/**
 * kanary_feature_value() - square root of a bin's share of the calls
 * @count: at most the total that @reciprocal was made of
 * @reciprocal: of the total
 *
 * share = (count * reciprocal + 2^31) >> 32 in Q0.30, value = its square root,
 * rounded to nearest, at most 32767. Less than one unit in the last place
 * (plus the saturation at 1) off for totals up to 2^28.
 *
 * Return: Q0.15, 0 .. 32767.
 */
s16 kanary_feature_value(u32 count, u64 reciprocal);

#endif /* _KANARY_FEATURE_H */
