/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Alarms: what a budget of false alarms counts. Successive vectors of a stream are judged with a
 * memory of each other, so one event raises alerts in a row. All that come within that memory of
 * the first are one alarm, and what goes on for longer is another.
 */
#ifndef _KANARY_ALARM_H
#define _KANARY_ALARM_H

#include "kanary_netlink.h"
#include "model.h"
#include "types.h"

/* Memory that counts at most, vectors: a stream that never forgets may raise two alarms. */
#define KANARY_ALARM_MEMORY_MAX 64

/**
 * struct kanary_alarm - alarms of one stream that have begun
 * @left: vectors that still belong to the latest
 * @critical_left: the same of critical alerts alone
 */
struct kanary_alarm {
	u32 left;
	u32 critical_left;
};

/** kanary_alarm_memory() - vectors that a verdict of a model looks back on, at least 1 */
u32 kanary_alarm_memory(const struct kanary_model_header *header);

/**
 * kanary_alarm_begins() - go on by a vector of a stream
 * @left: vectors that still belong to the latest alarm, 0 at first; updated
 * @memory: vectors from an alarm's first alert on that belong to it, at least 1
 * @alert: whether the vector raises one
 *
 * Return: whether an alarm begins with it.
 */
static inline bool kanary_alarm_begins(u32 *left, u32 memory, bool alert)
{
	bool begins = alert && !*left;

	if (begins)
		*left = memory;
	*left -= !!*left;
	return begins;
}

/**
 * kanary_alarm_mark() - say in a verdict whether an alarm begins with it
 * @alarm: of the verdict's stream, updated
 * @verdict: complete but for KANARY_VERDICT_ALARM and KANARY_VERDICT_CRITICAL_ALARM, which are set
 *	where they are due
 */
void kanary_alarm_mark(const struct kanary_model_header *header, struct kanary_alarm *alarm,
		       struct kanary_verdict *verdict);

#endif /* _KANARY_ALARM_H */
