// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "foreign_program.h"

#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recording/recording.h"

#define DAMAGE_SIZE 256

/* A number of the recording, and its place: of a stream in the list, or of a process' program. */
struct known {
	uint64_t number;
	size_t place;
};

/**
 * struct reading - a recording that is being read
 * @first: its first stream in the list
 * @streams: tree of struct known
 * @processes: the same, of what no file note is told of
 * @file: name of the file that the record before was imported from, or empty
 * @program: number of the program of that
 */
struct reading {
	struct kanary_foreign_list *list;
	struct kanary_recording_reader *reader;
	size_t first;
	void *streams;
	void *processes;
	char file[KANARY_RECORDING_TEXT_MAX + 1];
	uint32_t program;
};

static int compare(const void *left, const void *right)
{
	const struct known *a = left, *b = right;

	return a->number < b->number ? -1 : a->number > b->number;
}

static const struct known *find(void *const *tree, uint64_t number)
{
	struct known key = { .number = number };
	struct known **found = tfind(&key, tree, compare);

	return found ? *found : NULL;
}

static bool remember(void **tree, uint64_t number, size_t place)
{
	struct known *known = malloc(sizeof(*known));

	if (!known)
		return false;
	*known = (struct known){ number, place };
	if (tsearch(known, tree, compare))
		return true;
	free(known);
	return false;
}

/* The program of a process that a kernel recorded: all its threads, and all that it executes. */
static bool find_process(struct reading *reading, uint32_t tgid, uint32_t *program)
{
	const struct known *known = find(&reading->processes, tgid);

	if (known) {
		*program = (uint32_t)known->place;
		return true;
	}
	*program = reading->list->programs++;
	return remember(&reading->processes, tgid, *program);
}

/* The program of a stream that begins with a vector; false without memory. */
static bool find_program(struct reading *reading, const struct kanary_vector *vector,
			 uint32_t *program)
{
	const char *file = kanary_recording_file(reading->reader);

	if (!*file)
		return find_process(reading, vector->tgid, program);
	if (strcmp(file, reading->file)) {
		snprintf(reading->file, sizeof(reading->file), "%s", file);
		reading->program = reading->list->programs++;
	}
	*program = reading->program;
	return true;
}

static struct kanary_foreign_stream *begin(struct reading *reading,
					   const struct kanary_vector *vector)
{
	struct kanary_foreign_list *list = reading->list;
	size_t room = 2 * list->room + 16;
	struct kanary_foreign_stream *stream;
	uint32_t program;

	if (list->streams == list->room) {
		stream = realloc(list->stream, room * sizeof(*stream));
		if (!stream)
			return NULL;
		list->stream = stream;
		list->room = room;
	}
	if (!find_program(reading, vector, &program) ||
	    !remember(&reading->streams, vector->stream, list->streams))
		return NULL;
	stream = &list->stream[list->streams++];
	*stream = (struct kanary_foreign_stream){ .program = program, .whole = true };
	return stream;
}

static int take(struct reading *reading, const struct kanary_vector *vector)
{
	const struct known *known = find(&reading->streams, vector->stream);
	struct kanary_foreign_stream *stream;

	stream = known ? &reading->list->stream[known->place] : begin(reading, vector);
	if (!stream || !kanary_call_list_add(&stream->calls, vector))
		return -ENOMEM;
	stream->whole &= kanary_call_list_has(vector);
	return 0;
}

/* Streams whose calls are not all known, which could not be judged by their order. */
static void leave_out(struct kanary_foreign_list *list, size_t first)
{
	size_t kept = first, i;

	for (i = first; i < list->streams; i++) {
		if (list->stream[i].whole && list->stream[i].calls.count)
			list->stream[kept++] = list->stream[i];
		else
			kanary_call_list_free(&list->stream[i].calls);
	}
	list->streams = kept;
}

/* What a reader said, for longer than it lives. */
static const char *copy(const char *sentence)
{
	static char kept[DAMAGE_SIZE];

	if (!sentence)
		return NULL;
	snprintf(kept, sizeof(kept), "%s", sentence);
	return kept;
}

int kanary_foreign_program_read(struct kanary_foreign_list *list, const char *path,
				const char **why)
{
	struct reading reading = { .list = list, .first = list->streams };
	const struct kanary_vector *vector;
	int error = 0;

	reading.reader = kanary_recording_open(path, why);
	if (!reading.reader)
		return -EINVAL;
	while (!error && (vector = kanary_recording_next(reading.reader)))
		error = take(&reading, vector);
	*why = error ? "out of memory" : copy(kanary_recording_damage(reading.reader));
	kanary_recording_close(reading.reader);
	tdestroy(reading.streams, free);
	tdestroy(reading.processes, free);
	leave_out(list, reading.first);
	return error;
}

void kanary_foreign_program_free(struct kanary_foreign_list *list)
{
	size_t i;

	for (i = 0; i < list->streams; i++)
		kanary_call_list_free(&list->stream[i].calls);
	free(list->stream);
	memset(list, 0, sizeof(*list));
}
