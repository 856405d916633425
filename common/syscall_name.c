/* SPDX-License-Identifier: GPL-2.0 */
#include "syscall_name.h"

#include "syscall_table.h"

/* snprintf() is not the same function in the kernel and outside. */
static const char *number_name(const char *prefix, u32 number, char *buffer)
{
	char digits[10];
	char *next = buffer;
	u32 count = 0;

	while (*prefix)
		*next++ = *prefix++;
	do {
		digits[count++] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	while (count)
		*next++ = digits[--count];
	*next = '\0';
	return buffer;
}

const char *kanary_syscall_name(u32 bin, char *buffer, size_t size)
{
	const char *name;

	if (bin >= KANARY_BINS)
		return number_name("bin_", bin, buffer);
	if (bin >= KANARY_IO_URING_FIRST && bin < KANARY_IO_URING_FIRST + KANARY_IO_URING_BINS) {
		bin -= KANARY_IO_URING_FIRST;
		name = kanary_syscall_table_io_uring[bin];
		return name ? name : number_name("io_uring:op_", bin, buffer);
	}
	if (bin < KANARY_BINS_BANK) {
		name = kanary_syscall_table_native[bin];
		return name ? name : number_name("syscall_", bin, buffer);
	}
	bin -= KANARY_BINS_BANK;
	name = kanary_syscall_table_compat[bin];
	return name ? name : number_name(KANARY_SYSCALL_COMPAT_PREFIX "syscall_", bin, buffer);
}

const char *kanary_syscall_native(u32 number)
{
	return number < KANARY_BINS_BANK ? kanary_syscall_table_native[number] : NULL;
}

const char *kanary_syscall_compat(u32 number)
{
	const char *name = number < KANARY_BINS_BANK ? kanary_syscall_table_compat[number] : NULL;

	return name ? name + sizeof(KANARY_SYSCALL_COMPAT_PREFIX) - 1 : NULL;
}
