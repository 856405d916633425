/* SPDX-License-Identifier: GPL-2.0 */
/* Verdicts on vectors: the model's arithmetic, the memory it needs, the time it takes. */
#ifndef _KANARY_JUDGE_H
#define _KANARY_JUDGE_H

#include <linux/types.h>

#include "explain.h"

struct kanary_judge_state;
struct kanary_profile;
struct kanary_task;

/**
 * struct kanary_judge_time - how long verdicts took
 * @median: estimate, to within 12 %, nanoseconds
 * @max: nanoseconds
 */
struct kanary_judge_time {
	u64 median;
	u64 max;
};

/**
 * kanary_judge_vector() - judge the next vector of a task
 * @profile: found under the read lock
 * @task: keeps the stream's state
 * @vector: of @task
 * @verdict: set
 * @unusual: set when the verdict is an alert
 * @reasons: number of @unusual
 *
 * Context: the worker. May sleep.
 *
 * Return: 0 or -ENOMEM.
 */
int kanary_judge_vector(const struct kanary_profile *profile, struct kanary_task *task,
			const struct kanary_vector *vector, struct kanary_verdict *verdict,
			struct kanary_unusual *unusual, u32 *reasons);

/**
 * kanary_judge_path() - judge a path of a task; its next vector's verdict tells of it, too
 * @profile: with a names head, found under the read lock
 * @task: keeps the stream's state
 * @path: of @task
 * @index: of the vector that will count it
 * @surprise: set, Q24.8
 *
 * Context: the worker. May sleep.
 *
 * Return: 0 or -ENOMEM.
 */
int kanary_judge_path(const struct kanary_profile *profile, struct kanary_task *task,
		      const struct kanary_path *path, u32 index, u32 *surprise);

/**
 * struct kanary_judge_step - a vector, and what was told of its stream before it
 * @vector: checked
 * @path: checked, since the stream's vector before
 * @paths: number of @path
 */
struct kanary_judge_step {
	const struct kanary_vector *vector;
	const struct kanary_path *const *path;
	u32 paths;
};

/**
 * kanary_judge_run() - judge vectors of a container from a fresh state, for a caller of the CLI
 * @length: of @step and @verdict
 *
 * Each change of the stream begins that stream anew; the processes that end make
 * the container's sequence.
 *
 * Context: may sleep. Return: 0 or -ENOMEM.
 */
int kanary_judge_run(const struct kanary_model *model, const struct kanary_judge_step *step,
		     u32 length, struct kanary_verdict *verdict);

/** kanary_judge_reference() - a model's self-test; 0, -ENOMEM or -EILSEQ; may sleep */
int kanary_judge_reference(const struct kanary_model *model);

/** kanary_judge_forget() - free a stream's state; NULL is none; any context */
void kanary_judge_forget(struct kanary_judge_state *state);

/** kanary_judge_read_time() - under the worker's lock */
void kanary_judge_read_time(struct kanary_judge_time *time);

/** kanary_judge_memory() - bytes held for streams and working memory */
u64 kanary_judge_memory(void);

/** kanary_judge_uninit() - after the last verdict */
void kanary_judge_uninit(void);

#endif /* _KANARY_JUDGE_H */
