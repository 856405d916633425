/* SPDX-License-Identifier: GPL-2.0 */
#include "alarm.h"

u32 kanary_alarm_memory(const struct kanary_model_header *header)
{
	u32 memory = header->sequence.steps;

	/* halved each time: what is older than two such spans has a quarter of the say */
	if (!header->decay_limit)
		return KANARY_ALARM_MEMORY_MAX;
	if (memory < 2 * header->decay_limit / header->period)
		memory = 2 * header->decay_limit / header->period;
	if (memory > KANARY_ALARM_MEMORY_MAX)
		return KANARY_ALARM_MEMORY_MAX;
	return memory ? memory : 1;
}

void kanary_alarm_mark(const struct kanary_model_header *header, struct kanary_alarm *alarm,
		       struct kanary_verdict *verdict)
{
	u32 memory = kanary_alarm_memory(header);

	if (kanary_alarm_begins(&alarm->left, memory, verdict->flags & KANARY_VERDICT_ALERT))
		verdict->flags |= KANARY_VERDICT_ALARM;
	if (kanary_alarm_begins(&alarm->critical_left, memory,
				verdict->flags & KANARY_VERDICT_CRITICAL))
		verdict->flags |= KANARY_VERDICT_CRITICAL_ALARM;
}
