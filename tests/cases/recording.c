// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "terminal/message.h"
#include "recording/recording.h"
#include "syscall_name.h"

struct stream {
	u64 number;
	u32 pid;
	bool exec;
	char comm[KANARY_COMM_SIZE];
	u64 counts[KANARY_BINS];
};

struct paths {
	char **text;
	size_t count;
};

static struct stream *streams;
static size_t stream_count;

static void *grow(void *array, size_t count, size_t size)
{
	/* At each power of two. */
	if (count & (count - 1))
		return array;
	array = realloc(array, (count ? 2 * count : 1) * size);
	if (!array)
		abort();
	return array;
}

static struct stream *stream_of(const struct kanary_vector *vector)
{
	size_t i;

	for (i = stream_count; i > 0; i--)
		if (streams[i - 1].number == vector->stream)
			return &streams[i - 1];
	streams = grow(streams, stream_count, sizeof(*streams));
	memset(&streams[stream_count], 0, sizeof(*streams));
	streams[stream_count].number = vector->stream;
	return &streams[stream_count++];
}

static void add_vector(const struct kanary_vector *vector)
{
	struct stream *stream = stream_of(vector);
	u16 i;

	stream->pid = vector->pid;
	stream->exec = vector->reason == KANARY_REASON_EXEC;
	memcpy(stream->comm, vector->comm, sizeof(stream->comm));
	for (i = 0; i < vector->length; i++)
		if (vector->counts[i].bin < KANARY_BINS)
			stream->counts[vector->counts[i].bin] += vector->counts[i].count;
}

static void add_path(struct paths *paths, const struct kanary_path *path)
{
	char *text = malloc(KANARY_MESSAGE_ESCAPED_SIZE(path->length));

	paths->text = grow(paths->text, paths->count, sizeof(*paths->text));
	if (!text)
		abort();
	kanary_message_escape(path->name, path->length, text);
	paths->text[paths->count++] = text;
}

static void print_stream(const struct stream *stream)
{
	char comm[KANARY_MESSAGE_ESCAPED_SIZE(KANARY_COMM_SIZE)], name[32];
	const char *before = "";
	u32 bin;

	printf("pid %u %s: ", stream->pid,
	       kanary_message_escape(stream->comm, sizeof(stream->comm), comm));
	for (bin = 0; bin < KANARY_BINS; bin++) {
		if (!stream->counts[bin])
			continue;
		printf("%s%s %llu", before, kanary_syscall_name(bin, name, sizeof(name)),
		       (unsigned long long)stream->counts[bin]);
		before = ", ";
	}
	printf("%s\n", stream->exec ? " (exec)" : "");
}

static void print_all(struct paths *paths)
{
	size_t i;

	for (i = 0; i < stream_count; i++)
		print_stream(&streams[i]);
	for (i = 0; i < paths->count; i++) {
		printf("path %s\n", paths->text[i]);
		free(paths->text[i]);
	}
	free(paths->text);
	free(streams);
}

int describe_recording(const char *path)
{
	struct kanary_recording_reader *reader;
	struct kanary_recording_record record;
	struct paths paths = { 0 };
	const char *why;

	reader = kanary_recording_open(path, &why);
	if (!reader)
		return kanary_message_error("%s: %s", path, why);
	while (kanary_recording_read(reader, &record)) {
		if (record.vector)
			add_vector(record.vector);
		else
			add_path(&paths, record.path);
	}
	print_all(&paths);
	why = kanary_recording_damage(reader);
	kanary_recording_close(reader);
	return why ? kanary_message_error("%s: %s", path, why) : 0;
}
