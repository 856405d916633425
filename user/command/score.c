// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "terminal/arguments.h"
#include "commands.h"
#include "terminal/json_output.h"
#include "kernel_score.h"
#include "terminal/message.h"
#include "judge/model_file.h"
#include "module/protocol.h"
#include "recording/random_path.h"
#include "recording/random_vector.h"
#include "judge/replay_file.h"
#include "syscall_name.h"

struct options {
	const char *model;
	const char *recording;
	const char *kernel;	/* container */
	bool json;
	bool vectors;
	struct kanary_selection selection;
	uint64_t random;	/* vectors, 0 for none */
	uint64_t seed;
};

struct score {
	struct options *options;
	struct kanary_model_file file;
	struct kanary_replay replay;
	struct kanary_kernel_score kernel;
	json_t *list;		/* of streams, for --json */
	u64 stream_count;
	u64 vectors;
	u64 alerts;
	u64 criticals;
	u64 alarms;
	u64 critical_alarms;
	u32 highest;
	bool damaged;
	const char *imported;	/* file that the present record is from, or empty */
};

enum { OPTION_VECTORS = 'v', OPTION_KERNEL = 'k', OPTION_RANDOM = 'r', OPTION_SEED = 's' };

static const struct argp_option arguments[] = {
	{ "container", 'c', "C", 0, "this container's vectors only, as kanary info names it; may "
	  "be repeated, and be a pattern", 0 },
	{ "vectors", OPTION_VECTORS, NULL, 0, "a line a vector instead of a line a stream", 0 },
	{ "json", 'j', NULL, 0, "a JSON object; with --vectors, one a line and one for all", 0 },
	{ "kernel", OPTION_KERNEL, "C", 0,
	  "let the kernel's model of container C judge the vectors too, and compare", 0 },
	{ "random", OPTION_RANDOM, "N", 0, "N random vectors, with random paths, instead of a recording", 0 },
	{ "seed", OPTION_SEED, "S", 0, "of --random, 1 by default", 0 },
	{ 0 },
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'c':
		return kanary_selection_parse(&options->selection, argument, state);
	case OPTION_VECTORS:
		options->vectors = true;
		return 0;
	case 'j':
		options->json = true;
		return 0;
	case OPTION_KERNEL:
		options->kernel = argument;
		return 0;
	case OPTION_RANDOM:
		if (!kanary_arguments_number(argument, 1, UINT64_MAX, &options->random))
			return kanary_arguments_refuse(state, "--random takes a number from 1");
		return 0;
	case OPTION_SEED:
		if (!kanary_arguments_number(argument, 0, UINT64_MAX, &options->seed))
			return kanary_arguments_refuse(state, "--seed takes a number");
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
		if (!options->model)
			return kanary_arguments_refuse(state, "the MODEL is missing");
		if (!options->recording == !options->random)
			return kanary_arguments_refuse(state,
						       "one RECORDING or --random N is needed");
		if (options->random && options->selection.wishes)
			return kanary_arguments_refuse(state,
						       "--random vectors have no --container");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = arguments,
	.parser = parse_argument,
	.args_doc = "MODEL RECORDING | MODEL --random N",
	.doc = "Judge a recording offline, in the kernel's own arithmetic.\n\n"
	       "With --kernel, exit status 1 where a verdict differs in a single bit.\n"
	       "\vExample:\n\n  kanary score web.model web.rec\n"
	       "  kanary score web.model --random 10000 --kernel web\n",
};

static void print_unusual(const struct score *score, const struct kanary_replay_stream *stream,
			  const struct kanary_vector *vector)
{
	struct kanary_unusual unusual[KANARY_UNUSUAL_MAX];
	char buffer[64];
	u32 count, i;

	count = kanary_replay_explain(&score->replay, stream, vector, unusual);
	printf(" unusual=");
	for (i = 0; i < count; i++)
		printf("%s%s:%+d", i ? "," : "",
		       kanary_syscall_name(unusual[i].bin, buffer, sizeof(buffer)),
		       unusual[i].excess);
	if (!count)
		putchar('-');
}

