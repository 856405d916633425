// SPDX-License-Identifier: GPL-2.0
/* 6.0 to 6.3. */
#include <linux/io_uring_types.h>
#include <trace/events/io_uring.h>

int probe(void (*function)(void *data, struct io_kiocb *request, bool force_nonblock),
	  struct io_kiocb *request)
{
	return register_trace_io_uring_submit_sqe(function, NULL) + request->opcode;
}
