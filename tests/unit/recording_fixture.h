/* SPDX-License-Identifier: GPL-2.0 */
/* Recordings with containers in them: one at a time is written. */
#ifndef RECORDING_FIXTURE_H
#define RECORDING_FIXTURE_H

#include "recording/recording.h"

/* Ids of the two containers that are called web, one after the other, in day.rec. */
#define RECORDING_FIXTURE_WEB "0123456789ab0123456789ab0123456789ab0123456789ab0123456789ab0001"
#define RECORDING_FIXTURE_WEB_AGAIN \
	"c0ffee0123456789c0ffee0123456789c0ffee0123456789c0ffee0123450002"

/** recording_fixture_begin() - @boot: NULL for a recording that does not say where it was made */
void recording_fixture_begin(const char *path, const char *boot);

/** recording_fixture_note() - note a container, of image nginx:1.22 */
void recording_fixture_note(uint64_t cgroup, uint64_t time, enum kanary_recording_event event,
			    const char *runtime, const char *name, const char *id);

/** recording_fixture_vectors() - a stream of so many vectors of 5 calls each, from @time on */
void recording_fixture_vectors(uint64_t cgroup, uint64_t time, uint32_t count);

/** recording_fixture_stream() - the same of one stream, from index @first on */
void recording_fixture_stream(uint64_t cgroup, uint64_t stream, uint32_t first, uint32_t count);

void recording_fixture_loss(const struct kanary_recording_loss *loss);

void recording_fixture_end(void);

/**
 * recording_fixture_day() - write day.rec: web restarts and is made anew, what was blue is
 *	renamed, and one cgroup has no name
 */
void recording_fixture_day(void);

#endif /* RECORDING_FIXTURE_H */
