/* SPDX-License-Identifier: GPL-2.0 */
#include "escape.h"

static bool is_plain(u8 byte)
{
	return byte > ' ' && byte < 0x7f && byte != ',' && byte != '=' && byte != '"' &&
	       byte != '\\';
}

size_t kanary_escape_text(const char *text, size_t length, char *out, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	size_t used = 0;
	size_t i;

	for (i = 0; i < length && text[i]; i++) {
		u8 byte = (u8)text[i];

		if (used + (is_plain(byte) ? 1 : 4) >= size)
			break;
		if (is_plain(byte)) {
			out[used++] = (char)byte;
			continue;
		}
		out[used++] = '\\';
		out[used++] = 'x';
		out[used++] = digits[byte >> 4];
		out[used++] = digits[byte & 15];
	}
	out[used] = '\0';
	return i;
}
