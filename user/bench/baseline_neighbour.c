// SPDX-License-Identifier: GPL-2.0
#include "baseline.h"

#include <gsl/gsl_cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "baseline_histogram.h"

#define NEIGHBOURS 5
/* Of each training trace: compare with the farthest neighbour so far. */
#define NEIGHBOUR_OPERATIONS 1
/* Of a neighbour: its distance is a square root. */
#define ROOT_OPERATIONS KANARY_BENCH_FEATURE_OPERATIONS

/* The rows of the training traces, one after the other; NULL where memory is short. */
static double *gather(const struct kanary_bench_data *data,
		      const struct kanary_baseline_histograms *histograms)
{
	size_t size = histograms->inputs * sizeof(double);
	double *rows = malloc(data->in_part[KANARY_BENCH_TRAIN] * size), *row = rows;
	uint32_t i;

	for (i = 0; rows && i < data->traces; i++) {
		if (data->trace[i].part != KANARY_BENCH_TRAIN)
			continue;
		memcpy(row, histograms->row + (size_t)i * histograms->inputs, size);
		row += histograms->inputs;
	}
	return rows;
}

/* Mean distance of the nearest: rows have length 1, so |a - b|^2 = 2 - 2 a b. */
static double mean_distance(const double *product, uint32_t count)
{
	double nearest[NEIGHBOURS] = { 0 }, sum = 0;
	uint32_t found = 0, i, j;

	for (i = 0; i < count; i++) {
		if (found == NEIGHBOURS && product[i] <= nearest[NEIGHBOURS - 1])
			continue;
		if (found < NEIGHBOURS)
			found++;
		for (j = found - 1; j && nearest[j - 1] < product[i]; j--)
			nearest[j] = nearest[j - 1];
		nearest[j] = product[i];
	}
	for (i = 0; i < found; i++)
		sum += sqrt(fmax(0, 2 - 2 * nearest[i]));
	return sum / found;
}

const char *kanary_baseline_neighbour(const struct kanary_bench_data *data, uint64_t seed,
				      double *scores, struct kanary_bench_cost *cost)
{
	uint32_t trained = data->in_part[KANARY_BENCH_TRAIN], i;
	struct kanary_baseline_histograms histograms;
	double *rows = NULL, *product = NULL;
	const char *failure = NULL;

	if (!kanary_baseline_histogram_make(&histograms, data))
		return KANARY_BASELINE_NO_MEMORY;
	rows = gather(data, &histograms);
	product = malloc(trained * sizeof(*product));
	if (!rows || !product) {
		failure = KANARY_BASELINE_NO_MEMORY;
		goto out;
	}
	for (i = 0; i < data->traces; i++) {
		cblas_dgemv(CblasRowMajor, CblasNoTrans, trained, histograms.inputs, 1, rows,
			    histograms.inputs, histograms.row + (size_t)i * histograms.inputs, 1,
			    0, product, 1);
		scores[i] = mean_distance(product, trained);
		/* only what is not 0 is multiplied */
		cost->operations +=
			kanary_baseline_histogram_operations(&histograms, data, i) +
			trained * (2.0 * histograms.used[i] + NEIGHBOUR_OPERATIONS) +
			NEIGHBOURS * (ROOT_OPERATIONS + 1);
	}
	cost->model_bytes = sizeof(int16_t) * (uint64_t)trained * histograms.inputs;
out:
	free(product);
	free(rows);
	kanary_baseline_histogram_free(&histograms);
	return failure;
}
