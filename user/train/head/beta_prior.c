// SPDX-License-Identifier: GPL-2.0
#include "beta_prior.h"

#include <math.h>

/* 2^-5 to 2^5: beyond, nothing can be told from fewer than some thousand trials. */
#define GRID 10

static double likelihood(const struct kanary_beta_prior *prior,
			 const struct kanary_beta_trials *trials, size_t count)
{
	double a = prior->hits, b = prior->misses;
	double whole = lgamma(a + b) - lgamma(a) - lgamma(b), sum = 0;
	size_t i;

	for (i = 0; i < count; i++)
		sum += whole + lgamma(trials[i].hits + a) +
		       lgamma(trials[i].trials - trials[i].hits + b) -
		       lgamma(trials[i].trials + a + b);
	return sum;
}

void kanary_beta_prior_fit(struct kanary_beta_prior *prior,
			   const struct kanary_beta_trials *trials, size_t count)
{
	struct kanary_beta_prior at;
	double best, value;
	int i, j;

	prior->hits = prior->misses = 0.5;
	best = likelihood(prior, trials, count);
	for (i = -GRID; i <= GRID; i++) {
		for (j = -GRID; j <= GRID; j++) {
			at.hits = exp2(i / 2.0);
			at.misses = exp2(j / 2.0);
			value = likelihood(&at, trials, count);
			if (value > best + 1e-9) {
				best = value;
				*prior = at;
			}
		}
	}
}

double kanary_beta_prior_chance(const struct kanary_beta_prior *prior, double hits, double trials)
{
	return (hits + prior->hits) / (trials + prior->hits + prior->misses);
}
