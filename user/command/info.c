// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "terminal/arguments.h"
#include "commands.h"
#include "info_group.h"
#include "terminal/json_output.h"
#include "terminal/message.h"
#include "terminal/table.h"

#define SECOND 1000000000ull

struct options {
	const char *recording;
	bool json;
};

static const struct argp_option arguments[] = {
	{ "json", 'j', NULL, 0, "as a JSON object", 0 },
	{ 0 },
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'j':
		options->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (options->recording)
			return kanary_arguments_extra(state, argument);
		options->recording = argument;
		return 0;
	case ARGP_KEY_END:
		return options->recording ? 0 :
		       kanary_arguments_refuse(state, "the RECORDING is missing");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = arguments,
	.parser = parse_argument,
	.args_doc = "RECORDING",
	.doc = "What is in a recording: where it was made, its containers, and what it lacks.\n\n"
	       "Other commands take as --container a NAME, an ID or its beginning, one of CGROUPS, or\n"
	       "a pattern of names such as 'web-*'. All lives of a name are one container.\n"
	       "\vExample:\n\n  kanary info all.rec\n",
};

static const char *text_of(const struct kanary_recording_life *life,
			   enum kanary_recording_text text)
{
	return kanary_recording_index_text(life, text);
}

static double seconds(uint64_t nanoseconds)
{
	return (double)(nanoseconds / 1000000) / 1e3;
}

static const char *format_span(uint64_t nanoseconds, char text[32])
{
	uint64_t second = nanoseconds / SECOND;

	snprintf(text, 32, "%02llu:%02llu:%02llu", (unsigned long long)(second / 3600),
		 (unsigned long long)(second / 60 % 60), (unsigned long long)(second % 60));
	return text;
}

static const char *format_date(uint64_t created, char text[32])
{
	time_t second = (time_t)created;
	struct tm broken;

	if (!created || !gmtime_r(&second, &broken) ||
	    !strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &broken))
		strcpy(text, "at a time not known");
	return text;
}

static const char *name_end(const struct kanary_recording_index *index)
{
	static const char *const names[] = { "cut short", "ended", "ended as the module went" };

	return index->has_loss ? names[index->loss.end] : "not known";
}

static void print_losses(const struct kanary_recording_index *index)
{
	const struct kanary_recording_loss *loss = &index->loss;

	if (!index->has_loss) {
		printf("lost      not known\n");
		return;
	}
	printf("lost      %llu vectors, %llu paths, %llu messages; "
	       "the module dropped %llu vectors of any container\n",
	       (unsigned long long)loss->vectors, (unsigned long long)loss->paths,
	       (unsigned long long)loss->messages, (unsigned long long)loss->dropped);
	if (loss->unnamed)
		printf("unnamed   %llu vectors of cgroups that went before they had a name\n",
		       (unsigned long long)loss->unnamed);
}

static void print_head(const struct kanary_recording_index *index, const char *path,
		       const struct kanary_recording_life *sum)
{
	const struct kanary_recording_header *header = &index->header;
	char escaped[KANARY_MESSAGE_ESCAPED_SIZE(KANARY_RECORDING_INDEX_TEXT)], text[32];

	printf("recording %s, version %u\n", path, header->version);
	printf("source    %s, ", kanary_message_escape(header->source, sizeof(header->source),
						       escaped));
	printf("%s\n", format_date(header->created, text));
	printf("period    %u calls per vector, %s numbers\n", header->period,
	       header->abi ? "i386" : "x86-64");
	printf("kernel    %s", *index->release ?
	       kanary_message_escape(index->release, sizeof(index->release), escaped) :
	       "not known");
	printf(", boot %s\n", *index->boot ?
	       kanary_message_escape(index->boot, sizeof(index->boot), escaped) : "not known");
	printf("time      %s, %s\n", format_span(kanary_info_group_span(index), text), name_end(index));
	printf("holds     %llu vectors of %llu calls in %llu streams, %llu paths\n",
	       (unsigned long long)sum->vectors, (unsigned long long)sum->calls,
	       (unsigned long long)sum->streams, (unsigned long long)sum->paths);
	print_losses(index);
}

