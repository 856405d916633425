// SPDX-License-Identifier: GPL-2.0
#include "process_train.h"

#include <gsl/gsl_cblas.h>
#include <gsl/gsl_eigen.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Features that are multiplied at once. */
#define ROWS 256
/* A component that holds less of the variance than this is noise, or one single event. */
#define VARIANCE_MIN 1e-4
/*
 * Of the variance, added to each input's: the solver never ends where those without any
 * leave denormal numbers beside zeros. It moves all eigenvalues alike, and no eigenvector.
 */
#define RIDGE 1e-9
/*
 * Codes are this much larger than the components. Features have length 1, and are
 * no farther from their mean than sqrt(2): so no code leaves the range of Q4.11.
 */
#define CODE_SCALE 11

/**
 * struct moments - of features
 * @inputs: features
 * @rows: of @row that are filled
 * @count: of features
 * @sum: [inputs]
 * @square: [inputs][inputs], the upper triangle
 * @row: [ROWS][inputs]
 */
struct moments {
	uint32_t inputs;
	uint32_t rows;
	double count;
	double *sum;
	double *square;
	double *row;
};

static void moments_flush(struct moments *moments)
{
	if (moments->rows)
		cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, moments->inputs, moments->rows,
			    1.0, moments->row, moments->inputs, 1.0, moments->square,
			    moments->inputs);
	moments->rows = 0;
}

static void moments_add(struct moments *moments, const s16 *x)
{
	double *row = moments->row + (size_t)moments->rows * moments->inputs;
	uint32_t i;

	for (i = 0; i < moments->inputs; i++) {
		row[i] = x[i] / 32768.0;
		moments->sum[i] += row[i];
	}
	moments->count++;
	if (++moments->rows == ROWS)
		moments_flush(moments);
}

/* One run of vectors from a fresh state, in one mix. */
static void gather_run(struct moments *moments, const struct kanary_dataset *dataset,
		       const struct kanary_feature_map *features,
		       const struct kanary_dataset_run *run, struct kanary_drift *drift)
{
	struct kanary_feature_counts counts = { 0 };
	s16 x[KANARY_MODEL_INPUTS_MAX];
	uint32_t i;

	for (i = 0; i < run->length; i++) {
		kanary_feature_map_add(features, &counts, kanary_drift_vector(drift,
				       kanary_dataset_vector(dataset, run->first + i)), x);
		/* who used no path has no mix of them */
		if (counts.total)
			moments_add(moments, x);
	}
}

/*
 * Each run counts from a fresh state, as after a model was loaded while the
 * service runs. Each vector weighs the same: the components are for what a daemon
 * does all day in ever other mixes; programs that run now and then always do the
 * same, and find room in the codebook.
 */
static void gather(struct moments *moments, const struct kanary_dataset *dataset,
		   const struct kanary_feature_map *features, bool validated,
		   struct kanary_drift *drift)
{
	uint32_t number, copy;

	for (number = 0; number < dataset->runs; number++) {
		const struct kanary_dataset_run *run = &dataset->run[number];

		if (run->part != KANARY_DATASET_TRAIN &&
		    !(validated && run->part == KANARY_DATASET_VALIDATION))
			continue;
		for (copy = 0; copy < kanary_drift_copies(drift); copy++) {
			kanary_drift_draw(drift, copy);
			gather_run(moments, dataset, features, run, drift);
		}
	}
	moments_flush(moments);
}

/* Principal components of @moments into @head. */
static bool decompose(struct kanary_process_head *head, const struct moments *moments)
{
	uint32_t inputs = head->inputs, i, j, c;
	gsl_matrix *covariance = gsl_matrix_alloc(inputs, inputs);
	gsl_matrix *vectors = gsl_matrix_alloc(inputs, inputs);
	gsl_vector *values = gsl_vector_alloc(inputs);
	gsl_eigen_symmv_workspace *workspace = gsl_eigen_symmv_alloc(inputs);
	double total = 0, kept = 0, count = fmax(moments->count, 1);
	bool done = false;

	if (!covariance || !vectors || !values || !workspace)
		goto out;
	for (i = 0; i < inputs; i++) {
		double mean = moments->sum[i] / count;

		head->decode_bias[i] = mean;
		for (j = i; j < inputs; j++) {
			double value = moments->square[(size_t)i * inputs + j] / count -
				       mean * moments->sum[j] / count;

			gsl_matrix_set(covariance, i, j, value);
			gsl_matrix_set(covariance, j, i, value);
		}
		total += gsl_matrix_get(covariance, i, i);
	}
	gsl_matrix_add_diagonal(covariance, RIDGE * total);
	gsl_eigen_symmv(covariance, values, vectors, workspace);
	gsl_eigen_symmv_sort(values, vectors, GSL_EIGEN_SORT_VAL_DESC);
	for (c = 0; c < head->code && c < inputs; c++) {
		double value = gsl_vector_get(values, c) - RIDGE * total;
		double bias = 0, sign = 1, largest = 0;

		if (value <= VARIANCE_MIN * total)
			break;
		kept += value;
		/* the sign of an eigenvector is arbitrary: fix it, for the same bytes everywhere */
		for (i = 0; i < inputs; i++) {
			double component = gsl_matrix_get(vectors, i, c);

			/* an input without calls has no variance; what the solver left is dust */
			if (!moments->sum[i])
				gsl_matrix_set(vectors, i, c, component = 0);
			if (fabs(component) > largest * 1.000001) {
				largest = fabs(component);
				sign = component < 0 ? -1 : 1;
			}
		}
		for (i = 0; i < inputs; i++) {
			double component = sign * gsl_matrix_get(vectors, i, c);

			head->encode[(size_t)c * inputs + i] = component * CODE_SCALE;
			head->decode[(size_t)i * head->code + c] = component / CODE_SCALE;
			bias -= component * CODE_SCALE * head->decode_bias[i];
		}
		head->encode_bias[c] = bias;
	}
	head->explained = total > 0 ? kept / total : 1;
	done = true;
out:
	if (workspace)
		gsl_eigen_symmv_free(workspace);
	gsl_vector_free(values);
	gsl_matrix_free(vectors);
	gsl_matrix_free(covariance);
	return done;
}

