// SPDX-License-Identifier: GPL-2.0
#include "baseline.h"

#include <math.h>

#include "window_table.h"

/* Calls of the longest window: one to predict, and what is known before it. */
#define ORDER KANARY_WINDOW_TABLE_CALLS_MAX

/*
 * Of a call in each order: two keys (shift, or) and their hashes (multiply, shift),
 * and p = count * a + p * b with a and b kept beside the context (multiply twice, add).
 */
#define ORDER_OPERATIONS 11
/* Of each entry that is looked at: its place, itself, and the comparison. */
#define PROBE_OPERATIONS 3
/* Of a call: its logarithm from a table, interpolated, into the sum. */
#define CALL_OPERATIONS 6
/* Key, count, and a and b of Witten and Bell's formula. */
#define ENTRY_BYTES 20

static bool learn(struct kanary_window_table *table, const uint16_t *call, uint32_t length)
{
	struct kanary_window_entry *window, *context;
	uint32_t i, known;
	bool first;

	for (i = 0; i < length; i++) {
		for (known = 0; known < ORDER && known <= i; known++) {
			const uint16_t *start = call + i - known;

			window = kanary_window_table_add(table,
							 kanary_window_table_key(start, known + 1));
			if (!window)
				return false;
			first = !window->count++;
			context = kanary_window_table_add(table,
							  kanary_window_table_key(start, known));
			if (!context)
				return false;
			context->followers++;
			context->kinds += first;
		}
	}
	return true;
}

/* Of the call after @known calls from @start on. */
static double probability(struct kanary_window_table *table, const uint16_t *call, uint32_t known,
			  struct kanary_bench_cost *cost)
{
	const struct kanary_window_entry *window, *context;
	double p = 1.0 / KANARY_BINS_BANK;
	uint32_t order;

	for (order = 0; order <= known; order++) {
		const uint16_t *start = call - order;

		cost->operations += ORDER_OPERATIONS;
		context = kanary_window_table_find(table, kanary_window_table_key(start, order));
		/* what was never seen has not been seen with more before it either */
		if (!context || !context->followers)
			break;
		window = kanary_window_table_find(table,
						  kanary_window_table_key(start, order + 1));
		p = ((window ? window->count : 0) + context->kinds * p) /
		    (context->followers + context->kinds);
	}
	return p;
}

const char *kanary_baseline_ngram(const struct kanary_bench_data *data, uint64_t seed,
				  double *scores, struct kanary_bench_cost *cost)
{
	struct kanary_window_table table = { 0 };
	const struct kanary_bench_trace *trace;
	const char *failure = NULL;
	uint32_t i, j;

	for (i = 0; !failure && i < data->traces; i++) {
		trace = &data->trace[i];
		if (trace->part == KANARY_BENCH_TRAIN &&
		    !learn(&table, data->call + trace->first, trace->length))
			failure = KANARY_BASELINE_NO_MEMORY;
	}
	for (i = 0; !failure && i < data->traces; i++) {
		trace = &data->trace[i];
		scores[i] = 0;
		for (j = 0; j < trace->length; j++)
			scores[i] -= log(probability(&table, data->call + trace->first + j,
						     j < ORDER ? j : ORDER - 1, cost));
		scores[i] /= trace->length;
		cost->operations += (double)CALL_OPERATIONS * trace->length;
	}
	cost->operations += (double)PROBE_OPERATIONS * table.probes;
	cost->model_bytes = table.room * ENTRY_BYTES;
	kanary_window_table_free(&table);
	return failure;
}
