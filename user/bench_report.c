// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "bench_report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_output.h"
#include "message.h"

/* The protocol in one paragraph, to be freed; NULL where memory is short. */
static char *describe(const struct kanary_bench_data *data, uint32_t seeds, bool design)
{
	const uint32_t *part = data->in_part;
	char *learned = NULL, *text = NULL;

	if (asprintf(&learned, "ADFA-LD. Every method learns from the %u normal training traces "
		     "alone. The %u normal validation traces are halved by number: choices may "
		     "look at the %u odd ones (design)", part[KANARY_BENCH_TRAIN],
		     part[KANARY_BENCH_DESIGN] + part[KANARY_BENCH_REPORTED],
		     part[KANARY_BENCH_DESIGN]) < 0)
		return NULL;
	if (design && asprintf(&text, "%s, which are the only ones that were scored here; no "
			       "attack was read. %u of the validation traces are duplicates of "
			       "training traces. Seeds 1 to %u.", learned, data->duplicates,
			       seeds) < 0)
		text = NULL;
	if (!design && asprintf(&text, "%s, and held_out is the %u even ones with all %u attacks, "
				"which are for reports alone; full is all %u, design half "
				"included, for comparison with the literature. A process is a "
				"trace and has one score. %u of the validation traces are "
				"duplicates of training traces, and stay in. Means over seeds 1 "
				"to %u, +- the standard deviation of the area under the ROC curve "
				"(AUC); DR, share of the attacks detected at so many false alarms; "
				"FAR, false alarms where 90 %% of the attacks are detected.",
				learned, part[KANARY_BENCH_REPORTED], part[KANARY_BENCH_ATTACK],
				part[KANARY_BENCH_DESIGN] + part[KANARY_BENCH_REPORTED],
				data->duplicates, seeds) < 0)
		text = NULL;
	free(learned);
	return text;
}

static double per_call(const struct kanary_bench_data *data,
		       const struct kanary_bench_result *result)
{
	return result->cost.operations / data->calls;
}

/* Breaks lines between words, at 100 columns. */
static void print_paragraph(const char *text)
{
	size_t column = 0;

	while (*text) {
		size_t length = strcspn(text, " ");

		if (column && column + 1 + length > 100) {
			putchar('\n');
			column = 0;
		} else if (column) {
			putchar(' ');
			column++;
		}
		printf("%.*s", (int)length, text);
		column += length;
		text += length + strspn(text + length, " ");
	}
	putchar('\n');
}

static void print_figures(const struct kanary_bench_data *data, const char *title,
			  const struct kanary_bench_result *result, uint32_t results, bool full)
{
	uint32_t i;

	printf("\n%-10s %15s %8s %8s %8s %10s %9s %10s %9s\n", title, "AUC", "DR at 1%", "at 5%",
	       "at 15%", "FAR at 90%", "seconds", "bytes", "ops/call");
	for (i = 0; i < results; i++) {
		const struct kanary_bench_figures *figures =
			full ? &result[i].full : &result[i].held_out;
		const struct kanary_evaluation *mean = &figures->mean;

		printf("%-10s %6.3f +- %.3f %7.1f%% %7.1f%% %7.1f%% %9.1f%% %9.1f %10llu %9.0f\n",
		       result[i].method->name, mean->auc, figures->auc_sd,
		       100 * mean->detected_at_1, 100 * mean->detected_at_5,
		       100 * mean->detected_at_15, 100 * mean->false_at_90,
		       result[i].cost.seconds, (unsigned long long)result[i].cost.model_bytes,
		       per_call(data, &result[i]));
	}
}

