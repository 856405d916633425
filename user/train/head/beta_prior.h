/* SPDX-License-Identifier: GPL-2.0 */
/* Chances that are known from few trials each: a beta distribution, fitted to all of them. */
#ifndef KANARY_BETA_PRIOR_H
#define KANARY_BETA_PRIOR_H

#include <stddef.h>

/**
 * struct kanary_beta_prior - as if so many trials had been seen before any
 * @hits: above 0
 * @misses: above 0
 */
struct kanary_beta_prior {
	double hits;
	double misses;
};

/** struct kanary_beta_trials - of one of the chances */
struct kanary_beta_trials {
	double hits;
	double trials;
};

/**
 * kanary_beta_prior_fit() - of largest likelihood (beta-binomial), on a grid of powers of sqrt(2)
 *
 * Empirical Bayes: Robbins 1956. Without any trials it is Jeffreys' prior.
 */
void kanary_beta_prior_fit(struct kanary_beta_prior *prior,
			   const struct kanary_beta_trials *trials, size_t count);

/** kanary_beta_prior_chance() - of a hit: the mean after these trials */
double kanary_beta_prior_chance(const struct kanary_beta_prior *prior, double hits, double trials);

#endif /* KANARY_BETA_PRIOR_H */
