/* SPDX-License-Identifier: GPL-2.0 */
#include "score.h"

#include "divide.h"
#include "evidence.h"
#include "feature.h"
#include "histogram_head.h"
#include "process_head.h"
#include "scratch.h"
#include "vector.h"

/* log10 of the heads that spoke, Q24.8 */
static const u32 looking[] = { 0, 0, 77, 122, 154, 179 };
/* Without a decay limit counts are halved here all the same, to stay in 32 bits. */
#define TOTAL_MAX 0x7fffffffu

size_t kanary_score_scratch_size(const struct kanary_model *model)
{
	struct kanary_scratch scratch;

	return kanary_scratch_layout(&scratch, model, NULL);
}

size_t kanary_score_stream_size(const struct kanary_model *model)
{
	return sizeof(struct kanary_score_stream) + model->header->inputs * sizeof(u32) +
	       model->paths.inputs * sizeof(u32) +
	       kanary_sequence_head_ring_size(model, &model->sequence);
}

void kanary_score_stream_init(const struct kanary_model *model,
			      struct kanary_score_stream *stream)
{
	memset(stream, 0, kanary_score_stream_size(model));
}

void kanary_score_stream_begin(const struct kanary_model *model,
			       struct kanary_score_stream *stream,
			       const struct kanary_vector *vector)
{
	kanary_score_stream_init(model, stream);
	stream->partial = vector->index > 0;
}

size_t kanary_score_container_size(const struct kanary_model *model)
{
	return kanary_sequence_head_ring_size(model, &model->container);
}

void kanary_score_container_init(const struct kanary_model *model,
				 struct kanary_score_container *container)
{
	memset(container, 0, kanary_score_container_size(model));
}

static void decay(const struct kanary_model *model, struct kanary_score_stream *stream)
{
	u32 limit = model->header->decay_limit;
	u32 i;

	if (!limit)
		limit = TOTAL_MAX;
	while (stream->total > limit) {
		stream->total = 0;
		for (i = 0; i < model->header->inputs; i++) {
			stream->cumulative[i] /= 2;
			stream->total += stream->cumulative[i];
		}
		kanary_histogram_head_halve(&model->paths, kanary_score_paths(model, stream));
		kanary_grams_head_halve(&stream->grams);
	}
}

static void remember_process(const struct kanary_model *model, struct kanary_score_stream *stream,
			     const struct kanary_evidence *evidence, s16 *features)
{
	const struct kanary_count *counts = evidence->counts;
	u32 length = evidence->length;
	u64 reciprocal;
	u32 i;

	if (model->grams_start)
		kanary_grams_head_add(model, &stream->grams, &evidence->log);
	if (model->paths.knot)
		kanary_histogram_head_add(&model->paths, kanary_score_paths(model, stream), counts,
					  length);
	for (i = 0; i < length && counts[i].bin < KANARY_BINS; i++) {
		stream->cumulative[model->feature[counts[i].bin]] += counts[i].count;
		stream->total += counts[i].count;
	}
	decay(model, stream);
	reciprocal = kanary_feature_reciprocal(stream->total);
	for (i = 0; i < model->header->inputs; i++)
		features[i] = kanary_feature_value(stream->cumulative[i], reciprocal);
}

/* @sums: one for each input, as scratch */
static void remember_sequence(const struct kanary_model *model, struct kanary_score_stream *stream,
			      const struct kanary_evidence *evidence, u32 *sums)
{
	const struct kanary_count *counts = evidence->counts;
	u32 inputs = model->header->inputs;
	u64 reciprocal;
	s16 *features;
	u32 i;

	memset(sums, 0, inputs * sizeof(*sums));
	for (i = 0; i < evidence->length && counts[i].bin < KANARY_BINS; i++)
		sums[model->feature[counts[i].bin]] += counts[i].count;
	features = kanary_sequence_head_push(model, &model->sequence,
					     kanary_score_ring(model, stream));
	reciprocal = kanary_feature_reciprocal(evidence->calls);
	for (i = 0; i < inputs; i++)
		features[i] = kanary_feature_value(sums[i], reciprocal);
}

/* rise * run / width, rounded half up; @rise is below 2^15, @run at most @width. */
static u32 interpolate(u32 rise, u32 run, u32 width)
{
	return (u32)kanary_divide((u64)rise * run + width / 2, width);
}

