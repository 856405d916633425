/* SPDX-License-Identifier: GPL-2.0 */
/* io_uring's operations, which pass no hook of system calls, counted by opcode as calls. */
#ifndef _KANARY_IO_URING_H
#define _KANARY_IO_URING_H

/** kanary_io_uring_init() - see operations from here on, or say in the log that none is seen */
void kanary_io_uring_init(void);

/** kanary_io_uring_uninit() - when it returns, none is seen any more; sleeps */
void kanary_io_uring_uninit(void);

#endif /* _KANARY_IO_URING_H */
