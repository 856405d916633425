/* SPDX-License-Identifier: GPL-2.0 */
/* Which system calls made a verdict's error. */
#include "explain.h"

#include "evidence.h"
#include "scratch.h"

#define EXCESS_LIMIT 2147483647LL

/* Calls more than the reconstruction expects of one input among @total calls. */
static s32 excess_calls(s64 observed, s32 reconstruction, u32 total)
{
	u64 expected = 0;

	if (reconstruction > 0)
		expected = (u64)reconstruction * (u64)reconstruction;
	expected = (expected * total + (1u << 29)) >> 30;
	observed -= (s64)expected;
	if (observed > EXCESS_LIMIT)
		observed = EXCESS_LIMIT;
	if (observed < -EXCESS_LIMIT)
		observed = -EXCESS_LIMIT;
	return (s32)observed;
}

/* Of the bins that count towards @input, the one with most calls, or else the first. */
static u32 name_input(const struct kanary_model *model, const struct kanary_evidence *evidence,
		      u32 input)
{
	bool drops = model->header->flags & KANARY_MODEL_DROPS_CLOCK;
	const struct kanary_count *counts = evidence->counts;
	u32 most = 0;
	u32 bin = 0;
	u32 i;

	for (i = 0; i < evidence->length && counts[i].bin < KANARY_BINS; i++) {
		if (model->feature[counts[i].bin] == input && counts[i].count > most) {
			most = counts[i].count;
			bin = counts[i].bin;
		}
	}
	if (most)
		return bin;
	while (bin < KANARY_BINS - 1 &&
	       (model->feature[bin] != input || (drops && !kanary_evidence_is(bin))))
		bin++;
	return bin;
}

/* What one input adds to the process head's error, and the calls behind it. */
static u64 process_share(const struct kanary_model *model,
			 const struct kanary_score_stream *stream,
			 const struct kanary_scratch *scratch, u32 input, s32 *excess)
{
	s32 reconstruction = scratch->process[input];

	*excess = excess_calls(stream->cumulative[input], reconstruction, stream->total);
	return kanary_scratch_weigh(model->process_weight[input], scratch->features[input],
				    reconstruction);
}

/*
 * The same for a head over a sequence, summed over its steps. The calls are those
 * of the step that adds most, taken as a whole period: in a sum over the steps,
 * calls in the wrong order would cancel out.
 */
static u64 sequence_share(const struct kanary_model *model,
			  const struct kanary_model_sequence *head,
			  const struct kanary_sequence_head_ring *ring,
			  const s32 *reconstruction, u32 input, s32 *excess)
{
	u32 period = model->header->period;
	s32 feature = 0, expected = 0;
	s64 calls;
	u64 sum;

	sum = kanary_sequence_head_worst(model, head, ring, reconstruction, input, &feature,
					 &expected);
	calls = ((s64)(feature * feature) * period + (1 << 29)) >> 30;
	*excess = excess_calls(calls, expected, period);
	return sum;
}

enum kanary_score_head kanary_explain_loudest(const struct kanary_verdict *verdict)
{
	enum kanary_score_head head = KANARY_SCORE_PROCESS;
	u32 surprise = verdict->task_surprise;

	if (verdict->grams_surprise > verdict->process_surprise)
		head = KANARY_SCORE_GRAMS;
	if ((verdict->flags & KANARY_VERDICT_SEQUENCE) && verdict->sequence_surprise > surprise) {
		head = KANARY_SCORE_SEQUENCE;
		surprise = verdict->sequence_surprise;
	}
	if ((verdict->flags & KANARY_VERDICT_CONTAINER) &&
	    verdict->container_surprise > surprise) {
		head = KANARY_SCORE_CONTAINER;
		surprise = verdict->container_surprise;
	}
	if ((verdict->flags & KANARY_VERDICT_PATH_HISTOGRAM) &&
	    verdict->path_histogram_surprise > surprise) {
		head = KANARY_SCORE_PATH_HISTOGRAM;
		surprise = verdict->path_histogram_surprise;
	}
	if (verdict->path_names_surprise > surprise)
		head = KANARY_SCORE_PATH_NAMES;
	return head;
}

