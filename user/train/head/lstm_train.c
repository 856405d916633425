// SPDX-License-Identifier: GPL-2.0
#include "lstm_train.h"

#include <gsl/gsl_cblas.h>
#include <math.h>
#include <string.h>

#include "model.h"

/*
 * The widest vectors the processor has. Sanitizers cannot run the resolvers
 * that choose between clones.
 */
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)
#define CLONES __attribute__((target_clones("avx512f", "arch=haswell", "default")))
#else
#define CLONES
#endif
#define INLINE static inline __attribute__((always_inline))

/*
 * Cody-Waite reduction and the minimax polynomial of Cephes' expf: relative
 * error below 2e-7, and nothing but additions and multiplications to vectorise.
 */
INLINE float exponential(float x)
{
	float power, rest, scale;
	int32_t whole;

	x = x > 87.0f ? 87.0f : x;
	x = x < -87.0f ? -87.0f : x;
	/* rounds by truncation of a number that is never negative */
	whole = (int32_t)(x * 1.44269504f + 127.5f) - 127;
	rest = x - (float)whole * 0.693359375f;
	rest = rest + (float)whole * 2.12194440e-4f;
	power = 1.9875691500e-4f;
	power = power * rest + 1.3981999507e-3f;
	power = power * rest + 8.3334519073e-3f;
	power = power * rest + 4.1665795894e-2f;
	power = power * rest + 1.6666665459e-1f;
	power = power * rest + 5.0000001201e-1f;
	power = power * rest * rest + rest + 1.0f;
	whole = (whole + 127) << 23;
	memcpy(&scale, &whole, sizeof(scale));
	return power * scale;
}

INLINE float sigmoid(float x)
{
	return 1.0f / (1.0f + exponential(-x));
}

INLINE float hyperbolic_tangent(float x)
{
	return 2.0f / (1.0f + exponential(-2.0f * x)) - 1.0f;
}

/* @extra: what is still to be added to @gates, a row each or (stride 0) one for all */
CLONES
static void gates_forward(float *restrict gates, const float *restrict extra, size_t stride,
			  const float *restrict before, float *restrict cell,
			  float *restrict squashed, float *restrict output, size_t hidden,
			  size_t batch)
{
	const float clip = KANARY_MODEL_CELL_CLIP;
	size_t b, j;

	for (b = 0; b < batch; b++) {
#pragma GCC ivdep
		for (j = 0; j < hidden; j++) {
			float in = sigmoid(gates[j] + extra[j]);
			float forget = sigmoid(gates[hidden + j] + extra[hidden + j]);
			float candidate = hyperbolic_tangent(gates[2 * hidden + j] +
							     extra[2 * hidden + j]);
			float out = sigmoid(gates[3 * hidden + j] + extra[3 * hidden + j]);
			float c = forget * before[j] + in * candidate;
			float s;

			c = c > clip ? clip : c;
			c = c < -clip ? -clip : c;
			s = hyperbolic_tangent(c);
			gates[j] = in;
			gates[hidden + j] = forget;
			gates[2 * hidden + j] = candidate;
			gates[3 * hidden + j] = out;
			cell[j] = c;
			squashed[j] = s;
			output[j] = out * s;
		}
		gates += 4 * hidden;
		extra += stride;
		before += hidden;
		cell += hidden;
		squashed += hidden;
		output += hidden;
	}
}

/* @cell_gradient: of the step after on entry, of the step before on return */
CLONES
static void gates_backward(float *restrict gates, const float *restrict before,
			   const float *restrict cell, const float *restrict squashed,
			   const float *restrict hidden_gradient, float *restrict cell_gradient,
			   size_t hidden, size_t batch)
{
	const float clip = KANARY_MODEL_CELL_CLIP;
	size_t b, j;

	for (b = 0; b < batch; b++) {
#pragma GCC ivdep
		for (j = 0; j < hidden; j++) {
			float in = gates[j], forget = gates[hidden + j];
			float candidate = gates[2 * hidden + j], out = gates[3 * hidden + j];
			/* NOLINTNEXTLINE(*NullDereference): one of two is given */
			float dh = hidden_gradient[j], s = squashed[j];
			float dc = cell_gradient[j] + dh * out * (1.0f - s * s);

			/* a clipped cell does not follow its gates */
			dc = fabsf(cell[j]) < clip ? dc : 0.0f;
			gates[j] = dc * candidate * in * (1.0f - in);
			gates[hidden + j] = dc * before[j] * forget * (1.0f - forget);
			gates[2 * hidden + j] = dc * in * (1.0f - candidate * candidate);
			gates[3 * hidden + j] = dh * s * out * (1.0f - out);
			cell_gradient[j] = dc * forget;
		}
		gates += 4 * hidden;
		before += hidden;
		cell += hidden;
		squashed += hidden;
		hidden_gradient += hidden;
		cell_gradient += hidden;
	}
}

