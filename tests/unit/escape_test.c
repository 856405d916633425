/* SPDX-License-Identifier: GPL-2.0 */
/* Whatever the bytes, what is printed is one word of a list, and never half an escape. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "escape.h"

static void every_byte(void **state)
{
	char text, out[KANARY_ESCAPE_SIZE(1)];
	int byte;

	for (byte = 1; byte < 256; byte++) {
		text = (char)byte;
		assert_int_equal(kanary_escape_text(&text, 1, out, sizeof(out)), 1);
		if (strlen(out) == 1) {
			assert_in_range(out[0], '!', '~');
			assert_null(strchr(",=\"\\", out[0]));
			assert_int_equal(out[0], byte);
			continue;
		}
		assert_int_equal(strlen(out), 4);
		assert_int_equal(out[0], '\\');
		assert_int_equal(out[1], 'x');
		assert_int_equal(strtol(out + 2, NULL, 16), byte);
	}
}

static void ends_where_it_has_to(void **state)
{
	char out[8];

	memset(out, 'x', sizeof(out));
	assert_int_equal(kanary_escape_text("abc\0def", 7, out, sizeof(out)), 3);
	assert_string_equal(out, "abc");
	assert_int_equal(kanary_escape_text("abcdef", 2, out, sizeof(out)), 2);
	assert_string_equal(out, "ab");
	assert_int_equal(kanary_escape_text("abcdefghijk", 11, out, sizeof(out)), 7);
	assert_string_equal(out, "abcdefg");
	assert_int_equal(kanary_escape_text("\n\n", 2, out, sizeof(out)), 1);
	assert_string_equal(out, "\\x0a");
	assert_int_equal(kanary_escape_text("abcd\n", 5, out, sizeof(out)), 4);
	assert_string_equal(out, "abcd");
	assert_int_equal(kanary_escape_text("abc\n", 4, out, sizeof(out)), 4);
	assert_string_equal(out, "abc\\x0a");
	assert_int_equal(kanary_escape_text("abc", 3, out, 1), 0);
	assert_string_equal(out, "");
	assert_int_equal(kanary_escape_text("", 0, out, sizeof(out)), 0);
	assert_string_equal(out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte),
		cmocka_unit_test(ends_where_it_has_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
