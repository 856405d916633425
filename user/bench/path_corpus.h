/* SPDX-License-Identifier: GPL-2.0 */
/* Many short recordings with labels, in memory: what "kanary bench-paths" works on. */
#ifndef KANARY_PATH_CORPUS_H
#define KANARY_PATH_CORPUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "recording/dataset.h"
#include "path.h"

/**
 * struct kanary_path_corpus_path - a path that a recording used
 * @written: hash of it as it was written, to compare with others
 * @walk: taken apart
 */
struct kanary_path_corpus_path {
	uint64_t written;
	struct kanary_path_walk walk;
};

/**
 * struct kanary_path_corpus_recording - one file
 * @attack: it lies in another folder than normal/
 * @name: with the folder that it lies in
 * @group: what its name begins with, up to a number: the plugin
 * @path: each once, ordered by @written
 * @vectors: of its streams, one after the other, each 8-byte aligned
 */
struct kanary_path_corpus_recording {
	bool attack;
	char name[96];
	char group[48];
	struct kanary_path_corpus_path *path;
	uint32_t paths;
	uint32_t path_room;
	uint8_t *vectors;
	size_t size;
	size_t room;
};

/** struct kanary_path_corpus - all of them, ordered by name */
struct kanary_path_corpus {
	struct kanary_path_corpus_recording *recording;
	uint32_t recordings;
	uint32_t normal;
	uint32_t period;
	/* the rest belongs to path_corpus.c */
	uint32_t room;
	char source[4096];
	bool failed;
};

/**
 * kanary_path_corpus_read() - read the text of sysdig
 * @path: a directory or archive with the folders normal/ and others
 *
 * Return: false after one line on stderr.
 */
bool kanary_path_corpus_read(struct kanary_path_corpus *corpus, const char *path,
			     uint32_t period);

/** kanary_path_corpus_next() - the vector behind @vector, the first for NULL; NULL at the end */
const struct kanary_vector *
kanary_path_corpus_next(const struct kanary_path_corpus_recording *recording,
			const struct kanary_vector *vector);

void kanary_path_corpus_free(struct kanary_path_corpus *corpus);

#endif /* KANARY_PATH_CORPUS_H */
