/* SPDX-License-Identifier: GPL-2.0 */
#include <linux/linkage.h>

/*
 * long kanary_call(unsigned long target, const struct pt_regs *regs, unsigned int number)
 *
 * Jumps to a function that is not exported by returning to it. An indirect call
 * would trap where indirect branch tracking is on: nobody takes the address of
 * the dispatcher, so the kernel has removed its landing pad.
 */
	.text
SYM_FUNC_START(kanary_call)
	pushq	%rdi
	movq	%rsi, %rdi
	movl	%edx, %esi
	ret
	int3
SYM_FUNC_END(kanary_call)

	.section .note.GNU-stack, "", @progbits
