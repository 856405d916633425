/* SPDX-License-Identifier: GPL-2.0 */
/* Thresholds, and the alarms (alarm.h) that normal vectors raise at them. */
#ifndef KANARY_ALARM_LIST_H
#define KANARY_ALARM_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alarm.h"

/**
 * struct kanary_alarm_list - verdicts on normal vectors, stream by stream
 * @memory: vectors from an alarm's first alert on that belong to it
 * @count: verdicts
 * @surprise: [@count], Q24.8
 * @first: [@count], whether a stream begins with it
 */
struct kanary_alarm_list {
	uint32_t memory;
	size_t count;
	u32 *surprise;
	bool *first;
	size_t room;
};

/**
 * kanary_alarm_list_add() - take a verdict
 * @surprise: Q24.8
 * @first: whether it is a stream's first
 *
 * Return: false where memory is short.
 */
bool kanary_alarm_list_add(struct kanary_alarm_list *list, u32 surprise, bool first);

/**
 * kanary_alarm_list_count() - alarms at a threshold
 * @threshold: Q24.8
 * @alerts: set to the verdicts that reach it, unless NULL
 */
size_t kanary_alarm_list_count(const struct kanary_alarm_list *list, u32 threshold, size_t *alerts);

/**
 * kanary_alarm_list_threshold() - at which there is one alarm in so many vectors
 * @budget: vectors for each alarm
 *
 * By counting, as long as the list holds KANARY_ALARM_COUNTED alarms at that rate.
 * Beyond, the alarms' peaks are taken to be exponentially distributed, as a
 * surprise that is calibrated is; that the scale is 1 / ln 10 counts as much as
 * KANARY_ALARM_BELIEF peaks do, and the budget is kept in the mean over what the
 * scale may be; but little farther than the surprise itself says.
 *
 * Return: surprise, Q24.8, at least 1.
 */
u32 kanary_alarm_list_threshold(const struct kanary_alarm_list *list, uint64_t budget);

/* Alarms that must be in the data for a rate to be counted: it is right to a third (1 sigma). */
#define KANARY_ALARM_COUNTED 10
#define KANARY_ALARM_BELIEF 8

/** kanary_alarm_list_free() - free what is inside */
void kanary_alarm_list_free(struct kanary_alarm_list *list);

#endif /* KANARY_ALARM_LIST_H */
