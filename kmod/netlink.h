/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family: see common/kanary_netlink.h. */
#ifndef _KANARY_NETLINK_H
#define _KANARY_NETLINK_H

#include <linux/types.h>

struct genl_family;
struct genl_info;

extern struct genl_family kanary_netlink_family;

/**
 * kanary_netlink_init() - open for requests; last of all
 * @max_tasks: to report
 * @period: to report, and to hold models against
 */
int kanary_netlink_init(u32 max_tasks, u32 period);

/**
 * kanary_netlink_refuse() - say in the extended ACK why a request is refused
 * @why: a string of this module; it outlives the reply, which is sent before the request returns
 *
 * Return: @error.
 */
int kanary_netlink_refuse(struct genl_info *info, int error, const char *why);

/**
 * kanary_netlink_stay() - go on although the kernel takes the module for going
 *
 * Lists are given by who can get hold of the family's module, which is then no longer to be
 * had: it is to have none. Not undone.
 */
void kanary_netlink_stay(void);

/** kanary_netlink_uninit() - no request runs any more; sleeps */
void kanary_netlink_uninit(void);

#endif /* _KANARY_NETLINK_H */
