// SPDX-License-Identifier: GPL-2.0
#include "quantise.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What 1.0 is: model.h calls these Q0.15, Q4.11, Q3.12, Q1.15. */
#define UNIT_FEATURE 32768.0
#define UNIT_CODE 2048.0
#define UNIT_GATE 4096.0
#define UNIT_OUTPUT 32768.0
#define UNIT_ERROR 4096.0

#define WEIGHT_LIMIT 32767
#define SUM_LIMIT 2147483647LL
/* A row of tiny weights needs no finer steps than these, and its multiplier stays exact. */
#define SCALE_MAX 16777216.0

static bool row_fits(const s16 *quantised, uint32_t columns, double bias)
{
	double sum = fabs(bias);
	uint32_t i;

	for (i = 0; i < columns; i++)
		sum += abs(quantised[i]) * (double)WEIGHT_LIMIT;
	return sum <= SUM_LIMIT;
}

void kanary_quantise_row(const float *weight, uint32_t columns, double bias, double operand,
			 double output, s16 *quantised, struct kanary_model_row *row)
{
	double largest = 0, sum = 0, scale = SCALE_MAX, mantissa;
	int exponent;
	uint32_t i;

	for (i = 0; i < columns; i++) {
		largest = fmax(largest, fabsf(weight[i]));
		sum += fabsf(weight[i]);
	}
	if (largest > 0)
		scale = fmin(scale, WEIGHT_LIMIT / largest);
	if (sum > 0 || bias != 0)
		scale = fmin(scale, SUM_LIMIT / (sum * WEIGHT_LIMIT + fabs(bias) * operand));
	/* rounding may push the sum over the edge again */
	for (;; scale *= 0.9999) {
		for (i = 0; i < columns; i++)
			quantised[i] = (s16)lround(weight[i] * scale);
		row->bias = (s32)llround(bias * scale * operand);
		if (row_fits(quantised, columns, row->bias))
			break;
	}
	mantissa = frexp(output / (scale * operand), &exponent);
	/* below, the mantissa must fit into 31 bits even after rounding up */
	row->multiplier = (s32)fmin(ldexp(mantissa, 31), SUM_LIMIT);
	row->shift = (u32)(31 - exponent);
	while (row->shift > 62) {
		row->multiplier = (row->multiplier + 1) / 2;
		row->shift--;
	}
}

static void quantise_layer(const struct kanary_layer *layer, const float *weights,
			   const float *biases, double operand, double output)
{
	s16 *quantised = (s16 *)layer->weights;
	struct kanary_model_row *row = (struct kanary_model_row *)layer->row;
	uint32_t i;

	for (i = 0; i < layer->rows; i++)
		kanary_quantise_row(weights + (size_t)i * layer->columns, layer->columns, biases[i],
				    operand, output, quantised + (size_t)i * layer->columns,
				    &row[i]);
}

/* Residuals are subtracted from features, and have their unit. */
static void quantise_codebook(const struct kanary_model *model,
			      const struct kanary_codebook *codebook)
{
	size_t count = (size_t)codebook->length * codebook->inputs, i;
	s16 *value = (s16 *)model->codeword;

	for (i = 0; i < count; i++)
		value[i] = (s16)lrint(codebook->codeword[i] * UNIT_OUTPUT);
}

/* Ascending, as validation wants it, and meaning nothing. */
static void blank_knots(const struct kanary_model_knot *knots, uint32_t count)
{
	struct kanary_model_knot *knot = (struct kanary_model_knot *)knots;
	uint32_t i;

	for (i = 0; i < count; i++)
		knot[i] = (struct kanary_model_knot){ .error = i, .surprise = 0 };
}

static void quantise_sequence(const struct kanary_model_sequence *head, uint32_t inputs,
			      uint32_t knots, const struct kanary_sequence_head *real)
{
	const struct kanary_network *network = real->network;

	if (!network)
		return;
	memcpy((u32 *)head->weight, real->weight, inputs * sizeof(u32));
	quantise_layer(&head->encoder, network->encoder, network->encoder_bias, UNIT_FEATURE,
		       UNIT_GATE);
	quantise_layer(&head->decoder, network->decoder, network->decoder_bias, UNIT_FEATURE,
		       UNIT_GATE);
	quantise_layer(&head->output, network->dense, network->dense_bias, UNIT_FEATURE,
		       UNIT_OUTPUT);
	blank_knots(head->knot, knots);
}

