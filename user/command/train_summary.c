// SPDX-License-Identifier: GPL-2.0
#include "train_summary.h"

#include <math.h>
#include <stdio.h>

#include "terminal/json_output.h"
#include "terminal/message.h"
#include "train_foreign.h"
#include "train_promise.h"

static json_t *describe_head(const struct kanary_trainer_head *head)
{
	return json_pack("{s:I, s:f, s:f, s:f, s:f, s:f}", "errors", (json_int_t)head->errors,
			 "median_error", head->median_error, "tail_shape", head->tail.shape,
			 "tail_scale", head->tail.scale, "quantisation_loss_median",
			 head->loss_median, "quantisation_loss_max", head->loss_max);
}

int kanary_train_summary_json(const char *path, const struct kanary_dataset *dataset,
			      const struct kanary_trainer_result *result, double seconds)
{
	const struct kanary_model_header *header = result->file;
	json_t *object = json_pack(
		"{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}",
		"model", path, "name", header->name, "model_bytes",
		(json_int_t)result->size, "vectors", (json_int_t)dataset->count, "streams",
		(json_int_t)dataset->streams, "containers", (json_int_t)dataset->containers,
		"trained_on", (json_int_t)dataset->in_part[KANARY_DATASET_TRAIN], "validated_on",
		(json_int_t)dataset->in_part[KANARY_DATASET_VALIDATION], "calibrated_on",
		(json_int_t)result->held_out, "period", header->period,
		"inputs", header->inputs, "system_calls", result->seen, "code", header->code,
		"codewords", header->codebook, "hidden", header->sequence.hidden, "steps",
		header->sequence.steps, "stride", header->sequence.stride);

	if (!object)
		return kanary_json_output_print(NULL);
	json_object_set_new(object, "train_seconds", json_real(seconds));
	json_object_set_new(object, "recorded_seconds", json_real(dataset->seconds));
	kanary_train_promise_json(object, result);
	kanary_train_foreign_json(object, result);
	json_object_set_new(object, "folds", json_integer(result->folds));
	json_object_set_new(object, "networks", json_integer(result->networks));
	json_object_set_new(object, "cut_by_work", json_integer(result->cut_by_work));
	json_object_set_new(object, "cut_by_epochs", json_integer(result->cut_by_epochs));
	json_object_set_new(object, "novel_runs", json_integer(result->novel));
	json_object_set_new(object, "process", describe_head(&result->process));
	if (result->path_histogram.errors) {
		json_t *head = describe_head(&result->path_histogram);

		json_object_set_new(head, "code", json_integer(header->paths_code));
		json_object_set_new(object, "path_histogram", head);
	}
	if (result->names.errors) {
		json_t *head = describe_head(&result->names);

		json_object_set_new(head, "names", json_integer(header->names));
		json_object_set_new(head, "quiet_directories", json_integer(result->quiet));
		json_object_set_new(head, "quiet_surprise", json_real(result->quiet_surprise));
		json_object_set_new(object, "path_names", head);
	}
	if (result->task.errors)
		json_object_set_new(object, "task", describe_head(&result->task));
	json_object_set_new(object, "processes", json_integer(result->processes));
	if (result->has_container) {
		json_t *head = describe_head(&result->container);

		json_object_set_new(head, "sequences", json_integer(result->container_sequences));
		json_object_set_new(head, "steps", json_integer(header->container.steps));
		json_object_set_new(head, "first_loss", json_real(result->container_first_loss));
		json_object_set_new(head, "loss", json_real(result->container_loss));
		json_object_set_new(object, "container", head);
	}
	if (result->has_sequence) {
		json_t *head = describe_head(&result->sequence);

		json_object_set_new(head, "sequences", json_integer(result->sequences));
		json_object_set_new(head, "epochs", json_integer(result->epochs));
		json_object_set_new(head, "work", json_integer((json_int_t)result->work));
		json_object_set_new(head, "first_loss", json_real(result->first_loss));
		json_object_set_new(head, "loss", json_real(result->loss));
		json_object_set_new(head, "stopped", json_string(result->stopped));
		json_object_set_new(object, "sequence", head);
	}
	return kanary_json_output_print(object);
}

static void print_head(const char *name, const struct kanary_trainer_head *head)
{
	printf("%-9s error %.1f (median of %u), tail shape %.2f; fixed point differs by "
	       "%.3f %% (median), %.2f %% (max)\n", name, head->median_error, head->errors,
	       head->tail.shape, 100 * head->loss_median, 100 * head->loss_max);
}

/* What a file of a new name is worth where there never was any, and whether that is enough. */
static void print_names(const struct kanary_trainer_result *result)
{
	const struct kanary_model_header *header = result->file;

	printf("names     %u of paths and their directories, error %.1f (median of %u), tail "
	       "shape %.2f\n", header->names, result->names.median_error, result->names.errors,
	       result->names.tail.shape);
	if (!result->quiet)
		return;
	printf("quiet     to %u directories no new names came, or once, early: one there has surprise "
	       "%.2f at most%s\n", result->quiet, result->quiet_surprise,
	       result->quiet_surprise < result->threshold ?
	       ", and raises no alert: record for longer, or say --path-news" : "");
}

