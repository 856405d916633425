/* SPDX-License-Identifier: GPL-2.0 */
#include "scratch.h"

static u32 larger(u32 a, u32 b)
{
	return a > b ? a : b;
}

/* The next @size bytes of @memory; only counted where there is no memory yet. */
static void *take(const void *memory, size_t *used, size_t size)
{
	u8 *start = memory ? (u8 *)memory + *used : NULL;

	*used += (size + 7) / 8 * 8;
	return start;
}

size_t kanary_scratch_layout(struct kanary_scratch *scratch, const struct kanary_model *model,
			     const void *memory)
{
	const struct kanary_model_header *header = model->header;
	u32 hidden = larger(header->sequence.hidden, header->container.hidden);
	u32 histogram = model->paths.inputs, code = model->paths.code;
	u32 widest = larger(larger(header->inputs, header->code), larger(histogram, code));
	u32 rows = larger(widest, 4 * hidden);
	size_t columns = widest + 2 * (size_t)hidden;
	size_t inputs = header->inputs;
	size_t used = 0;

	scratch->evidence = NULL;
	if (header->flags & KANARY_MODEL_DROPS_CLOCK)
		scratch->evidence = take(memory, &used, sizeof(*scratch->evidence));
	scratch->sums = take(memory, &used, kanary_layer_sums(rows) * sizeof(s64));
	scratch->start = take(memory, &used, kanary_layer_sums(4 * hidden) * sizeof(s64));
	scratch->operands = take(memory, &used, columns * sizeof(*scratch->operands));
	scratch->outputs = take(memory, &used, rows * sizeof(s32));
	scratch->cell = take(memory, &used, hidden * sizeof(s32));
	scratch->process = take(memory, &used, inputs * sizeof(s32));
	scratch->sequence = take(memory, &used, header->sequence.steps * inputs * sizeof(s32));
	scratch->container = take(memory, &used, header->container.steps * inputs * sizeof(s32));
	scratch->h = take(memory, &used, hidden * sizeof(s16));
	scratch->features = take(memory, &used, inputs * sizeof(s16));
	scratch->code = take(memory, &used, header->code * sizeof(s16));
	scratch->histogram = take(memory, &used, histogram * sizeof(s16));
	scratch->histogram_code = take(memory, &used, code * sizeof(s16));
	scratch->reconstruction = take(memory, &used, histogram * sizeof(s32));
	if (model->grams_start) {
		scratch->bits = take(memory, &used, KANARY_BINS * sizeof(u32));
		scratch->unexpected = take(memory, &used, KANARY_BINS * sizeof(u16));
	}
	return used;
}

void kanary_scratch_multiply(const struct kanary_scratch *scratch,
			     const struct kanary_layer *layer, u32 operands, s32 limit,
			     s32 *output)
{
	kanary_layer_accumulate(layer, scratch->sums, NULL, scratch->operands, operands);
	kanary_layer_finish(layer, scratch->sums, limit, output);
}

u64 kanary_scratch_error(const u32 *weights, const s16 *features, const s32 *reconstruction,
			 u32 inputs)
{
	u64 error = 0;
	u32 i;

	for (i = 0; i < inputs; i++)
		error += kanary_scratch_weigh(weights[i], features[i], reconstruction[i]);
	return error;
}
