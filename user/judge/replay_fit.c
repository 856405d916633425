// SPDX-License-Identifier: GPL-2.0
#include "replay_fit.h"

#include <string.h>

#include "terminal/message.h"

enum { X86_64, I386, ABIS };

static const char *const names[] = { "x86-64", "i386" };

/* Whether any call of an ABI has an input to itself, as those that were learned have. */
static bool has_learned(const struct kanary_model *model, u32 abi)
{
	u32 sharing[KANARY_MODEL_INPUTS_MAX] = { 0 }, bin;

	for (bin = 0; bin < KANARY_BINS; bin++)
		sharing[model->feature[bin]]++;
	for (bin = abi * KANARY_BINS_BANK; bin < (abi + 1) * KANARY_BINS_BANK; bin++)
		if (sharing[model->feature[bin]] == 1)
			return true;
	return false;
}

static bool is_recorded(const struct kanary_recording_header *recording)
{
	return !strncmp(recording->source, "kernel", sizeof(recording->source));
}

/* A recording of the kernel has both: each program's calls are in its own ABI's bins. */
static bool is_foreign(const struct kanary_model *model,
		       const struct kanary_recording_header *recording)
{
	return recording->abi < ABIS && !is_recorded(recording) &&
	       !has_learned(model, recording->abi) && has_learned(model, !recording->abi);
}

int kanary_replay_fit(const char *command, const struct kanary_model *model, const char *path,
		      const struct kanary_recording_header *recording)
{
	u32 period = model->header->period;

	if (recording->period != period)
		return kanary_message_error("%s: %s has %u calls a vector, the model wants %u: %s%u",
					    command, path, recording->period, period,
					    is_recorded(recording) ?
					    "record it again, with the module loaded with period=" :
					    "import it again with --period ", period);
	if (is_foreign(model, recording))
		return kanary_message_error("%s: %s has call numbers of %s, the model knows those of %s only: train a model on recordings of %s",
					    command, path, names[recording->abi],
					    names[!recording->abi], names[recording->abi]);
	return 0;
}

int kanary_replay_fit_file(const char *command, const struct kanary_model *model,
			   const char *path)
{
	struct kanary_recording_reader *reader;
	const char *why = NULL;
	int status;

	reader = kanary_recording_open(path, &why);
	if (!reader)
		return kanary_message_error("%s: %s: %s", command, path, why);
	status = kanary_replay_fit(command, model, path, kanary_recording_describe(reader));
	kanary_recording_close(reader);
	return status;
}
