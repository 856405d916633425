/* SPDX-License-Identifier: GPL-2.0 */
/* Whether the module is there: families of generic netlink come and go with modules. */
#ifndef KANARY_NETLINK_FAMILY_H
#define KANARY_NETLINK_FAMILY_H

#include <linux/netlink.h>
#include <stdbool.h>

/**
 * kanary_netlink_family_notices() - the multicast group that tells of families
 *
 * Return: its number, or a negative error of libnl's.
 */
int kanary_netlink_family_notices(void);

/** enum kanary_netlink_family_event - what a notice says of the module's family */
enum kanary_netlink_family_event {
	KANARY_NETLINK_FAMILY_NOTHING,
	KANARY_NETLINK_FAMILY_CAME,
	KANARY_NETLINK_FAMILY_WENT,
};

/** kanary_netlink_family_read() - read a notice; any other message says nothing */
enum kanary_netlink_family_event kanary_netlink_family_read(const struct nlmsghdr *message);

/**
 * kanary_netlink_family_await() - wait until the module is there
 * @milliseconds: at most
 * @wake: returns early when this descriptor is readable
 *
 * Asks in no way that would load the module.
 *
 * Return: whether it is there.
 */
bool kanary_netlink_family_await(int milliseconds, int wake);

#endif /* KANARY_NETLINK_FAMILY_H */
