/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KANARY_LOCKDOWN_H
#define KANARY_LOCKDOWN_H

#include <stdbool.h>

/** kanary_lockdown_engaged() - whether this kernel is locked down and takes signed modules only */
bool kanary_lockdown_engaged(void);

#endif /* KANARY_LOCKDOWN_H */
