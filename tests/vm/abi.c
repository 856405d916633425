/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Calls by other doors than the native one, N times:
 *
 *	abi compat N		getppid() of the 32-bit ABI
 *	abi x32 N		getppid() of the x32 ABI; status 3 where the kernel has none
 *	abi uring N		no-operations and fsyncs of io_uring, N each; status 3 likewise
 *	abi polled N		the same by a ring that a thread of the kernel's polls
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { COMPAT_GETPPID = 64, X32_BIT = 0x40000000, ABSENT = 3, ENTRIES = 64 };

/* The queues of a ring, as far as they are needed. */
struct ring {
	int fd;
	struct io_uring_sqe *entries;
	unsigned int *tail, *flags, *head_done, *tail_done;
};

static int compat(unsigned long number)
{
	long result;

	while (number--) {
		result = COMPAT_GETPPID;
		__asm__ volatile("int $0x80" : "+a"(result) : :
				 "r8", "r9", "r10", "r11", "memory");
		if (result < 0)
			return ABSENT;
	}
	return 0;
}

static int x32(unsigned long number)
{
	while (number--)
		if (syscall(SYS_getppid | X32_BIT) < 0)
			return ABSENT;
	return 0;
}

static int ring_open(struct ring *ring, unsigned int flags)
{
	struct io_uring_params params = { .flags = flags, .sq_thread_idle = 1000 };
	unsigned int *array, i;
	char *queues;

	ring->fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &params);
	if (ring->fd < 0)
		return -1;
	queues = mmap(NULL, params.cq_off.cqes +
		      params.cq_entries * sizeof(struct io_uring_cqe) + 65536,
		      PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd,
		      IORING_OFF_SQ_RING);
	ring->entries = mmap(NULL, params.sq_entries * sizeof(*ring->entries),
			     PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd,
			     IORING_OFF_SQES);
	if (queues == MAP_FAILED || ring->entries == MAP_FAILED)
		return -1;
	array = (unsigned int *)(queues + params.sq_off.array);
	for (i = 0; i < params.sq_entries; i++)
		array[i] = i;
	ring->tail = (unsigned int *)(queues + params.sq_off.tail);
	ring->flags = (unsigned int *)(queues + params.sq_off.flags);
	ring->head_done = (unsigned int *)(queues + params.cq_off.head);
	ring->tail_done = (unsigned int *)(queues + params.cq_off.tail);
	return 0;
}

/* One request, to its end. */
static int request(struct ring *ring, unsigned int polled, unsigned char opcode, int fd)
{
	unsigned int tail = *ring->tail, flags = IORING_ENTER_GETEVENTS, submit = 1;
	struct io_uring_sqe *entry = &ring->entries[tail % ENTRIES];

	memset(entry, 0, sizeof(*entry));
	entry->opcode = opcode;
	entry->fd = fd;
	__atomic_store_n(ring->tail, tail + 1, __ATOMIC_SEQ_CST);
	if (polled) {
		submit = 0;
		if (__atomic_load_n(ring->flags, __ATOMIC_SEQ_CST) & IORING_SQ_NEED_WAKEUP)
			flags |= IORING_ENTER_SQ_WAKEUP;
	}
	while (*ring->head_done == __atomic_load_n(ring->tail_done, __ATOMIC_ACQUIRE)) {
		if (syscall(SYS_io_uring_enter, ring->fd, submit, 1, flags, NULL, 0) < 0 &&
		    errno != EINTR)
			return 1;
		submit = 0;
	}
	__atomic_store_n(ring->head_done, *ring->head_done + 1, __ATOMIC_RELEASE);
	return 0;
}

static int uring(unsigned long number, unsigned int polled)
{
	int fd = open("/tmp/abi", O_CREAT | O_RDWR, 0600);
	struct ring ring;

	if (fd < 0)
		return 1;
	if (ring_open(&ring, polled ? IORING_SETUP_SQPOLL : 0)) {
		perror("io_uring_setup");
		return ABSENT;
	}
	while (number--)
		if (request(&ring, polled, IORING_OP_NOP, -1) ||
		    request(&ring, polled, IORING_OP_FSYNC, fd)) {
			perror("io_uring_enter");
			return 1;
		}
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long number = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;

	if (argc > 2 && !strcmp(argv[1], "compat"))
		return compat(number);
	if (argc > 2 && !strcmp(argv[1], "x32"))
		return x32(number);
	if (argc > 2 && !strcmp(argv[1], "uring"))
		return uring(number, 0);
	if (argc > 2 && !strcmp(argv[1], "polled"))
		return uring(number, 1);
	fprintf(stderr, "usage: abi compat|x32|uring|polled N\n");
	return 2;
}
