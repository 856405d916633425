/* SPDX-License-Identifier: GPL-2.0 */
/* A model with each head, and recordings of several containers' processes, for replays. */
#ifndef REPLAY_FIXTURE_H
#define REPLAY_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>

enum {
	REPLAY_FIXTURE_CONTAINERS = 3,
	REPLAY_FIXTURE_VECTORS = 420,
	/* Of the model's verdicts: Q24.8. */
	REPLAY_FIXTURE_THRESHOLD = 852,
	REPLAY_FIXTURE_CRITICAL = 1100,
};

/** replay_fixture_write_model() - into "model": each head that a verdict can have */
void replay_fixture_write_model(void);

/**
 * replay_fixture_write_recording() - of processes that come and go, with paths
 * @late: the first processes began before the recording, and are not whole
 */
void replay_fixture_write_recording(const char *path, uint64_t seed, bool late);

#endif /* REPLAY_FIXTURE_H */
