// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "terminal/arguments.h"
#include "commands.h"
#include "import/import_columns.h"
#include "terminal/json_output.h"
#include "terminal/message.h"
#include "terminal/output.h"
#include "recording/recording.h"
#include "import/trace_format.h"

/* The module's, for a recording is to be like those of the module. */
#define PERIOD_DEFAULT 1024

struct options {
	const struct kanary_trace_format *format;
	const char *output;
	const char *only;
	const char *abi;
	char **inputs;
	int input_count;
	u32 period;
	struct kanary_import_columns columns;
	bool json;
};

static const struct argp_option arguments[] = {
	{ "output", 'o', "FILE", 0, "recording to write (replaced only when all went well)", 0 },
	{ "period", 'p', "CALLS", 0, "calls per vector, 1024 by default; as the module's", 0 },
	{ "only", 'O', "PATTERN", 0, "only traces whose path within IN matches", 0 },
	{ "columns", 'c', "PID,CALL", 0, "which columns these are in; 1,2 by default", 0 },
	{ "abi", 'a', "ABI", 0, "whose calls: x86-64 (default), i386, or raw: numbers of another system",
	  0 },
	{ "json", 'j', NULL, 0, "say what was imported as a JSON object", 0 },
	{ 0 },
};

static error_t take_format(struct options *options, const char *name, struct argp_state *state)
{
	const struct kanary_trace_format *format;
	char names[128] = "";

	options->format = kanary_trace_format_find(name);
	if (options->format)
		return 0;
	for (format = kanary_trace_format_list(); format->name; format++)
		snprintf(names + strlen(names), sizeof(names) - strlen(names), " %s", format->name);
	return kanary_arguments_refuse(state, "'%s' is no format:%s are", name, names);
}

static error_t take_abi(const struct options *options, enum kanary_syscall_abi *abi,
			struct argp_state *state)
{
	*abi = options->format->abi;
	if (!options->abi)
		return 0;
	if (!kanary_syscall_number_abi(options->abi, abi))
		return kanary_arguments_refuse(state, "--abi takes x86-64, i386 or raw");
	if (!(options->format->abis & 1u << *abi))
		return kanary_arguments_refuse(state, "--abi %s does not go with %s", options->abi,
					       options->format->name);
	return 0;
}