/* The numbers of its first lives: more would not fit into a line. */
static const char *list_cgroups(const struct kanary_info_group *group, char text[128])
{
	size_t used = 0, i;

	for (i = 0; i < group->lives && i < 3; i++)
		used += (size_t)snprintf(text + used, 128 - used, "%s%llu", i ? "/" : "",
					 (unsigned long long)group->life[i]->cgroup);
	if (i < group->lives)
		snprintf(text + used, 128 - used, "/...");
	return text;
}

static void add_container(struct kanary_table *table, const struct kanary_info_group *group)
{
	char id[13], cgroups[128];

	snprintf(id, sizeof(id), "%s", kanary_info_group_text(group, KANARY_RECORDING_ID));
	kanary_table_row(table);
	kanary_table_text(table, 0, kanary_info_group_text(group, KANARY_RECORDING_RUNTIME));
	kanary_table_text(table, 1, kanary_info_group_text(group, KANARY_RECORDING_NAME));
	kanary_table_text(table, 2, id);
	kanary_table_text(table, 3, kanary_info_group_text(group, KANARY_RECORDING_IMAGE));
	kanary_table_number(table, 4, group->lives);
	kanary_table_text(table, 5, list_cgroups(group, cgroups));
	kanary_table_number(table, 6, group->sum.vectors);
	kanary_table_number(table, 7, group->sum.streams);
	kanary_table_number(table, 8, group->sum.calls);
	kanary_table_number(table, 9, group->sum.missing);
}

static void add_lives(struct kanary_table *table, const struct kanary_recording_index *index,
		      const struct kanary_info_group *group)
{
	char text[32];
	size_t i;

	for (i = 0; i < group->lives; i++) {
		const struct kanary_recording_life *life = group->life[i];

		kanary_table_row(table);
		kanary_table_text(table, 0, text_of(life, KANARY_RECORDING_NAME));
		kanary_table_number(table, 1, life->cgroup);
		format_span(kanary_info_group_since(index, life->first), text);
		kanary_table_text(table, 2, text);
		format_span(kanary_info_group_since(index, life->last), text);
		kanary_table_text(table, 3, text);
		kanary_table_text(table, 4, life->gone ? "yes" : "no");
		kanary_table_number(table, 5, life->vectors);
		kanary_table_number(table, 6, life->paths);
	}
}

static int print_text(const struct kanary_recording_index *index, const char *path,
		      struct kanary_recording_life *const *life)
{
	static const char *const container_heads[] = {
		"RUNTIME", "NAME", "ID", "IMAGE", ">LIVES", "CGROUPS", ">VECTORS", ">STREAMS",
		">CALLS", ">MISSING",
	};
	static const char *const life_heads[] = {
		"NAME", ">CGROUP", ">FIRST", ">LAST", "WENT", ">VECTORS", ">PATHS",
	};
	struct kanary_table containers = { .heads = container_heads, .columns = 10 };
	struct kanary_table lives = { .heads = life_heads, .columns = 7 };
	struct kanary_recording_life sum = { 0 };
	size_t i;

	for (i = 0; i < index->lives;) {
		struct kanary_info_group group = kanary_info_group_take(&life[i], index->lives - i);

		add_container(&containers, &group);
		add_lives(&lives, index, &group);
		i += group.lives;
		sum.vectors += group.sum.vectors;
		sum.calls += group.sum.calls;
		sum.streams += group.sum.streams;
		sum.paths += group.sum.paths;
	}
	print_head(index, path, &sum);
	putchar('\n');
	i = kanary_table_print(&containers);
	putchar('\n');
	return !i | !kanary_table_print(&lives);
}