u32 kanary_score_surprise(const struct kanary_model_knot *knot, u32 knots, u32 error)
{
	const struct kanary_model_knot *last = knot + knots - 1;

	if (error < knot->error)
		return 0;
	if (error >= last->error)
		return last->surprise;
	while (error >= knot[1].error)
		knot++;
	return knot->surprise + interpolate(knot[1].surprise - knot->surprise,
					    error - knot->error, knot[1].error - knot->error);
}

u32 kanary_score_chosen(u32 surprise, u32 heads)
{
	return surprise > looking[heads] ? surprise - looking[heads] : 0;
}

static u32 surprise_of(const struct kanary_model *model, const struct kanary_model_knot *knot,
		       u32 error)
{
	return kanary_score_surprise(knot, model->header->knots, error);
}

u32 kanary_score_together(const struct kanary_score_views *views)
{
	return (views->process + views->grams) * KANARY_SCORE_SURPRISE_TO_ERROR;
}

/*
 * What the process head and the grams head see are views of the same calls. Each alone may be
 * somewhat surprised; that both are is rarer, and how rare is learned.
 */
static void judge_task(const struct kanary_model *model, struct kanary_score_stream *stream,
		       const struct kanary_scratch *scratch, struct kanary_verdict *verdict)
{
	struct kanary_score_views views;

	verdict->process_error = kanary_process_head_error(model, scratch);
	verdict->process_surprise = surprise_of(model, model->process_knot,
						verdict->process_error);
	verdict->task_surprise = verdict->process_surprise;
	if (!model->task_knot)
		return;
	if (model->grams_start) {
		verdict->grams_error = kanary_grams_head_error(&stream->grams);
		verdict->grams_surprise = surprise_of(model, model->grams_knot,
						      verdict->grams_error);
	}
	views.process = verdict->process_surprise;
	views.grams = verdict->grams_surprise;
	verdict->task_surprise = surprise_of(model, model->task_knot,
					     kanary_score_together(&views));
}

/* Who used no path, or was seen where paths are not read, has no mix of them to judge. */
static void judge_paths(const struct kanary_model *model, struct kanary_score_stream *stream,
			const struct kanary_scratch *scratch, struct kanary_verdict *verdict)
{
	const u32 *cumulative = kanary_score_paths(model, stream);

	if (!kanary_histogram_head_counted(&model->paths, cumulative))
		return;
	verdict->flags |= KANARY_VERDICT_PATH_HISTOGRAM;
	verdict->path_histogram_error = kanary_histogram_head_error(&model->paths, cumulative,
								    scratch);
	verdict->path_histogram_surprise = surprise_of(model, model->paths.knot,
						       verdict->path_histogram_error);
}

/* What was told since the vector before; from here on, there is nothing. */
static void judge_names(const struct kanary_model *model, struct kanary_score_stream *stream,
			struct kanary_verdict *verdict)
{
	if (!model->name_knot)
		return;
	verdict->path_names_error = stream->path_names_error;
	verdict->path_names_surprise = surprise_of(model, model->name_knot,
						   stream->path_names_error);
	stream->path_names_error = 0;
}

u32 kanary_score_path(const struct kanary_model *model, struct kanary_score_stream *stream,
		      const u8 *name, u32 length, u16 flags)
{
	u32 error;

	if (!model->name_knot)
		return 0;
	error = kanary_name_head_error(&model->names, name, length, flags);
	if (stream && error > stream->path_names_error)
		stream->path_names_error = error;
	return surprise_of(model, model->name_knot, error);
}

/* The most surprised head speaks for all, and pays for those that it was chosen from. */
static void combine(const struct kanary_model *model, struct kanary_verdict *verdict)
{
	u32 surprise = verdict->task_surprise;
	u32 heads = 1;

	if (verdict->flags & KANARY_VERDICT_SEQUENCE) {
		heads++;
		if (verdict->sequence_surprise > surprise)
			surprise = verdict->sequence_surprise;
	}
	if (verdict->flags & KANARY_VERDICT_CONTAINER) {
		heads++;
		if (verdict->container_surprise > surprise)
			surprise = verdict->container_surprise;
	}
	if (verdict->flags & KANARY_VERDICT_PATH_HISTOGRAM) {
		heads++;
		if (verdict->path_histogram_surprise > surprise)
			surprise = verdict->path_histogram_surprise;
	}
	if (model->name_knot) {
		heads++;
		if (verdict->path_names_surprise > surprise)
			surprise = verdict->path_names_surprise;
	}
	verdict->surprise = kanary_score_chosen(surprise, heads);
	verdict->flags &= ~(u32)(KANARY_VERDICT_ALERT | KANARY_VERDICT_CRITICAL);
	if (verdict->surprise >= model->header->threshold)
		verdict->flags |= KANARY_VERDICT_ALERT;
	if (verdict->surprise >= model->header->critical_threshold)
		verdict->flags |= KANARY_VERDICT_CRITICAL;
}

