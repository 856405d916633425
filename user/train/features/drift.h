/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A normal service under another load makes the same calls in another mix. A
 * recording shows few mixes, so held-out parts of it look more alike than the
 * future will; training and calibration therefore also see copies whose mix has
 * drifted: each call's count times a random factor, the same for a whole run.
 * A call that was never made stays so: drift is no excuse for novelty. The order of
 * the calls stays as it was recorded: the log does not drift.
 */
#ifndef KANARY_DRIFT_H
#define KANARY_DRIFT_H

#include <gsl/gsl_rng.h>
#include <stdbool.h>

#include "recording/dataset.h"
#include "vector.h"

/**
 * struct kanary_drift - a mix
 * @deviation: standard deviation of the factors' natural logarithm; 0 for no drift
 * @drifted: whether the mix is another than the recorded one
 * @mix: number of the mix, from 1 on
 * @drawn: mix that each bin's factor belongs to; a bin that does not occur needs none
 * @factor: of each bin
 * @vector: where a drifted vector is made
 */
struct kanary_drift {
	double deviation;
	gsl_rng *random;
	bool drifted;
	uint32_t mix;
	uint32_t drawn[KANARY_BINS];
	float factor[KANARY_BINS];
	union {
		struct kanary_vector vector;
		u8 bytes[KANARY_VECTOR_SIZE_MAX];
	};
};

/** kanary_drift_create() - drift by @deviation, reproducible by @seed; NULL without memory */
struct kanary_drift *kanary_drift_create(double deviation, unsigned long seed);

/**
 * kanary_drift_copies() - versions of the data to look at: as they are, and drifted ones
 */
uint32_t kanary_drift_copies(const struct kanary_drift *drift);

/** kanary_drift_draw() - another mix; copy 0 is always as recorded */
void kanary_drift_draw(struct kanary_drift *drift, uint32_t copy);

/**
 * kanary_drift_vector() - a vector as it would be in the present mix
 *
 * Return: @vector itself without drift, else a copy that is valid until the next call.
 */
const struct kanary_vector *kanary_drift_vector(struct kanary_drift *drift,
						const struct kanary_vector *vector);

void kanary_drift_free(struct kanary_drift *drift);

#endif /* KANARY_DRIFT_H */
