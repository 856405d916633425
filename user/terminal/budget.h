/* SPDX-License-Identifier: GPL-2.0 */
/* How many false alarms the user accepts, as they say it: 1/week, 2/day, 1/1000000. */
#ifndef KANARY_BUDGET_H
#define KANARY_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct kanary_budget - what the user accepts
 * @alarms: so many
 * @seconds: in so much time, 0 where it is
 * @vectors: in so many vectors
 */
struct kanary_budget {
	uint64_t alarms;
	double seconds;
	uint64_t vectors;
};

/** kanary_budget_parse() - false where @text is no budget */
bool kanary_budget_parse(const char *text, struct kanary_budget *budget);

#endif /* KANARY_BUDGET_H */
