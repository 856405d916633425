// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_score.h"
#include "terminal/message.h"
#include "vector.h"

struct reply {
	struct kanary_verdict verdicts[KANARY_SCORE_MAX];
	int count;
};

/* What the kernel says of the container. */
struct loaded {
	u64 cgroup;
	bool found;
	struct kanary_container container;
};

static int short_of_memory(void)
{
	return kanary_message_error("score: %s", strerror(ENOMEM));
}

static int take_container(const struct nlmsghdr *message, void *context)
{
	struct kanary_container container;
	struct loaded *loaded = context;

	if (kanary_protocol_container(message, &container) &&
	    container.cgroup == loaded->cgroup && *container.profile) {
		loaded->container = container;
		loaded->found = true;
	}
	return 0;
}

int kanary_kernel_score_open(struct kanary_kernel_score *score, const char *container,
			     const void *file)
{
	const struct kanary_model_header *header = file;
	struct loaded loaded = { 0 };

	memset(score, 0, sizeof(*score));
	score->target.text = container;
	if (kanary_target_open("score", &score->target))
		return 1;
	if (!kanary_replay_init(&score->replay, file))
		return short_of_memory();
	score->replay.one_container = true;
	loaded.cgroup = score->target.cgroup;
	if (kanary_netlink_dump(score->target.netlink, KANARY_CMD_GET_CONTAINERS, take_container,
				&loaded))
		return kanary_message_error("score: %s",
					    kanary_netlink_error(score->target.netlink));
	/* One that has no model, and no task, is not listed; the kernel then speaks for itself. */
	if (loaded.found && loaded.container.model_checksum != header->checksum)
		return kanary_message_error("score: the kernel has another model (%08x) for %s than this (%08x): kanary load it first",
					    loaded.container.model_checksum, container,
					    header->checksum);
	return 0;
}

static int take_verdicts(const struct nlmsghdr *message, void *context)
{
	struct reply *reply = context;

	reply->count = kanary_protocol_verdicts(message, reply->verdicts, KANARY_SCORE_MAX);
	return reply->count < 0 ? reply->count : 0;
}

static void note_difference(struct kanary_kernel_score *score, u32 step,
			    const struct kanary_verdict *kernel, const struct kanary_verdict *ours)
{
	const struct kanary_vector *vector = kanary_score_run_get(score->batch, step);
	static const char *const names[] = {
		"process_error", "sequence_error", "container_error", "path_names_error",
		"grams_error", "process_surprise", "sequence_surprise", "container_surprise",
		"path_names_surprise", "grams_surprise", "task_surprise", "surprise", "flags",
		"path_histogram_error", "path_histogram_surprise",
	};
	const u32 *theirs = (const u32 *)kernel, *own = (const u32 *)ours;
	uint32_t i;

	_Static_assert(sizeof(names) / sizeof(*names) * sizeof(u32) == sizeof(*ours),
		       "one name for each member of a verdict");
	if (score->differences++)
		return;
	for (i = 0; i < sizeof(names) / sizeof(*names) - 1 && theirs[i] == own[i]; i++)
		;
	snprintf(score->first, sizeof(score->first),
		 "stream %llu, vector %u (number %u of its run, after %u paths): %s is %u in the kernel, %u here",
		 (unsigned long long)vector->stream, vector->index, step,
		 score->batch->step[step].paths, names[i], theirs[i], own[i]);
}

static struct nl_msg *build(struct kanary_kernel_score *score)
{
	struct nl_msg *message;

	message = kanary_netlink_message(score->target.netlink, KANARY_CMD_SCORE,
					 kanary_score_run_message_size(score->batch) + 64);
	if (!message)
		return NULL;
	nla_put_u64(message, KANARY_A_CGROUP, score->target.cgroup);
	if (!kanary_score_run_put(score->batch, message)) {
		nlmsg_free(message);
		return NULL;
	}
	return message;
}

