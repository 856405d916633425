/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From a stream of vectors to verdicts. The module's worker and the CLI run
 * this same code; the kernel must not sleep, allocate or use floats here.
 */
#ifndef _KANARY_SCORE_H
#define _KANARY_SCORE_H

#include "model.h"

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

/**
 * struct kanary_score_stream - what a model remembers of one stream
 * @total: sum of the stream's counts so far, after decay
 * @filled: vectors of the stream in the ring, up to the model's steps
 * @next: ring slot of the next vector
 * @due: vectors until the sequence head speaks next
 * @memory: u32 cumulative[inputs], then s16 ring[steps][inputs] of features
 *
 * Opaque outside score.c but for its size.
 */
struct kanary_score_stream {
	u32 total;
	u16 filled;
	u16 next;
	u32 due;
	u32 memory[];
};

/** kanary_score_stream_size() - bytes of a stream's state under @model */
size_t kanary_score_stream_size(const struct kanary_model *model);

/** kanary_score_stream_init() - forget everything */
void kanary_score_stream_init(const struct kanary_model *model,
			      struct kanary_score_stream *stream);

/** kanary_score_scratch_size() - bytes of working memory of one verdict, 8-aligned */
size_t kanary_score_scratch_size(const struct kanary_model *model);

/**
 * kanary_score_vector() - judge the next vector of a stream
 * @model: prepared
 * @stream: of this model, updated
 * @counts: ascending bins below KANARY_BINS
 * @length: of @counts
 * @scratch: kanary_score_scratch_size() bytes, 8-byte aligned, contents undefined;
 *	afterwards it holds what kanary_score_explain() needs
 * @verdict: set
 *
 * Time is bounded by the model's dimensions. Never fails.
 */
void kanary_score_vector(const struct kanary_model *model, struct kanary_score_stream *stream,
			 const struct kanary_count *counts, u32 length, void *scratch,
			 struct kanary_verdict *verdict);

/**
 * kanary_score_explain() - which syscalls made the last verdict's error
 * @counts: the vector that was judged last with @scratch
 * @unusual: largest contribution first
 *
 * Reads the head that was more surprised. An input that several bins share is
 * named by the one of them that the vector counts most.
 *
 * Return: entries set in @unusual, 0 .. KANARY_UNUSUAL_MAX.
 */
u32 kanary_score_explain(const struct kanary_model *model,
			 const struct kanary_score_stream *stream,
			 const struct kanary_count *counts, u32 length, const void *scratch,
			 const struct kanary_verdict *verdict,
			 struct kanary_unusual unusual[KANARY_UNUSUAL_MAX]);

/**
 * kanary_score_reference() - run the self-test that the model carries
 * @stream: scratch state of kanary_score_stream_size() bytes
 *
 * Return: whether the verdict is the expected one to the bit.
 */
bool kanary_score_reference(const struct kanary_model *model,
			    struct kanary_score_stream *stream, void *scratch);

#endif /* _KANARY_SCORE_H */