static json_t *list_unusual(const struct score *score, const struct kanary_replay_stream *stream,
			    const struct kanary_vector *vector)
{
	struct kanary_unusual unusual[KANARY_UNUSUAL_MAX];
	json_t *list = json_array();
	char buffer[64];
	u32 count, i;

	count = kanary_replay_explain(&score->replay, stream, vector, unusual);
	for (i = 0; i < count; i++)
		json_array_append_new(list, json_pack("{s:s, s:i}", "syscall",
			kanary_syscall_name(unusual[i].bin, buffer, sizeof(buffer)), "excess",
			unusual[i].excess));
	return list;
}

/* Of an imported recording, where pids are made up. */
static int print_file(const struct score *score)
{
	char escaped[KANARY_MESSAGE_ESCAPED_SIZE(KANARY_RECORDING_TEXT_MAX)];

	if (*score->imported)
		printf(" file=%s", kanary_message_escape(score->imported,
							 strlen(score->imported), escaped));
	return putchar('\n') == EOF;
}

static json_t *name_file(const struct score *score)
{
	return *score->imported ?
	       kanary_json_output_text(score->imported, strlen(score->imported)) : json_null();
}

static const char *level_of(const struct kanary_verdict *verdict)
{
	return kanary_protocol_level_name(verdict->flags & KANARY_VERDICT_CRITICAL ?
					  KANARY_LEVEL_CRITICAL : KANARY_LEVEL_WARNING);
}

static int print_vector(struct score *score, const struct kanary_replay_stream *stream,
			const struct kanary_vector *vector)
{
	char escaped[KANARY_MESSAGE_ESCAPED_SIZE(KANARY_COMM_SIZE)];
	const struct kanary_verdict *verdict = &stream->last;
	bool alert = verdict->flags & KANARY_VERDICT_ALERT;
	bool sequence = verdict->flags & KANARY_VERDICT_SEQUENCE;
	bool container = verdict->flags & KANARY_VERDICT_CONTAINER;

	if (score->options->json) {
		json_t *object = json_pack(
			"{s:o, s:I, s:I, s:I, s:I, s:o, s:I, s:b, s:b, s:b, s:s?, s:s, s:o, s:o, s:o, s:I, s:o, s:I, s:I, s:o}",
			"file", name_file(score),
			"stream", (json_int_t)vector->stream, "index", (json_int_t)vector->index,
			"cgroup", (json_int_t)vector->cgroup, "pid", (json_int_t)vector->pid,
			"comm", kanary_json_output_text(vector->comm, sizeof(vector->comm)),
			"calls", (json_int_t)vector->calls, "alert", alert,
			"alarm", verdict->flags & KANARY_VERDICT_ALARM,
			"critical_alarm", verdict->flags & KANARY_VERDICT_CRITICAL_ALARM,
			"level", alert ? level_of(verdict) : NULL,
			"head", kanary_explain_head(verdict),
			"surprise", kanary_json_output_fixed(verdict->surprise, 8),
			"process_surprise", kanary_json_output_fixed(verdict->process_surprise, 8),
			"sequence_surprise", sequence ?
				kanary_json_output_fixed(verdict->sequence_surprise, 8) :
				json_null(),
			"process_error", (json_int_t)verdict->process_error,
			"container_surprise", container ?
				kanary_json_output_fixed(verdict->container_surprise, 8) :
				json_null(),
			"sequence_error", (json_int_t)verdict->sequence_error,
			"container_error", (json_int_t)verdict->container_error,
			"unusual", alert ? list_unusual(score, stream, vector) : json_array());

		kanary_json_output_views(object, verdict);
		return kanary_json_output_print(object);
	}
	printf("stream=%llu index=%u pid=%u comm=%s calls=%u surprise=%.2f process=%.2f",
	       (unsigned long long)vector->stream, vector->index, vector->pid,
	       kanary_message_escape(vector->comm, sizeof(vector->comm), escaped), vector->calls,
	       verdict->surprise / 256.0, verdict->process_surprise / 256.0);
	if (sequence)
		printf(" sequence=%.2f", verdict->sequence_surprise / 256.0);
	else
		printf(" sequence=-");
	if (container)
		printf(" container=%.2f", verdict->container_surprise / 256.0);
	if (alert) {
		printf(" alert level=%s head=%s", level_of(verdict),
		       kanary_explain_head(verdict));
		print_unusual(score, stream, vector);
	}
	return print_file(score);
}

