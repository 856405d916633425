// SPDX-License-Identifier: GPL-2.0
#include "baseline_histogram.h"

#include <math.h>
#include <stdlib.h>

/* Of a call: look its input up, count. */
#define CALL_OPERATIONS 2

static uint32_t map_inputs(const struct kanary_bench_data *data, uint16_t *map)
{
	bool seen[KANARY_BINS_BANK] = { false };
	uint32_t inputs = 0, i, j;

	for (i = 0; i < data->traces; i++)
		for (j = 0; data->trace[i].part == KANARY_BENCH_TRAIN && j < data->trace[i].length;
		     j++)
			seen[data->call[data->trace[i].first + j]] = true;
	for (i = 0; i < KANARY_BINS_BANK; i++)
		if (seen[i])
			map[i] = (uint16_t)inputs++;
	for (i = 0; i < KANARY_BINS_BANK; i++)
		if (!seen[i])
			map[i] = (uint16_t)inputs;
	return inputs + 1;
}

bool kanary_baseline_histogram_make(struct kanary_baseline_histograms *histograms,
				    const struct kanary_bench_data *data)
{
	uint16_t map[KANARY_BINS_BANK];
	uint32_t inputs = map_inputs(data, map), i, j;

	histograms->inputs = inputs;
	histograms->row = calloc((size_t)data->traces * inputs, sizeof(*histograms->row));
	histograms->used = calloc(data->traces, sizeof(*histograms->used));
	if (!histograms->row || !histograms->used) {
		kanary_baseline_histogram_free(histograms);
		return false;
	}
	for (i = 0; i < data->traces; i++) {
		const struct kanary_bench_trace *trace = &data->trace[i];
		double *row = histograms->row + (size_t)i * inputs;

		for (j = 0; j < trace->length; j++)
			row[map[data->call[trace->first + j]]]++;
		for (j = 0; j < inputs; j++) {
			histograms->used[i] += row[j] > 0;
			row[j] = sqrt(row[j] / trace->length);
		}
	}
	return true;
}

double kanary_baseline_histogram_operations(const struct kanary_baseline_histograms *histograms,
					    const struct kanary_bench_data *data, uint32_t number)
{
	return (double)CALL_OPERATIONS * data->trace[number].length +
	       KANARY_BENCH_RECIPROCAL_OPERATIONS +
	       (double)KANARY_BENCH_FEATURE_OPERATIONS * histograms->used[number];
}

void kanary_baseline_histogram_free(struct kanary_baseline_histograms *histograms)
{
	free(histograms->row);
	free(histograms->used);
	histograms->row = NULL;
	histograms->used = NULL;
}