void kanary_score_vector(const struct kanary_model *model, struct kanary_score_stream *stream,
			 const struct kanary_count *counts, u32 length,
			 const struct kanary_log *log, void *memory,
			 struct kanary_verdict *verdict)
{
	struct kanary_evidence evidence;
	struct kanary_scratch scratch;
	bool speaks;

	kanary_scratch_layout(&scratch, model, memory);
	memset(verdict, 0, sizeof(*verdict));

	kanary_evidence_take(&evidence, counts, length, log, scratch.evidence);
	remember_process(model, stream, &evidence, scratch.features);
	/* with calls, but none that tell anything */
	speaks = evidence.length || !length;
	if (speaks)
		judge_task(model, stream, &scratch, verdict);
	if (model->paths.knot && speaks)
		judge_paths(model, stream, &scratch, verdict);
	judge_names(model, stream, verdict);
	if (model->sequence.weight && speaks) {
		struct kanary_sequence_head_ring *ring = kanary_score_ring(model, stream);

		remember_sequence(model, stream, &evidence, (u32 *)scratch.outputs);
		if (kanary_sequence_head_due(&model->sequence, ring)) {
			verdict->flags |= KANARY_VERDICT_SEQUENCE;
			verdict->sequence_error =
				kanary_sequence_head_error(model, &model->sequence, ring, &scratch,
							   scratch.sequence);
			verdict->sequence_surprise = surprise_of(model, model->sequence.knot,
								 verdict->sequence_error);
		}
	}
	combine(model, verdict);
}

void kanary_score_process(const struct kanary_model *model,
			  struct kanary_score_container *container, void *memory,
			  struct kanary_verdict *verdict)
{
	const struct kanary_model_sequence *head = &model->container;
	struct kanary_scratch scratch;
	s16 *features;

	if (!head->weight)
		return;
	kanary_scratch_layout(&scratch, model, memory);
	features = kanary_sequence_head_push(model, head, &container->ring);
	memcpy(features, scratch.features, model->header->inputs * sizeof(*features));
	if (!kanary_sequence_head_due(head, &container->ring))
		return;
	verdict->flags |= KANARY_VERDICT_CONTAINER;
	verdict->container_error = kanary_sequence_head_error(model, head, &container->ring,
							      &scratch, scratch.container);
	verdict->container_surprise = surprise_of(model, head->knot, verdict->container_error);
	combine(model, verdict);
}

void kanary_score_record(const struct kanary_model *model, struct kanary_score_stream *stream,
			 struct kanary_score_container *container,
			 const struct kanary_vector *vector, void *scratch,
			 struct kanary_verdict *verdict)
{
	struct kanary_log log = kanary_vector_log(vector);

	kanary_score_vector(model, stream, vector->counts, vector->length, &log, scratch,
			    verdict);
	if (kanary_score_ends(stream, vector))
		kanary_score_process(model, container, scratch, verdict);
	kanary_alarm_mark(model->header, &stream->alarm, verdict);
}

void kanary_score_rehearse(const struct kanary_model *model, struct kanary_score_stream *stream,
			   struct kanary_score_container *container, void *scratch,
			   struct kanary_verdict *verdict)
{
	const struct kanary_model_reference *reference = model->reference;
	struct kanary_log log = kanary_model_reference_log(reference);
	u32 i;

	kanary_score_stream_init(model, stream);
	kanary_score_container_init(model, container);
	for (i = 0; i < reference->repeat; i++) {
		kanary_score_path(model, stream, reference->path, reference->path_length,
				  reference->path_flags);
		kanary_score_vector(model, stream, reference->counts, reference->length, &log,
				    scratch, verdict);
		kanary_score_process(model, container, scratch, verdict);
	}
}

bool kanary_score_reference(const struct kanary_model *model,
			    struct kanary_score_stream *stream,
			    struct kanary_score_container *container, void *scratch)
{
	struct kanary_verdict verdict;

	kanary_score_rehearse(model, stream, container, scratch, &verdict);
	return !memcmp(&verdict, &model->reference->verdict, sizeof(verdict));
}