/* sums[j] = sum of rows of column j */
CLONES
static void sum_rows(float *restrict sums, const float *restrict matrix, size_t rows,
		     uint32_t columns)
{
	size_t row;
	uint32_t j;

	memset(sums, 0, columns * sizeof(float));
	for (row = 0; row < rows; row++, matrix += columns)
		for (j = 0; j < columns; j++)
			sums[j] += matrix[j];
}

/* residual = 2 importance (reconstruction + bias - x), reconstruction += bias */
CLONES
static double residuals(float *restrict reconstruction, float *restrict residual,
			const float *restrict x, const float *restrict bias,
			const float *restrict importance, uint32_t rows, size_t inputs)
{
	double total = 0;
	uint32_t row;
	size_t i;

	for (row = 0; row < rows; row++) {
		float sum = 0;

		for (i = 0; i < inputs; i++) {
			float y = reconstruction[i] + bias[i];
			float difference = y - x[i];

			reconstruction[i] = y;
			residual[i] = 2.0f * importance[i] * difference;
			sum += importance[i] * difference * difference;
		}
		total += sum;
		reconstruction += inputs;
		residual += inputs;
		x += inputs;
	}
	return total;
}

/* out[rows][columns] (+)= a[rows][depth] * weights[columns][depth]^T */
INLINE void multiply_forward(float *out, const float *a, const float *weights, size_t stride,
			     uint32_t rows, uint32_t columns, uint32_t depth, float keep)
{
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, columns, depth, 1.0f, a, depth,
		    weights, stride, keep, out, columns);
}

/* out[rows][depth] (+)= gradient[rows][columns] * weights[columns][depth] */
INLINE void multiply_back(float *out, const float *gradient, const float *weights, size_t stride,
			  uint32_t rows, uint32_t columns, uint32_t depth, float keep)
{
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, depth, columns, 1.0f, gradient,
		    columns, weights, stride, keep, out, depth);
}

/* out[columns][depth] = gradient[rows][columns]^T * a[rows][depth] */
INLINE void multiply_weights(float *out, size_t stride, const float *gradient, const float *a,
			     uint32_t rows, uint32_t columns, uint32_t depth)
{
	cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, columns, depth, rows, 1.0f, gradient,
		    columns, a, depth, 0.0f, out, stride);
}

double kanary_lstm_train_forward(struct kanary_network *network, const float *x, uint32_t batch)
{
	const uint32_t inputs = network->inputs, hidden = network->hidden, steps = network->steps;
	const uint32_t encoder_stride = inputs + hidden, decoder_stride = 2 * hidden;
	const size_t row = (size_t)batch * hidden;
	struct kanary_network_layer *layer = &network->encoding;
	const float *summary;
	uint32_t t, b;

	/* A smaller batch than the one before leaves its states where zeros must be. */
	memset(network->encoding.cell, 0, row * sizeof(float));
	memset(network->encoding.output, 0, row * sizeof(float));
	memset(network->decoding.cell, 0, row * sizeof(float));
	memset(network->decoding.output, 0, row * sizeof(float));

	/* The inputs of all steps at once; only h has to wait for the step before. */
	multiply_forward(layer->gates, x, network->encoder, encoder_stride, steps * batch,
			 4 * hidden, inputs, 0.0f);
	for (t = 0; t < steps; t++) {
		if (t)
			multiply_forward(layer->gates + t * row * 4, layer->output + t * row,
					 network->encoder + inputs, encoder_stride, batch,
					 4 * hidden, hidden, 1.0f);
		gates_forward(layer->gates + t * row * 4, network->encoder_bias, 0,
			      layer->cell + t * row, layer->cell + (t + 1) * row,
			      layer->squashed + t * row, layer->output + (t + 1) * row, hidden,
			      batch);
	}

	/* The decoder's input is the same at each step: multiplied once a sequence. */
	summary = layer->output + steps * row;
	for (b = 0; b < batch; b++)
		memcpy(network->summary_gates + (size_t)b * 4 * hidden, network->decoder_bias,
		       4 * hidden * sizeof(float));
	multiply_forward(network->summary_gates, summary, network->decoder, decoder_stride, batch,
			 4 * hidden, hidden, 1.0f);
	layer = &network->decoding;
	memset(layer->gates, 0, row * 4 * sizeof(float));
	for (t = 0; t < steps; t++) {
		if (t)
			multiply_forward(layer->gates + t * row * 4, layer->output + t * row,
					 network->decoder + hidden, decoder_stride, batch,
					 4 * hidden, hidden, 0.0f);
		gates_forward(layer->gates + t * row * 4, network->summary_gates, 4 * hidden,
			      layer->cell + t * row, layer->cell + (t + 1) * row,
			      layer->squashed + t * row, layer->output + (t + 1) * row, hidden,
			      batch);
	}

	multiply_forward(network->reconstruction, layer->output + row, network->dense, hidden,
			 steps * batch, inputs, hidden, 0.0f);
	{
		size_t step = (size_t)batch * inputs;
		double total = 0;

		for (t = 0; t < steps; t++)
			total += residuals(network->reconstruction + t * step,
					   network->output_gradient + t * step,
					   x + (steps - 1 - t) * step, network->dense_bias,
					   network->importance, batch, inputs);
		return total;
	}
}

