/* SPDX-License-Identifier: GPL-2.0 */
/* Where things are in a model file; validation is in model_check.c. */
#include "model.h"

#include "layer.h"

/* Sections are padded; what is checked of the last one is all of it. */
_Static_assert(sizeof(struct kanary_model_reference) % 8 == 0, "pad it");

/* Hands out the sections one after the other; NULL for those that are absent, or without a file. */
struct cursor {
	const u8 *file;
	u32 offset;
};

static const void *section(struct cursor *cursor, u32 size)
{
	const void *start = cursor->file ? cursor->file + cursor->offset : NULL;

	if (!size)
		return NULL;
	cursor->offset += (size + 7) / 8 * 8;
	return start;
}

static struct kanary_layer layer(struct cursor *cursor, u32 rows, u32 columns)
{
	struct kanary_layer layer = { .rows = rows, .columns = columns };

	layer.weights = section(cursor, rows * columns * (u32)sizeof(s16));
	layer.row = section(cursor, rows * (u32)sizeof(struct kanary_model_row));
	return layer;
}

/* The sections of an absent head are empty. */
static void walk_sequence(struct cursor *cursor, struct kanary_model_sequence *head,
			  const struct kanary_model_header *header,
			  const struct kanary_model_shape *shape)
{
	u32 present = shape->hidden ? 1 : 0;
	u32 inputs = header->inputs;
	u32 hidden = shape->hidden;

	head->shape = shape;
	head->weight = section(cursor, present * inputs * (u32)sizeof(u32));
	head->encoder = layer(cursor, 4 * hidden, inputs + hidden);
	head->decoder = layer(cursor, 4 * hidden, 2 * hidden);
	head->output = layer(cursor, present * inputs, hidden);
	head->knot = section(cursor, present * header->knots *
				     (u32)sizeof(struct kanary_model_knot));
}

static void walk_paths(struct cursor *cursor, struct kanary_model_histogram *head,
		       const struct kanary_model_header *header)
{
	u32 inputs = header->paths_inputs, code = header->paths_code;

	head->first = KANARY_PATH_FIRST;
	head->bins = KANARY_PATH_BINS;
	head->inputs = inputs;
	head->code = code;
	head->encode = layer(cursor, code, inputs);
	head->decode = layer(cursor, inputs, code);
	head->knot = section(cursor, (inputs ? header->knots : 0) *
				     (u32)sizeof(struct kanary_model_knot));
}

static void walk_grams(struct cursor *cursor, struct kanary_model *model,
		       const struct kanary_model_header *header)
{
	u32 states = header->grams.states;
	u32 present = states ? 1 : 0;

	model->grams_start = section(cursor, (states + present) * (u32)sizeof(u32));
	model->grams_state = section(cursor, states * (u32)sizeof(struct kanary_model_state));
	model->gram = section(cursor, present * header->grams.grams *
				      (u32)sizeof(struct kanary_model_gram));
	model->grams_knot = section(cursor, present * header->knots *
					    (u32)sizeof(struct kanary_model_knot));
}

static u32 walk(struct kanary_model *model, const struct kanary_model_header *header,
		const void *file)
{
	struct cursor cursor = { .file = file };
	u32 inputs = header->inputs;

	model->header = section(&cursor, sizeof(*header));
	model->feature = section(&cursor, KANARY_BINS * sizeof(u16));
	model->process_weight = section(&cursor, inputs * (u32)sizeof(u32));
	model->codeword = section(&cursor, header->codebook * inputs * (u32)sizeof(s16));
	model->encode = layer(&cursor, header->code, inputs);
	model->decode = layer(&cursor, inputs, header->code);
	model->process_knot = section(&cursor, header->knots *
					       (u32)sizeof(struct kanary_model_knot));
	walk_sequence(&cursor, &model->sequence, header, &header->sequence);
	walk_sequence(&cursor, &model->container, header, &header->container);
	walk_paths(&cursor, &model->paths, header);
	model->names.count = header->names;
	model->names.entry = section(&cursor, header->names *
					      (u32)sizeof(struct kanary_name_entry));
	model->name_knot = section(&cursor, (header->names ? header->knots : 0) *
					    (u32)sizeof(struct kanary_model_knot));
	walk_grams(&cursor, model, header);
	model->task_knot = section(&cursor, (header->grams.states ? header->knots : 0) *
					    (u32)sizeof(struct kanary_model_knot));
	model->kind = section(&cursor, header->kinds * (u32)sizeof(struct kanary_model_kind));
	model->centroid = section(&cursor, header->kinds * inputs * (u32)sizeof(s16));
	model->reference = section(&cursor, sizeof(struct kanary_model_reference));
	return cursor.offset;
}

u32 kanary_model_size(const struct kanary_model_header *header)
{
	struct kanary_model model;

	return walk(&model, header, NULL);
}

void kanary_model_layout(struct kanary_model *model, const void *file)
{
	walk(model, file, file);
}

static size_t packed_sequence_size(const struct kanary_model_sequence *head)
{
	return kanary_layer_packed_size(&head->encoder) +
	       kanary_layer_packed_size(&head->decoder) +
	       kanary_layer_packed_size(&head->output);
}

size_t kanary_model_packed_size(const struct kanary_model *model)
{
	return kanary_layer_packed_size(&model->encode) +
	       kanary_layer_packed_size(&model->decode) +
	       kanary_layer_packed_size(&model->paths.encode) +
	       kanary_layer_packed_size(&model->paths.decode) +
	       packed_sequence_size(&model->sequence) +
	       packed_sequence_size(&model->container);
}

void kanary_model_prepare(struct kanary_model *model, void *memory)
{
	struct kanary_layer *layers[] = {
		&model->encode, &model->decode, &model->paths.encode, &model->paths.decode,
		&model->sequence.encoder, &model->sequence.decoder, &model->sequence.output,
		&model->container.encoder, &model->container.decoder, &model->container.output,
	};
	u8 *packed = memory;
	u32 i;

	for (i = 0; i < sizeof(layers) / sizeof(layers[0]); i++) {
		kanary_layer_pack(layers[i], (s64 *)packed);
		packed += kanary_layer_packed_size(layers[i]);
	}
}