static error_t check_options(const struct options *options, struct argp_state *state)
{
	enum kanary_syscall_abi abi;

	if (!options->format || !options->input_count)
		return kanary_arguments_refuse(state, "a FORMAT and what to import are missing");
	if (!options->output)
		return kanary_arguments_refuse(state, "-o FILE is missing");
	if (options->columns.pid && !options->format->columns)
		return kanary_arguments_refuse(state, "--columns does not go with %s",
					       options->format->name);
	return take_abi(options, &abi, state);
}

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;
	uint64_t number;

	switch (key) {
	case 'o':
		options->output = argument;
		return 0;
	case 'O':
		options->only = argument;
		return 0;
	case 'a':
		options->abi = argument;
		return 0;
	case 'j':
		options->json = true;
		return 0;
	case 'c':
		if (!kanary_import_columns_parse(argument, &options->columns))
			return kanary_arguments_refuse(state, "--columns takes two numbers of 1 to %d, as 1,2",
						       KANARY_IMPORT_COLUMNS_MAX);
		return 0;
	case 'p':
		if (!kanary_arguments_number(argument, KANARY_PERIOD_MIN, KANARY_PERIOD_MAX,
					     &number))
			return kanary_arguments_refuse(state, "--period takes %d to %d calls",
						       KANARY_PERIOD_MIN, KANARY_PERIOD_MAX);
		options->period = (u32)number;
		return 0;
	case ARGP_KEY_ARG:
		if (!options->format)
			return take_format(options, argument, state);
		options->inputs[options->input_count++] = argument;
		return 0;
	case ARGP_KEY_END:
		return check_options(options, state);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The formats stand in the help as they do in their table. */
static char *list_formats(int key, const char *text, void *input)
{
	const struct kanary_trace_format *format;
	size_t size = 0;
	char *help;
	FILE *file;

	if (key != ARGP_KEY_HELP_PRE_DOC)
		return (char *)text;
	file = open_memstream(&help, &size);
	if (!file)
		return (char *)text;
	fprintf(file, "%s\n\n", text);
	for (format = kanary_trace_format_list(); format->name; format++)
		fprintf(file, "  %-8s %s\n", format->name, format->help);
	fputs("\nIN is a file, a directory, an archive (.tar, .zip) or - for standard input, compressed\n"
	      "or not. Of a directory or an archive, files that end in .log, .txt, .strace, .sysdig,\n"
	      ".trace, .int or a number are read; if it has none, all files are.", file);
	return fclose(file) ? (char *)text : help;
}

static const struct argp argp = {
	.options = arguments,
	.parser = parse_argument,
	.args_doc = "FORMAT IN... -o FILE",
	.doc = "Make a recording out of traces from elsewhere."
	       "\vExample:\n\n"
	       "  strace -f -y -o web.strace nginx\n"
	       "  kanary import strace web.strace -o web.rec\n"
	       "  kanary import sysdig traces.tar.zst --only '*/normal/*' -o web.rec\n"
	       "  kanary import columns old.int --abi raw -o old.rec\n",
	.help_filter = list_formats,
};

/**
 * struct sink - where vectors and paths go
 * @import: knows which file they are from
 * @file: that the recording knows of
 */
struct sink {
	struct kanary_recording_writer *writer;
	const struct kanary_import *import;
	char file[KANARY_RECORDING_TEXT_MAX];
};

static int write_file(struct sink *sink)
{
	const char *name = sink->import->source ? sink->import->source : "";

	if (!strncmp(sink->file, name, sizeof(sink->file) - 1))
		return 0;
	snprintf(sink->file, sizeof(sink->file), "%s", name);
	return kanary_recording_write_file(sink->writer, sink->file);
}

static int write_vector(void *taker, const struct kanary_vector *vector)
{
	struct sink *sink = taker;
	int error = write_file(sink);

	return error ? error : kanary_recording_write(sink->writer, vector);
}

static int write_path(void *taker, const struct kanary_path *path)
{
	struct sink *sink = taker;
	int error = write_file(sink);

	return error ? error : kanary_recording_write_path(sink->writer, path);
}

static int import_all(struct kanary_import *import, const struct options *options)
{
	int error = 0, i;

	for (i = 0; !error && i < options->input_count; i++)
		error = options->format->import(import, options->inputs[i]);
	if (!error && !import->calls)
		error = kanary_trace_fail(import, "%s: not one system call to record: trace it for longer",
					  options->inputs[0]);
	return error;
}

static void report_skipped(const struct kanary_import *import)
{
	char foreign[96] = "";

	if (import->lines_foreign)
		snprintf(foreign, sizeof(foreign), " (%llu of them look like a program's own output)",
			 (unsigned long long)import->lines_foreign);
	if (import->lines_skipped || import->calls_unnamed)
		kanary_message_note("%llu lines not understood%s and %llu calls of unknown name; the first is %s",
				    (unsigned long long)import->lines_skipped, foreign,
				    (unsigned long long)import->calls_unnamed,
				    import->first_skipped);
	if (import->files_left_out)
		kanary_message_note("%llu files left out, as they are links or not called like traces: see kanary import --help",
				    (unsigned long long)import->files_left_out);
}

static int report(const struct kanary_import *import, const struct options *options)
{
	report_skipped(import);
	if (options->json)
		return kanary_json_output_print(json_pack(
			"{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
			"recording", options->output, "format", options->format->name,
			"period", (json_int_t)options->period,
			"files", (json_int_t)import->files,
			"files_left_out", (json_int_t)import->files_left_out,
			"streams", (json_int_t)import->streams,
			"vectors", (json_int_t)import->vectors,
			"calls", (json_int_t)import->calls,
			"paths", (json_int_t)import->paths,
			"lines_skipped", (json_int_t)import->lines_skipped,
			"calls_unnamed", (json_int_t)import->calls_unnamed,
			"lines_foreign", (json_int_t)import->lines_foreign));
	printf("%s: %llu vectors of up to %u calls in %llu streams, from %llu calls in %llu files\n",
	       options->output, (unsigned long long)import->vectors, options->period,
	       (unsigned long long)import->streams, (unsigned long long)import->calls,
	       (unsigned long long)import->files);
	return 0;
}

static void prepare(struct kanary_import *import, const struct options *options)
{
	import->period = options->period;
	import->only = options->only;
	import->columns = options->columns;
	if (!import->columns.pid)
		import->columns = (struct kanary_import_columns){ 1, KANARY_IMPORT_COLUMNS_CALL };
	import->abi = options->format->abi;
	if (options->abi)
		kanary_syscall_number_abi(options->abi, &import->abi);
}

int kanary_import_main(int argc, char **argv)
{
	struct options options = { .period = PERIOD_DEFAULT };
	struct kanary_import import = { .take = write_vector, .take_path = write_path };
	struct kanary_path_news *news = calloc(1, sizeof(*news));
	struct sink sink = { .import = &import };
	char *partial = NULL;
	int status, error;

	options.inputs = calloc((size_t)argc + 1, sizeof(*options.inputs));
	if (!options.inputs || !news) {
		status = kanary_message_error("import: %s", strerror(ENOMEM));
		goto out_free;
	}
	status = kanary_arguments_parse(&argp, argc, argv, &options);
	if (!status)
		status = kanary_output_check("import", options.output);
	if (status)
		goto out_free;
	status = 1;
	prepare(&import, &options);
	if (asprintf(&partial, "%s.partial", options.output) < 0) {
		partial = NULL;
		kanary_message_error("import: %s", strerror(ENOMEM));
		goto out_free;
	}
	/* No date: the same traces give the same recording. */
	sink.writer = kanary_recording_create(partial, options.period,
					      import.abi == KANARY_SYSCALL_ABI_I386,
					      options.format->name, 0);
	if (!sink.writer) {
		kanary_message_error("import: cannot write %s: %s", partial, strerror(errno));
		goto out_free;
	}
	import.taker = &sink;
	import.news = news;
	error = import_all(&import, &options);
	if (error)
		kanary_message_error("import: %s", import.why);
	status = kanary_recording_finish(sink.writer);
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
