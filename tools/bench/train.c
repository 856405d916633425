// SPDX-License-Identifier: GPL-2.0
/* Time of one optimiser step of the sequence head: train.sh builds and runs this. */
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "train/head/adam.h"
#include "train/head/lstm_train.h"

void openblas_set_num_threads(int threads);

enum { INPUTS = 64, HIDDEN = 32, STEPS = 16, BATCH = 64, ROUNDS = 15, STEPS_A_ROUND = 40 };

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return time.tv_sec * 1e6 + time.tv_nsec * 1e-3;
}

int main(void)
{
	struct kanary_network *network = kanary_network_create(INPUTS, HIDDEN, STEPS, BATCH);
	struct kanary_adam *adam = kanary_adam_create(network->parameters);
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	size_t count = (size_t)STEPS * BATCH * INPUTS, i;
	float *x = calloc(count, sizeof(float));
	double best = INFINITY, loss = 0, start;
	int round, step;

	openblas_set_num_threads(1);
	/* a dozen syscalls a vector, as real ones have */
	for (i = 0; i < count; i++)
		if (gsl_rng_uniform(random) < 12.0 / INPUTS)
			x[i] = sqrt(gsl_rng_uniform(random) / 6);
	kanary_network_init(network, random);
	for (round = 0; round < ROUNDS; round++) {
		start = now();
		for (step = 0; step < STEPS_A_ROUND; step++) {
			loss = kanary_lstm_train_forward(network, x, BATCH);
			kanary_lstm_train_backward(network, x, BATCH);
			kanary_adam_step(adam, network->parameter, network->gradient,
					 1.0f / (BATCH * STEPS), 1.0f, 1e-3f);
		}
		start = (now() - start) / STEPS_A_ROUND / BATCH;
		best = start < best ? start : best;
	}
	fprintf(stderr, "kanary: %.1f us per sequence and optimiser step (loss now %.4f)\n", best,
		loss / BATCH / STEPS);
	printf("{\"inputs\": %d, \"hidden\": %d, \"steps\": %d, \"batch\": %d, "
	       "\"us_per_sequence\": %.1f}\n", INPUTS, HIDDEN, STEPS, BATCH, best);
	gsl_rng_free(random);
	free(x);
	kanary_adam_free(adam);
	kanary_network_free(network);
	return 0;
}
