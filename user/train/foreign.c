// SPDX-License-Identifier: GPL-2.0
#include "foreign.h"

#include <stdlib.h>
#include <string.h>

#include "held_out.h"
#include "judge/replay.h"
#include "recording/trace.h"

/* Foreign calls in a row: the fewer, the more their order tells, and the less what they are. */
#define ROW 32
/* Of a stream, calls that are put among normal ones at most: that many tell enough. */
#define MIXED_MAX 4096

/* Normal calls for each foreign one. */
static const u32 normal_calls[KANARY_FOREIGN_WAYS] = {
	[KANARY_FOREIGN_ALONE] = 0, [KANARY_FOREIGN_FOURTH] = 3, [KANARY_FOREIGN_SIXTEENTH] = 15,
};

/**
 * struct normal - normal calls that a fold's model does not know
 * @calls: of all runs that were held out, one after the other
 * @start: [@starts], where a process begins in these
 * @at: the next one that is taken
 * @elsewhere: the next one that is put in the place of a foreign one
 */
struct normal {
	struct kanary_call_list calls;
	size_t *start;
	size_t starts;
	size_t at;
	size_t elsewhere;
};

/* What has been said of a program: bits by level, and of normal calls in its place. */
enum { WARNED = 1, CRITICAL = 2, NORMAL_WARNED = 4 };

/**
 * struct bench - a fold's model at work
 * @bank: [2], whether the dataset has calls of each ABI
 * @said: [programs] of a list, by the present way
 * @highest: surprise of the present stream, Q24.8
 */
struct bench {
	const struct kanary_trainer *trainer;
	struct kanary_replay replay;
	struct normal normal;
	bool bank[2];
	u8 *said;
	u32 highest;
};

static int judge(void *taker, const struct kanary_vector *vector)
{
	const struct kanary_replay_stream *stream;
	struct bench *bench = taker;

	stream = kanary_replay_vector(&bench->replay, vector);
	if (!stream)
		return -1;
	if (stream->last.surprise > bench->highest)
		bench->highest = stream->last.surprise;
	return 0;
}

/* The normal calls from @at on, which is moved. */
static int add_normal(const struct normal *normal, struct kanary_trace *trace, size_t *at,
		      size_t calls)
{
	int error = 0;

	while (!error && calls--) {
		if (*at == normal->calls.count)
			*at = 0;
		error = kanary_trace_call(trace, normal->calls.call[(*at)++]);
	}
	return error;
}

/* @calls of a program among normal ones, or as many normal ones there where @call is NULL. */
static int add_calls(struct normal *normal, struct kanary_trace *trace, const u16 *call,
		     size_t calls, u32 each)
{
	size_t i, row, end;
	int error = 0;

	for (i = 0; !error && i < calls; i = end) {
		end = i + ROW < calls ? i + ROW : calls;
		error = add_normal(normal, trace, &normal->at, ROW * each);
		if (!error && !call)
			error = add_normal(normal, trace, &normal->elsewhere, end - i);
		for (row = i; !error && call && row < end; row++)
			error = kanary_trace_call(trace, call[row]);
	}
	return error;
}

/* The highest surprise of a stream, in bench->highest; false without memory. */
static bool judge_stream(struct bench *bench, size_t number,
			 const struct kanary_foreign_stream *stream, u32 each, bool with)
{
	struct kanary_import import = {
		.take = judge, .taker = bench, .period = bench->trainer->dataset->period,
	};
	struct normal *normal = &bench->normal;
	size_t calls = stream->calls.count;
	struct kanary_trace trace;
	int error;

	if (each && calls > MIXED_MAX)
		calls = MIXED_MAX;
	if (normal->starts)
		normal->at = normal->start[number % normal->starts];
	normal->elsewhere = normal->calls.count / 2;
	bench->highest = 0;
	kanary_replay_forget(&bench->replay);
	kanary_trace_begin(&trace, &import, 1, "", 0);
	error = add_calls(normal, &trace, with ? stream->calls.call : NULL, calls, each);
	if (!error)
		return !kanary_trace_end(&trace, KANARY_REASON_EXIT);
	kanary_trace_discard(&trace);
	return false;
}

static u8 levels(const struct bench *bench)
{
	const struct kanary_model_header *header = bench->trainer->fold[0];

	return (bench->highest >= header->threshold ? WARNED : 0) |
	       (bench->highest >= header->critical_threshold ? CRITICAL : 0);
}

/* An alert that normal calls in the same place raise, too, is no discovery. */
static bool note_stream(struct bench *bench, size_t number,
			const struct kanary_foreign_stream *stream, u32 each)
{
	u8 *said = &bench->said[stream->program], instead = 0, left;

	if (each) {
		if (!judge_stream(bench, number, stream, each, false))
			return false;
		instead = levels(bench);
	}
	if (!judge_stream(bench, number, stream, each, true))
		return false;
	left = levels(bench) & ~instead;
	/* a critical alert is an alert, whatever the normal calls raised */
	*said |= left | (left & CRITICAL ? WARNED : 0) | (instead & WARNED ? NORMAL_WARNED : 0);
	return true;
}

