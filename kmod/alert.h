/* SPDX-License-Identifier: GPL-2.0 */
/* Saying that a container does not behave like itself: kernel log, netlink, signal. */
#ifndef _KANARY_ALERT_H
#define _KANARY_ALERT_H

#include "explain.h"

struct kanary_profile;
struct kanary_task;

/* Bytes of a comm when each of its bytes but the zero is escaped. */
#define KANARY_ALERT_ESCAPED_SIZE (4 * KANARY_COMM_SIZE)

/**
 * kanary_alert_escape() - keep what a task calls itself from forging a field or a line
 * @name: below KANARY_COMM_SIZE bytes
 */
void kanary_alert_escape(char out[KANARY_ALERT_ESCAPED_SIZE], const char *name);

/**
 * kanary_alert_raise() - tell of a vector that its model calls unusual
 * @profile: whose throttle applies
 * @task: that made the calls
 * @vector: of it
 * @verdict: on the vector
 * @unusual: what the error is made of, largest first
 * @reasons: number of @unusual
 *
 * The kernel log gets at most 10 warnings at once and one a minute for each profile, 10 critical
 * alerts at once and one a second, and as many of those that killed; the netlink group gets every
 * alert.
 * In mode enforce the process is killed where the alert is critical.
 *
 * Context: the worker, under its lock; may sleep.
 */
void kanary_alert_raise(struct kanary_profile *profile, struct kanary_task *task,
			const struct kanary_vector *vector, const struct kanary_verdict *verdict,
			const struct kanary_unusual *unusual, u32 reasons);

#endif /* _KANARY_ALERT_H */
