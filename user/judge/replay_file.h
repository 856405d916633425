/* SPDX-License-Identifier: GPL-2.0 */
/* A recording before a model, from its first record to its last. */
#ifndef KANARY_REPLAY_FILE_H
#define KANARY_REPLAY_FILE_H

#include "replay.h"
#include "recording/selection.h"

/**
 * struct kanary_replay_listener - who wants to know what comes of each record
 * @command: for errors, "score"
 * @context: handed to all below
 * @file: gets which file the present record was imported from, "" where that is not known;
 *	or NULL
 * @path: after a path was judged, or NULL
 * @vector: after a vector was judged, or NULL
 * @end: a stream has ended, or the recording has, by ascending number; or NULL. Of some
 *	streams there was a path, and no vector
 *
 * All return 0, or 1 after a line on stderr.
 */
struct kanary_replay_listener {
	const char *command;
	void *context;
	const char **file;
	int (*path)(void *context, struct kanary_replay_stream *stream,
		    const struct kanary_path *path);
	int (*vector)(void *context, struct kanary_replay_stream *stream,
		      const struct kanary_vector *vector);
	int (*end)(void *context, struct kanary_replay_stream *stream);
};

/** kanary_replay_file_take() - judge a record, and tell; 0, or 1 after a line on stderr */
int kanary_replay_file_take(struct kanary_replay *replay,
			    const struct kanary_replay_listener *listener,
			    const struct kanary_recording_record *record);

/** kanary_replay_file_end() - no more records: all streams end; likewise */
int kanary_replay_file_end(struct kanary_replay *replay,
			   const struct kanary_replay_listener *listener);

/**
 * kanary_replay_file() - judge a whole recording
 * @selection: whose records to judge, or NULL for all
 * @damaged: set where the file is cut off or damaged, unless NULL; what is whole was judged
 *
 * Refuses what does not fit the model, see replay_fit.h. Streams and containers begin anew.
 *
 * Return: 0, or 1 after a line on stderr.
 */
int kanary_replay_file(struct kanary_replay *replay,
		       const struct kanary_replay_listener *listener, const char *path,
		       struct kanary_selection *selection, bool *damaged);

#endif /* KANARY_REPLAY_FILE_H */
