// SPDX-License-Identifier: GPL-2.0
/* Until 6.0, where a cgroup knows only the numbers of those above it. */
#include <linux/cgroup.h>

u64 probe(const struct cgroup *cgroup)
{
	return cgroup->ancestor_ids[0];
}
