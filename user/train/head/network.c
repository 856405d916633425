// SPDX-License-Identifier: GPL-2.0
#include "network.h"

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

struct kanary_network *kanary_network_create(uint32_t inputs, uint32_t hidden, uint32_t steps,
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
		       ALIGN_FLOATS(row * 4) + ALIGN_FLOATS(steps * row) + ALIGN_FLOATS(row) +
		       ALIGN_FLOATS(inputs);
	struct kanary_network *network = calloc(1, sizeof(*network));
	float *next;
	uint32_t i;

	if (!network)
		return NULL;
	network->memory = aligned_alloc(ALIGNMENT, total * sizeof(float));
	if (!network->memory) {
		free(network);
		return NULL;
	}
	memset(network->memory, 0, total * sizeof(float));
	network->inputs = inputs;
	network->hidden = hidden;
	network->steps = steps;
	network->batch = batch;
	network->parameters = parameters;

	next = network->memory;
	network->parameter = carve(&next, parameters);
	network->gradient = carve(&next, parameters);
	network->encoder = network->parameter;
	network->encoder_bias = network->encoder + encoder;
	network->decoder = network->encoder_bias + gates;
	network->decoder_bias = network->decoder + decoder;
	network->dense = network->decoder_bias + gates;
	network->dense_bias = network->dense + dense;

	network->encoding.gates = carve(&next, steps * row * 4);
	network->encoding.cell = carve(&next, (steps + 1) * row);
	network->encoding.squashed = carve(&next, steps * row);
	network->encoding.output = carve(&next, (steps + 1) * row);
	network->decoding.gates = carve(&next, steps * row * 4);
	network->decoding.cell = carve(&next, (steps + 1) * row);
	network->decoding.squashed = carve(&next, steps * row);
	network->decoding.output = carve(&next, (steps + 1) * row);
	network->reconstruction = carve(&next, (size_t)steps * batch * inputs);
	network->output_gradient = carve(&next, (size_t)steps * batch * inputs);
	network->summary_gates = carve(&next, row * 4);
	network->hidden_gradient = carve(&next, steps * row);
	network->cell_gradient = carve(&next, row);
	network->importance = carve(&next, inputs);
	for (i = 0; i < inputs; i++)
		network->importance[i] = 1.0f;
	return network;
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

static void init_recurrent(float *weights, const struct kanary_network *network, uint32_t inputs,
			   gsl_rng *random)
{
	uint32_t stride = inputs + network->hidden, gate;

	for (gate = 0; gate < 4; gate++) {
		float *block = weights + (size_t)gate * network->hidden * stride;

		init_glorot(block, network->hidden, inputs, stride, random);
		init_orthogonal(block + inputs, network->hidden, stride, random);
	}
}

void kanary_network_init(struct kanary_network *network, gsl_rng *random)
{
	uint32_t j;

	memset(network->parameter, 0, network->parameters * sizeof(float));
	init_recurrent(network->encoder, network, network->inputs, random);
	init_recurrent(network->decoder, network, network->hidden, random);
	init_glorot(network->dense, network->inputs, network->hidden, network->hidden, random);
	for (j = network->hidden; j < 2 * network->hidden; j++) {
		network->encoder_bias[j] = 1.0f;
		network->decoder_bias[j] = 1.0f;
	}
}

void kanary_network_silence(struct kanary_network *network, uint32_t input)
{
	uint32_t row;

	for (row = 0; row < 4 * network->hidden; row++)
		network->encoder[(size_t)row * (network->inputs + network->hidden) + input] = 0;
	memset(network->dense + (size_t)input * network->hidden, 0,
	       network->hidden * sizeof(float));
	network->dense_bias[input] = 0;
}

void kanary_network_free(struct kanary_network *network)
{
	if (!network)
		return;
	free(network->memory);
	free(network);
}
