// SPDX-License-Identifier: GPL-2.0
/* Since 6.4. The request is a structure that modules may look into since 6.0. */
#include <linux/io_uring_types.h>
#include <trace/events/io_uring.h>

int probe(void (*function)(void *data, struct io_kiocb *request), struct io_kiocb *request)
{
	return register_trace_io_uring_submit_req(function, NULL) + request->opcode;
}
