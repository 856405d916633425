// SPDX-License-Identifier: GPL-2.0
#include "adam.h"

#include <gsl/gsl_cblas.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)
#define CLONES __attribute__((target_clones("avx512f", "arch=haswell", "default")))
#else
#define CLONES
#endif

#define DECAY_FIRST 0.9f
#define DECAY_SECOND 0.999f
#define EPSILON 1e-8f

struct kanary_adam {
	size_t count;
	uint64_t steps;
	float *first;
	float *second;
};

struct kanary_adam *kanary_adam_create(size_t count)
{
	struct kanary_adam *adam = calloc(1, sizeof(*adam));

	if (!adam)
		return NULL;
	adam->count = count;
	adam->first = calloc(2 * count, sizeof(float));
	adam->second = adam->first + count;
	if (!adam->first) {
		free(adam);
		return NULL;
	}
	return adam;
}

/* One pass over everything that is as long as the parameters. */
CLONES
static void update(float *restrict parameter, const float *restrict gradient,
		   float *restrict first, float *restrict second, size_t count, float scale,
		   float rate, float correction)
{
	size_t i;

	for (i = 0; i < count; i++) {
		float g = gradient[i] * scale;
		float m = DECAY_FIRST * first[i] + (1.0f - DECAY_FIRST) * g;
		float v = DECAY_SECOND * second[i] + (1.0f - DECAY_SECOND) * g * g;

		first[i] = m;
		second[i] = v;
		parameter[i] -= rate * m / (sqrtf(v) * correction + EPSILON);
	}
}

void kanary_adam_step(struct kanary_adam *adam, float *parameter, const float *gradient,
		      float scale, float norm, float rate)
{
	float length = sqrtf(cblas_sdot(adam->count, gradient, 1, gradient, 1)) * scale;
	double steps = ++adam->steps;
	float unbiased = rate / (1.0 - pow(DECAY_FIRST, steps));

	if (length > norm)
		scale *= norm / length;
	update(parameter, gradient, adam->first, adam->second, adam->count, scale, unbiased,
	       1.0 / sqrt(1.0 - pow(DECAY_SECOND, steps)));
}

void kanary_adam_free(struct kanary_adam *adam)
{
	if (!adam)
		return;
	free(adam->first);
	free(adam);
}
