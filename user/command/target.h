/* SPDX-License-Identifier: GPL-2.0 */
/* Commands that act on one container: from --container to a message that names it. */
#ifndef KANARY_TARGET_H
#define KANARY_TARGET_H

#include <stdint.h>

#include "module/netlink.h"

/**
 * struct kanary_target - the container that a command is about
 * @text: as given by the user
 * @cgroup: what that means
 * @netlink: to the module
 * @status: of the module
 */
struct kanary_target {
	const char *text;
	uint64_t cgroup;
	struct kanary_netlink *netlink;
	struct kanary_status status;
};

/**
 * kanary_target_open() - find the container, connect to the module
 * @command: for errors, "load"
 * @target: text set, the rest filled in; text NULL means no container
 *
 * Return: 0, or 1 after a line on stderr.
 */
int kanary_target_open(const char *command, struct kanary_target *target);

/**
 * kanary_target_send() - send a command that has the container, and perhaps a mode, as argument
 * @mode: enum kanary_mode, or -1
 *
 * Return: 0, or 1 after a line on stderr.
 */
int kanary_target_send(const char *command, struct kanary_target *target,
		       enum kanary_command number, int mode);

void kanary_target_close(struct kanary_target *target);

#endif /* KANARY_TARGET_H */
