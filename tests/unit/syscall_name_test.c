/* SPDX-License-Identifier: GPL-2.0 */
/* Names of bins, against the headers of the machine that builds this. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

#include <cmocka.h>

#include "syscall_name.h"

static char buffer[32];

static const char *name(u32 bin)
{
	return kanary_syscall_name(bin, buffer, sizeof(buffer));
}

static void known_numbers_have_their_names(void **state)
{
#ifdef __x86_64__
	assert_string_equal(name(SYS_openat), "openat");
	assert_string_equal(name(SYS_finit_module), "finit_module");
	assert_string_equal(name(SYS_ptrace), "ptrace");
	assert_string_equal(name(SYS_clone3), "clone3");
#endif
	assert_string_equal(name(0), "read");
	assert_string_equal(name(59), "execve");
	assert_string_equal(name(334), "rseq");
	assert_string_equal(name(462), "mseal");
	assert_string_equal(name(KANARY_BINS_BANK + 11), "i386:execve");
	assert_string_equal(name(KANARY_BINS_BANK + 295), "i386:openat");
	assert_string_equal(name(KANARY_BINS_BANK + 423), "i386:sched_rr_get_interval_time64");
	assert_string_equal(kanary_syscall_native(257), "openat");
	assert_string_equal(kanary_syscall_compat(295), "openat");
}

static void unknown_numbers_get_one(void **state)
{
	assert_string_equal(name(423), "syscall_423");
	assert_string_equal(name(KANARY_BINS_BANK - 1), "syscall_479");
	assert_string_equal(name(KANARY_BINS - 1), "i386:syscall_479");
	assert_string_equal(name(KANARY_BINS), "bin_960");
	assert_string_equal(name(UINT32_MAX), "bin_4294967295");
	assert_null(kanary_syscall_native(423));
	assert_null(kanary_syscall_native(UINT32_MAX));
	assert_null(kanary_syscall_compat(KANARY_BINS_BANK));
}

static void operations_of_io_uring_have_no_call_s_bins(void **state)
{
	u32 i;

	assert_string_equal(name(KANARY_IO_URING_FIRST), "io_uring:nop");
	assert_string_equal(name(KANARY_IO_URING_FIRST + 18), "io_uring:openat");
	assert_string_equal(name(KANARY_IO_URING_FIRST + 64), "io_uring:uring_cmd128");
	assert_string_equal(name(KANARY_IO_URING_FIRST + 79), "io_uring:op_79");
	for (i = 0; i < KANARY_IO_URING_BINS; i++)
		assert_null(kanary_syscall_native(KANARY_IO_URING_FIRST + i));
}

static void no_name_occurs_twice_or_has_a_blank(void **state)
{
	char other[32];
	const char *a;
	u32 i, j;

	for (i = 0; i < KANARY_BINS; i++) {
		a = kanary_syscall_name(i, other, sizeof(other));
		assert_non_null(a);
		assert_true(*a && !strpbrk(a, " \t\n,=\""));
		for (j = 0; j < i; j++)
			assert_string_not_equal(name(j), a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_numbers_have_their_names),
		cmocka_unit_test(unknown_numbers_get_one),
		cmocka_unit_test(operations_of_io_uring_have_no_call_s_bins),
		cmocka_unit_test(no_name_occurs_twice_or_has_a_blank),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
