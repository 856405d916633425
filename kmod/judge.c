// SPDX-License-Identifier: GPL-2.0
#include "judge.h"

#include "profile.h"
#include "task.h"
#include "vector.h"

#include <linux/atomic.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

/**
 * struct kanary_judge_state - what a model remembers of a task's stream
 * @serial: of the profile
 * @stream: of the vectors
 * @size: bytes of all this
 * @score: the model's part
 */
struct kanary_judge_state {
	u64 serial;
	u64 stream;
	size_t size;
	struct kanary_score_stream score;
};

/* Four buckets an octave of nanoseconds. */
enum { BUCKETS_OCTAVE_LOG2 = 2, BUCKETS = 64 << BUCKETS_OCTAVE_LOG2 };

/* All the worker's: it is the only one to call kanary_judge_vector(). */
static void *scratch;
static size_t scratch_size;
static u64 bucket[BUCKETS];
static u64 slowest;

static atomic64_t memory = ATOMIC64_INIT(0);

static void note_time(u64 ns)
{
	u32 octave = ilog2(ns | 4);

	bucket[(octave << BUCKETS_OCTAVE_LOG2) + ((ns >> (octave - 2)) & 3)]++;
	slowest = max(slowest, ns);
}

static int fit_scratch(const struct kanary_model *model)
{
	size_t size = kanary_score_scratch_size(model);

	if (size <= scratch_size)
		return 0;
	kvfree(scratch);
	scratch = kvmalloc(size, GFP_KERNEL);
	WRITE_ONCE(scratch_size, scratch ? size : 0);
	return scratch ? 0 : -ENOMEM;
}

/* The state of @task's stream under @profile, fresh if either is new. */
static struct kanary_judge_state *fit_state(const struct kanary_profile *profile,
					    struct kanary_task *task, u64 stream, u32 index)
{
	const struct kanary_vector first = { .stream = stream, .index = index };
	size_t size = offsetof(struct kanary_judge_state, score) +
		      kanary_score_stream_size(&profile->model);
	struct kanary_judge_state *state = task->judge;

	if (state && state->serial == profile->serial && state->stream == stream)
		return state;
	if (!state || state->size != size) {
		kanary_judge_forget(state);
		state = kmalloc(size, GFP_KERNEL | __GFP_NOWARN);
		task->judge = state;
		if (!state)
			return NULL;
		state->size = size;
		atomic64_add(size, &memory);
	}
	state->serial = profile->serial;
	state->stream = stream;
	kanary_score_stream_begin(&profile->model, &state->score, &first);
	return state;
}

int kanary_judge_vector(const struct kanary_profile *profile, struct kanary_task *task,
			const struct kanary_vector *vector, struct kanary_verdict *verdict,
			struct kanary_unusual *unusual, u32 *reasons)
{
	struct kanary_log log = kanary_vector_log(vector);
	struct kanary_judge_state *state;
	u64 start = ktime_get_ns();

	if (fit_scratch(&profile->model))
		return -ENOMEM;
	state = fit_state(profile, task, vector->stream, vector->index);
	if (!state)
		return -ENOMEM;
	kanary_score_record(&profile->model, &state->score, profile->container, vector, scratch,
			    verdict);
	*reasons = 0;
	if (verdict->flags & KANARY_VERDICT_ALERT)
		*reasons = kanary_explain_verdict(&profile->model, &state->score,
						profile->container, vector->counts,
						vector->length, &log, scratch, verdict, unusual);
	note_time(ktime_get_ns() - start);
	return 0;
}

int kanary_judge_path(const struct kanary_profile *profile, struct kanary_task *task,
		      const struct kanary_path *path, u32 index, u32 *surprise)
{
	struct kanary_judge_state *state = fit_state(profile, task, path->stream, index);

	if (!state)
		return -ENOMEM;
	*surprise = kanary_score_path(&profile->model, &state->score, (const u8 *)path->name,
				      path->length, path->flags);
	return 0;
}

/**
 * struct working - the memory of a run outside the worker
 * @scratch: of the verdicts
 * @stream: state
 * @container: state
 */
struct working {
	void *scratch;
	struct kanary_score_stream *stream;
	struct kanary_score_container *container;
};

static void free_working(struct working *working)
{
	kvfree(working->container);
	kvfree(working->stream);
	kvfree(working->scratch);
}

static int get_working(const struct kanary_model *model, struct working *working)
{
	working->scratch = kvmalloc(kanary_score_scratch_size(model), GFP_KERNEL);
	working->stream = kvmalloc(kanary_score_stream_size(model), GFP_KERNEL);
	working->container = kvmalloc(kanary_score_container_size(model), GFP_KERNEL);
	if (working->scratch && working->stream && working->container)
		return 0;
	free_working(working);
	return -ENOMEM;
}

/* As kanary_judge_path() and kanary_judge_vector() do, and tests/vm/bit_identity.sh holds to. */
static void judge_step(const struct kanary_model *model, const struct working *working,
		       const struct kanary_judge_step *step, struct kanary_verdict *verdict)
{
	u32 i;

	for (i = 0; i < step->paths; i++) {
		const struct kanary_path *path = step->path[i];

		kanary_score_path(model, working->stream, (const u8 *)path->name, path->length,
				  path->flags);
		cond_resched();
	}
	kanary_score_record(model, working->stream, working->container, step->vector,
			    working->scratch, verdict);
}

int kanary_judge_run(const struct kanary_model *model, const struct kanary_judge_step *step,
		     u32 length, struct kanary_verdict *verdict)
{
	struct working working;
	u32 i;

	if (get_working(model, &working))
		return -ENOMEM;
	kanary_score_container_init(model, working.container);
	for (i = 0; i < length; i++) {
		/* another stream takes over, of the same container */
		if (!i || step[i].vector->stream != step[i - 1].vector->stream)
			kanary_score_stream_begin(model, working.stream, step[i].vector);
		judge_step(model, &working, &step[i], &verdict[i]);
		cond_resched();
	}
	free_working(&working);
	return 0;
}

int kanary_judge_reference(const struct kanary_model *model)
{
	struct working working;
	bool same;

	if (get_working(model, &working))
		return -ENOMEM;
	same = kanary_score_reference(model, working.stream, working.container, working.scratch);
	free_working(&working);
	return same ? 0 : -EILSEQ;
}

void kanary_judge_forget(struct kanary_judge_state *state)
{
	if (state)
		atomic64_sub(state->size, &memory);
	kfree(state);
}

void kanary_judge_read_time(struct kanary_judge_time *time)
{
	u64 half, below = 0, all = 0;
	u32 i;

	for (i = 0; i < BUCKETS; i++)
		all += bucket[i];
	half = (all + 1) / 2;
	memset(time, 0, sizeof(*time));
	for (i = 0; all && i < BUCKETS; i++) {
		below += bucket[i];
		if (below >= half)
			break;
	}
	if (!all)
		return;
	/* The middle of the bucket. */
	time->median = (2 * (4 + (i & 3)) + 1) * (1ULL << (i >> BUCKETS_OCTAVE_LOG2)) / 8;
	time->max = slowest;
}

u64 kanary_judge_memory(void)
{
	return atomic64_read(&memory) + READ_ONCE(scratch_size);
}

void kanary_judge_uninit(void)
{
	kvfree(scratch);
}
