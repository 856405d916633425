/* SPDX-License-Identifier: GPL-2.0 */
/* The one way in which a JSON object leaves the program. */
#ifndef KANARY_JSON_OUTPUT_H
#define KANARY_JSON_OUTPUT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "kanary_netlink.h"

/**
 * kanary_json_output_print() - print @object on a line of its own, and forget it
 * @object: reference is taken over; keys keep their order
 *
 * Return: exit status: 1, with its line, where the object is NULL or stdout fails.
 */
int kanary_json_output_print(json_t *object);

/**
 * kanary_json_output_text() - a JSON string of bytes that nobody vouches for
 *
 * Escaped as kanary_message_escape() does, as such bytes need not be UTF-8.
 */
json_t *kanary_json_output_text(const char *text, size_t length);

/** kanary_json_output_fixed() - a real number out of fixed point, to 3 digits after the point */
json_t *kanary_json_output_fixed(uint64_t value, unsigned int fraction_bits);

/** kanary_json_output_views() - add to @object what each view of a task's histogram said */
void kanary_json_output_views(json_t *object, const struct kanary_verdict *verdict);

#endif /* KANARY_JSON_OUTPUT_H */
