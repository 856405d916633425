// SPDX-License-Identifier: GPL-2.0
#include "drift.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COPIES 4

struct kanary_drift *kanary_drift_create(double deviation, unsigned long seed)
{
	struct kanary_drift *drift = calloc(1, sizeof(*drift));

	if (!drift)
		return NULL;
	drift->deviation = deviation;
	drift->random = gsl_rng_alloc(gsl_rng_mt19937);
	if (!drift->random) {
		free(drift);
		return NULL;
	}
	gsl_rng_set(drift->random, seed);
	kanary_drift_draw(drift, 0);
	return drift;
}

uint32_t kanary_drift_copies(const struct kanary_drift *drift)
{
	return drift->deviation > 0 ? COPIES : 1;
}

void kanary_drift_draw(struct kanary_drift *drift, uint32_t copy)
{
	drift->drifted = copy && drift->deviation > 0;
	drift->mix += drift->drifted;
}

static double factor(struct kanary_drift *drift, u16 bin)
{
	if (drift->drawn[bin] != drift->mix) {
		drift->drawn[bin] = drift->mix;
		drift->factor[bin] =
			exp(gsl_ran_gaussian_ziggurat(drift->random, drift->deviation));
	}
	return drift->factor[bin];
}

const struct kanary_vector *kanary_drift_vector(struct kanary_drift *drift,
						const struct kanary_vector *vector)
{
	struct kanary_vector *drifted = &drift->vector;
	struct kanary_log log = kanary_vector_log(vector);
	u32 recorded = kanary_vector_calls(vector);
	u32 i, length = 0, calls = 0;

	if (!drift->drifted)
		return vector;
	memcpy(drifted, vector, sizeof(*vector));
	for (i = 0; i < recorded; i++) {
		double count = vector->counts[i].count * factor(drift, vector->counts[i].bin);

		/* rounded up as often as its fraction says: few calls may become none */
		count = fmin(floor(count + gsl_rng_uniform(drift->random)), UINT16_MAX);
		if (count < 1)
			continue;
		drifted->counts[length].bin = vector->counts[i].bin;
		drifted->counts[length++].count = count;
		calls += count;
	}
	if (!length)
		return vector;
	drifted->calls = calls;
	while (i < vector->length)
		drifted->counts[length++] = vector->counts[i++];
	drifted->length = length;
	kanary_vector_append_log(drifted, &log);
	return drifted;
}

void kanary_drift_free(struct kanary_drift *drift)
{
	if (!drift)
		return;
	gsl_rng_free(drift->random);
	free(drift);
}