static bool is_judged(const struct bench *bench, const struct kanary_foreign_stream *stream)
{
	return bench->bank[stream->calls.call[0] >= KANARY_BINS_BANK];
}

/* Programs with a stream that is judged at all. */
static u32 count_programs(struct bench *bench, const struct kanary_foreign_list *list)
{
	u32 programs = 0;
	size_t i;

	memset(bench->said, 0, list->programs);
	for (i = 0; i < list->streams; i++) {
		u8 *said = &bench->said[list->stream[i].program];

		if (!is_judged(bench, &list->stream[i]) || *said)
			continue;
		*said = WARNED;
		programs++;
	}
	return programs;
}

/* Adds to the shares what one fold says. */
static bool judge_way(struct bench *bench, const struct kanary_foreign_list *list,
		      enum kanary_foreign_way way, struct kanary_foreign_found *found)
{
	size_t i;

	if (normal_calls[way] && !bench->normal.calls.count)
		return true;
	memset(bench->said, 0, list->programs);
	for (i = 0; i < list->streams; i++)
		if (is_judged(bench, &list->stream[i]) &&
		    !note_stream(bench, i, &list->stream[i], normal_calls[way]))
			return false;
	found->way[way].folds++;
	for (i = 0; i < list->programs; i++) {
		found->way[way].warned += !!(bench->said[i] & WARNED);
		found->way[way].critical += !!(bench->said[i] & CRITICAL);
		found->way[way].normal += !!(bench->said[i] & NORMAL_WARNED);
	}
	return true;
}

/* From sums over programs and folds. */
static void make_shares(struct kanary_foreign_found *found)
{
	int way;

	for (way = 0; way < KANARY_FOREIGN_WAYS; way++) {
		double judged = (double)found->programs * found->way[way].folds;

		if (!judged)
			continue;
		found->way[way].warned /= judged;
		found->way[way].critical /= judged;
		found->way[way].normal /= judged;
	}
}

static bool add_run(struct normal *normal, const struct kanary_dataset *dataset,
		    const struct kanary_dataset_run *run)
{
	size_t before = normal->calls.count;
	u32 i;

	for (i = run->first; i < run->first + run->length; i++)
		if (!kanary_call_list_has(kanary_dataset_vector(dataset, i)))
			return true;
	if (run->first == dataset->stream[run->stream].first)
		normal->start[normal->starts++] = before;
	for (i = run->first; i < run->first + run->length; i++)
		if (!kanary_call_list_add(&normal->calls, kanary_dataset_vector(dataset, i)))
			return false;
	return true;
}

/* The part that a fold's model does not know. */
static bool collect(struct normal *normal, const struct kanary_dataset *dataset)
{
	u32 i;

	memset(normal, 0, sizeof(*normal));
	normal->start = calloc(dataset->runs + 1, sizeof(*normal->start));
	if (!normal->start)
		return false;
	for (i = 0; i < dataset->runs; i++)
		if (dataset->run[i].part == KANARY_DATASET_CALIBRATION &&
		    !add_run(normal, dataset, &dataset->run[i]))
			return false;
	return true;
}

static void discard(struct normal *normal)
{
	kanary_call_list_free(&normal->calls);
	free(normal->start);
}

static const char *judge_fold(struct bench *bench, struct kanary_trainer *trainer, u32 turn,
			      const struct kanary_foreign_list *list,
			      struct kanary_foreign_found *found)
{
	const char *failure;
	bool done;
	int way;

	trainer->dataset->turn = turn;
	failure = kanary_held_out_split(trainer);
	if (failure)
		return failure;
	done = kanary_replay_init(&bench->replay, trainer->fold[turn]);
	if (!done)
		return KANARY_TRAINER_NO_MEMORY;
	done = collect(&bench->normal, trainer->dataset);
	for (way = 0; done && way < KANARY_FOREIGN_WAYS; way++)
		done = judge_way(bench, list, way, found);
	discard(&bench->normal);
	kanary_replay_free(&bench->replay);
	return done ? NULL : KANARY_TRAINER_NO_MEMORY;
}

/* Which ABIs the recordings have calls of. */
static void find_banks(struct bench *bench, const struct kanary_dataset *dataset)
{
	u32 i;

	for (i = 0; i < dataset->count; i++) {
		const struct kanary_vector *vector = kanary_dataset_vector(dataset, i);

		if (vector->length)
			bench->bank[vector->counts[0].bin >= KANARY_BINS_BANK] = true;
	}
}

const char *kanary_foreign_judge(struct kanary_trainer *trainer,
				 const struct kanary_foreign_list *list,
				 struct kanary_foreign_found *found)
{
	struct bench bench = { .trainer = trainer, .said = malloc((size_t)list->programs + 1) };
	const char *failure = NULL;
	u32 turn;

	memset(found, 0, sizeof(*found));
	if (!bench.said)
		return KANARY_TRAINER_NO_MEMORY;
	find_banks(&bench, trainer->dataset);
	found->programs = count_programs(&bench, list);
	found->left_out = list->programs - found->programs;
	for (turn = 0; !failure && found->programs && turn < trainer->folds; turn++)
		failure = judge_fold(&bench, trainer, turn, list, found);
	make_shares(found);
	free(bench.said);
	return failure;
}