void kanary_train_summary_time(double seconds)
{
	if (seconds < 120)
		printf("%.1f s", seconds);
	else if (seconds < 7200)
		printf("%.1f min", seconds / 60);
	else if (seconds < 172800)
		printf("%.1f h", seconds / 3600);
	else
		printf("%.1f d", seconds / 86400);
}

void kanary_train_summary_interval(double vectors, const struct kanary_dataset *dataset)
{
	printf("%.0f vectors", vectors);
	if (dataset->seconds < KANARY_TRAIN_SUMMARY_SECONDS_MIN)
		return;
	printf(" (");
	kanary_train_summary_time(vectors * dataset->seconds / dataset->count);
	printf(")");
}

void kanary_train_summary_print(const char *path, const struct kanary_dataset *dataset,
				const struct kanary_trainer_result *result, double seconds)
{
	const struct kanary_model_header *header = result->file;

	printf("%s: profile %s, %zu bytes, trained in %.1f s on %u vectors of %u streams "
	       "(%u to fit, %u to validate, %u held out in %u turns)\n", path, header->name,
	       result->size, seconds, dataset->count, dataset->streams,
	       dataset->in_part[KANARY_DATASET_TRAIN], dataset->in_part[KANARY_DATASET_VALIDATION],
	       result->held_out, result->folds);
	printf("inputs    %u system calls of their own, %u shared by all others; code of %u keeps "
	       "%.1f %% of the variance, %u codewords\n", result->seen,
	       result->inputs - result->seen, header->code, 100 * result->explained,
	       result->codewords);
	print_head("process", &result->process);
	if (result->path_histogram.errors)
		printf("paths     code of %u, error %.1f (median of %u), tail shape %.2f\n",
		       header->paths_code, result->path_histogram.median_error,
		       result->path_histogram.errors, result->path_histogram.tail.shape);
	if (result->names.errors)
		print_names(result);
	if (result->has_container) {
		printf("container loss %.5f to %.5f on %u sequences of %u processes\n",
		       result->container_first_loss, result->container_loss,
		       result->container_sequences, header->container.steps);
		print_head("container", &result->container);
	}
	if (result->has_sequence) {
		printf("sequence  loss %.5f to %.5f in %u epochs on %u sequences: %s\n",
		       result->first_loss, result->loss, result->epochs, result->sequences,
		       result->stopped);
		print_head("sequence", &result->sequence);
	}
	kanary_train_promise_print(dataset, result);
	kanary_train_foreign_print(result);
	if (result->novel) {
		printf("novelty   a system call that was never seen comes about once in ");
		kanary_train_summary_interval((double)dataset->count / result->novel, dataset);
		printf(": %u of %u processes or parts of them have one that no other has\n",
		       result->novel, dataset->runs);
	}
}

/* Heads that there was too little to learn for, and what a model of little is worth */
static void note_little(const struct kanary_trainer_settings *settings,
			const struct kanary_dataset *dataset,
			const struct kanary_trainer_result *result)
{
	if (dataset->count < KANARY_TRAINER_VECTORS_MIN)
		kanary_message_note("%u vectors of %u processes are little: expect a false alarm in %.0f vectors, or record for longer",
				    dataset->count, dataset->streams, ceil(result->supported));
	if (settings->sequence.hidden && settings->sequence.steps && !result->has_sequence)
		kanary_message_note("no sequence head: too few streams of %u and more vectors",
				    2 * settings->sequence.steps);
	if (settings->container.hidden && !result->has_container)
		kanary_message_note("no container head: %u processes ended at a known time, too few to learn their order",
				    result->processes);
}

/* Who gets less than there was to learn is to know it. */
static void note_cuts(const struct kanary_trainer_settings *settings,
		      const struct kanary_trainer_result *result)
{
	if (result->cut_by_work)
		kanary_message_note("the work limit ended the training of %u of %u networks before they had learned all they could: a larger --work-limit than %llu may help",
				    result->cut_by_work, result->networks,
				    (unsigned long long)settings->sequence.work);
	if (result->cut_by_epochs)
		kanary_message_note("the limit of %u epochs ended the training of %u of %u networks before they had learned all they could: more --epochs may help",
				    settings->sequence.epochs, result->cut_by_epochs,
				    result->networks);
}

void kanary_train_summary_note(const struct kanary_trainer_settings *settings,
			       const struct kanary_dataset *dataset,
			       const struct kanary_trainer_result *result)
{
	note_little(settings, dataset, result);
	kanary_train_promise_note(dataset, result);
	note_cuts(settings, result);
}