static int print_stream(struct score *score, const struct kanary_replay_stream *stream)
{
	char escaped[KANARY_MESSAGE_ESCAPED_SIZE(KANARY_COMM_SIZE)];
	double mean = (double)stream->sum / 256 / (double)stream->vectors;

	if (score->options->vectors)
		return 0;
	if (score->list)
		return json_array_append_new(score->list, json_pack(
			"{s:o, s:I, s:I, s:I, s:o, s:I, s:I, s:I, s:I, s:I, s:o, s:o}",
			"file", name_file(score),
			"stream", (json_int_t)stream->number, "cgroup", (json_int_t)stream->cgroup,
			"pid", (json_int_t)stream->pid,
			"comm", kanary_json_output_text(stream->comm, sizeof(stream->comm)),
			"vectors", (json_int_t)stream->vectors,
			"alerts", (json_int_t)stream->alerts,
			"critical_alerts", (json_int_t)stream->criticals,
			"alarms", (json_int_t)stream->alarms,
			"critical_alarms", (json_int_t)stream->critical_alarms,
			"highest_surprise", kanary_json_output_fixed(stream->highest, 8),
			"mean_surprise", json_real(mean)));
	printf("stream=%llu pid=%u comm=%s vectors=%llu alerts=%llu alarms=%llu critical_alarms=%llu highest=%.2f mean=%.2f",
	       (unsigned long long)stream->number, stream->pid,
	       kanary_message_escape(stream->comm, sizeof(stream->comm), escaped),
	       (unsigned long long)stream->vectors, (unsigned long long)stream->alerts,
	       (unsigned long long)stream->alarms, (unsigned long long)stream->critical_alarms,
	       stream->highest / 256.0, mean);
	return print_file(score);
}

static int end_stream(void *context, struct kanary_replay_stream *stream)
{
	struct score *score = context;

	if (score->options->kernel && kanary_kernel_score_flush(&score->kernel, stream))
		return 1;
	if (stream->vectors && print_stream(score, stream))
		return kanary_message_error("score: cannot write: %s", strerror(errno));
	return 0;
}

static int take_vector(void *context, struct kanary_replay_stream *stream,
		       const struct kanary_vector *vector)
{
	struct score *score = context;

	score->stream_count += stream->vectors == 1;
	score->vectors++;
	score->alerts += !!(stream->last.flags & KANARY_VERDICT_ALERT);
	score->criticals += !!(stream->last.flags & KANARY_VERDICT_CRITICAL);
	score->alarms += !!(stream->last.flags & KANARY_VERDICT_ALARM);
	score->critical_alarms += !!(stream->last.flags & KANARY_VERDICT_CRITICAL_ALARM);
	if (stream->last.surprise > score->highest)
		score->highest = stream->last.surprise;
	if (score->options->vectors && print_vector(score, stream, vector))
		return kanary_message_error("score: cannot write: %s", strerror(errno));
	return score->options->kernel ?
	       kanary_kernel_score_add(&score->kernel, stream, vector) : 0;
}

static int take_path(void *context, struct kanary_replay_stream *stream,
		     const struct kanary_path *path)
{
	struct score *score = context;

	return score->options->kernel && score->replay.model.name_knot ?
	       kanary_kernel_score_path(&score->kernel, stream, path) : 0;
}

static int replay_random(struct score *score, const struct kanary_replay_listener *listener)
{
	struct kanary_recording_record record = { 0 };
	struct kanary_random_vector vectors;
	struct kanary_random_path paths;
	const struct kanary_vector *vector;
	uint64_t left;
	u32 before;

	kanary_random_vector_seed(&vectors, score->options->seed);
	kanary_random_path_seed(&paths, score->options->seed);
	for (left = score->options->random; left; left--) {
		vector = kanary_random_vector_next(&vectors, left == 1);
		for (before = kanary_random_path_count(&paths); before; before--) {
			record.path = kanary_random_path_next(&paths, vector);
			if (kanary_replay_file_take(&score->replay, listener, &record))
				return 1;
		}
		record = (struct kanary_recording_record){ .vector = vector };
		if (kanary_replay_file_take(&score->replay, listener, &record))
			return 1;
	}
	return kanary_replay_file_end(&score->replay, listener);
}

