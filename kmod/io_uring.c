// SPDX-License-Identifier: GPL-2.0
#include "io_uring.h"

#include "compat.h"
#include "task.h"
#include "tracepoint.h"

#include <linux/minmax.h>
#include <linux/tracepoint.h>

static bool attached;

/*
 * As each request is taken in, by the task that submits it: a ring that the kernel
 * polls has a thread for that, within the process that made the ring.
 */
KANARY_COMPAT_IO_URING_PROBE(count_request)
{
	u32 opcode = KANARY_COMPAT_IO_URING_OPCODE;

	preempt_disable();
	kanary_task_count(KANARY_IO_URING_FIRST + min_t(u32, opcode, KANARY_IO_URING_BINS - 1));
	preempt_enable();
}

void kanary_io_uring_init(void)
{
	int ret = -ENOENT;

	if (!IS_ENABLED(CONFIG_IO_URING))
		return;
	if (KANARY_COMPAT_IO_URING_TRACEPOINT)
		ret = kanary_tracepoint_attach(KANARY_COMPAT_IO_URING_TRACEPOINT, count_request);
	if (ret)
		pr_notice("cannot see io_uring's operations: error %d (no tracepoint that is known)\n",
			  ret);
	attached = !ret;
}

void kanary_io_uring_uninit(void)
{
	if (!attached)
		return;
	kanary_tracepoint_detach(KANARY_COMPAT_IO_URING_TRACEPOINT, count_request);
	tracepoint_synchronize_unregister();
}
