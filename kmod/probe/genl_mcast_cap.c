// SPDX-License-Identifier: GPL-2.0
/* Who may listen to a multicast group: a flag with two names in its history. */
#include <net/genetlink.h>

struct genl_multicast_group probe = { .flags = GENL_MCAST_CAP_NET_ADMIN };
