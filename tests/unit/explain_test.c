// SPDX-License-Identifier: GPL-2.0
/* A surprise is printed alike in the kernel's log and in kanary watch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "explain.h"

/* The kernel has no printf() for it. */
static void hundredths_are_what_printf_prints(void **state)
{
	static const u32 beyond[] = { 0xffffffff, 0xfffffffe, 0x80000020, 0x12345660 };
	char expected[32], got[32];
	u32 i, surprise;

	for (i = 0; i < 65536 + 4; i++) {
		surprise = i < 65536 ? i : beyond[i - 65536];
		snprintf(expected, sizeof(expected), "%.2f", surprise / 256.0);
		snprintf(got, sizeof(got), "%llu.%02llu",
			 (unsigned long long)kanary_explain_hundredths(surprise) / 100,
			 (unsigned long long)kanary_explain_hundredths(surprise) % 100);
		assert_string_equal(got, expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hundredths_are_what_printf_prints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
