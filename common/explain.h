/* SPDX-License-Identifier: GPL-2.0 */
/* Which head made a verdict's surprise, and which system calls its error. */
#ifndef _KANARY_EXPLAIN_H
#define _KANARY_EXPLAIN_H

#include "score.h"

/* Bins that an alert names. */
#define KANARY_UNUSUAL_MAX 4

/**
 * struct kanary_unusual - one reason for an alert
 * @bin: 0 .. KANARY_BINS - 1
 * @excess: calls more (or fewer) than the model expects
 */
struct kanary_unusual {
	u32 bin;
	s32 excess;
};

/** kanary_explain_loudest() - the head that was most surprised, and speaks for the others */
enum kanary_score_head kanary_explain_loudest(const struct kanary_verdict *verdict);

/**
 * kanary_explain_head() - its name: process, grams, path-names, path-histogram, sequence or
 * process-sequence
 */
const char *kanary_explain_head(const struct kanary_verdict *verdict);

/**
 * kanary_explain_hundredths() - a surprise as it is printed, in hundredths
 * @surprise: Q24.8
 *
 * Return: to the nearest one, and of two as near to the even one, as printf() has it.
 */
u64 kanary_explain_hundredths(u32 surprise);

/**
 * kanary_explain_verdict() - which syscalls made the last verdict's error
 * @container: any pointer without a container head
 * @counts: the vector that was judged last with @scratch
 * @log: its calls in their order
 * @unusual: largest contribution first
 *
 * Where the grams head speaks, the excess is of calls that were not expected where they
 * were made. Reads the head that was most surprised. An input that several bins share is
 * named by the one of them that the vector counts most.
 *
 * Return: entries set in @unusual, 0 .. KANARY_UNUSUAL_MAX.
 */
u32 kanary_explain_verdict(const struct kanary_model *model,
			 const struct kanary_score_stream *stream,
			 const struct kanary_score_container *container,
			 const struct kanary_count *counts, u32 length,
			 const struct kanary_log *log, const void *scratch,
			 const struct kanary_verdict *verdict,
			 struct kanary_unusual unusual[KANARY_UNUSUAL_MAX]);

#endif /* _KANARY_EXPLAIN_H */
