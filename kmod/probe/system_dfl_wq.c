// SPDX-License-Identifier: GPL-2.0
/* Since 6.18: the name of the workqueue that is bound to no CPU. */
#include <linux/workqueue.h>

struct workqueue_struct *probe(void)
{
	return system_dfl_wq;
}