/*
 * Backpropagation through one layer. hidden_gradient[steps][batch][hidden] holds
 * what each h owes to what reads it from above (NULL: only the last h is read,
 * and @carry is its gradient); afterwards layer->gates holds the gradients of
 * the pre-activations.
 */
static void layer_backward(struct kanary_network *network, struct kanary_network_layer *layer,
			   float *hidden_gradient, float *carry, const float *recurrent,
			   size_t stride, uint32_t batch)
{
	const size_t row = (size_t)batch * network->hidden;
	uint32_t t;

	memset(network->cell_gradient, 0, row * sizeof(float));
	for (t = network->steps; t-- > 0;) {
		float *gradient = hidden_gradient ? hidden_gradient + t * row : carry;

		gates_backward(layer->gates + t * row * 4, layer->cell + t * row,
			       layer->cell + (t + 1) * row, layer->squashed + t * row, gradient,
			       network->cell_gradient, network->hidden, batch);
		if (!t)
			break;
		multiply_back(hidden_gradient ? gradient - row : carry, layer->gates + t * row * 4,
			      recurrent, stride, batch, 4 * network->hidden, network->hidden,
			      hidden_gradient ? 1.0f : 0.0f);
	}
}

void kanary_lstm_train_backward(struct kanary_network *network, const float *x, uint32_t batch)
{
	const uint32_t inputs = network->inputs, hidden = network->hidden, steps = network->steps;
	const uint32_t encoder_stride = inputs + hidden, decoder_stride = 2 * hidden;
	const size_t row = (size_t)batch * hidden;
	const float *summary = network->encoding.output + steps * row;
	float *gradient = network->gradient;
	float *encoder = gradient;
	float *encoder_bias = gradient + (network->encoder_bias - network->parameter);
	float *decoder = gradient + (network->decoder - network->parameter);
	float *decoder_bias = gradient + (network->decoder_bias - network->parameter);
	float *dense = gradient + (network->dense - network->parameter);
	float *dense_bias = gradient + (network->dense_bias - network->parameter);
	float *summary_gradient = network->summary_gates;

	multiply_weights(dense, hidden, network->output_gradient, network->decoding.output + row,
			 steps * batch, inputs, hidden);
	sum_rows(dense_bias, network->output_gradient, (size_t)steps * batch, inputs);
	multiply_back(network->hidden_gradient, network->output_gradient, network->dense, hidden,
		      steps * batch, inputs, hidden, 0.0f);

	layer_backward(network, &network->decoding, network->hidden_gradient, NULL,
		       network->decoder + hidden, decoder_stride, batch);
	multiply_weights(decoder + hidden, decoder_stride, network->decoding.gates,
			 network->decoding.output, steps * batch, 4 * hidden, hidden);
	/* The repeated input's part needs only the sum over the steps. */
	sum_rows(summary_gradient, network->decoding.gates, steps, 4 * row);
	multiply_weights(decoder, decoder_stride, summary_gradient, summary, batch, 4 * hidden,
			 hidden);
	sum_rows(decoder_bias, summary_gradient, batch, 4 * hidden);
	multiply_back(network->hidden_gradient, summary_gradient, network->decoder,
		      decoder_stride, batch, 4 * hidden, hidden, 0.0f);

	layer_backward(network, &network->encoding, NULL, network->hidden_gradient,
		       network->encoder + inputs, encoder_stride, batch);
	multiply_weights(encoder, encoder_stride, network->encoding.gates, x, steps * batch,
			 4 * hidden, inputs);
	multiply_weights(encoder + inputs, encoder_stride, network->encoding.gates,
			 network->encoding.output, steps * batch, 4 * hidden, hidden);
	sum_rows(encoder_bias, network->encoding.gates, (size_t)steps * batch, 4 * hidden);
}