/* As kanary_judge_run() does it in the kernel: a stream that another follows is forgotten. */
static const struct kanary_verdict *judge(struct kanary_kernel_score *score, u32 step)
{
	const struct kanary_score_run *run = score->batch;
	const struct kanary_vector *vector = kanary_score_run_get(run, step);
	struct kanary_replay_stream *stream = score->stream;
	const struct kanary_path *path = NULL;

	if (stream && stream->number != vector->stream)
		kanary_replay_drop(&score->replay, stream);
	while ((path = kanary_score_run_next(run, step, path)))
		if (!kanary_replay_path(&score->replay, path))
			return NULL;
	score->stream = kanary_replay_vector(&score->replay, vector);
	return score->stream ? &score->stream->last : NULL;
}

static int compare(struct kanary_kernel_score *score, const struct reply *reply)
{
	const struct kanary_verdict *ours;
	u32 i;

	kanary_replay_forget(&score->replay);
	score->stream = NULL;
	for (i = 0; i < score->batch->steps; i++) {
		ours = judge(score, i);
		if (!ours)
			return short_of_memory();
		score->verdicts++;
		score->sequences += !!(ours->flags & KANARY_VERDICT_CONTAINER);
		score->names += !!ours->path_names_error;
		if (memcmp(ours, &reply->verdicts[i], sizeof(*ours)))
			note_difference(score, i, &reply->verdicts[i], ours);
	}
	return 0;
}

int kanary_kernel_score_finish(struct kanary_kernel_score *score)
{
	struct kanary_score_run *run = score->batch;
	struct reply reply = { .count = 0 };

	if (!run || !run->steps)
		return 0;
	if (kanary_netlink_request(score->target.netlink, build(score), take_verdicts, &reply))
		return kanary_message_error("score: %s", reply.count < 0 ?
					    "the kernel's verdicts make no sense: install matching versions" :
					    kanary_netlink_error(score->target.netlink));
	if (reply.count != (int)run->steps)
		return kanary_message_error("score: the kernel gave %d verdicts for %u vectors",
					    reply.count, run->steps);
	if (compare(score, &reply))
		return 1;
	score->paths += run->told;
	kanary_score_run_clear(run);
	return 0;
}

/* The request is full before all paths of a vector are in it: it goes out with what it has. */
static int send_portion(struct kanary_kernel_score *score, const struct kanary_vector *vector)
{
	if (!kanary_score_run_vector(&score->batch, vector))
		return short_of_memory();
	score->portions++;
	return kanary_kernel_score_finish(score);
}

static int pack(struct kanary_kernel_score *score, const struct kanary_score_run *run, u32 step)
{
	const struct kanary_vector *vector = kanary_score_run_get(run, step);
	const struct kanary_path *path = NULL;

	if (!kanary_score_run_fits(score->batch, run, step) && kanary_kernel_score_finish(score))
		return 1;
	while ((path = kanary_score_run_next(run, step, path))) {
		if (kanary_score_run_full(score->batch) && send_portion(score, vector))
			return 1;
		if (!kanary_score_run_path(&score->batch, path))
			return short_of_memory();
	}
	return kanary_score_run_vector(&score->batch, vector) ? 0 : short_of_memory();
}

int kanary_kernel_score_flush(struct kanary_kernel_score *score,
			      struct kanary_replay_stream *stream)
{
	struct kanary_score_run *run = stream->own;
	u32 i;

	if (!run)
		return 0;
	for (i = 0; i < run->steps; i++)
		if (pack(score, run, i))
			return 1;
	kanary_score_run_clear(run);
	return 0;
}

int kanary_kernel_score_path(struct kanary_kernel_score *score,
			     struct kanary_replay_stream *stream, const struct kanary_path *path)
{
	struct kanary_score_run *run = stream->own;
	bool added = kanary_score_run_path(&run, path);

	stream->own = run;
	return added ? 0 : short_of_memory();
}

int kanary_kernel_score_add(struct kanary_kernel_score *score,
			    struct kanary_replay_stream *stream,
			    const struct kanary_vector *vector)
{
	struct kanary_score_run *run = stream->own;
	bool added = kanary_score_run_vector(&run, vector);

	stream->own = run;
	if (!added)
		return short_of_memory();
	if (run->steps == KANARY_SCORE_MAX || run->used >= KANARY_SCORE_RUN_BYTES)
		return kanary_kernel_score_flush(score, stream);
	return 0;
}

void kanary_kernel_score_close(struct kanary_kernel_score *score)
{
	kanary_target_close(&score->target);
	kanary_replay_free(&score->replay);
	free(score->batch);
}
