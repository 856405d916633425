// SPDX-License-Identifier: GPL-2.0
#include "lstm.h"

#include <gsl/gsl_cblas.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A cache line, so that no vector load straddles two. */
#define ALIGNMENT 64
#define ALIGN_FLOATS(count) (((count) + 15) & ~(size_t)15)

static float *carve(float **next, size_t count)
{
	float *memory = *next;

	*next += ALIGN_FLOATS(count);
	return memory;
}

struct kanary_lstm *kanary_lstm_create(uint32_t inputs, uint32_t hidden, uint32_t steps,
				       uint32_t batch)
{
	size_t row = (size_t)batch * hidden, gates = 4 * (size_t)hidden;
	size_t encoder = gates * (inputs + hidden), decoder = gates * 2 * hidden;
	size_t dense = (size_t)inputs * hidden;
	size_t parameters = encoder + gates + decoder + gates + dense + inputs;
	size_t layer = ALIGN_FLOATS(steps * row * 4) + 2 * ALIGN_FLOATS((steps + 1) * row) +
		       ALIGN_FLOATS(steps * row);
	size_t output = ALIGN_FLOATS((size_t)steps * batch * inputs);
	size_t total = 2 * ALIGN_FLOATS(parameters) + 2 * layer + 2 * output +
		       ALIGN_FLOATS(row * 4) + ALIGN_FLOATS(steps * row) + ALIGN_FLOATS(row);
	struct kanary_lstm *lstm = calloc(1, sizeof(*lstm));
	float *next;

	if (!lstm)
		return NULL;
	lstm->memory = aligned_alloc(ALIGNMENT, total * sizeof(float));
	if (!lstm->memory) {
		free(lstm);
		return NULL;
	}
	memset(lstm->memory, 0, total * sizeof(float));
	lstm->inputs = inputs;
	lstm->hidden = hidden;
	lstm->steps = steps;
	lstm->batch = batch;
	lstm->parameters = parameters;

	next = lstm->memory;
	lstm->parameter = carve(&next, parameters);
	lstm->gradient = carve(&next, parameters);
	lstm->encoder = lstm->parameter;
	lstm->encoder_bias = lstm->encoder + encoder;
	lstm->decoder = lstm->encoder_bias + gates;
	lstm->decoder_bias = lstm->decoder + decoder;
	lstm->dense = lstm->decoder_bias + gates;
	lstm->dense_bias = lstm->dense + dense;

	lstm->encoding.gates = carve(&next, steps * row * 4);
	lstm->encoding.cell = carve(&next, (steps + 1) * row);
	lstm->encoding.squashed = carve(&next, steps * row);
	lstm->encoding.output = carve(&next, (steps + 1) * row);
	lstm->decoding.gates = carve(&next, steps * row * 4);
	lstm->decoding.cell = carve(&next, (steps + 1) * row);
	lstm->decoding.squashed = carve(&next, steps * row);
	lstm->decoding.output = carve(&next, (steps + 1) * row);
	lstm->reconstruction = carve(&next, (size_t)steps * batch * inputs);
	lstm->output_gradient = carve(&next, (size_t)steps * batch * inputs);
	lstm->summary_gates = carve(&next, row * 4);
	lstm->hidden_gradient = carve(&next, steps * row);
	lstm->cell_gradient = carve(&next, row);
	return lstm;
}

static void init_glorot(float *weights, uint32_t rows, uint32_t columns, uint32_t stride,
			gsl_rng *random)
{
	double limit = sqrt(6.0 / (rows + columns));
	uint32_t row, column;

	for (row = 0; row < rows; row++)
		for (column = 0; column < columns; column++)
			weights[row * stride + column] = gsl_ran_flat(random, -limit, limit);
}

/* Gram-Schmidt on a Gaussian matrix: uniform over the orthogonal ones (Stewart 1980). */
static void init_orthogonal(float *weights, uint32_t size, uint32_t stride, gsl_rng *random)
{
	uint32_t row, before, column;
	float norm;

	for (row = 0; row < size; row++) {
		float *vector = weights + row * stride;

		do {
			for (column = 0; column < size; column++)
				vector[column] = gsl_ran_gaussian_ziggurat(random, 1.0);
			for (before = 0; before < row; before++) {
				const float *other = weights + before * stride;

				cblas_saxpy(size, -cblas_sdot(size, vector, 1, other, 1), other, 1,
					    vector, 1);
			}
			norm = cblas_snrm2(size, vector, 1);
		} while (norm < 1e-3f);
		cblas_sscal(size, 1.0f / norm, vector, 1);
	}
}

static void init_recurrent(float *weights, const struct kanary_lstm *lstm, uint32_t inputs,
			   gsl_rng *random)
{
	uint32_t stride = inputs + lstm->hidden, gate;

	for (gate = 0; gate < 4; gate++) {
		float *block = weights + (size_t)gate * lstm->hidden * stride;

		init_glorot(block, lstm->hidden, inputs, stride, random);
		init_orthogonal(block + inputs, lstm->hidden, stride, random);
	}
}

void kanary_lstm_init(struct kanary_lstm *lstm, gsl_rng *random)
{
	uint32_t j;

	memset(lstm->parameter, 0, lstm->parameters * sizeof(float));
	init_recurrent(lstm->encoder, lstm, lstm->inputs, random);
	init_recurrent(lstm->decoder, lstm, lstm->hidden, random);
	init_glorot(lstm->dense, lstm->inputs, lstm->hidden, lstm->hidden, random);
	for (j = lstm->hidden; j < 2 * lstm->hidden; j++) {
		lstm->encoder_bias[j] = 1.0f;
		lstm->decoder_bias[j] = 1.0f;
	}
}

void kanary_lstm_silence(struct kanary_lstm *lstm, uint32_t input)
{
	uint32_t row;

	for (row = 0; row < 4 * lstm->hidden; row++)
		lstm->encoder[(size_t)row * (lstm->inputs + lstm->hidden) + input] = 0;
	memset(lstm->dense + (size_t)input * lstm->hidden, 0, lstm->hidden * sizeof(float));
	lstm->dense_bias[input] = 0;
}

void kanary_lstm_free(struct kanary_lstm *lstm)
{
	if (!lstm)
		return;
	free(lstm->memory);
	free(lstm);
}
