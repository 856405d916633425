/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lock: from KANARY_CMD_LOCK on, until the machine starts anew, nobody can
 * unload the module, or change its models, their modes or who records.
 */
#ifndef _KANARY_LOCK_H
#define _KANARY_LOCK_H

#include <linux/types.h>

/**
 * kanary_lock_engage() - lock; once is for ever, and twice is no error
 *
 * Takes a reference to the module that nobody gives back. Sleeps.
 *
 * Return: 0, or -EBUSY where the module is being unloaded already.
 */
int kanary_lock_engage(void);

/** kanary_lock_engaged() - whether it is locked; any context */
bool kanary_lock_engaged(void);

/**
 * kanary_lock_hold() - first thing of the module's exit: does not return where it is locked
 *
 * A kernel that unloads by force (rmmod -f) asks no reference counter. Its caller
 * waits here for ever, and all goes on as before.
 */
void kanary_lock_hold(void);

#endif /* _KANARY_LOCK_H */