static void print_design(const struct kanary_bench_data *data,
			 const struct kanary_bench_result *result, uint32_t results)
{
	uint32_t i;

	printf("\n%-10s %11s %11s %11s %11s %11s %9s %10s %9s\n", "design", "trained on", "mean",
	       "median", "95% below", "99% below", "seconds", "bytes", "ops/call");
	for (i = 0; i < results; i++) {
		const struct kanary_bench_design *design = &result[i].design;

		printf("%-10s %11.5g %11.5g %11.5g %11.5g %11.5g %9.1f %10llu %9.0f\n",
		       result[i].method->name, design->train_mean, design->mean, design->median,
		       design->quantile_95, design->quantile_99, result[i].cost.seconds,
		       (unsigned long long)result[i].cost.model_bytes,
		       per_call(data, &result[i]));
	}
}

int kanary_bench_report_text(const struct kanary_bench_data *data, uint32_t seeds, bool design,
			     const struct kanary_bench_result *result, uint32_t results)
{
	char *protocol = describe(data, seeds, design);
	uint32_t i;

	if (!protocol)
		return kanary_message_error("bench: %s", strerror(ENOMEM));
	print_paragraph(protocol);
	free(protocol);
	if (design) {
		print_design(data, result, results);
	} else {
		print_figures(data, "held out", result, results, false);
		print_figures(data, "full", result, results, true);
	}
	putchar('\n');
	for (i = 0; i < results; i++)
		printf("%-10s %s\n", result[i].method->name, result[i].method->help);
	return 0;
}

static json_t *pack_figures(const struct kanary_bench_figures *figures)
{
	const struct kanary_evaluation *mean = &figures->mean;

	return json_pack("{s:{s:f, s:f}, s:{s:f, s:f, s:f}, s:f}", "auc", "mean", mean->auc, "sd",
			 figures->auc_sd, "dr_at_fpr", "0.01", mean->detected_at_1, "0.05",
			 mean->detected_at_5, "0.15", mean->detected_at_15, "far_at_dr90",
			 mean->false_at_90);
}

static json_t *pack_result(const struct kanary_bench_data *data,
			   const struct kanary_bench_result *result, bool design)
{
	json_t *object = json_pack("{s:s}", "name", result->method->name);

	if (design)
		json_object_set_new(object, "design", json_pack(
			"{s:f, s:f, s:f, s:f, s:f}", "train_mean", result->design.train_mean,
			"mean", result->design.mean, "median", result->design.median,
			"quantile_95", result->design.quantile_95, "quantile_99",
			result->design.quantile_99));
	else
		json_object_update_new(object, json_pack(
			"{s:o, s:o}", "held_out", pack_figures(&result->held_out), "full",
			pack_figures(&result->full)));
	json_object_update_new(object, json_pack(
		"{s:f, s:I, s:f}", "seconds", result->cost.seconds, "model_bytes",
		(json_int_t)result->cost.model_bytes, "integer_ops_per_syscall",
		per_call(data, result)));
	return object;
}

int kanary_bench_report_json(const struct kanary_bench_data *data, uint32_t seeds, bool design,
			     const struct kanary_bench_result *result, uint32_t results)
{
	char *protocol = describe(data, seeds, design);
	json_t *object, *seed = json_array(), *methods = json_array();
	const uint32_t *part = data->in_part;
	uint32_t i;

	for (i = 0; i < seeds; i++)
		json_array_append_new(seed, json_integer(i + 1));
	for (i = 0; i < results; i++)
		json_array_append_new(methods, pack_result(data, &result[i], design));
	object = json_pack("{s:{s:s, s:I, s:I, s:I, s:I, s:I}, s:o, s:o}", "protocol",
			   "description", protocol ? protocol : "",
			   "training", (json_int_t)part[KANARY_BENCH_TRAIN],
			   "design", (json_int_t)part[KANARY_BENCH_DESIGN],
			   "reported", (json_int_t)part[KANARY_BENCH_REPORTED],
			   "attacks", (json_int_t)part[KANARY_BENCH_ATTACK],
			   "duplicates", (json_int_t)data->duplicates,
			   "seeds", seed, "methods", methods);
	free(protocol);
	return kanary_json_output_print(object);
}