static json_t *describe_life(const struct kanary_recording_index *index,
			     const struct kanary_recording_life *life)
{
	const char *path = text_of(life, KANARY_RECORDING_PATH);

	return json_pack("{s:I, s:o, s:f, s:f, s:b, s:I, s:I, s:I, s:I, s:I}",
			 "cgroup", (json_int_t)life->cgroup,
			 "path", kanary_json_output_text(path, strlen(path)),
			 "first", seconds(kanary_info_group_since(index, life->first)),
			 "last", seconds(kanary_info_group_since(index, life->last)), "gone", life->gone,
			 "vectors", (json_int_t)life->vectors, "paths", (json_int_t)life->paths,
			 "streams", (json_int_t)life->streams, "calls", (json_int_t)life->calls,
			 "missing", (json_int_t)life->missing);
}

static json_t *describe_container(const struct kanary_recording_index *index,
				  const struct kanary_info_group *group)
{
	static const char *const keys[] = { "runtime", "name", "id", "image" };
	json_t *object = json_object(), *lives = json_array();
	const char *text;
	size_t i;

	for (i = 0; i < 4; i++) {
		text = kanary_info_group_text(group, (enum kanary_recording_text)i);
		json_object_set_new(object, keys[i], kanary_json_output_text(text, strlen(text)));
	}
	for (i = 0; i < group->lives; i++)
		json_array_append_new(lives, describe_life(index, group->life[i]));
	json_object_set_new(object, "vectors", json_integer((json_int_t)group->sum.vectors));
	json_object_set_new(object, "streams", json_integer((json_int_t)group->sum.streams));
	json_object_set_new(object, "calls", json_integer((json_int_t)group->sum.calls));
	json_object_set_new(object, "missing", json_integer((json_int_t)group->sum.missing));
	json_object_set_new(object, "lives", lives);
	return object;
}

static json_t *describe_losses(const struct kanary_recording_index *index)
{
	const struct kanary_recording_loss *loss = &index->loss;

	if (!index->has_loss)
		return json_null();
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "vectors", (json_int_t)loss->vectors,
			 "paths", (json_int_t)loss->paths, "messages", (json_int_t)loss->messages,
			 "vectors_dropped_meanwhile", (json_int_t)loss->dropped,
			 "unnamed", (json_int_t)loss->unnamed);
}

static json_t *text_or_null(const char *text)
{
	return *text ? kanary_json_output_text(text, strlen(text)) : json_null();
}

static int print_json(const struct kanary_recording_index *index, const char *path,
		      struct kanary_recording_life *const *life)
{
	const struct kanary_recording_header *header = &index->header;
	json_t *containers = json_array();
	size_t i;

	for (i = 0; i < index->lives;) {
		struct kanary_info_group group = kanary_info_group_take(&life[i], index->lives - i);

		json_array_append_new(containers, describe_container(index, &group));
		i += group.lives;
	}
	return kanary_json_output_print(json_pack(
		"{s:o, s:i, s:i, s:s, s:I, s:o, s:o, s:o, s:f, s:s, s:o, s:o, s:o}",
		"recording", kanary_json_output_text(path, strlen(path)),
		"version", (int)header->version, "period", (int)header->period,
		"abi", header->abi ? "i386" : "x86-64", "created", (json_int_t)header->created,
		"source", kanary_json_output_text(header->source, sizeof(header->source)),
		"kernel", text_or_null(index->release), "boot", text_or_null(index->boot),
		"seconds", seconds(kanary_info_group_span(index)), "end", name_end(index),
		"damage", text_or_null(index->damage), "lost", describe_losses(index),
		"containers", containers));
}

static int show(const struct kanary_recording_index *index, const struct options *options)
{
	struct kanary_recording_life **life = kanary_info_group_sort(index);
	int status;

	if (!life)
		return kanary_message_error("info: no memory for %zu containers", index->lives);
	status = options->json ? print_json(index, options->recording, life) :
				 print_text(index, options->recording, life);
	free(life);
	return status;
}

int kanary_info_main(int argc, char **argv)
{
	struct kanary_recording_index index;
	struct options options = { 0 };
	int status;

	status = kanary_arguments_parse(&argp, argc, argv, &options);
	if (status)
		return status;
	status = kanary_recording_index_read(&index, options.recording);
	if (!status && *index.damage)
		kanary_message_note("%s: %s", options.recording, index.damage);
	if (!status)
		status = show(&index, &options);
	kanary_recording_index_free(&index);
	return status;
}
