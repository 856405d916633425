/* SPDX-License-Identifier: GPL-2.0 */
/* Whether a recording and a model belong together. */
#ifndef KANARY_REPLAY_FIT_H
#define KANARY_REPLAY_FIT_H

#include "model.h"
#include "recording/recording.h"

/**
 * kanary_replay_fit() - refuse a recording that a model cannot judge
 * @command: for errors, "score"
 * @path: of the recording
 *
 * One with another period than the model's, or of numbers of another ABI than all that the
 * model learned.
 *
 * Return: 0, or 1 after a line on stderr.
 */
int kanary_replay_fit(const char *command, const struct kanary_model *model, const char *path,
		      const struct kanary_recording_header *recording);

/** kanary_replay_fit_file() - the same of the recording itself, which it opens */
int kanary_replay_fit_file(const char *command, const struct kanary_model *model,
			   const char *path);

#endif /* KANARY_REPLAY_FIT_H */
