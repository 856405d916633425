// SPDX-License-Identifier: GPL-2.0
#include "netlink_family.h"

#include <linux/genetlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/family.h>
#include <netlink/genl/genl.h>
#include <netlink/genl/mngt.h>
#include <poll.h>
#include <string.h>

#include "kanary_netlink.h"

static struct nl_sock *connect_socket(void)
{
	struct nl_sock *socket = nl_socket_alloc();

	if (socket && genl_connect(socket)) {
		nl_socket_free(socket);
		return NULL;
	}
	return socket;
}

int kanary_netlink_family_notices(void)
{
	struct nl_sock *socket = connect_socket();
	int group = -NLE_NOMEM;

	if (socket)
		group = genl_ctrl_resolve_grp(socket, "nlctrl", "notify");
	nl_socket_free(socket);
	return group;
}

enum kanary_netlink_family_event kanary_netlink_family_read(const struct nlmsghdr *message)
{
	static struct nla_policy policy[CTRL_ATTR_MAX + 1] = {
		[CTRL_ATTR_FAMILY_NAME] = { .type = NLA_STRING },
	};
	struct nlattr *attributes[CTRL_ATTR_MAX + 1];
	const struct genlmsghdr *header = nlmsg_data(message);

	if (message->nlmsg_type != GENL_ID_CTRL ||
	    nlmsg_parse((struct nlmsghdr *)message, GENL_HDRLEN, attributes, CTRL_ATTR_MAX,
			policy) ||
	    !attributes[CTRL_ATTR_FAMILY_NAME] ||
	    strcmp(nla_get_string(attributes[CTRL_ATTR_FAMILY_NAME]), KANARY_FAMILY_NAME))
		return KANARY_NETLINK_FAMILY_NOTHING;
	if (header->cmd == CTRL_CMD_NEWFAMILY)
		return KANARY_NETLINK_FAMILY_CAME;
	return header->cmd == CTRL_CMD_DELFAMILY ? KANARY_NETLINK_FAMILY_WENT :
						   KANARY_NETLINK_FAMILY_NOTHING;
}

/* By the list of all families: who asks for one by its name has its module loaded. */
static bool is_listed(void)
{
	struct nl_sock *socket = connect_socket();
	struct nl_cache *families;
	struct genl_family *family;
	bool found = false;

	if (!socket || genl_ctrl_alloc_cache(socket, &families))
		goto out;
	family = genl_ctrl_search_by_name(families, KANARY_FAMILY_NAME);
	found = family;
	if (family)
		genl_family_put(family);
	nl_cache_free(families);
out:
	nl_socket_free(socket);
	return found;
}

bool kanary_netlink_family_await(int milliseconds, int wake)
{
	struct pollfd ready[] = { { .events = POLLIN }, { .fd = wake, .events = POLLIN } };
	struct nl_sock *socket = connect_socket();
	bool found;

	/* Listening first: what comes between the look and the wait is in the socket then. */
	if (socket)
		nl_socket_add_membership(socket, kanary_netlink_family_notices());
	found = is_listed();
	ready[0].fd = socket ? nl_socket_get_fd(socket) : -1;
	if (!found && poll(ready, 2, milliseconds) > 0 && ready[0].revents)
		found = is_listed();
	nl_socket_free(socket);
	return found;
}
