// SPDX-License-Identifier: GPL-2.0
#include "baseline.h"

#include <gsl/gsl_cblas.h>
#include <gsl/gsl_eigen.h>
#include <stdlib.h>
#include <string.h>

#include "baseline_histogram.h"

/* Width of the bottleneck. */
#define CODE 5
/* Of an input's error: difference, square, sum. */
#define ERROR_OPERATIONS 3

/**
 * struct components - the first principal components of the training traces
 * @code: CODE, or fewer where there are no more inputs
 * @mean: [inputs]
 * @component: [@code][inputs]
 */
struct components {
	uint32_t code;
	double *mean;
	double *component;
};

static void sum_up(const struct kanary_bench_data *data,
		   const struct kanary_baseline_histograms *histograms, double *mean,
		   gsl_matrix *covariance)
{
	uint32_t inputs = histograms->inputs, trained = data->in_part[KANARY_BENCH_TRAIN], i;
	const double *row;

	gsl_matrix_set_zero(covariance);
	for (i = 0; i < data->traces; i++) {
		row = histograms->row + (size_t)i * inputs;
		if (data->trace[i].part != KANARY_BENCH_TRAIN)
			continue;
		cblas_daxpy(inputs, 1.0 / trained, row, 1, mean, 1);
		cblas_dsyr(CblasRowMajor, CblasLower, inputs, 1.0 / trained, row, 1,
			   covariance->data, covariance->tda);
	}
	cblas_dsyr(CblasRowMajor, CblasLower, inputs, -1, mean, 1, covariance->data,
		   covariance->tda);
}

static bool fit(struct components *components, const struct kanary_bench_data *data,
		const struct kanary_baseline_histograms *histograms)
{
	uint32_t inputs = histograms->inputs, i, c;
	gsl_eigen_symmv_workspace *workspace = gsl_eigen_symmv_alloc(inputs);
	gsl_matrix *covariance = gsl_matrix_alloc(inputs, inputs);
	gsl_matrix *vectors = gsl_matrix_alloc(inputs, inputs);
	gsl_vector *values = gsl_vector_alloc(inputs);
	bool done = false;

	components->code = inputs < CODE ? inputs : CODE;
	components->mean = calloc(inputs, sizeof(*components->mean));
	components->component = calloc((size_t)CODE * inputs, sizeof(*components->component));
	if (!workspace || !covariance || !vectors || !values || !components->mean ||
	    !components->component)
		goto out;
	sum_up(data, histograms, components->mean, covariance);
	if (gsl_eigen_symmv(covariance, values, vectors, workspace))
		goto out;
	gsl_eigen_symmv_sort(values, vectors, GSL_EIGEN_SORT_VAL_DESC);
	for (c = 0; c < components->code; c++)
		for (i = 0; i < inputs; i++)
			components->component[c * inputs + i] = gsl_matrix_get(vectors, i, c);
	done = true;
out:
	gsl_vector_free(values);
	gsl_matrix_free(vectors);
	gsl_matrix_free(covariance);
	gsl_eigen_symmv_free(workspace);
	return done;
}

static double squared_error(const struct components *components, const double *row,
			    uint32_t inputs, double *residual)
{
	double code[CODE];

	memcpy(residual, row, inputs * sizeof(*residual));
	cblas_daxpy(inputs, -1, components->mean, 1, residual, 1);
	cblas_dgemv(CblasRowMajor, CblasNoTrans, components->code, inputs, 1,
		    components->component, inputs, residual, 1, 0, code, 1);
	cblas_dgemv(CblasRowMajor, CblasTrans, components->code, inputs, -1,
		    components->component, inputs, code, 1, 1, residual, 1);
	return cblas_ddot(inputs, residual, 1, residual, 1);
}

const char *kanary_baseline_linear(const struct kanary_bench_data *data, uint64_t seed,
				   double *scores, struct kanary_bench_cost *cost)
{
	struct kanary_baseline_histograms histograms;
	const char *failure = KANARY_BASELINE_NO_MEMORY;
	struct components components = { 0 };
	double *residual = NULL;
	uint32_t i;

	if (!kanary_baseline_histogram_make(&histograms, data))
		return failure;
	residual = malloc(histograms.inputs * sizeof(*residual));
	if (!residual || !fit(&components, data, &histograms))
		goto out;
	for (i = 0; i < data->traces; i++) {
		scores[i] = squared_error(&components,
					  histograms.row + (size_t)i * histograms.inputs,
					  histograms.inputs, residual);
		/* encode what is not 0, decode all; the mean is in the biases */
		cost->operations +=
			kanary_baseline_histogram_operations(&histograms, data, i) +
			2.0 * components.code * (histograms.used[i] + histograms.inputs) +
			(double)ERROR_OPERATIONS * histograms.inputs;
	}
	/* a row of weights for each code and back, and the biases */
	cost->model_bytes = sizeof(int16_t) * (2ull * components.code * histograms.inputs +
					       components.code + histograms.inputs);
	failure = NULL;
out:
	free(residual);
	free(components.mean);
	free(components.component);
	kanary_baseline_histogram_free(&histograms);
	return failure;
}
