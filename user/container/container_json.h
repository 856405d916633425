/* SPDX-License-Identifier: GPL-2.0 */
/* Runtimes' files, some of which users can write: nothing in them can make us wait or grow. */
#ifndef KANARY_CONTAINER_JSON_H
#define KANARY_CONTAINER_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * kanary_container_json_text() - a regular file's content
 * @length: set
 *
 * Return: with a zero behind it, to be freed; NULL where there is none, or too large a one.
 */
char *kanary_container_json_text(const char *path, size_t *length);

/**
 * kanary_container_json_read() - a file of JSON
 * @json: set, to be given back by json_decref(); NULL where there is none in the file
 *
 * Return: whether there is such a file.
 */
bool kanary_container_json_read(const char *path, json_t **json);

/**
 * kanary_container_json_list() - a file that is asked again and again
 *
 * Reads it when it has changed.
 *
 * Return: to be given back by json_decref(); NULL without such a file.
 */
json_t *kanary_container_json_list(const char *path);

#endif /* KANARY_CONTAINER_JSON_H */
