/* SPDX-License-Identifier: GPL-2.0 */
/* What strangers chose, made safe to print: in the kernel log, in a terminal, in JSON. */
#ifndef _KANARY_ESCAPE_H
#define _KANARY_ESCAPE_H

#include "types.h"

/* Room for the escaped form of @length bytes, with its zero. */
#define KANARY_ESCAPE_SIZE(length) (4 * (length) + 1)

/**
 * kanary_escape_text() - make bytes safe to print
 * @text: any bytes
 * @length: reads at most this many, or up to a zero byte
 * @out: set, zero-terminated
 * @size: of @out, at least 1: what does not fit is left out, and no escape is cut
 *
 * Printable ASCII stays, except blank, ',', '=', '"' and '\', which would break a list
 * or a line of key=value pairs; these and all other bytes become \xHH.
 *
 * Return: bytes of @text that are in @out.
 */
size_t kanary_escape_text(const char *text, size_t length, char *out, size_t size);

#endif /* _KANARY_ESCAPE_H */
