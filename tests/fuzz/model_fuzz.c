// SPDX-License-Identifier: GPL-2.0
/*
 * A model file, first as it is, then with a right size and checksum: the parser has
 * to find out what is wrong with it by itself. One that it takes has to be safe to
 * run, with each of its heads, on any valid vector.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checksum.h"
#include "explain.h"
#include "model.h"
#include "recording/random_vector.h"
#include "score.h"
#include "vector.h"

enum { VECTORS = 6 };

static void judge(const struct kanary_model *model)
{
	/* Exactly as large as the model says that it needs, so that a byte more is seen. */
	struct kanary_score_container *container =
		calloc(1, kanary_score_container_size(model) + 1);
	struct kanary_score_stream *stream = calloc(1, kanary_score_stream_size(model));
	void *scratch = aligned_alloc(8, kanary_score_scratch_size(model));
	struct kanary_unusual unusual[KANARY_UNUSUAL_MAX];
	static struct kanary_random_vector source;
	struct kanary_verdict verdict;
	u32 i;

	if (!container || !stream || !scratch)
		abort();
	kanary_score_container_init(model, container);
	kanary_score_stream_init(model, stream);
	kanary_random_vector_seed(&source, model->header->checksum);
	for (i = 0; i < VECTORS; i++) {
		const struct kanary_vector *vector = kanary_random_vector_next(&source, false);

		const struct kanary_log log = kanary_vector_log(vector);

		kanary_score_path(model, stream, (const u8 *)vector->comm, sizeof(vector->comm), i);
		kanary_score_vector(model, stream, vector->counts, vector->length, &log, scratch,
				    &verdict);
		kanary_score_process(model, container, scratch, &verdict);
		kanary_explain_verdict(model, stream, container, vector->counts, vector->length,
				       &log, scratch, &verdict, unusual);
	}
	kanary_score_reference(model, stream, container, scratch);
	free(container);
	free(stream);
	free(scratch);
}

static void try(const void *file, size_t size)
{
	struct kanary_model model;
	void *packed;

	if (kanary_model_parse(&model, file, size))
		return;
	packed = aligned_alloc(8, kanary_model_packed_size(&model));
	if (!packed)
		abort();
	kanary_model_prepare(&model, packed);
	judge(&model);
	free(packed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kanary_model_header *header;
	void *file = malloc(size);

	/* memcpy() from NULL is not defined, be it 0 bytes. */
	if (size)
		memcpy(file, data, size);
	try(file, size);
	header = file;
	if (size >= sizeof(*header)) {
		memcpy(header->magic, KANARY_MODEL_MAGIC, sizeof(header->magic));
		header->version = KANARY_MODEL_VERSION;
		header->size = (u32)size;
		header->checksum = 0;
		header->checksum = kanary_checksum_update(0, file, size);
		try(file, size);
	}
	free(file);
	return 0;
}