static int replay(struct score *score)
{
	const struct kanary_replay_listener listener = {
		.command = "score", .context = score, .file = &score->imported, .path = take_path,
		.vector = take_vector, .end = end_stream,
	};

	if (score->options->random)
		return replay_random(score, &listener);
	if (kanary_replay_file(&score->replay, &listener, score->options->recording,
			       &score->options->selection, &score->damaged))
		return 1;
	return kanary_selection_check(&score->options->selection);
}

static int print_summary(struct score *score)
{
	const struct kanary_kernel_score *kernel = &score->kernel;
	const struct kanary_model_header *header = score->replay.model.header;

	if (score->options->json) {
		json_t *summary = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o}",
			"streams_total", (json_int_t)score->stream_count,
			"vectors", (json_int_t)score->vectors,
			"alerts", (json_int_t)score->alerts,
			"critical_alerts", (json_int_t)score->criticals,
			"alarms", (json_int_t)score->alarms,
			"critical_alarms", (json_int_t)score->critical_alarms,
			"highest_surprise", kanary_json_output_fixed(score->highest, 8),
			"threshold", kanary_json_output_fixed(header->threshold, 8),
			"critical_threshold",
			kanary_json_output_fixed(header->critical_threshold, 8));

		if (score->options->kernel)
			json_object_set_new(summary, "kernel", json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:s}",
				"verdicts", (json_int_t)kernel->verdicts,
				"portions", (json_int_t)kernel->portions,
				"paths", (json_int_t)kernel->paths,
				"container_verdicts", (json_int_t)kernel->sequences,
				"names_verdicts", (json_int_t)kernel->names,
				"differences", (json_int_t)kernel->differences,
				"first_difference", kernel->first));
		if (score->list)
			json_object_set(summary, "streams", score->list);
		return kanary_json_output_print(summary);
	}
	printf("%llu vectors in %llu streams: %llu alerts in %llu alarms, %llu critical in %llu, highest surprise %.2f, thresholds %.2f and %.2f\n",
	       (unsigned long long)score->vectors, (unsigned long long)score->stream_count,
	       (unsigned long long)score->alerts, (unsigned long long)score->alarms,
	       (unsigned long long)score->criticals, (unsigned long long)score->critical_alarms,
	       score->highest / 256.0, header->threshold / 256.0,
	       header->critical_threshold / 256.0);
	if (score->options->kernel && !kernel->differences)
		printf("kernel: %llu verdicts, %llu paths before them, all identical\n",
		       (unsigned long long)kernel->verdicts, (unsigned long long)kernel->paths);
	return 0;
}

static int run(struct score *score)
{
	if (replay(score))
		return 1;
	if (score->options->kernel && kanary_kernel_score_finish(&score->kernel))
		return 1;
	if (print_summary(score))
		return 1;
	if (score->kernel.differences)
		return kanary_message_error("score: %llu of %llu verdicts differ, the first: %s",
					    (unsigned long long)score->kernel.differences,
					    (unsigned long long)score->kernel.verdicts,
					    score->kernel.first);
	return score->damaged;
}

int kanary_score_main(int argc, char **argv)
{
	struct options options = { .seed = 1 };
	struct score score = { .options = &options, .imported = "" };
	int error;

	error = kanary_arguments_parse(&argp, argc, argv, &options);
	if (!error)
		error = kanary_model_file_read("score", options.model, &score.file);
	if (error)
		goto out_selection;
	error = 1;
	if (options.json && !options.vectors)
		score.list = json_array();
	if (!kanary_replay_init(&score.replay, score.file.data)) {
		kanary_message_error("score: %s", strerror(ENOMEM));
		goto out_file;
	}
	if (!options.kernel ||
	    !kanary_kernel_score_open(&score.kernel, options.kernel, score.file.data))
		error = run(&score);
	kanary_replay_free(&score.replay);
	if (options.kernel)
		kanary_kernel_score_close(&score.kernel);
out_file:
	json_decref(score.list);
	kanary_model_file_free(&score.file);
out_selection:
	kanary_selection_free(&options.selection);
	return error;
}