/* What @head makes of @x, subtracted from it. */
static void residuals(const struct kanary_process_head *head, const s16 *x, float *residual)
{
	float code[KANARY_MODEL_HISTOGRAM_CODE_MAX];
	uint32_t i, c;

	for (i = 0; i < head->inputs; i++)
		residual[i] = x[i] * (1.0f / 32768);
	for (c = 0; c < head->code; c++)
		code[c] = head->encode_bias[c] +
			  cblas_sdot(head->inputs, head->encode + (size_t)c * head->inputs, 1,
				     residual, 1);
	for (i = 0; i < head->inputs; i++)
		residual[i] -= head->decode_bias[i] +
			       cblas_sdot(head->code, head->decode + (size_t)i * head->code, 1,
					  code, 1);
}

/* From the residuals of vectors as they were recorded, with or without those of calibration. */
static bool learn_by_heart(struct kanary_process_head *head, const struct kanary_dataset *dataset,
			   const struct kanary_feature_map *features, uint32_t codewords, bool all)
{
	struct kanary_feature_counts counts;
	s16 x[KANARY_MODEL_INPUTS_MAX];
	uint32_t number, i, count = 0;
	float *residual;
	bool done;

	residual = malloc(((size_t)dataset->count + 1) * head->inputs * sizeof(*residual));
	if (!residual)
		return false;
	for (number = 0; number < dataset->runs; number++) {
		const struct kanary_dataset_run *run = &dataset->run[number];

		if (run->part == KANARY_DATASET_CALIBRATION && !all)
			continue;
		memset(&counts, 0, sizeof(counts));
		for (i = 0; i < run->length; i++) {
			kanary_feature_map_add(features, &counts,
					       kanary_dataset_vector(dataset, run->first + i), x);
			if (counts.total)
				residuals(head, x, residual + (size_t)count++ * head->inputs);
		}
	}
	done = kanary_codebook_fit(&head->codebook, residual, count, head->inputs, head->weight,
				   codewords);
	free(residual);
	return done;
}

bool kanary_process_train(struct kanary_process_head *head, const struct kanary_dataset *dataset,
			  const struct kanary_feature_map *features, uint32_t code,
			  uint32_t codewords, bool validated, struct kanary_drift *drift)
{
	size_t inputs = features->inputs, i;
	struct moments moments = {
		.inputs = inputs,
		.sum = calloc(inputs, sizeof(double)),
		.square = calloc(inputs * inputs, sizeof(double)),
		.row = calloc(ROWS * inputs, sizeof(double)),
	};
	bool done = false;

	head->inputs = inputs;
	head->code = code;
	head->encode = calloc(code * inputs, sizeof(float));
	head->encode_bias = calloc(code, sizeof(float));
	head->decode = calloc(code * inputs, sizeof(float));
	head->decode_bias = calloc(inputs, sizeof(float));
	head->weight = calloc(inputs, sizeof(u32));
	if (!moments.sum || !moments.square || !moments.row || !head->encode ||
	    !head->encode_bias || !head->decode || !head->decode_bias || !head->weight)
		goto out;
	gather(&moments, dataset, features, validated, drift);
	if (!decompose(head, &moments))
		goto out;
	for (i = 0; i < inputs; i++)
		head->weight[i] = KANARY_MODEL_WEIGHT_EVEN;
	done = learn_by_heart(head, dataset, features, codewords, false);
out:
	free(moments.sum);
	free(moments.square);
	free(moments.row);
	return done;
}

bool kanary_process_train_complete(struct kanary_process_head *head,
				   const struct kanary_dataset *dataset,
				   const struct kanary_feature_map *features, uint32_t codewords)
{
	kanary_codebook_free(&head->codebook);
	return learn_by_heart(head, dataset, features, codewords, true);
}

double kanary_process_train_error(const struct kanary_process_head *head, const s16 *x)
{
	float residual[KANARY_MODEL_INPUTS_MAX];

	residuals(head, x, residual);
	return kanary_codebook_error(&head->codebook, residual, head->weight);
}

void kanary_process_train_free(struct kanary_process_head *head)
{
	free(head->encode);
	free(head->encode_bias);
	free(head->decode);
	free(head->decode_bias);
	free(head->weight);
	kanary_codebook_free(&head->codebook);
	memset(head, 0, sizeof(*head));
}
