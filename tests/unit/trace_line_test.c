// SPDX-License-Identifier: GPL-2.0
/* Lines of a trace: marks of other systems, bytes of zero, and lines longer than any buffer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "import/trace_line.h"

static struct kanary_trace_line line;

static void begin(FILE **file, const char *text, size_t size)
{
	*file = fmemopen((void *)text, size, "r");
	assert_non_null(*file);
	kanary_trace_line_begin(&line, *file);
}

static void expect(const char *text)
{
	assert_int_equal(kanary_trace_line_next(&line), 1);
	assert_string_equal(line.head, text);
	assert_string_equal(line.tail, text);
}

static void expect_end(FILE *file)
{
	assert_int_equal(kanary_trace_line_next(&line), 0);
	fclose(file);
}

static void marks_are_no_text(void **state)
{
	static const char text[] = "\xEF\xBB\xBF" "a\r\n\r\n\xEF\xBB\xBF" "b\rc\r\r\n\n0\0z\n\r";
	FILE *file;

	begin(&file, text, sizeof(text) - 1);
	expect("a");
	expect("");
	expect("\xEF\xBB\xBF" "b\rc\r");
	expect("");
	expect("0?z");
	assert_int_equal(line.number, 5);
	expect("");
	expect_end(file);
}

static void a_mark_alone_is_no_line(void **state)
{
	FILE *file;

	begin(&file, "\xEF\xBB\xBF", 3);
	expect_end(file);
	begin(&file, "\xEF\xBB", 2);
	expect("\xEF\xBB");
	expect_end(file);
}

static void the_beginning_can_be_seen_before(void **state)
{
	static const char text[] = "\xEF\xBB\xBF" "one\ntwo";
	const char *first;
	size_t size;
	FILE *file;

	begin(&file, text, sizeof(text) - 1);
	first = kanary_trace_line_peek(&line, &size);
	assert_int_equal(size, 7);
	assert_memory_equal(first, "one\ntwo", 7);
	expect("one");
	expect("two");
	expect_end(file);
}

/* The byte at a place of a line that is not all the same. */
static char byte_at(size_t at)
{
	return (char)('a' + at % 23);
}

static void expect_long(size_t length)
{
	size_t head = length < KANARY_TRACE_LINE_HEAD ? length : KANARY_TRACE_LINE_HEAD - 1;
	size_t tail = length < KANARY_TRACE_LINE_TAIL ? length : KANARY_TRACE_LINE_TAIL - 1;
	size_t i;

	assert_int_equal(kanary_trace_line_next(&line), 1);
	assert_int_equal(strlen(line.head), head);
	assert_int_equal(strlen(line.tail), tail);
	for (i = 0; i < head; i++)
		assert_int_equal(line.head[i], byte_at(i));
	for (i = 0; i < tail; i++)
		assert_int_equal(line.tail[i], byte_at(length - tail + i));
}

/* Lengths about those of the buffers, one after the other: each begins anywhere in a block. */
static void both_ends_of_any_length(void **state)
{
	static const size_t around[] = { 0, KANARY_TRACE_LINE_TAIL, KANARY_TRACE_LINE_HEAD,
					 KANARY_TRACE_LINE_HEAD + KANARY_TRACE_LINE_TAIL,
					 KANARY_TRACE_LINE_BLOCK,
					 KANARY_TRACE_LINE_BLOCK + KANARY_TRACE_LINE_HEAD,
					 5 * KANARY_TRACE_LINE_BLOCK };
	const size_t sizes = sizeof(around) / sizeof(*around);
	char *text = malloc(64 * sizes * KANARY_TRACE_LINE_BLOCK), *at = text;
	size_t length, i, j;
	FILE *file;

	assert_non_null(text);
	for (i = 0; i < sizes; i++)
		for (length = around[i]; length < around[i] + 5; length++) {
			for (j = 0; j < length; j++)
				*at++ = byte_at(j);
			*at++ = '\r';
			*at++ = '\n';
		}
	begin(&file, text, (size_t)(at - text));
	for (i = 0; i < sizes; i++)
		for (length = around[i]; length < around[i] + 5; length++)
			expect_long(length);
	expect_end(file);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marks_are_no_text),
		cmocka_unit_test(a_mark_alone_is_no_line),
		cmocka_unit_test(the_beginning_can_be_seen_before),
		cmocka_unit_test(both_ends_of_any_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
