// SPDX-License-Identifier: GPL-2.0
#include "budget.h"

#include <stdio.h>
#include <string.h>

#include "arguments.h"

bool kanary_budget_parse(const char *text, struct kanary_budget *budget)
{
	static const struct {
		const char *name;
		double seconds;
	} units[] = {
		{ "hour", 3600 }, { "day", 86400 }, { "week", 7 * 86400 }, { "month", 30 * 86400 },
		{ "year", 365 * 86400 },
	};
	const char *slash = strchr(text, '/');
	uint64_t nanoseconds;
	char number[24];
	size_t i;

	if (!slash || (size_t)(slash - text) >= sizeof(number))
		return false;
	snprintf(number, sizeof(number), "%.*s", (int)(slash - text), text);
	if (!kanary_arguments_number(number, 1, 1000000, &budget->alarms))
		return false;
	slash++;
	budget->seconds = 0;
	if (kanary_arguments_number(slash, 1, UINT64_MAX / 2, &budget->vectors))
		return true;
	for (i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (!strcmp(slash, units[i].name))
			budget->seconds = units[i].seconds;
	if (!budget->seconds && kanary_arguments_duration(slash, &nanoseconds))
		budget->seconds = nanoseconds * 1e-9;
	return budget->seconds > 0;
}
