/* SPDX-License-Identifier: GPL-2.0 */
/*
 * order_calls: three streams of system calls, of which each one is known.
 *
 * Without libc, which would make calls of its own:
 *
 *	first	sequence 1, fork, wait4, exit
 *	child	sequence 2, execve of itself with an argument
 *	again	sequence 3, exit
 */
#include "order_sequence.h"

static long native(long number, long first, long second)
{
	register long fourth __asm__("r10") = 0;

	__asm__ volatile("syscall" : "+a"(number) : "D"(first), "S"(second), "d"(0L), "r"(fourth) :
			 "rcx", "r11", "memory");
	return number;
}

static void compat(long number)
{
	__asm__ volatile("int $0x80" : "+a"(number) : : "r8", "r9", "r10", "r11", "memory");
}

static void sequence(unsigned int state)
{
	unsigned int i, bin;

	for (i = 0; i < ORDER_CALLS; i++) {
		bin = order_sequence_next(&state);
		if (bin < KANARY_BINS_BANK)
			native(bin, 0, 0);
		else
			compat(bin - KANARY_BINS_BANK);
	}
}

/* @stack: argc, argv[], NULL, ... */
__attribute__((used, noreturn)) void begin(long *stack)
{
	const char *again[] = { (const char *)stack[1], "again", 0 };

	if (stack[0] > 1) {
		sequence(3);
	} else {
		sequence(1);
		if (!native(ORDER_FORK, 0, 0)) {
			sequence(2);
			native(ORDER_EXECVE, stack[1], (long)again);
		}
		native(ORDER_WAIT4, -1, 0);
	}
	for (;;)
		native(ORDER_EXIT, 0, 0);
}

__asm__(".globl _start\n_start:\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall begin\n");
