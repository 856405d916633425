/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The calls of a vector in the order in which they were made.
 *
 * Whoever counts calls keeps a ring of the last of them, written from its end
 * down: a call of which @left more are to come before the period is full stands
 * at @left. So nothing but the count that there is anyway says where.
 */
#ifndef _KANARY_LOG_H
#define _KANARY_LOG_H

#include "kanary_netlink.h"
#include "types.h"

/* Calls and what came before them, as a vector has them at most. */
#define KANARY_LOG_MAX (KANARY_LOG_CONTEXT + KANARY_LOG_CALLS)

/**
 * struct kanary_log - calls in their order
 * @call: [@context + @calls], bins below KANARY_BINS; the first of the context
 *	may be KANARY_LOG_START
 * @context: known of what came before, up to KANARY_LOG_CONTEXT
 * @calls: up to KANARY_LOG_CALLS; 0 where there is no log
 */
struct kanary_log {
	const u16 *call;
	u32 context;
	u32 calls;
};

/** kanary_log_at() - place of a call in a ring, @left more being missing to a period */
static inline u32 kanary_log_at(u32 left)
{
	return left & (KANARY_LOG_CALLS - 1);
}

/**
 * kanary_log_begin() - nothing comes before the first call of a stream
 * @before: [KANARY_LOG_CONTEXT], latest first
 */
void kanary_log_begin(u16 *before);

/**
 * kanary_log_unroll() - the calls of a vector out of a ring, oldest first
 * @log: set; its calls stand in @memory
 * @memory: [KANARY_LOG_MAX]
 * @ring: [KANARY_LOG_CALLS]
 * @left: calls missing to a whole period
 * @calls: of the vector; of more than KANARY_LOG_CALLS the last, without a context
 * @before: [KANARY_LOG_CONTEXT], latest first
 */
void kanary_log_unroll(struct kanary_log *log, u16 *memory, const u16 *ring, u32 left, u32 calls,
		       const u16 *before);

/**
 * kanary_log_copy() - the part of a ring that holds the last @calls, to the same place
 * @to: [KANARY_LOG_CALLS], 8-byte aligned, as is @from
 * @left: calls missing to a whole period
 */
void kanary_log_copy(u16 *to, const u16 *from, u32 left, u32 calls);

/** kanary_log_check() - NULL, or one sentence that says what is wrong with untrusted calls */
const char *kanary_log_check(const struct kanary_log *log);

#endif /* _KANARY_LOG_H */
