/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The memory: histograms that were learned by heart, each with a radius within
 * which others are its like. How far a stream's counts are from all of them, in
 * radii, is the error. There are two: of calls, and of triples of successive calls.
 *
 * With x and p the square roots of two histograms' shares, 1 - sum of x p is the
 * square of their Hellinger distance. The radius adapts to how dense the normal
 * histograms are around each (Breiman, Meisel and Purcell 1977, variable kernel).
 */
#ifndef _KANARY_MEMORY_HEAD_H
#define _KANARY_MEMORY_HEAD_H

#include "model.h"

/**
 * struct kanary_memory_head_state - what a memory remembers of one stream
 * @last: item that was nearest before, and is tried first
 * @other: calls or triples so far in bins without a column
 * @count: [columns], the rest of them
 */
struct kanary_memory_head_state {
	u32 last;
	u32 other;
	u32 count[];
};

/** kanary_memory_head_size() - bytes of a stream's state, a multiple of 8 */
static inline size_t kanary_memory_head_size(const struct kanary_model_memory *memory)
{
	if (!memory->column)
		return 0;
	return sizeof(struct kanary_memory_head_state) + memory->shape->columns * sizeof(u32);
}

/** kanary_memory_head_add() - count a vector */
void kanary_memory_head_add(const struct kanary_model_memory *memory,
			    struct kanary_memory_head_state *state,
			    const struct kanary_count *counts, u32 length);

/** kanary_memory_head_halve() - halve all counts */
void kanary_memory_head_halve(const struct kanary_model_memory *memory,
			      struct kanary_memory_head_state *state);

/**
 * kanary_memory_head_error() - distance of the stream to the nearest item
 * @x: [columns], working memory; afterwards the stream's features, Q0.15
 *
 * Where the item that was nearest before is within the gate, or one on the way
 * is, the rest is not looked at: a daemon at its work costs one item a vector.
 *
 * Return: in radii of that item, Q20.12.
 */
u32 kanary_memory_head_error(const struct kanary_model_memory *memory,
			     struct kanary_memory_head_state *state, s16 *x);

#endif /* _KANARY_MEMORY_HEAD_H */
