/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tree of cgroups v2: from a number to a path, from a path to a number, and what is below.
 *
 * A cgroup's number is the inode number of its directory. A path begins with '/' and is
 * below the mount; "/" is the root.
 */
#ifndef KANARY_CGROUP_TREE_H
#define KANARY_CGROUP_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for a path with its zero; what is longer is not looked at. */
#define KANARY_CGROUP_TREE_PATH 1024

/** enum kanary_cgroup_tree_step - what a visit wants next */
enum kanary_cgroup_tree_step {
	KANARY_CGROUP_TREE_INTO,
	KANARY_CGROUP_TREE_PAST,
	KANARY_CGROUP_TREE_END,
};

typedef enum kanary_cgroup_tree_step
kanary_cgroup_tree_visit(void *context, const char *path, uint64_t cgroup);

/**
 * kanary_cgroup_tree_root() - look below another root directory
 * @root: "" for the host's; for tests
 *
 * The mount is <root>/sys/fs/cgroup, or unified/ in it, whichever is cgroup v2. A host may
 * have it elsewhere; a tree that is none is taken as it is.
 */
void kanary_cgroup_tree_root(const char *root);

/**
 * kanary_cgroup_tree_path() - the path of a number
 * @path: set, KANARY_CGROUP_TREE_PATH bytes
 *
 * Asks the kernel for it; where that needs a right that the caller lacks, walks.
 *
 * Return: false for a cgroup that is not there (any more).
 */
bool kanary_cgroup_tree_path(uint64_t cgroup, char *path);

/** kanary_cgroup_tree_number() - the number of a path, 0 where there is no such cgroup */
uint64_t kanary_cgroup_tree_number(const char *path);

/**
 * kanary_cgroup_tree_file() - where a file of a cgroup is, for who opens or watches it
 * @path: of the cgroup
 * @file: its name, or empty for the directory itself
 * @full: set
 *
 * Return: false where the host has no such tree, or the path is too long.
 */
bool kanary_cgroup_tree_file(const char *path, const char *file, char *full, size_t size);

/** kanary_cgroup_tree_populated() - whether tasks are in this very cgroup */
bool kanary_cgroup_tree_populated(const char *path);

/**
 * kanary_cgroup_tree_walk() - visit all that is below a cgroup, and not itself
 *
 * A cgroup is visited before what is below it. A cgroup without others below costs one
 * stat().
 *
 * Return: false where a visit ended it.
 */
bool kanary_cgroup_tree_walk(const char *path, kanary_cgroup_tree_visit *visit, void *context);

#endif /* KANARY_CGROUP_TREE_H */
