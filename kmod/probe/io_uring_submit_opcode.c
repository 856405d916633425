// SPDX-License-Identifier: GPL-2.0
/* Up to 5.19: the opcode is an argument, and what else there is comes after it. */
#include <trace/events/io_uring.h>

int probe(void (*function)(void *data, void *context, void *request, u8 opcode, u64 user_data,
			   u32 flags, bool force_nonblock, bool sq_thread))
{
	return register_trace_io_uring_submit_sqe(function, NULL);
}
