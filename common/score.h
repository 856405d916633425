/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From a stream of vectors to verdicts. The module's worker and the CLI run
 * this same code; the kernel must not sleep, allocate or use floats here.
 */
#ifndef _KANARY_SCORE_H
#define _KANARY_SCORE_H

#include "alarm.h"
#include "grams_head.h"
#include "model.h"
#include "sequence_head.h"

/** kanary_score_reads_log() - whether a model's verdict depends on the calls in their order */
static inline bool kanary_score_reads_log(const struct kanary_model *model)
{
	return model->grams_start;
}

/* From a surprise, Q24.8, to an error, Q20.12: what the task's curve reads. */
#define KANARY_SCORE_SURPRISE_TO_ERROR 16

/**
 * enum kanary_score_head - which head a verdict is from
 * @KANARY_SCORE_PROCESS: what the process has done in all
 * @KANARY_SCORE_SEQUENCE: the order of its vectors
 * @KANARY_SCORE_CONTAINER: the order of the container's processes
 * @KANARY_SCORE_PATH_NAMES: a path that none like it uses
 * @KANARY_SCORE_GRAMS: calls that do not usually come after those before them
 * @KANARY_SCORE_PATH_HISTOGRAM: a mix of directories that none like it uses
 */
enum kanary_score_head {
	KANARY_SCORE_PROCESS,
	KANARY_SCORE_SEQUENCE,
	KANARY_SCORE_CONTAINER,
	KANARY_SCORE_PATH_NAMES,
	KANARY_SCORE_GRAMS,
	KANARY_SCORE_PATH_HISTOGRAM,
};

/**
 * struct kanary_score_stream - what a model remembers of one stream
 * @total: sum of the stream's counts so far, after decay
 * @partial: whether its beginning was not seen
 * @path_names_error: the largest of the paths since the last vector, Q20.12
 * @grams: of the grams head
 * @alarm: that its verdicts raise
 * @cumulative: [inputs]; behind it the counts of the path histogram head, then the ring of
 *	the sequence head
 */
struct kanary_score_stream {
	u32 total;
	u32 partial;
	u32 path_names_error;
	struct kanary_grams_head_state grams;
	struct kanary_alarm alarm;
	u32 cumulative[];
};

/**
 * struct kanary_score_container - what a model remembers of one container
 * @ring: of the container head
 */
struct kanary_score_container {
	struct kanary_sequence_head_ring ring;
};

/** kanary_score_paths() - a stream's paths so far, as the path histogram head counts them */
static inline u32 *kanary_score_paths(const struct kanary_model *model,
				      const struct kanary_score_stream *stream)
{
	return (u32 *)stream->cumulative + model->header->inputs;
}

/** kanary_score_ring() - latest vectors of a stream; only with a sequence head */
static inline struct kanary_sequence_head_ring *
kanary_score_ring(const struct kanary_model *model, const struct kanary_score_stream *stream)
{
	return (struct kanary_sequence_head_ring *)
		(kanary_score_paths(model, stream) + model->paths.inputs);
}

/**
 * kanary_score_ends() - whether a whole process ends with a vector
 * @stream: of the vector
 *
 * What carries no time was not recorded in a container, and has no place in its
 * order; nor has a process whose beginning was not seen.
 */
static inline bool kanary_score_ends(const struct kanary_score_stream *stream,
				     const struct kanary_vector *vector)
{
	return vector->reason != KANARY_REASON_PERIOD && vector->time && !stream->partial;
}

/** kanary_score_stream_size() - bytes of a stream's state under @model */
size_t kanary_score_stream_size(const struct kanary_model *model);

/** kanary_score_stream_init() - forget everything */
void kanary_score_stream_init(const struct kanary_model *model,
			      struct kanary_score_stream *stream);

/** kanary_score_stream_begin() - the same, to go on with this vector */
void kanary_score_stream_begin(const struct kanary_model *model,
			       struct kanary_score_stream *stream,
			       const struct kanary_vector *vector);

/** kanary_score_container_size() - bytes of a container's state, 0 without a container head */
size_t kanary_score_container_size(const struct kanary_model *model);

/** kanary_score_container_init() - forget all processes */
void kanary_score_container_init(const struct kanary_model *model,
				 struct kanary_score_container *container);

/** kanary_score_scratch_size() - bytes of working memory of one verdict, 8-aligned */
size_t kanary_score_scratch_size(const struct kanary_model *model);

