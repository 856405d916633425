/* SPDX-License-Identifier: GPL-2.0 */
/* Whether a model raises as many false alarms on normal recordings as its budget allows. */
#ifndef KANARY_PROMISE_H
#define KANARY_PROMISE_H

#include <stdbool.h>
#include <stdint.h>

#include "recording/selection.h"

/* What a rate is promised to: no more than so many times too high or too low. */
#define KANARY_PROMISE_FACTOR 2.0

/**
 * struct kanary_promise - alarms against a budget
 * @vectors: judged
 * @alerts: vectors that reached the threshold
 * @alarms: events of these, as alarm.h has them
 * @expected: alarms that the budget allows
 * @low: of 95 % confidence for the mean number of alarms, from Poisson's distribution
 * @high: likewise
 */
struct kanary_promise {
	uint64_t vectors;
	uint64_t alerts;
	uint64_t alarms;
	double expected;
	double low;
	double high;
};

/**
 * kanary_promise_limits() - how certain a count is
 * @vectors: judged
 * @alarms: among them
 * @budget: vectors for each alarm
 *
 * Limits of 95 % confidence (Garwood 1936). Alerts are not set.
 */
void kanary_promise_limits(struct kanary_promise *promise, uint64_t vectors, uint64_t alarms,
			   uint64_t budget);

/** kanary_promise_broken() - whether even a limit of confidence is off by more than the factor */
bool kanary_promise_broken(const struct kanary_promise *promise);

/**
 * kanary_promise_report() - judge normal recordings, and print what came of it
 * @model: path
 * @selection: whose vectors to judge
 *
 * Return: exit status.
 */
int kanary_promise_report(const char *model, char *const *recordings, int count,
			  struct kanary_selection *selection, bool json);

#endif /* KANARY_PROMISE_H */
