/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which containers of a recording a user means. A recording says itself what its
 * containers were called, so this is the same on any machine.
 */
#ifndef KANARY_SELECTION_H
#define KANARY_SELECTION_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "recording_index.h"

/**
 * struct kanary_selection - what was said by --container, and what that means in one recording
 * @wish: [@wishes], as they were given
 * @cgroup: [@cgroups], ascending: what was meant in the recording that was looked at last
 *
 * All 0 for every container there is.
 */
struct kanary_selection {
	struct kanary_selection_wish *wish;
	size_t wishes;
	uint64_t *cgroup;
	size_t cgroups;
};

/**
 * kanary_selection_add() - another container is meant, too
 * @text: a name, an id or its beginning, a path of a cgroup, a cgroup's number, or
 *	a pattern of names as the shell knows them; kept, not copied
 *
 * Return: false where memory is short.
 */
bool kanary_selection_add(struct kanary_selection *selection, const char *text);

/** kanary_selection_parse() - the same for an argp parser to return, after its line on stderr */
error_t kanary_selection_parse(struct kanary_selection *selection, const char *text,
			       const struct argp_state *state);

/**
 * kanary_selection_resolve() - find in a recording what is meant
 * @path: of the recording
 *
 * All lives of what has one name, or one id, are meant by it; whoever was renamed
 * answers to each of its names. Reads nothing where all containers are meant. A recording
 * that has none of them is no error here: another one may.
 *
 * Return: 0, or 1 after a line on stderr: it cannot be read, or has two that may be meant.
 */
int kanary_selection_resolve(struct kanary_selection *selection, const char *path);

/** kanary_selection_wants() - whether a cgroup of the recording looked at last is meant */
bool kanary_selection_wants(const struct kanary_selection *selection, uint64_t cgroup);

/**
 * kanary_selection_check() - after all recordings: whether each wish was found in one
 *
 * Return: 0, or 1 after a line on stderr.
 */
int kanary_selection_check(const struct kanary_selection *selection);

void kanary_selection_free(struct kanary_selection *selection);

#endif /* KANARY_SELECTION_H */
