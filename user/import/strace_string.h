/* SPDX-License-Identifier: GPL-2.0 */
/* Strings as strace writes them: in quotes or brackets, with escapes. */
#ifndef KANARY_STRACE_STRING_H
#define KANARY_STRACE_STRING_H

#include <stdbool.h>
#include <stddef.h>

/** kanary_strace_string_skip() - behind the string whose opening quote is at @text, or the end */
const char *kanary_strace_string_skip(const char *text);

/** kanary_strace_string_decode() - a character of a C string; @text is moved behind it */
char kanary_strace_string_decode(const char **text);

/**
 * kanary_strace_string_take() - decode a string
 * @text: at its first character; moved to @close, or to the end
 * @close: what ends it
 * @decoded: [@size]; what is longer is cut; not terminated
 *
 * Return: bytes of @decoded.
 */
size_t kanary_strace_string_take(const char **text, char close, char *decoded, size_t size);

/**
 * kanary_strace_string_base() - decode a path, and keep what is behind its last slash
 * @text: at its first character, up to a quote
 * @base: [@size], zero-padded and terminated; what is longer is cut
 */
void kanary_strace_string_base(const char *text, char *base, size_t size);

/**
 * kanary_strace_string_skip_quoted() - behind a string, or behind what -y writes in brackets
 * @text: at a quote or "<"; or else
 * @start: of the text that @text is in
 *
 * Return: @text where neither begins.
 */
const char *kanary_strace_string_skip_quoted(const char *text, const char *start);

/**
 * kanary_strace_string_skip_call() - behind the arguments of a call
 * @text: at the opening parenthesis
 * @end: set: behind the closing parenthesis, or to the end of the text
 *
 * Strings and what -y writes in brackets are passed over.
 *
 * Return: whether there is a closing parenthesis.
 */
bool kanary_strace_string_skip_call(const char *text, const char **end);

/** kanary_strace_string_is_open() - whether @at is within a string of the text that it is in */
bool kanary_strace_string_is_open(const char *text, const char *at);

#endif /* KANARY_STRACE_STRING_H */