const char *kanary_explain_head(const struct kanary_verdict *verdict)
{
	switch (kanary_explain_loudest(verdict)) {
	case KANARY_SCORE_SEQUENCE:
		return "sequence";
	case KANARY_SCORE_CONTAINER:
		return "process-sequence";
	case KANARY_SCORE_PATH_NAMES:
		return "path-names";
	case KANARY_SCORE_PATH_HISTOGRAM:
		return "path-histogram";
	case KANARY_SCORE_GRAMS:
		return "grams";
	default:
		return "process";
	}
}

u64 kanary_explain_hundredths(u32 surprise)
{
	u64 quarters = (u64)surprise * 25, whole = quarters >> 6, rest = quarters & 63;

	return whole + (rest > 32 || (rest == 32 && (whole & 1)));
}

/**
 * struct ranking - the largest contributions so far, largest first
 * @unusual: the reasons
 * @share: of each
 * @found: number of these
 */
struct ranking {
	struct kanary_unusual *unusual;
	u64 share[KANARY_UNUSUAL_MAX];
	u32 found;
};

static void note(struct ranking *ranking, u32 bin, s32 excess, u64 share)
{
	u32 at;

	/* less than half a call says nothing to anyone */
	if (!share || !excess)
		return;
	if (ranking->found < KANARY_UNUSUAL_MAX)
		ranking->found++;
	else if (share <= ranking->share[KANARY_UNUSUAL_MAX - 1])
		return;
	for (at = ranking->found - 1; at && ranking->share[at - 1] < share; at--) {
		ranking->share[at] = ranking->share[at - 1];
		ranking->unusual[at] = ranking->unusual[at - 1];
	}
	ranking->share[at] = share;
	ranking->unusual[at].bin = bin;
	ranking->unusual[at].excess = excess;
}

static void explain_grams(const struct kanary_model *model, const struct kanary_log *log,
			  const struct kanary_scratch *scratch, struct ranking *ranking)
{
	u32 bin;

	kanary_grams_head_explain(model, log, scratch->bits, scratch->unexpected);
	for (bin = 0; bin < KANARY_BINS; bin++)
		note(ranking, bin, scratch->unexpected[bin], scratch->bits[bin]);
}

u32 kanary_explain_verdict(const struct kanary_model *model,
			 const struct kanary_score_stream *stream,
			 const struct kanary_score_container *container,
			 const struct kanary_count *counts, u32 length,
			 const struct kanary_log *log, const void *memory,
			 const struct kanary_verdict *verdict,
			 struct kanary_unusual unusual[KANARY_UNUSUAL_MAX])
{
	enum kanary_score_head head = kanary_explain_loudest(verdict);
	struct ranking ranking = { .unusual = unusual };
	struct kanary_evidence evidence;
	struct kanary_scratch scratch;
	u32 input, at;
	s32 excess;
	u64 share;

	kanary_scratch_layout(&scratch, model, memory);
	kanary_evidence_take(&evidence, counts, length, log, scratch.evidence);
	if (head == KANARY_SCORE_GRAMS)
		explain_grams(model, &evidence.log, &scratch, &ranking);
	/* where no call stands out in its order, what was called has to do */
	if (ranking.found)
		return ranking.found;
	for (input = 0; input < model->header->inputs; input++) {
		excess = 0;
		if (head == KANARY_SCORE_SEQUENCE)
			share = sequence_share(model, &model->sequence,
					       kanary_score_ring(model, stream),
					       scratch.sequence, input, &excess);
		else if (head == KANARY_SCORE_CONTAINER)
			share = sequence_share(model, &model->container, &container->ring,
					       scratch.container, input, &excess);
		else
			share = process_share(model, stream, &scratch, input, &excess);
		note(&ranking, input, excess, share);
	}
	for (at = 0; at < ranking.found; at++)
		unusual[at].bin = name_input(model, &evidence, unusual[at].bin);
	return ranking.found;
}
