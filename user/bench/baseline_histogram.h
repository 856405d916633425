/* SPDX-License-Identifier: GPL-2.0 */
/* What a process has called in all: the square roots of the frequencies, of length 1. */
#ifndef KANARY_BASELINE_HISTOGRAM_H
#define KANARY_BASELINE_HISTOGRAM_H

#include "bench.h"

/**
 * struct kanary_baseline_histograms - of all traces
 * @inputs: calls that training made, and one for all others together
 * @row: [traces][@inputs]
 * @used: [traces], inputs of each that are not 0
 */
struct kanary_baseline_histograms {
	uint32_t inputs;
	double *row;
	uint32_t *used;
};

/**
 * kanary_baseline_histogram_make() - make them
 *
 * Return: false where memory is short.
 */
bool kanary_baseline_histogram_make(struct kanary_baseline_histograms *histograms,
				    const struct kanary_bench_data *data);

/** kanary_baseline_histogram_operations() - of making trace @number's, as the kernel would */
double kanary_baseline_histogram_operations(const struct kanary_baseline_histograms *histograms,
					    const struct kanary_bench_data *data,
					    uint32_t number);

/** kanary_baseline_histogram_free() - free what is inside */
void kanary_baseline_histogram_free(struct kanary_baseline_histograms *histograms);

#endif /* KANARY_BASELINE_HISTOGRAM_H */
