// SPDX-License-Identifier: GPL-2.0
#include "foreign_program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recording/recording.h"

#define DAMAGE_SIZE 256

/**
 * struct reading - a recording that is being read
 * @first: its first stream in the list
 * @file: name of the file that the record before was imported from, or empty
 * @program: number of the program of that
 */
struct reading {
	struct kanary_foreign_list *list;
	struct kanary_recording_reader *reader;
	size_t first;
	char file[KANARY_RECORDING_TEXT_MAX + 1];
	uint32_t program;
};

static struct kanary_foreign_stream *find(const struct reading *reading, uint64_t number)
{
	struct kanary_foreign_list *list = reading->list;
	size_t i;

	for (i = list->streams; i-- > reading->first;)
		if (list->stream[i].number == number)
			return &list->stream[i];
	return NULL;
}

/* Number of the program that a new stream is of. */
static uint32_t program_of(struct reading *reading)
{
	const char *file = kanary_recording_file(reading->reader);

	if (!*file || strcmp(file, reading->file)) {
		strncpy(reading->file, file, sizeof(reading->file) - 1);
		reading->program = reading->list->programs++;
	}
	return reading->program;
}

static struct kanary_foreign_stream *begin(struct reading *reading, uint64_t number)
{
	struct kanary_foreign_list *list = reading->list;
	size_t room = 2 * list->room + 16;
	struct kanary_foreign_stream *stream;

	if (list->streams == list->room) {
		stream = realloc(list->stream, room * sizeof(*stream));
		if (!stream)
			return NULL;
		list->stream = stream;
		list->room = room;
	}
	stream = &list->stream[list->streams++];
	*stream = (struct kanary_foreign_stream){
		.program = program_of(reading), .number = number, .whole = true,
	};
	return stream;
}

static int take(struct reading *reading, const struct kanary_vector *vector)
{
	struct kanary_foreign_stream *stream = find(reading, vector->stream);

	if (!stream)
		stream = begin(reading, vector->stream);
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
