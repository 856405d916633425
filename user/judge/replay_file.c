// SPDX-License-Identifier: GPL-2.0
#include "replay_file.h"

#include <errno.h>
#include <string.h>

#include "terminal/message.h"
#include "replay_fit.h"

static int end(struct kanary_replay *replay, const struct kanary_replay_listener *listener,
	       struct kanary_replay_stream *stream)
{
	if (listener->end && listener->end(listener->context, stream))
		return 1;
	kanary_replay_drop(replay, stream);
	return 0;
}

int kanary_replay_file_take(struct kanary_replay *replay,
			    const struct kanary_replay_listener *listener,
			    const struct kanary_recording_record *record)
{
	struct kanary_replay_stream *stream = kanary_replay_record(replay, record);

	if (!stream)
		return kanary_message_error("%s: %s", listener->command, strerror(ENOMEM));
	if (record->path)
		return listener->path ?
		       listener->path(listener->context, stream, record->path) : 0;
	if (listener->vector && listener->vector(listener->context, stream, record->vector))
		return 1;
	return record->vector->reason == KANARY_REASON_PERIOD ? 0 : end(replay, listener, stream);
}

int kanary_replay_file_end(struct kanary_replay *replay,
			   const struct kanary_replay_listener *listener)
{
	int error = 0;

	if (listener->end)
		error = kanary_replay_each(replay, listener->end, listener->context);
	kanary_replay_forget(replay);
	return error;
}

static bool is_wanted(const struct kanary_recording_record *record,
		      const struct kanary_selection *selection)
{
	return kanary_selection_wants(selection, record->path ? record->path->cgroup :
								record->vector->cgroup);
}

static int judge(struct kanary_replay *replay, const struct kanary_replay_listener *listener,
		 struct kanary_recording_reader *reader, const struct kanary_selection *selection)
{
	struct kanary_recording_record record;

	kanary_replay_forget(replay);
	while (kanary_recording_read(reader, &record)) {
		if (listener->file)
			*listener->file = kanary_recording_file(reader);
		if (is_wanted(&record, selection) &&
		    kanary_replay_file_take(replay, listener, &record))
			return 1;
	}
	return kanary_replay_file_end(replay, listener);
}

int kanary_replay_file(struct kanary_replay *replay,
		       const struct kanary_replay_listener *listener, const char *path,
		       struct kanary_selection *selection, bool *damaged)
{
	struct kanary_recording_reader *reader;
	const char *why = NULL;
	int status;

	if (kanary_selection_resolve(selection, path))
		return 1;
	reader = kanary_recording_open(path, &why);
	if (!reader)
		return kanary_message_error("%s: %s: %s", listener->command, path, why);
	status = kanary_replay_fit(listener->command, &replay->model, path,
				   kanary_recording_describe(reader));
	if (!status)
		status = judge(replay, listener, reader, selection);
	why = kanary_recording_damage(reader);
	if (!status && why)
		kanary_message_note("%s: %s: going on with what was read", path, why);
	if (damaged)
		*damaged = why;
	kanary_recording_close(reader);
	return status;
}
