/* SPDX-License-Identifier: GPL-2.0 */
#include <linux/linkage.h>
#include <linux/objtool.h>
#include <asm/nospec-branch.h>

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
#if defined(CONFIG_RETHUNK) || defined(CONFIG_MITIGATION_RETHUNK)
	/* Seldom, to an address that no user chooses. */
	ANNOTATE_UNRET_SAFE
#endif
	ret
	int3
SYM_FUNC_END(kanary_call)
	/* It leaves by a return that is no return: nothing for objtool to follow. */
	STACK_FRAME_NON_STANDARD kanary_call

	.section .note.GNU-stack, "", @progbits
