/* SPDX-License-Identifier: GPL-2.0 */
/* What the user reads: errors of one line, and text that strangers chose. */
#ifndef KANARY_MESSAGE_H
#define KANARY_MESSAGE_H

#include <stddef.h>

/**
 * kanary_message_error() - say on stderr what failed and what to do
 *
 * Prints "kanary: ", the text on a single line, and a newline.
 *
 * Return: 1, the exit status that goes with it.
 */
int kanary_message_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/**
 * kanary_message_note() - say something on stderr that is no failure
 */
void kanary_message_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Room for the escaped form of @length bytes. */
#define KANARY_MESSAGE_ESCAPED_SIZE(length) (4 * (length) + 1)

/**
 * kanary_message_escape() - make a name that a task or a file chose safe to print
 * @text: any bytes
 * @length: reads at most this many, or up to a zero byte
 * @escaped: KANARY_MESSAGE_ESCAPED_SIZE(@length) bytes
 *
 * As kanary_escape_text() does it, which the kernel log is written with, too.
 *
 * Return: @escaped.
 */
const char *kanary_message_escape(const char *text, size_t length, char *escaped);

#endif /* KANARY_MESSAGE_H */
