/* SPDX-License-Identifier: GPL-2.0 */
/* What Kanary makes of a case, a line a fact: see tools/check-cases. */
#ifndef DESCRIBE_H
#define DESCRIBE_H

/**
 * describe_recording() - print the streams and the paths of a recording
 *
 * A line a stream, in the order of their first vectors, with its calls by ascending bin;
 * then a line a path, in the file's order.
 *
 * Return: exit status.
 */
int describe_recording(const char *path);

/**
 * describe_tree() - make a tree of cgroups and files, and print what its names mean
 * @statements: file, a statement a line: cgroup, numbered, file, show, find
 * @root: an empty directory, the tree's root
 *
 * Return: exit status.
 */
int describe_tree(const char *statements, const char *root);

#endif /* DESCRIBE_H */