/* Sets the dimensions; returns the flag of a head that is there. */
static u32 set_shape(struct kanary_model_shape *shape, const struct kanary_sequence_head *real,
		     u32 flag)
{
	if (!real->network) {
		memset(shape, 0, sizeof(*shape));
		return 0;
	}
	shape->hidden = real->network->hidden;
	shape->steps = real->network->steps;
	return flag;
}

static void quantise_histogram(const struct kanary_model_histogram *head,
			       const struct kanary_process_head *real, uint32_t knots)
{
	if (!head->knot)
		return;
	quantise_layer(&head->encode, real->encode, real->encode_bias, UNIT_FEATURE, UNIT_CODE);
	quantise_layer(&head->decode, real->decode, real->decode_bias, UNIT_CODE, UNIT_OUTPUT);
	blank_knots(head->knot, knots);
}

static void copy_grams(const struct kanary_model *model, const struct kanary_grams *grams,
		       uint32_t knots)
{
	memcpy((u32 *)model->grams_start, grams->start,
	       (grams->states + 1) * sizeof(*grams->start));
	memcpy((struct kanary_model_state *)model->grams_state, grams->state,
	       grams->states * sizeof(*grams->state));
	memcpy((struct kanary_model_gram *)model->gram, grams->gram,
	       grams->grams * sizeof(*grams->gram));
	blank_knots(model->grams_knot, knots);
}

void *kanary_quantise_model(const struct kanary_model_header *header,
			    const struct kanary_feature_map *features,
			    const struct kanary_process_head *process,
			    const struct kanary_sequence_head *sequence,
			    const struct kanary_sequence_head *container,
			    const struct kanary_process_head *path_histogram,
			    const struct kanary_name_table *names,
			    const struct kanary_grams *grams)
{
	struct kanary_model_header filled = *header;
	struct kanary_model model;
	void *file;

	memcpy(filled.magic, KANARY_MODEL_MAGIC, sizeof(filled.magic));
	filled.version = KANARY_MODEL_VERSION;
	filled.checksum = 0;
	filled.flags = KANARY_MODEL_PROCESS | (header->flags & KANARY_MODEL_DROPS_CLOCK);
	filled.inputs = features->inputs;
	filled.code = process->code;
	filled.codebook = process->codebook.length;
	filled.codebook_gate = (u32)fmin(process->codebook.gate * UNIT_ERROR, UINT32_MAX);
	filled.decay_limit = features->decay_limit;
	filled.flags |= set_shape(&filled.sequence, sequence, KANARY_MODEL_SEQUENCE);
	filled.flags |= set_shape(&filled.container, container, KANARY_MODEL_CONTAINER);
	if (path_histogram->code) {
		filled.flags |= KANARY_MODEL_PATH_HISTOGRAM;
		filled.paths_inputs = path_histogram->inputs;
		filled.paths_code = path_histogram->code;
	}
	filled.flags |= names->count ? KANARY_MODEL_PATH_NAMES : 0;
	filled.names = names->count;
	if (grams->states) {
		filled.flags |= KANARY_MODEL_GRAMS;
		filled.grams.states = grams->states;
		filled.grams.grams = grams->grams;
	}
	filled.size = kanary_model_size(&filled);
	file = calloc(1, filled.size);
	if (!file)
		return NULL;
	memcpy(file, &filled, sizeof(filled));
	kanary_model_layout(&model, file);

	memcpy((u16 *)model.feature, features->map, KANARY_BINS * sizeof(u16));
	memcpy((u32 *)model.process_weight, process->weight, features->inputs * sizeof(u32));
	quantise_codebook(&model, &process->codebook);
	quantise_layer(&model.encode, process->encode, process->encode_bias, UNIT_FEATURE,
		       UNIT_CODE);
	quantise_layer(&model.decode, process->decode, process->decode_bias, UNIT_CODE,
		       UNIT_OUTPUT);
	blank_knots(model.process_knot, filled.knots);
	quantise_sequence(&model.sequence, features->inputs, filled.knots, sequence);
	quantise_sequence(&model.container, features->inputs, filled.knots, container);
	quantise_histogram(&model.paths, path_histogram, filled.knots);
	if (model.name_knot) {
		memcpy((void *)model.names.entry, names->entry,
		       names->count * sizeof(*names->entry));
		blank_knots(model.name_knot, filled.knots);
	}
	if (model.grams_start)
		copy_grams(&model, grams, filled.knots);
	if (model.task_knot)
		blank_knots(model.task_knot, filled.knots);
	return file;
}
