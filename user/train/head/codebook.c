// SPDX-License-Identifier: GPL-2.0
#include "codebook.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <stdlib.h>
#include <string.h>

#define WEIGHT_UNIT 16.0
/* A feature has length 1, and residuals beyond it are the head's own exaggeration. */
#define LARGEST 0.999f

/* Without @codeword where that is NULL. */
static double distance(const float *residual, const float *codeword, const u32 *weight,
		       uint32_t inputs)
{
	double sum = 0;
	uint32_t i;

	for (i = 0; i < inputs; i++) {
		double left = residual[i] - (codeword ? codeword[i] : 0);

		sum += weight[i] / WEIGHT_UNIT * left * left;
	}
	return sum;
}

static uint32_t farthest(const double *left, uint32_t count)
{
	uint32_t i, most = 0;

	for (i = 1; i < count; i++)
		if (left[i] > left[most])
			most = i;
	return most;
}

static void add_codeword(struct kanary_codebook *codebook, const float *residual)
{
	float *codeword = codebook->codeword + (size_t)codebook->length++ * codebook->inputs;
	uint32_t i;

	for (i = 0; i < codebook->inputs; i++)
		codeword[i] = residual[i] > LARGEST ? LARGEST :
			      residual[i] < -LARGEST ? -LARGEST : residual[i];
}

bool kanary_codebook_fit(struct kanary_codebook *codebook, const float *residual, uint32_t count,
			 uint32_t inputs, const u32 *weight, uint32_t max)
{
	double *left = malloc((count + 1) * sizeof(*left));
	double *sorted = malloc((count + 1) * sizeof(*sorted));
	bool done = false;
	double ordinary;
	uint32_t i, far;

	memset(codebook, 0, sizeof(*codebook));
	codebook->inputs = inputs;
	codebook->codeword = malloc((size_t)(max + 1) * inputs * sizeof(float));
	if (!left || !sorted || !codebook->codeword)
		goto out;
	done = true;
	if (!count || !max)
		goto out;
	for (i = 0; i < count; i++)
		left[i] = distance(residual + (size_t)i * inputs, NULL, weight, inputs);
	memcpy(sorted, left, count * sizeof(*sorted));
	gsl_sort(sorted, 1, count);
	ordinary = gsl_stats_quantile_from_sorted_data(sorted, 1, count, KANARY_CODEBOOK_ORDINARY);
	codebook->gate = gsl_stats_quantile_from_sorted_data(sorted, 1, count,
							     KANARY_CODEBOOK_GATE);
	while (codebook->length < max) {
		far = farthest(left, count);
		if (left[far] <= ordinary)
			break;
		add_codeword(codebook, residual + (size_t)far * inputs);
		for (i = 0; i < count; i++) {
			double with = distance(residual + (size_t)i * inputs, codebook->codeword +
					       (size_t)(codebook->length - 1) * inputs, weight,
					       inputs);

			if (with < left[i])
				left[i] = with;
		}
	}
	if (!codebook->length)
		codebook->gate = 0;
out:
	free(left);
	free(sorted);
	return done;
}

double kanary_codebook_error(const struct kanary_codebook *codebook, const float *residual,
			     const u32 *weight)
{
	double least = distance(residual, NULL, weight, codebook->inputs);
	uint32_t i;

	if (!codebook->length || least <= codebook->gate)
		return least;
	for (i = 0; i < codebook->length; i++) {
		double with = distance(residual, codebook->codeword + (size_t)i * codebook->inputs,
				       weight, codebook->inputs);

		if (with < least)
			least = with;
	}
	return least;
}

void kanary_codebook_free(struct kanary_codebook *codebook)
{
	free(codebook->codeword);
	memset(codebook, 0, sizeof(*codebook));
}
