// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "terminal/arguments.h"
#include "commands.h"
#include "terminal/json_output.h"
#include "terminal/message.h"
#include "judge/model_file.h"
#include "judge/replay_file.h"
#include "syscall_name.h"

#define COUNT_DEFAULT 20
#define COUNT_MAX 1000000

struct options {
	const char *model;
	const char *recording;
	struct kanary_selection selection;
	uint32_t count;
	bool json;
};

/**
 * struct place - a path, cleaned, that the recording has
 * @key: of it
 * @error: its costs, Q20.12; what orders those whose surprise is the same
 * @times: that it was told
 * @path: how it was written first
 */
struct place {
	u32 key;
	u32 surprise;
	u32 error;
	uint64_t times;
	struct kanary_path *path;
};

/** struct paths - all of them, @place ordered by key */
struct paths {
	struct options *options;
	struct kanary_model_file file;
	struct kanary_replay replay;
	struct place *place;
	uint32_t places;
	uint32_t room;
	uint64_t told;
};

static const struct argp_option arguments[] = {
	{ "container", 'c', "C", 0, "this container's paths only, as kanary info names it; may "
	  "be repeated, and be a pattern", 0 },
	{ "count", 'n', "N", 0, "of paths at most, 20; 0 for all", 0 },
	{ "json", 'j', NULL, 0, "print a JSON object", 0 },
	{ 0 },
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;
	uint64_t number;

	switch (key) {
	case 'c':
		return kanary_selection_parse(&options->selection, argument, state);
	case 'n':
		if (!kanary_arguments_number(argument, 0, COUNT_MAX, &number))
			return kanary_arguments_refuse(state, "--count takes 0 to %d", COUNT_MAX);
		options->count = (uint32_t)number;
		return 0;
	case 'j':
		options->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (options->recording)
			return kanary_arguments_extra(state, argument);
		if (options->model)
			options->recording = argument;
		else
			options->model = argument;
		return 0;
	case ARGP_KEY_END:
		if (!options->recording)
			return kanary_arguments_refuse(state, "a MODEL and a RECORDING are needed");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = arguments,
	.parser = parse_argument,
	.args_doc = "MODEL RECORDING",
	.doc = "List the paths of a recording that surprise the model most: -log10 of the chance that\n"
	       "a vector brings one as unusual. Of paths that differ in what is volatile, such as a\n"
	       "pid, the first is shown. The model must have been trained on recordings with paths."
	       "\vExample:\n\n  kanary paths web.model today.rec\n",
};

static struct place *find(struct paths *paths, u32 key)
{
	uint32_t low = 0, high = paths->places, middle;
	struct place *place;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (paths->place[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < paths->places && paths->place[low].key == key)
		return &paths->place[low];
	if (paths->places == paths->room) {
		uint32_t room = 2 * paths->room + 256;

		place = realloc(paths->place, room * sizeof(*place));
		if (!place)
			return NULL;
		paths->place = place;
		paths->room = room;
	}
	place = &paths->place[low];
	memmove(place + 1, place, (paths->places++ - low) * sizeof(*place));
	*place = (struct place){ .key = key };
	return place;
}

static int no_memory(void)
{
	return kanary_message_error("paths: %s", strerror(ENOMEM));
}

static int take_path(void *context, struct kanary_replay_stream *stream,
		     const struct kanary_path *path)
{
	size_t size = sizeof(*path) + path->length;
	struct paths *paths = context;
	struct kanary_path_walk walk;
	struct place *place;

	paths->told++;
	kanary_path_take((const u8 *)path->name, path->length, path->flags, &walk);
	place = find(paths, walk.prefix[walk.count]);
	if (!place)
		return no_memory();
	if (place->times++)
		return 0;
	place->error = kanary_name_head_error(&paths->replay.model.names, (const u8 *)path->name,
					      path->length, path->flags);
	place->surprise = stream->path_surprise;
	place->path = malloc(size);
	if (!place->path)
		return no_memory();
	memcpy(place->path, path, size);
	return 0;
}

static int read_recording(struct paths *paths)
{
	const struct kanary_replay_listener listener = {
		.command = "paths", .context = paths, .path = take_path,
	};
	struct options *options = paths->options;

	if (!kanary_replay_init(&paths->replay, paths->file.data))
		return no_memory();
	if (kanary_replay_file(&paths->replay, &listener, options->recording, &options->selection,
			       NULL))
		return 1;
	return kanary_selection_check(&options->selection);
}

static int compare_surprise(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	if (a->surprise != b->surprise)
		return a->surprise > b->surprise ? -1 : 1;
	if (a->error != b->error)
		return a->error > b->error ? -1 : 1;
	return a->key < b->key ? -1 : a->key > b->key;
}

static int print_json(const struct paths *paths, uint32_t count)
{
	json_t *list = json_array();
	char buffer[32];
	uint32_t i;

	for (i = 0; i < count; i++) {
		const struct place *place = &paths->place[i];
		const struct kanary_path *path = place->path;

		json_array_append_new(list, json_pack("{s:o, s:o, s:s, s:I, s:I, s:I, s:b}",
			"path", kanary_json_output_text(path->name, path->length),
			"surprise", kanary_json_output_fixed(place->surprise, 8),
			"call", kanary_syscall_name(path->call, buffer, sizeof(buffer)),
			"cgroup", (json_int_t)path->cgroup, "pid", (json_int_t)path->pid,
			"times", (json_int_t)place->times,
			"truncated", !!(path->flags & KANARY_PATH_TRUNCATED)));
	}
	return kanary_json_output_print(json_pack("{s:I, s:I, s:o}",
		"told", (json_int_t)paths->told, "distinct", (json_int_t)paths->places,
		"paths", list));
}

static int print_text(const struct paths *paths, uint32_t count)
{
	char escaped[KANARY_MESSAGE_ESCAPED_SIZE(KANARY_PATH_SIZE_MAX)], buffer[32];
	uint32_t i;

	printf("%llu paths, %u of them distinct; the most surprising:\n",
	       (unsigned long long)paths->told, paths->places);
	for (i = 0; i < count; i++) {
		const struct place *place = &paths->place[i];
		const struct kanary_path *path = place->path;

		printf("%7.2f  %-12s %s%s\n", place->surprise / 256.0,
		       kanary_syscall_name(path->call, buffer, sizeof(buffer)),
		       kanary_message_escape(path->name, path->length, escaped),
		       path->flags & KANARY_PATH_TRUNCATED ? "..." : "");
	}
	return ferror(stdout) || fflush(stdout) ?
	       kanary_message_error("paths: cannot write: %s", strerror(errno)) : 0;
}

static int run(struct paths *paths)
{
	const struct options *options = paths->options;
	uint32_t count;
	int status;

	if (!paths->file.model.name_knot)
		return kanary_message_error("paths: %s was trained without paths: record with a module that has them on, and train again",
					    options->model);
	status = read_recording(paths);
	if (status)
		return status;
	if (paths->places)
		qsort(paths->place, paths->places, sizeof(*paths->place), compare_surprise);
	count = options->count && options->count < paths->places ? options->count : paths->places;
	return (options->json ? print_json : print_text)(paths, count);
}

int kanary_paths_main(int argc, char **argv)
{
	struct options options = { .count = COUNT_DEFAULT };
	struct paths paths = { .options = &options };
	int status;
	uint32_t i;

	status = kanary_arguments_parse(&argp, argc, argv, &options);
	if (!status)
		status = kanary_model_file_read("paths", options.model, &paths.file);
	if (status)
		goto out;
	status = run(&paths);
	for (i = 0; i < paths.places; i++)
		free(paths.place[i].path);
	free(paths.place);
	kanary_replay_free(&paths.replay);
	kanary_model_file_free(&paths.file);
out:
	kanary_selection_free(&options.selection);
	return status;
}
