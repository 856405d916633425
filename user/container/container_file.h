/* SPDX-License-Identifier: GPL-2.0 */
/* Names and images of containers out of the files that their runtimes keep, by id. */
#ifndef KANARY_CONTAINER_FILE_H
#define KANARY_CONTAINER_FILE_H

#include "container_name.h"

/**
 * kanary_container_file_fill() - look an id up
 * @name: with runtime, id and path; name, image and pod are filled in where a file has
 *	them, and runtime where the path told another one
 */
void kanary_container_file_fill(struct kanary_container_name *name);

/** kanary_container_file_user() - whose slice of systemd's a path is in, 0 for none */
unsigned int kanary_container_file_user(const char *path);

#endif /* KANARY_CONTAINER_FILE_H */
