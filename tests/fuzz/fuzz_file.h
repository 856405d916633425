/* SPDX-License-Identifier: GPL-2.0 */
/* For readers that want a path: a file in memory with the bytes of one execution. */
#ifndef FUZZ_FILE_H
#define FUZZ_FILE_H

#include <stddef.h>
#include <stdint.h>

/**
 * fuzz_file_write() - make the one file of this process hold these bytes
 * @suffix: of its name, at most 7 bytes
 *
 * Return: its path, good until the next call.
 */
const char *fuzz_file_write(const char *suffix, const uint8_t *data, size_t size);

#endif /* FUZZ_FILE_H */
