// SPDX-License-Identifier: GPL-2.0
#include "baseline.h"

#include "window_table.h"

/* Of a window: into the key (shift, or, mask), its hash (multiply, shift), into the sum. */
#define WINDOW_OPERATIONS 6
/* Of each entry that is looked at: its place, itself, and the comparison. */
#define PROBE_OPERATIONS 3

static bool learn(struct kanary_window_table *table, const uint16_t *call, uint32_t length,
		  uint32_t width)
{
	uint32_t i;

	for (i = width; i <= length; i++)
		if (!kanary_window_table_add(table,
					     kanary_window_table_key(call + i - width, width)))
			return false;
	return true;
}

static double mismatches(struct kanary_window_table *table, const uint16_t *call, uint32_t length,
			 uint32_t width, struct kanary_bench_cost *cost)
{
	uint32_t unseen = 0, i;

	if (length < width)
		return 0;
	for (i = width; i <= length; i++)
		unseen += !kanary_window_table_find(table,
						    kanary_window_table_key(call + i - width,
									    width));
	cost->operations += (double)WINDOW_OPERATIONS * (length - width + 1);
	return (double)unseen / (length - width + 1);
}

static const char *score(const struct kanary_bench_data *data, uint32_t width, double *scores,
			 struct kanary_bench_cost *cost)
{
	struct kanary_window_table table = { 0 };
	const struct kanary_bench_trace *trace;
	const char *failure = NULL;
	uint32_t i;

	for (i = 0; !failure && i < data->traces; i++) {
		trace = &data->trace[i];
		if (trace->part == KANARY_BENCH_TRAIN &&
		    !learn(&table, data->call + trace->first, trace->length, width))
			failure = KANARY_BASELINE_NO_MEMORY;
	}
	for (i = 0; !failure && i < data->traces; i++) {
		trace = &data->trace[i];
		scores[i] = mismatches(&table, data->call + trace->first, trace->length, width,
				       cost);
	}
	cost->operations += (double)PROBE_OPERATIONS * table.probes;
	/* it is enough to know that a window was seen */
	cost->model_bytes = table.room * sizeof(uint64_t);
	kanary_window_table_free(&table);
	return failure;
}

const char *kanary_baseline_stide3(const struct kanary_bench_data *data, uint64_t seed,
				   double *scores, struct kanary_bench_cost *cost)
{
	return score(data, 3, scores, cost);
}

const char *kanary_baseline_stide(const struct kanary_bench_data *data, uint64_t seed,
				  double *scores, struct kanary_bench_cost *cost)
{
	return score(data, 6, scores, cost);
}
