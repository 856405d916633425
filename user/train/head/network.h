/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sequence head in floating point: an LSTM autoencoder in the shape of
 * common/model.h, its parameters and the memory that training needs.
 */
#ifndef KANARY_NETWORK_H
#define KANARY_NETWORK_H

#include <gsl/gsl_rng.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct kanary_network_layer - what one LSTM layer leaves behind for its gradient
 * @gates: [steps][batch][4 hidden], pre-activations, then gates, then their gradients;
 *	blocks input, forget, candidate, output
 * @cell: [steps + 1][batch][hidden], clipped; the first is the initial state
 * @squashed: [steps][batch][hidden], tanh(@cell)
 * @output: [steps + 1][batch][hidden], h; the first is the initial state
 */
struct kanary_network_layer {
	float *gates;
	float *cell;
	float *squashed;
	float *output;
};

/**
 * struct kanary_network - a network, its gradient and its activations
 * @inputs: features a step
 * @hidden: width of encoder and decoder
 * @steps: vectors in a sequence
 * @batch: sequences that there is memory for
 * @parameters: number of floats in @parameter and in @gradient
 * @parameter: all weights in the order of the pointers below
 * @gradient: of the loss by @parameter
 * @encoder: [4 hidden][inputs + hidden]
 * @encoder_bias: [4 hidden]
 * @decoder: [4 hidden][hidden + hidden], the encoder's last h before its own
 * @decoder_bias: [4 hidden]
 * @dense: [inputs][hidden]
 * @dense_bias: [inputs]
 * @importance: [inputs], what the loss multiplies each squared residual with, 1 at first
 * @reconstruction: [steps][batch][inputs], step k for x of k steps before the last
 */
struct kanary_network {
	uint32_t inputs;
	uint32_t hidden;
	uint32_t steps;
	uint32_t batch;
	size_t parameters;
	float *parameter;
	float *gradient;
	float *encoder;
	float *encoder_bias;
	float *decoder;
	float *decoder_bias;
	float *dense;
	float *dense_bias;
	float *importance;
	float *reconstruction;
	/* the rest belongs to lstm_train.c */
	struct kanary_network_layer encoding;
	struct kanary_network_layer decoding;
	float *summary_gates;
	float *output_gradient;
	float *hidden_gradient;
	float *cell_gradient;
	float *memory;
};

/**
 * kanary_network_create() - a network with all parameters zero
 *
 * Return: NULL where memory is short.
 */
struct kanary_network *kanary_network_create(uint32_t inputs, uint32_t hidden, uint32_t steps,
				       uint32_t batch);

/**
 * kanary_network_init() - parameters to begin training from
 *
 * Input weights uniform (Glorot and Bengio 2010), recurrent weights orthogonal
 * by gate (Saxe et al. 2013), biases 0 but the forget gate's, which are 1
 * (Jozefowicz et al. 2015).
 */
void kanary_network_init(struct kanary_network *network, gsl_rng *random);

/**
 * kanary_network_silence() - make an input that training never saw count for nothing
 *
 * No call of it moves the hidden state, and its reconstruction is exactly 0, so
 * that its first call ever is all error and only its own.
 */
void kanary_network_silence(struct kanary_network *network, uint32_t input);

void kanary_network_free(struct kanary_network *network);

#endif /* KANARY_NETWORK_H */
