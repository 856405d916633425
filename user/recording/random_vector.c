// SPDX-License-Identifier: GPL-2.0
#include "random_vector.h"

#include "random_draw.h"

#define STREAM_VECTORS_MAX 600

static u32 draw_below(struct kanary_random_vector *source, u32 limit)
{
	return kanary_random_draw_below(&source->state, limit);
}

void kanary_random_vector_seed(struct kanary_random_vector *source, u64 seed)
{
	memset(source, 0, sizeof(*source));
	source->state = seed;
}

/* Calls that a vector's log has room for. */
static u32 logged(const struct kanary_vector *vector)
{
	return vector->calls < KANARY_LOG_CALLS ? vector->calls : KANARY_LOG_CALLS;
}

/* As older recordings have them: nobody reads what is counted there. */
static void fill_reserved(struct kanary_random_vector *source, struct kanary_vector *vector,
			  u32 spread, u32 count_max)
{
	u32 bin;

	for (bin = draw_below(source, spread); bin < KANARY_RESERVED_BINS;
	     bin += 1 + draw_below(source, spread)) {
		vector->counts[vector->length].bin = (u16)(KANARY_BINS + bin);
		vector->counts[vector->length++].count = (u16)(1 + draw_below(source, count_max));
	}
}

/* Any count at all, or none. */
static void fill_paths(struct kanary_random_vector *source, struct kanary_vector *vector,
		       u32 spread, u32 count_max)
{
	u32 bin;

	for (bin = draw_below(source, spread); bin < KANARY_PATH_BINS;
	     bin += 1 + draw_below(source, spread)) {
		vector->counts[vector->length].bin = (u16)(KANARY_PATH_FIRST + bin);
		vector->counts[vector->length++].count = (u16)(1 + draw_below(source, count_max));
	}
}

static void fill(struct kanary_random_vector *source, struct kanary_vector *vector)
{
	u32 shape = draw_below(source, 8), bin, spread, count_max;

	/* Mostly what programs do; now and then all bins at once, or one bin to the limit. */
	spread = shape == 0 ? 1 : shape == 1 ? 500 : 40;
	count_max = shape == 2 ? KANARY_PERIOD_MAX : shape == 0 ? 34 : 64;
	for (bin = draw_below(source, spread); bin < KANARY_BINS;
	     bin += 1 + draw_below(source, spread)) {
		u32 room = KANARY_PERIOD_MAX - vector->calls;
		u32 count = 1 + draw_below(source, count_max);

		if (!room)
			break;
		count = count > room ? room : count;
		vector->counts[vector->length].bin = (u16)bin;
		vector->counts[vector->length++].count = (u16)count;
		vector->calls += count;
	}
	fill_reserved(source, vector, spread, count_max);
	if (shape != 3)
		fill_paths(source, vector, spread, shape == 0 ? 65535 : count_max);
}

/* In any order, and now and then none, as a vector may be without a log. */
static void fill_log(struct kanary_random_vector *source, struct kanary_vector *vector)
{
	u32 bins = kanary_vector_calls(vector);
	u16 call[KANARY_LOG_MAX];
	struct kanary_log log = { .call = call };
	u32 i;

	if (draw_below(source, 16)) {
		log.calls = logged(vector);
		log.context = draw_below(source, KANARY_LOG_CONTEXT + 1);
	}
	for (i = 0; i < log.context + log.calls; i++)
		call[i] = vector->counts[draw_below(source, bins)].bin;
	if (log.context && !vector->index)
		call[0] = KANARY_LOG_START;
	kanary_vector_append_log(vector, &log);
}

const struct kanary_vector *kanary_random_vector_next(struct kanary_random_vector *source,
						      bool last)
{
	struct kanary_vector *vector = (void *)source->memory;

	if (!source->left) {
		vector->stream++;
		vector->index = 0;
		vector->pid = 2 + draw_below(source, 30000);
		vector->tgid = vector->pid;
		strcpy(vector->comm, "random");
		source->left = 1 + draw_below(source, STREAM_VECTORS_MAX);
	} else {
		vector->index++;
	}
	vector->time += 1000000;
	vector->calls = 0;
	vector->length = 0;
	fill(source, vector);
	fill_log(source, vector);
	source->left = last ? 0 : source->left - 1;
	vector->reason = source->left ? KANARY_REASON_PERIOD : KANARY_REASON_EXIT;
	return vector;
}
