// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>

#include "escape.h"
#include "message.h"

static void print_line(const char *prefix, const char *format, va_list arguments)
{
	char line[1024];
	char *cursor;

	vsnprintf(line, sizeof(line), format, arguments);
	/* File names and kernel texts must not be able to forge a second line. */
	for (cursor = line; *cursor; cursor++) {
		if ((unsigned char)*cursor < ' ' || *cursor == 0x7f)
			*cursor = '?';
		/* U+0080 to U+009F are controls, too. */
		if ((unsigned char)*cursor == 0xc2 && (unsigned char)cursor[1] >= 0x80 &&
		    (unsigned char)cursor[1] < 0xa0)
			*cursor = *(cursor + 1) = '?';
	}
	fflush(stdout);
	fprintf(stderr, "kanary: %s%s\n", prefix, line);
}

int kanary_message_error(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_line("", format, arguments);
	va_end(arguments);
	return 1;
}

void kanary_message_note(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_line("note: ", format, arguments);
	va_end(arguments);
}

const char *kanary_message_escape(const char *text, size_t length, char *escaped)
{
	kanary_escape_text(text, length, escaped, KANARY_MESSAGE_ESCAPED_SIZE(length));
	return escaped;
}
