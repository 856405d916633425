// SPDX-License-Identifier: GPL-2.0
#include "path_corpus.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/import_sysdig.h"
#include "terminal/message.h"
#include "vector.h"

/* In the folder, or anything below it. */
static bool is_normal(const char *source)
{
	return strstr(source, "/normal/") || !strncmp(source, "normal/", 7);
}

/* "x/normal/file-manager-10.log" is of file-manager. */
static void name_group(struct kanary_path_corpus_recording *recording, const char *source)
{
	const char *base = strrchr(source, '/') ? strrchr(source, '/') + 1 : source;
	size_t length = strcspn(base, "."), digits = length;

	while (digits && isdigit((unsigned char)base[digits - 1]))
		digits--;
	if (digits > 1 && digits < length && strchr("-_", base[digits - 1]))
		length = digits - 1;
	if (length >= sizeof(recording->group))
		length = sizeof(recording->group) - 1;
	memcpy(recording->group, base, length);
}

/* With the folder it is in: the same from an archive as unpacked, wherever that was. */
static void name_recording(struct kanary_path_corpus_recording *recording, const char *source)
{
	const char *name = source + strlen(source);
	int slashes = 0;

	while (name > source && (name[-1] != '/' || !slashes++))
		name--;
	snprintf(recording->name, sizeof(recording->name), "%s", name);
}

/* Of the file that is being imported: another than before begins a recording. */
static struct kanary_path_corpus_recording *present(struct kanary_path_corpus *corpus,
						    const struct kanary_import *import)
{
	struct kanary_path_corpus_recording *recording;

	if (corpus->recordings && !strcmp(corpus->source, import->source))
		return &corpus->recording[corpus->recordings - 1];
	if (corpus->recordings == corpus->room) {
		uint32_t room = 2 * corpus->room + 64;

		recording = realloc(corpus->recording, room * sizeof(*recording));
		if (!recording)
			return NULL;
		corpus->recording = recording;
		corpus->room = room;
	}
	snprintf(corpus->source, sizeof(corpus->source), "%s", import->source);
	recording = &corpus->recording[corpus->recordings++];
	memset(recording, 0, sizeof(*recording));
	recording->attack = !is_normal(corpus->source);
	corpus->normal += !recording->attack;
	name_group(recording, corpus->source);
	name_recording(recording, corpus->source);
	return recording;
}

/* Both sides of the import. */
struct intake {
	struct kanary_path_corpus *corpus;
	struct kanary_import import;
	struct kanary_path_news news;
};

static int take_vector(void *taker, const struct kanary_vector *vector)
{
	struct intake *intake = taker;
	size_t size = (kanary_vector_size(vector) + 7) & ~(size_t)7;
	struct kanary_path_corpus_recording *recording;

	recording = present(intake->corpus, &intake->import);
	if (!recording)
		return -ENOMEM;
	if (recording->size + size > recording->room) {
		size_t room = 2 * recording->room + size + 16384;
		uint8_t *vectors = realloc(recording->vectors, room);

		if (!vectors)
			return -ENOMEM;
		recording->vectors = vectors;
		recording->room = room;
	}
	memset(recording->vectors + recording->size, 0, size);
	memcpy(recording->vectors + recording->size, vector, kanary_vector_size(vector));
	recording->size += size;
	return 0;
}

static int take_path(void *taker, const struct kanary_path *path)
{
	struct intake *intake = taker;
	struct kanary_path_corpus_recording *recording;
	struct kanary_path_corpus_path *entry;

	recording = present(intake->corpus, &intake->import);
	if (!recording)
		return -ENOMEM;
	if (recording->paths == recording->path_room) {
		uint32_t room = 2 * recording->path_room + 256;

		entry = realloc(recording->path, room * sizeof(*entry));
		if (!entry)
			return -ENOMEM;
		recording->path = entry;
		recording->path_room = room;
	}
	entry = &recording->path[recording->paths++];
	memset(entry, 0, sizeof(*entry));
	entry->written = kanary_path_news_hash(path->name, path->length);
	kanary_path_take((const u8 *)path->name, path->length, path->flags, &entry->walk);
	return 0;
}

static int compare_paths(const void *left, const void *right)
{
	const struct kanary_path_corpus_path *a = left, *b = right;

	return a->written < b->written ? -1 : a->written > b->written;
}

static void order_paths(struct kanary_path_corpus_recording *recording)
{
	uint32_t i, kept = 0;

	qsort(recording->path, recording->paths, sizeof(*recording->path), compare_paths);
	for (i = 0; i < recording->paths; i++)
		if (!kept || recording->path[kept - 1].written != recording->path[i].written)
			recording->path[kept++] = recording->path[i];
	recording->paths = kept;
}

static int compare_recordings(const void *left, const void *right)
{
	const struct kanary_path_corpus_recording *a = left, *b = right;

	return strcmp(a->name, b->name);
}

bool kanary_path_corpus_read(struct kanary_path_corpus *corpus, const char *path,
			     uint32_t period)
{
	struct intake *intake = calloc(1, sizeof(*intake));
	uint32_t i;
	int error;

	memset(corpus, 0, sizeof(*corpus));
	corpus->period = period;
	if (!intake) {
		kanary_message_error("bench-paths: %s", strerror(ENOMEM));
		return false;
	}
	intake->corpus = corpus;
	intake->import = (struct kanary_import){
		.take = take_vector, .take_path = take_path, .taker = intake,
		.news = &intake->news, .period = period,
	};
	error = kanary_import_sysdig(&intake->import, path);
	if (error)
		kanary_message_error("bench-paths: %s", intake->import.why);
	free(intake);
	for (i = 0; i < corpus->recordings; i++)
		order_paths(&corpus->recording[i]);
	/* Random splits must not depend on the order that a file system gives. */
	if (corpus->recordings)
		qsort(corpus->recording, corpus->recordings, sizeof(*corpus->recording),
		      compare_recordings);
	return !error;
}

const struct kanary_vector *
kanary_path_corpus_next(const struct kanary_path_corpus_recording *recording,
			const struct kanary_vector *vector)
{
	const uint8_t *next = recording->vectors;

	if (vector)
		next = (const uint8_t *)vector + ((kanary_vector_size(vector) + 7) & ~(size_t)7);
	return next < recording->vectors + recording->size ? (const void *)next : NULL;
}

void kanary_path_corpus_free(struct kanary_path_corpus *corpus)
{
	uint32_t i;

	for (i = 0; i < corpus->recordings; i++) {
		free(corpus->recording[i].path);
		free(corpus->recording[i].vectors);
	}
	free(corpus->recording);
	memset(corpus, 0, sizeof(*corpus));
}
