/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A model at work in this process, on records as a kernel gave them. Every command that
 * lets a model judge does so by kanary_replay_record():
 *
 *	path ------> its stream's next vector will tell of it
 *	vector ----> verdict of its stream
 *	     \----> ends a process: its container's order of processes joins the verdict
 *
 * Records come in the order of their recording, which is the kernel's.
 */
#ifndef KANARY_REPLAY_H
#define KANARY_REPLAY_H

#include "explain.h"
#include "recording/recording.h"
#include "score.h"

/**
 * struct kanary_replay_stream - a stream that is being judged
 * @number: as in its records
 * @cgroup: of its latest record
 * @pid: of its first record
 * @comm: of its last vector, zero-padded
 * @vectors: judged so far
 * @alerts: of these
 * @criticals: of the alerts
 * @alarms: rows of alerts, as alarm.h has them
 * @critical_alarms: rows of critical alerts
 * @highest: surprise so far, Q24.8
 * @sum: of the surprises, Q.8
 * @path_surprise: of its last path, Q24.8
 * @last: verdict
 * @own: the caller's, one block for free()
 * @begins: no vector was judged in its container yet
 * @state: of the model
 * @container: the model's state of the stream's container, shared by its streams
 */
struct kanary_replay_stream {
	u64 number;
	u64 cgroup;
	u32 pid;
	char comm[KANARY_COMM_SIZE];
	u64 vectors;
	u64 alerts;
	u64 criticals;
	u64 alarms;
	u64 critical_alarms;
	u32 highest;
	u64 sum;
	u32 path_surprise;
	struct kanary_verdict last;
	void *own;
	bool begins;
	struct kanary_score_stream *state;
	struct kanary_score_container *container;
};

/**
 * struct kanary_replay - a prepared model, and what it remembers
 * @model: leads into the file, which must live as long
 * @one_container: all records are of one container, whatever their cgroups are
 */
struct kanary_replay {
	struct kanary_model model;
	bool one_container;
	/* the rest belongs to replay.c */
	void *packed;
	void *scratch;
	void *streams;
	void *containers;
};

/**
 * kanary_replay_init() - prepare a model, in the state before any record
 * @file: validated by kanary_model_parse(), or written by ourselves
 *
 * Return: false where memory is short.
 */
bool kanary_replay_init(struct kanary_replay *replay, const void *file);

/**
 * kanary_replay_record() - judge the next record
 * @record: with both a path and a vector, the path is judged, as one of the vector's stream
 *
 * A vector's verdict is in the stream's @last, a path's surprise in its @path_surprise. A
 * stream that goes on in another container begins anew there, as under that one's profile.
 *
 * Return: the record's stream, or NULL where memory is short.
 */
struct kanary_replay_stream *kanary_replay_record(struct kanary_replay *replay,
						  const struct kanary_recording_record *record);

/** kanary_replay_vector() - kanary_replay_record() of a vector */
static inline struct kanary_replay_stream *
kanary_replay_vector(struct kanary_replay *replay, const struct kanary_vector *vector)
{
	return kanary_replay_record(replay, &(struct kanary_recording_record){ .vector = vector });
}

/** kanary_replay_path_of() - the same of a path of which the vector's stream is known alone */
static inline struct kanary_replay_stream *
kanary_replay_path_of(struct kanary_replay *replay, const struct kanary_vector *vector,
		      const struct kanary_path *path)
{
	return kanary_replay_record(replay, &(struct kanary_recording_record){ .vector = vector,
									       .path = path });
}

/** kanary_replay_path() - the same of a path, before the vector that it was counted in */
static inline struct kanary_replay_stream *
kanary_replay_path(struct kanary_replay *replay, const struct kanary_path *path)
{
	return kanary_replay_record(replay, &(struct kanary_recording_record){ .path = path });
}

/** kanary_replay_explain() - kanary_explain_verdict() of the vector that was judged last */
u32 kanary_replay_explain(const struct kanary_replay *replay,
			  const struct kanary_replay_stream *stream,
			  const struct kanary_vector *vector,
			  struct kanary_unusual unusual[KANARY_UNUSUAL_MAX]);

/**
 * kanary_replay_each() - call @take for each stream that is left, by ascending number
 * @take: returns other than 0 to be called no more; drops none
 *
 * Return: what @take returned last, or 0.
 */
int kanary_replay_each(const struct kanary_replay *replay,
		       int (*take)(void *context, struct kanary_replay_stream *stream),
		       void *context);

/** kanary_replay_drop() - forget a stream: its next record would begin it again */
void kanary_replay_drop(struct kanary_replay *replay, struct kanary_replay_stream *stream);

/** kanary_replay_forget() - forget all streams and containers: another recording begins */
void kanary_replay_forget(struct kanary_replay *replay);

/**
 * kanary_replay_rehearse() - kanary_score_rehearse() of the model
 *
 * Return: false where memory is short.
 */
bool kanary_replay_rehearse(struct kanary_replay *replay, struct kanary_verdict *verdict);

/** kanary_replay_reference() - run the model's self-test; false where memory is short, too */
bool kanary_replay_reference(struct kanary_replay *replay);

void kanary_replay_free(struct kanary_replay *replay);

#endif /* KANARY_REPLAY_H */
