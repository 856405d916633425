// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "bench_report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "terminal/json_output.h"
#include "terminal/message.h"

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

/* Likewise of the attack runs. */
static char *describe_runs(const struct kanary_bench_data *data)
{
	const uint32_t *part = data->in_part;
	char *text = NULL;

	if (asprintf(&text, "Attack runs. An attack of ADFA-LD is a run of processes, a folder of the "
		     "archive: %u runs. A process has a p-value: the share of the design half's "
		     "scores that are no smaller. The reported half sets nothing. Three ways make "
		     "one number of a run's p-values. All were fixed before any was computed here; "
		     "the limit of 0.1 had been chosen by the runs of an odd number. \"Even runs\" "
		     "are the other %u. The neighbours: each run stands beside %d groups of as many "
		     "normal processes, with numbers in a row. Groups begin at even distances, and "
		     "overlap. Held out, they are of the %u processes of the reported half, every "
		     "second number; full, of all %u. These figures are computed offline: the "
		     "kernel adds nothing up over tasks.", data->runs,
		     kanary_bench_runs_count(data, KANARY_BENCH_RUNS_EVEN),
		     KANARY_BENCH_RUNS_GROUPS, part[KANARY_BENCH_REPORTED],
		     part[KANARY_BENCH_DESIGN] + part[KANARY_BENCH_REPORTED]) < 0)
		return NULL;
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

static void print_set(const struct kanary_evaluation *mean, bool any)
{
	if (any)
		printf(" %6.3f %6.1f%% %6.1f%%", mean->auc, 100 * mean->detected_at_1,
		       100 * mean->detected_at_5);
	else
		printf(" %6s %7s %7s", "-", "-", "-");
}

static void print_runs(const struct kanary_bench_data *data,
		       const struct kanary_bench_result *result, uint32_t results)
{
	uint32_t i, way, set;

	printf("\n%-10s %-7s | %-22s | %-22s | %-22s\n", "runs", "", "held out", "even runs",
	       "full");
	printf("%-10s %-7s", "", "");
	for (set = 0; set < KANARY_BENCH_RUNS_SETS; set++)
		printf(" | %6s %7s %7s", "AUC", "DR 1%", "5%");
	putchar('\n');
	for (i = 0; i < results; i++) {
		for (way = 0; way < KANARY_BENCH_RUNS_WAYS; way++) {
			printf("%-10s %-7s", result[i].method->name, kanary_bench_runs_ways[way].name);
			for (set = 0; set < KANARY_BENCH_RUNS_SETS; set++) {
				printf(" |");
				print_set(&result[i].runs[way][set].mean,
					  kanary_bench_runs_count(data, set));
			}
			putchar('\n');
		}
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
	char *protocol = describe(data, seeds, design), *runs = describe_runs(data);
	int status = 0;
	uint32_t i;

	if (!protocol || !runs) {
		status = kanary_message_error("bench: %s", strerror(ENOMEM));
		goto out;
	}
	print_paragraph(protocol);
	if (design) {
		print_design(data, result, results);
	} else {
		print_figures(data, "held out", result, results, false);
		print_figures(data, "full", result, results, true);
		putchar('\n');
		print_paragraph(runs);
		print_runs(data, result, results);
	}
	putchar('\n');
	for (i = 0; i < results; i++)
		printf("%-10s %s\n", result[i].method->name, result[i].method->help);
	for (i = 0; !design && i < KANARY_BENCH_RUNS_WAYS; i++)
		printf("%-10s %s\n", kanary_bench_runs_ways[i].name, kanary_bench_runs_ways[i].help);
out:
	free(runs);
	free(protocol);
	return status;
}

static json_t *pack_figures(const struct kanary_bench_figures *figures)
{
	const struct kanary_evaluation *mean = &figures->mean;

	return json_pack("{s:{s:f, s:f}, s:{s:f, s:f, s:f}, s:f}", "auc", "mean", mean->auc, "sd",
			 figures->auc_sd, "dr_at_fpr", "0.01", mean->detected_at_1, "0.05",
			 mean->detected_at_5, "0.15", mean->detected_at_15, "far_at_dr90",
			 mean->false_at_90);
}

static json_t *pack_runs(const struct kanary_bench_data *data,
			 const struct kanary_bench_result *result)
{
	static const char *const sets[] = { "held_out", "even_runs", "full" };
	json_t *ways = json_object(), *object;
	uint32_t way, set;

	for (way = 0; way < KANARY_BENCH_RUNS_WAYS; way++) {
		object = json_object();
		for (set = 0; set < KANARY_BENCH_RUNS_SETS; set++)
			json_object_set_new(object, sets[set],
					    kanary_bench_runs_count(data, set) ?
					    pack_figures(&result->runs[way][set]) : json_null());
		json_object_set_new(ways, kanary_bench_runs_ways[way].name, object);
	}
	return ways;
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
			"{s:o, s:o, s:o}", "held_out", pack_figures(&result->held_out), "full",
			pack_figures(&result->full), "runs", pack_runs(data, result)));
	json_object_update_new(object, json_pack(
		"{s:f, s:I, s:f}", "seconds", result->cost.seconds, "model_bytes",
		(json_int_t)result->cost.model_bytes, "integer_ops_per_syscall",
		per_call(data, result)));
	return object;
}

int kanary_bench_report_json(const struct kanary_bench_data *data, uint32_t seeds, bool design,
			     const struct kanary_bench_result *result, uint32_t results)
{
	char *protocol = describe(data, seeds, design), *runs = describe_runs(data);
	json_t *object, *seed = json_array(), *methods = json_array();
	const uint32_t *part = data->in_part;
	uint32_t i;

	for (i = 0; i < seeds; i++)
		json_array_append_new(seed, json_integer(i + 1));
	for (i = 0; i < results; i++)
		json_array_append_new(methods, pack_result(data, &result[i], design));
	object = json_pack("{s:{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I}, s:o, s:o}", "protocol",
			   "description", protocol ? protocol : "",
			   "runs_description", design || !runs ? "" : runs,
			   "training", (json_int_t)part[KANARY_BENCH_TRAIN],
			   "design", (json_int_t)part[KANARY_BENCH_DESIGN],
			   "reported", (json_int_t)part[KANARY_BENCH_REPORTED],
			   "attacks", (json_int_t)part[KANARY_BENCH_ATTACK],
			   "runs", (json_int_t)data->runs,
			   "duplicates", (json_int_t)data->duplicates,
			   "seeds", seed, "methods", methods);
	free(runs);
	free(protocol);
	return kanary_json_output_print(object);
}