/**
 * kanary_score_surprise() - what a calibration curve makes of an error
 * @knot: [@knots]
 * @error: Q20.12
 *
 * Return: Q24.8.
 */
u32 kanary_score_surprise(const struct kanary_model_knot *knot, u32 knots, u32 error);

/**
 * kanary_score_chosen() - what the largest of several surprises is worth
 * @heads: that it was chosen from, 1 .. 5: looking twice doubles the chance of a false alarm
 *
 * Return: @surprise less log10 of @heads, Q24.8.
 */
u32 kanary_score_chosen(u32 surprise, u32 heads);

/**
 * struct kanary_score_views - surprises of the views of one task's calls, Q24.8
 * @process: head
 * @grams: head
 *
 * Those that the model does not have are 0.
 */
struct kanary_score_views {
	u32 process;
	u32 grams;
};

/**
 * kanary_score_together() - what a model's task curve reads: the sum of the surprises (Fisher 1932)
 *
 * Return: Q20.12.
 */
u32 kanary_score_together(const struct kanary_score_views *views);

/**
 * kanary_score_vector() - judge the next vector of a stream
 * @model: prepared
 * @stream: of this model, updated
 * @counts: ascending bins below KANARY_VECTOR_BINS
 * @length: of @counts
 * @log: the calls in their order; read where kanary_score_reads_log() says so
 * @scratch: kanary_score_scratch_size() bytes, 8-byte aligned, contents undefined;
 *	afterwards it holds what kanary_explain_verdict() needs
 * @verdict: set
 *
 * A model may leave calls out (evidence.h). Where nothing else is there, only the names head
 * speaks, of the paths that were told; what is remembered of the stream stays as it is.
 * Time is bounded by the model's dimensions. Never fails.
 */
void kanary_score_vector(const struct kanary_model *model, struct kanary_score_stream *stream,
			 const struct kanary_count *counts, u32 length,
			 const struct kanary_log *log, void *scratch,
			 struct kanary_verdict *verdict);

/**
 * kanary_score_path() - judge a path; the stream's next vector tells of it, too
 * @stream: of this model, updated; or NULL
 * @name: any bytes
 * @length: of @name
 * @flags: KANARY_PATH_*
 *
 * Time is bounded by KANARY_PATH_SIZE_MAX. Never fails.
 *
 * Return: its surprise, Q24.8; 0 without a names head.
 */
u32 kanary_score_path(const struct kanary_model *model, struct kanary_score_stream *stream,
		      const u8 *name, u32 length, u16 flags);

/**
 * kanary_score_process() - judge the sequence of processes that ends with this one
 * @container: of this model, updated; any pointer without a container head
 * @scratch: as kanary_score_vector() left it for the last vector of the process
 * @verdict: of that vector; the container head's part is added, if it is due
 *
 * The container's order is the order of these calls. Never fails.
 */
void kanary_score_process(const struct kanary_model *model,
			  struct kanary_score_container *container, void *scratch,
			  struct kanary_verdict *verdict);

/**
 * kanary_score_record() - judge the next vector of a stream, and what ends with it
 * @container: of this model, updated where the vector ends a process; any pointer without
 *	a container head
 * @vector: valid
 * @scratch: as of kanary_score_vector()
 * @verdict: set
 *
 * All of kanary_score_vector(), kanary_score_ends() and kanary_score_process(); and whether an
 * alarm begins with it. Never fails.
 */
void kanary_score_record(const struct kanary_model *model, struct kanary_score_stream *stream,
			 struct kanary_score_container *container,
			 const struct kanary_vector *vector, void *scratch,
			 struct kanary_verdict *verdict);

/**
 * kanary_score_rehearse() - judge the reference vector that the model carries
 * @stream: scratch state of kanary_score_stream_size() bytes
 * @container: the same of kanary_score_container_size() bytes
 * @verdict: set to the last of its repetitions
 */
void kanary_score_rehearse(const struct kanary_model *model, struct kanary_score_stream *stream,
			   struct kanary_score_container *container, void *scratch,
			   struct kanary_verdict *verdict);

/**
 * kanary_score_reference() - run the self-test that the model carries
 * @stream: scratch state of kanary_score_stream_size() bytes
 * @container: the same of kanary_score_container_size() bytes
 *
 * Return: whether the verdict is the expected one to the bit.
 */
bool kanary_score_reference(const struct kanary_model *model,
			    struct kanary_score_stream *stream,
			    struct kanary_score_container *container, void *scratch);

#endif /* _KANARY_SCORE_H */
