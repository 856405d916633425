/* SPDX-License-Identifier: GPL-2.0 */
/* Where a command writes a file that is put in place when it is whole. */
#ifndef KANARY_OUTPUT_H
#define KANARY_OUTPUT_H

/**
 * kanary_output_check() - whether a file can be put at @path
 * @command: for errors, "train"
 *
 * Refuses what is there and no file, as it would be replaced: a device, a pipe, a folder.
 *
 * Return: 0, or 1 after a line on stderr.
 */
int kanary_output_check(const char *command, const char *path);

#endif /* KANARY_OUTPUT_H */
