// SPDX-License-Identifier: GPL-2.0
#include "alarm_list.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SURPRISE_UNIT 256.0
#define SURPRISE_MAX 25600
/* Surprises are calibrated: beyond the data they are not off by more than a factor of 3. */
#define BEYOND 0.5

bool kanary_alarm_list_add(struct kanary_alarm_list *list, u32 surprise, bool first)
{
	if (list->count == list->room) {
		size_t room = 2 * list->room + 1024;
		u32 *surprises = realloc(list->surprise, room * sizeof(*surprises));
		bool *firsts;

		if (!surprises)
			return false;
		list->surprise = surprises;
		firsts = realloc(list->first, room * sizeof(*firsts));
		if (!firsts)
			return false;
		list->first = firsts;
		list->room = room;
	}
	list->surprise[list->count] = surprise;
	list->first[list->count++] = first;
	return true;
}

size_t kanary_alarm_list_count(const struct kanary_alarm_list *list, u32 threshold, size_t *alerts)
{
	size_t alarms = 0, vectors = 0, i;
	u32 left = 0;

	for (i = 0; i < list->count; i++) {
		if (list->first[i])
			left = 0;
		vectors += list->surprise[i] >= threshold;
		alarms += kanary_alarm_begins(&left, list->memory, list->surprise[i] >= threshold);
	}
	if (alerts)
		*alerts = vectors;
	return alarms;
}

/* Lowest threshold with no more than @alarms, none where even the highest has more. */
static u32 lowest(const struct kanary_alarm_list *list, double alarms)
{
	u32 low = 0, high = SURPRISE_MAX + 1;

	while (high - low > 1) {
		u32 middle = low + (high - low) / 2;

		if (kanary_alarm_list_count(list, middle, NULL) <= alarms)
			high = middle;
		else
			low = middle;
	}
	return high;
}

/* Sum of what the alarms' peaks have beyond @threshold. */
static double excess(const struct kanary_alarm_list *list, u32 threshold)
{
	u32 peak = 0, left = 0;
	double sum = 0;
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (list->first[i])
			left = 0;
		if (!left && peak) {
			sum += peak - threshold;
			peak = 0;
		}
		if (list->surprise[i] >= threshold && list->surprise[i] > peak)
			peak = list->surprise[i];
		kanary_alarm_begins(&left, list->memory, list->surprise[i] >= threshold);
	}
	return peak ? sum + peak - threshold : sum;
}

u32 kanary_alarm_list_threshold(const struct kanary_alarm_list *list, uint64_t budget)
{
	double wanted = (double)list->count / budget, level, least, alarms, peaks, sum;
	u32 base;

	/*
	 * However alerts cluster, there are no more alarms than alerts, and no fewer than
	 * in rows of the longest kind; and a surprise that is half of what it seems to be
	 * is a fault and no threshold.
	 */
	least = fmax(log10((double)budget / list->memory), 0.5 * log10((double)budget));
	base = lowest(list, fmax(wanted, KANARY_ALARM_COUNTED));
	level = base;
	if (wanted < KANARY_ALARM_COUNTED) {
		alarms = kanary_alarm_list_count(list, base, NULL);
		peaks = alarms + KANARY_ALARM_BELIEF;
		sum = excess(list, base) + KANARY_ALARM_BELIEF * SURPRISE_UNIT * M_LOG10E;
		/* the scale is not certain, either: with that, exponential becomes Lomax 1954 */
		level += sum * (pow(fmax(alarms, 1) / wanted, 1 / peaks) - 1);
		/* one event, seen once and far beyond, must not hide all that will come */
		level = fmin(level, fmax(base, (log10((double)budget) + BEYOND) * SURPRISE_UNIT));
	}
	level = fmax(level, least * SURPRISE_UNIT);
	return (u32)fmin(fmax(ceil(level), 1), SURPRISE_MAX);
}

void kanary_alarm_list_free(struct kanary_alarm_list *list)
{
	free(list->surprise);
	free(list->first);
	memset(list, 0, sizeof(*list));
}
