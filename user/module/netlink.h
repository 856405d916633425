/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The transport: generic netlink to the module. What the messages mean is in
 * protocol.h, which needs no socket.
 */
#ifndef KANARY_NETLINK_TRANSPORT_H
#define KANARY_NETLINK_TRANSPORT_H

#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <stdint.h>

#include "kanary_netlink.h"
#include "protocol.h"

struct kanary_netlink;

/**
 * typedef kanary_netlink_handler - takes one message from the module
 *
 * Return: 0, or nonzero to stop, which kanary_netlink_wait() hands on.
 */
typedef int (*kanary_netlink_handler)(const struct nlmsghdr *message, void *context);

/**
 * kanary_netlink_open() - connect to the module and shake hands
 * @status: set to the module's status
 *
 * Return: a connection, or NULL after kanary_message_error().
 */
struct kanary_netlink *kanary_netlink_open(struct kanary_status *status);

void kanary_netlink_close(struct kanary_netlink *netlink);

/** kanary_netlink_error() - one sentence on the last failure, the kernel's own where it gave one */
const char *kanary_netlink_error(const struct kanary_netlink *netlink);

/**
 * kanary_netlink_message() - start a message of the family
 * @size: bytes that its attributes will take at most
 *
 * Return: NULL without memory.
 */
struct nl_msg *kanary_netlink_message(struct kanary_netlink *netlink, enum kanary_command command,
				      size_t size);

/**
 * kanary_netlink_request() - send a message and wait until the module is done with it
 * @message: from kanary_netlink_message(), taken over; NULL counts as no memory
 * @reply: gets each reply, may be NULL
 *
 * Events that come meanwhile go to the handler of kanary_netlink_events().
 *
 * Return: 0, or -errno with kanary_netlink_error() set.
 */
int kanary_netlink_request(struct kanary_netlink *netlink, struct nl_msg *message,
			   kanary_netlink_handler reply, void *context);

/**
 * kanary_netlink_dump() - ask for a list
 *
 * Starts over where the list changed under way; @reply sees the consistent one only.
 *
 * Return: 0, or -errno with kanary_netlink_error() set.
 */
int kanary_netlink_dump(struct kanary_netlink *netlink, enum kanary_command command,
			kanary_netlink_handler reply, void *context);

/** kanary_netlink_events() - who gets KANARY_CMD_VECTORS, _ALERT and _TAMPER */
void kanary_netlink_events(struct kanary_netlink *netlink, kanary_netlink_handler event,
			   void *context);

/** kanary_netlink_subscribe() - get alerts as events; 0 or -errno, error set */
int kanary_netlink_subscribe(struct kanary_netlink *netlink);

/**
 * kanary_netlink_guard() - be told when the module is unloaded
 *
 * From then on kanary_netlink_wait() returns -ENODEV. 0 or -errno, error set.
 */
int kanary_netlink_guard(struct kanary_netlink *netlink);

/**
 * kanary_netlink_check() - ask whether the module is there, should the news of it be lost
 *
 * Return: 0, or -ENODEV with the error set.
 */
int kanary_netlink_check(struct kanary_netlink *netlink);

/**
 * kanary_netlink_wait() - take events for a while
 * @milliseconds: to wait for the first of them, -1 for ever
 * @wake: returns early when this descriptor is readable, -1 for none
 *
 * Return: 0, what a handler returned, or -errno with the error set: -ENODEV where the
 *	module was unloaded.
 */
int kanary_netlink_wait(struct kanary_netlink *netlink, int milliseconds, int wake);

/** kanary_netlink_overruns() - how often the socket's buffer ran over */
uint64_t kanary_netlink_overruns(const struct kanary_netlink *netlink);

#endif /* KANARY_NETLINK_TRANSPORT_H */
