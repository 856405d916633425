// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "commands.h"
#include "import_adfa.h"
#include "import_strace.h"
#include "import_sysdig.h"
#include "json_output.h"
#include "message.h"
#include "recording.h"

#define PERIOD_DEFAULT 256

static const struct format {
	const char *name;
	u32 abi;
	int (*import)(struct kanary_import *import, const char *path);
} formats[] = {
	{ "adfa", 1, kanary_import_adfa },
	{ "strace", 0, kanary_import_strace },
	{ "sysdig", 0, kanary_import_sysdig },
};

struct options {
	const struct format *format;
	const char *output;
	const char *only;
	char **inputs;
	int input_count;
	u32 period;
	bool json;
};

static const struct argp_option arguments[] = {
	{ "output", 'o', "FILE", 0, "recording to write (replaced only when all went well)", 0 },
	{ "period", 'p', "CALLS", 0, "calls per vector, 256 by default; as the module's", 0 },
	{ "only", 'O', "PATTERN", 0, "only traces whose path within IN matches", 0 },
	{ "json", 'j', NULL, 0, "say what was imported as a JSON object", 0 },
	{ 0 },
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;
	uint64_t number;
	size_t i;

	switch (key) {
	case 'o':
		options->output = argument;
		return 0;
	case 'O':
		options->only = argument;
		return 0;
	case 'j':
		options->json = true;
		return 0;
	case 'p':
		if (!kanary_arguments_number(argument, KANARY_PERIOD_MIN, KANARY_PERIOD_MAX,
					     &number))
			return kanary_arguments_refuse(state, "--period takes %d to %d calls",
						       KANARY_PERIOD_MIN, KANARY_PERIOD_MAX);
		options->period = (u32)number;
		return 0;
	case ARGP_KEY_ARG:
		if (options->format) {
			options->inputs[options->input_count++] = argument;
			return 0;
		}
		for (i = 0; i < sizeof(formats) / sizeof(*formats); i++)
			if (!strcmp(argument, formats[i].name))
				options->format = &formats[i];
		if (!options->format)
			return kanary_arguments_refuse(state,
						       "'%s' is no format: adfa, strace and sysdig are",
						       argument);
		return 0;
	case ARGP_KEY_END:
		if (!options->format || !options->input_count)
			return kanary_arguments_refuse(state, "a FORMAT and what to import are missing");
		if (!options->output)
			return kanary_arguments_refuse(state, "-o FILE is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = arguments,
	.parser = parse_argument,
	.args_doc = "FORMAT IN... -o FILE",
	.doc = "Make a recording out of traces from elsewhere.\n\n"
	       "  adfa     directories or .zip of ADFA-LD: one process a file, i386 numbers\n"
	       "  strace   output of strace, best with -f, -y and -o\n"
	       "  sysdig   text of sysdig, with or without columns\n\n"
	       "strace and sysdig take directories and archives (.tar.zst, .zip ..) of *.log, *.txt\n"
	       "and the like, too, and read the paths that calls are given.\n"
	       "\vExample:\n\n"
	       "  strace -f -o web.strace nginx\n"
	       "  kanary import strace web.strace -o web.rec\n"
	       "  kanary import sysdig traces.tar.zst --only '*/normal/*' -o web.rec\n"
	       "  kanary import adfa adfa-ld.zip --only '*/Training_Data_Master/*' -o train.rec\n",
};

static int write_vector(void *writer, const struct kanary_vector *vector)
{
	return kanary_recording_write(writer, vector);
}

static int write_path(void *writer, const struct kanary_path *path)
{
	return kanary_recording_write_path(writer, path);
}

static int import_all(struct kanary_import *import, const struct options *options)
{
	int error = 0, i;

	for (i = 0; !error && i < options->input_count; i++)
		error = options->format->import(import, options->inputs[i]);
	return error;
}

static int report(const struct kanary_import *import, const struct options *options)
{
	if (import->lines_skipped || import->calls_unnamed)
		kanary_message_note("%llu lines not understood and %llu calls of unknown name; the first is %s",
				    (unsigned long long)import->lines_skipped,
				    (unsigned long long)import->calls_unnamed,
				    import->first_skipped);
	if (options->json)
		return kanary_json_output_print(json_pack(
			"{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
			"recording", options->output, "format", options->format->name,
			"period", (json_int_t)options->period,
			"files", (json_int_t)import->files,
			"streams", (json_int_t)import->streams,
			"vectors", (json_int_t)import->vectors,
			"calls", (json_int_t)import->calls,
			"paths", (json_int_t)import->paths,
			"lines_skipped", (json_int_t)import->lines_skipped,
			"calls_unnamed", (json_int_t)import->calls_unnamed));
	printf("%s: %llu vectors of up to %u calls in %llu streams, from %llu calls in %llu files\n",
	       options->output, (unsigned long long)import->vectors, options->period,
	       (unsigned long long)import->streams, (unsigned long long)import->calls,
	       (unsigned long long)import->files);
	return 0;
}

int kanary_import_main(int argc, char **argv)
{
	struct options options = { .period = PERIOD_DEFAULT };
	struct kanary_import import = { .take = write_vector, .take_path = write_path };
	struct kanary_path_news *news = calloc(1, sizeof(*news));
	struct kanary_recording_writer *writer;
	char *partial = NULL;
	int status, error;

	options.inputs = calloc((size_t)argc + 1, sizeof(*options.inputs));
	if (!options.inputs || !news) {
		status = kanary_message_error("import: %s", strerror(ENOMEM));
		goto out_free;
	}
	status = kanary_arguments_parse(&argp, argc, argv, &options);
	if (status)
		goto out_free;
	status = 1;
	import.period = options.period;
	import.only = options.only;
	if (asprintf(&partial, "%s.partial", options.output) < 0) {
		partial = NULL;
		kanary_message_error("import: %s", strerror(ENOMEM));
		goto out_free;
	}
	/* No date: the same traces give the same recording. */
	writer = kanary_recording_create(partial, options.period, options.format->abi,
					 options.format->name, 0);
	if (!writer) {
		kanary_message_error("import: cannot write %s: %s", partial, strerror(errno));
		goto out_free;
	}
	import.taker = writer;
	import.news = news;
	error = import_all(&import, &options);
	if (error)
		kanary_message_error("import: %s", import.why);
	status = kanary_recording_finish(writer);
	if (!error && status)
		error = kanary_message_error("import: cannot write %s: %s", partial,
					     strerror(-status));
	if (!error && rename(partial, options.output))
		error = kanary_message_error("import: cannot write %s: %s", options.output,
					     strerror(errno));
	if (error)
		unlink(partial);
	status = error ? 1 : report(&import, &options);
out_free:
	free(news);
	free(partial);
	free(options.inputs);
	return status;
}
