/* SPDX-License-Identifier: GPL-2.0 */
#include "model_fixture.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "checksum.h"
#include "score.h"

uint32_t model_fixture_random(uint64_t *state)
{
	/* xorshift64*, Vigna 2016 */
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (uint32_t)(*state * 0x2545f4914f6cdd1dull >> 32);
}

static int32_t between(uint64_t *state, int32_t low, int32_t high)
{
	return low + (int32_t)(model_fixture_random(state) % (uint32_t)(high - low + 1));
}

uint32_t model_fixture_counts(uint64_t *state, struct kanary_count *counts, uint32_t calls)
{
	uint32_t histogram[KANARY_BINS] = { 0 };
	uint32_t kinds = (uint32_t)between(state, 1, 12);
	uint32_t bins[12];
	uint32_t length = 0;
	uint32_t i;

	for (i = 0; i < kinds; i++)
		bins[i] = model_fixture_random(state) % KANARY_BINS;
	for (i = 0; i < calls; i++)
		histogram[bins[model_fixture_random(state) % kinds]]++;
	for (i = 0; i < KANARY_BINS; i++) {
		if (histogram[i]) {
			counts[length].bin = (uint16_t)i;
			counts[length].count = (uint16_t)histogram[i];
			length++;
		}
	}
	return length;
}

/* Weights that use the s16 range as far as the row's bound allows, outputs near the full scale. */
static void fill_layer(uint64_t *state, const struct kanary_layer *layer)
{
	struct kanary_model_row *row = (struct kanary_model_row *)layer->row;
	int16_t *weight = (int16_t *)layer->weights;
	int32_t largest;
	uint32_t i, j;

	if (!layer->rows)
		return;
	/* sum of |weight| * 32767 + |bias| <= 2^31 - 1 */
	largest = 65535 / (int32_t)(layer->columns + 1);
	if (largest > 32767)
		largest = 32767;
	for (i = 0; i < layer->rows; i++) {
		for (j = 0; j < layer->columns; j++)
			*weight++ = (int16_t)between(state, -largest, largest);
		row[i].bias = between(state, -largest * 32767, largest * 32767);
		row[i].multiplier = between(state, 1 << 28, 1 << 30);
		row[i].shift = (uint32_t)between(state, 41, 43);
	}
}

/* About where the errors of such a model with 64 inputs lie. */
static void fill_knots(uint64_t *state, const struct kanary_model_knot *knots, uint32_t count,
		       uint32_t error, int32_t width)
{
	struct kanary_model_knot *knot = (struct kanary_model_knot *)knots;
	uint32_t surprise = 0;
	uint32_t i;

	for (i = 0; i < count; i++) {
		knot[i].error = error;
		knot[i].surprise = surprise;
		error += (uint32_t)between(state, 1, width);
		surprise += (uint32_t)between(state, 0, 300);
	}
}

static void set_reference(struct model_fixture *fixture, uint64_t *state)
{
	struct kanary_model_reference *reference = (void *)fixture->model.reference;
	const struct kanary_model *model = &fixture->model;
	struct kanary_count counts[KANARY_BINS];
	struct kanary_score_stream *stream;
	uint32_t i, length;
	void *scratch;

	length = model_fixture_counts(state, counts, model->header->period);
	assert(length <= KANARY_MODEL_REFERENCE_COUNTS);
	memcpy(reference->counts, counts, length * sizeof(*counts));
	reference->length = length;
	reference->repeat = model->header->steps ? model->header->steps : 1;

	stream = malloc(kanary_score_stream_size(model));
	scratch = malloc(kanary_score_scratch_size(model));
	kanary_score_stream_init(model, stream);
	for (i = 0; i < reference->repeat; i++)
		kanary_score_vector(model, stream, reference->counts, length, scratch,
				    &reference->verdict);
	free(stream);
	free(scratch);
}

void model_fixture_seal(void *file, size_t size)
{
	struct kanary_model_header *header = file;

	header->checksum = 0;
	header->checksum = kanary_checksum_update(0, file, size);
}

void model_fixture_create(struct model_fixture *fixture, uint64_t seed, unsigned int inputs,
			  unsigned int code, unsigned int hidden, unsigned int steps,
			  unsigned int stride)
{
	uint64_t state = seed * 2 + 1;
	struct kanary_model_header header = {
		.magic = "KANARYM", .version = KANARY_MODEL_VERSION, .period = 500,
		.decay_limit = 20000, .threshold = 500, .budget = 10000, .vectors = 12345,
		.flags = KANARY_MODEL_PROCESS | (hidden ? KANARY_MODEL_SEQUENCE : 0),
		.inputs = (u16)inputs, .code = (u16)code, .hidden = (u16)hidden,
		.steps = (u16)steps, .stride = (u16)stride, .knots = 6, .codebook = 5,
		.codebook_gate = 1 << 24, .name = "fixture-1",
	};
	struct kanary_model *model = &fixture->model;
	const char *why;
	unsigned int i;

	header.magic[7] = '\n';
	header.size = kanary_model_size(&header);
	fixture->size = header.size;
	fixture->file = calloc(1, header.size);
	memcpy(fixture->file, &header, sizeof(header));
	kanary_model_layout(model, fixture->file);

	for (i = 0; i < KANARY_BINS; i++)
		((u16 *)model->feature)[i] = (u16)(model_fixture_random(&state) % inputs);
	for (i = 0; i < inputs; i++)
		((u32 *)model->process_weight)[i] = model_fixture_random(&state) % 4096;
	for (i = 0; hidden && i < inputs; i++)
		((u32 *)model->sequence_weight)[i] = model_fixture_random(&state) % 4096;
	for (i = 0; i < header.codebook * inputs; i++)
		((s16 *)model->codeword)[i] = (s16)between(&state, -32767, 32767);
	fill_layer(&state, &model->encode);
	fill_layer(&state, &model->decode);
	fill_layer(&state, &model->encoder);
	fill_layer(&state, &model->decoder);
	fill_layer(&state, &model->output);
	fill_knots(&state, model->process_knot, header.knots, 1 << 24, 1 << 22);
	if (hidden)
		fill_knots(&state, model->sequence_knot, header.knots, 1 << 26, 1 << 25);

	fixture->packed = aligned_alloc(8, kanary_model_packed_size(model));
	kanary_model_prepare(model, fixture->packed);
	set_reference(fixture, &state);
	model_fixture_seal(fixture->file, fixture->size);

	why = kanary_model_parse(model, fixture->file, fixture->size);
	if (why) {
		fprintf(stderr, "fixture: %s\n", why);
		abort();
	}
	kanary_model_prepare(model, fixture->packed);
}

void model_fixture_destroy(struct model_fixture *fixture)
{
	free(fixture->file);
	free(fixture->packed);
}
