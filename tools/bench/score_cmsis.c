/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The same shape of network in CMSIS-NN's int8 kernels, for comparison: LSTM,
 * LSTM, dense layer, without the error. Random weights; its time does not
 * depend on them.
 */
#include <stdint.h>
#include <stdlib.h>

#include "arm_nnfunctions.h"
#include "arm_nnsupportfunctions.h"
#include "score_cmsis.h"

#define INPUTS_MAX 256
#define HIDDEN_MAX 128
#define STEPS_MAX 64

static int8_t weights[8][HIDDEN_MAX * INPUTS_MAX];
static int8_t dense_weights[INPUTS_MAX * HIDDEN_MAX];
static int32_t bias[INPUTS_MAX];
static int8_t input[STEPS_MAX * INPUTS_MAX];
static int8_t repeated[STEPS_MAX * HIDDEN_MAX];
static int8_t encoded[STEPS_MAX * HIDDEN_MAX];
static int8_t decoded[STEPS_MAX * HIDDEN_MAX];
static int8_t output[STEPS_MAX * INPUTS_MAX];
static int16_t first[HIDDEN_MAX], second[HIDDEN_MAX], cell[HIDDEN_MAX];

static void fill(int8_t *values, size_t count)
{
	while (count--)
		*values++ = (int8_t)(rand() % 255 - 127);
}

void score_cmsis_init(void)
{
	unsigned int i;

	for (i = 0; i < 8; i++)
		fill(weights[i], sizeof(weights[i]));
	fill(dense_weights, sizeof(dense_weights));
	fill(input, sizeof(input));
}

static cmsis_nn_lstm_gate gate(unsigned int number, arm_nn_activation_type activation)
{
	return (cmsis_nn_lstm_gate){
		.input_multiplier = 1 << 30, .input_shift = -3,
		.input_weights = weights[2 * number], .input_effective_bias = bias,
		.hidden_multiplier = 1 << 30, .hidden_shift = -3,
		.hidden_weights = weights[2 * number + 1], .hidden_effective_bias = bias,
		.bias = bias, .activation_type = activation,
	};
}

static void lstm(const int8_t *from, int8_t *to, int inputs, int hidden, int steps)
{
	cmsis_nn_lstm_context buffers = { .temp1 = first, .temp2 = second, .cell_state = cell };
	cmsis_nn_lstm_params params = {
		.time_major = 1, .batch_size = 1, .time_steps = steps,
		.input_size = inputs, .hidden_size = hidden,
		.forget_to_cell_multiplier = 1 << 30, .forget_to_cell_shift = -14,
		.input_to_cell_multiplier = 1 << 30, .input_to_cell_shift = -14,
		.cell_clip = 32767, .cell_scale_power = -12,
		.output_multiplier = 1 << 30, .output_shift = -22,
		.forget_gate = gate(0, ARM_SIGMOID), .input_gate = gate(1, ARM_SIGMOID),
		.cell_gate = gate(2, ARM_TANH), .output_gate = gate(3, ARM_SIGMOID),
	};

	if (arm_lstm_unidirectional_s8(from, to, &params, &buffers) != ARM_CMSIS_NN_SUCCESS)
		abort();
}

void score_cmsis_sequence(int inputs, int hidden, int steps, int dense)
{
	int i;

	lstm(input, encoded, inputs, hidden, steps);
	for (i = 0; i < steps; i++)
		memcpy(repeated + i * hidden, encoded + (steps - 1) * hidden, (size_t)hidden);
	lstm(repeated, decoded, hidden, hidden, steps);
	for (i = 0; dense && i < steps; i++)
		arm_nn_vec_mat_mult_t_s8(decoded + i * hidden, dense_weights, NULL, bias,
					 output + i * inputs, 0, 0, 1 << 30, -5, hidden, inputs,
					 -128, 127, 1, 0);
}
