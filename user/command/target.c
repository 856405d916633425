// SPDX-License-Identifier: GPL-2.0
#include "container/container_name.h"
#include "terminal/message.h"
#include "target.h"

int kanary_target_open(const char *command, struct kanary_target *target)
{
	char why[1024];

	target->netlink = NULL;
	target->cgroup = 0;
	if (target->text &&
	    !kanary_container_name_find(target->text, &target->cgroup, why, sizeof(why)))
		return kanary_message_error("%s: %s", command, why);
	target->netlink = kanary_netlink_open(&target->status);
	return !target->netlink;
}

int kanary_target_send(const char *command, struct kanary_target *target,
		       enum kanary_command number, int mode)
{
	struct nl_msg *message = kanary_netlink_message(target->netlink, number, 64);

	if (message) {
		nla_put_u64(message, KANARY_A_CGROUP, target->cgroup);
		if (mode >= 0)
			nla_put_u32(message, KANARY_A_MODE, (uint32_t)mode);
	}
	if (kanary_netlink_request(target->netlink, message, NULL, NULL))
		return kanary_message_error("%s: %s", command,
					    kanary_netlink_error(target->netlink));
	return 0;
}

void kanary_target_close(struct kanary_target *target)
{
	kanary_netlink_close(target->netlink);
	target->netlink = NULL;
}
