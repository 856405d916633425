/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The grams head: how many bits a process's calls take, one by one, for who knows
 * what usually comes after the calls before. A language model of n-grams with backing
 * off (Katz 1987) as an automaton: a state is a context of calls that was learned,
 * the longest that fits, and knows the calls that came after it. A call that
 * it does not know is looked for after a context that is one call shorter.
 */
#ifndef _KANARY_GRAMS_HEAD_H
#define _KANARY_GRAMS_HEAD_H

#include "log.h"
#include "model.h"
#include "scratch.h"

/**
 * struct kanary_grams_head_state - what a stream's calls took so far
 * @bits: sum, Q.10
 * @calls: of them
 * @reserved: 0
 */
struct kanary_grams_head_state {
	u64 bits;
	u32 calls;
	u32 reserved;
};

/**
 * kanary_grams_head_add() - count the calls of a log towards @state
 * @log: its context says where its first call is
 */
void kanary_grams_head_add(const struct kanary_model *model,
			   struct kanary_grams_head_state *state, const struct kanary_log *log);

/** kanary_grams_head_halve() - half as many calls, of as many bits each */
void kanary_grams_head_halve(struct kanary_grams_head_state *state);

/** kanary_grams_head_error() - bits a call, Q20.12; 0 before the first */
u32 kanary_grams_head_error(const struct kanary_grams_head_state *state);

/**
 * kanary_grams_head_explain() - which calls took the bits of a log
 * @bits: [KANARY_BINS], set: bits of the calls of each bin, Q.10
 * @unexpected: [KANARY_BINS], set: those of these calls that took as many bits as a
 *	call that could be any, or more
 */
void kanary_grams_head_explain(const struct kanary_model *model, const struct kanary_log *log,
			       u32 *bits, u16 *unexpected);

#endif /* _KANARY_GRAMS_HEAD_H */
