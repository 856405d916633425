/* SPDX-License-Identifier: GPL-2.0 */
/* Writes reference_data.h: runs in userspace, where kanary_kunit.ko is built. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_fixture.h"
#include "recording/random_path.h"
#include "score.h"
#include "vector.h"

enum { VECTORS = 40, PERIOD = 500, STREAM = 6, PATHS = 4 };

static const struct {
	const char *name;
	struct model_fixture_shape shape;
} models[] = {
	{ "process", { .inputs = 16, .code = 4 } },
	{ "sequence", { .inputs = 64, .code = 8, .sequence = { 32, 4, 2, 0 } } },
	{ "container", { .inputs = 24, .code = 6, .sequence = { 8, 3, 1, 0 },
			 .container = { 12, 3, 1, 0 } } },
	{ "grams", { .inputs = 32, .code = 6, .sequence = { 16, 4, 1, 0 }, .states = 40 } },
	{ "kinds", { .inputs = 32, .code = 6, .kinds = 3, .container = { 8, 2, 1, 0 } } },
	{ "paths", { .inputs = 16, .code = 4, .sequence = { 8, 3, 1, 0 }, .names = 1500,
		     .paths_inputs = 128, .paths_code = 16 } },
};

/* NAME_MODEL[_NUMBER[_PART]] */
static void print_bytes(const char *name, unsigned int model, int number, int part,
			const void *data, size_t size)
{
	const unsigned char *byte = data;
	size_t i;

	printf("static const u8 %s_%u", name, model);
	if (number >= 0)
		printf("_%d", number);
	if (part >= 0)
		printf("_%d", part);
	printf("[] __aligned(8) = {");
	for (i = 0; i < size; i++)
		printf("%s%u,", i % 24 ? "" : "\n", byte[i]);
	printf("\n};\n");
}

/* Streams of STREAM vectors, each of which a process ends. */
static struct kanary_vector *make_vector(uint64_t *state, unsigned int number)
{
	struct kanary_vector *vector = calloc(1, KANARY_VECTOR_SIZE_MAX);
	u16 call[KANARY_LOG_MAX];
	struct kanary_log log;
	uint32_t length;

	length = model_fixture_counts(state, vector->counts, PERIOD);
	length = model_fixture_reserved(state, vector->counts, length);
	vector->length = (u16)model_fixture_paths(state, vector->counts, length);
	vector->stream = 1 + number / STREAM;
	vector->index = number % STREAM;
	vector->cgroup = 1;
	vector->time = 1 + number;
	vector->calls = PERIOD;
	vector->reason = number % STREAM == STREAM - 1 ? KANARY_REASON_EXIT : KANARY_REASON_PERIOD;
	strcpy(vector->comm, "reference");
	model_fixture_log(state, &log, call, PERIOD);
	kanary_vector_append_log(vector, &log);
	return vector;
}

/* Return: how many paths were told before the vector, 0 to PATHS. */
static unsigned int tell_paths(const struct kanary_model *model,
			       struct kanary_score_stream *stream,
			       struct kanary_random_path *source,
			       const struct kanary_vector *vector, unsigned int number,
			       int position)
{
	unsigned int paths = model->name_knot ? (unsigned int)position % (PATHS + 1) : 0, i;

	for (i = 0; i < paths; i++) {
		const struct kanary_path *path = kanary_random_path_next(source, vector);

		kanary_score_path(model, stream, (const u8 *)path->name, path->length, path->flags);
		print_bytes("path", number, position, (int)i, path,
			    kanary_path_record_size(path->length));
	}
	printf("static const struct kanary_path *const paths_%u_%d[] = {\n", number, position);
	for (i = 0; i < paths; i++)
		printf("\t(const void *)path_%u_%d_%u,\n", number, position, i);
	printf("\tNULL\n};\n");
	return paths;
}

static void print_model(unsigned int number)
{
	static struct kanary_random_path source;
	unsigned int paths[VECTORS];
	struct kanary_score_container *container;
	struct kanary_verdict verdict[VECTORS];
	struct kanary_score_stream *stream;
	struct model_fixture fixture;
	uint64_t state = 77 + number;
	unsigned int i;
	void *scratch;

	model_fixture_create_whole(&fixture, 1 + number, &models[number].shape);
	stream = malloc(kanary_score_stream_size(&fixture.model));
	scratch = malloc(kanary_score_scratch_size(&fixture.model));
	container = malloc(kanary_score_container_size(&fixture.model) + 1);
	kanary_score_container_init(&fixture.model, container);
	kanary_random_path_seed(&source, number);
	memset(verdict, 0, sizeof(verdict));
	for (i = 0; i < VECTORS; i++) {
		struct kanary_vector *vector = make_vector(&state, i);

		if (!vector->index)
			kanary_score_stream_begin(&fixture.model, stream, vector);
		paths[i] = tell_paths(&fixture.model, stream, &source, vector, number, (int)i);
		kanary_score_record(&fixture.model, stream, container, vector, scratch,
				    &verdict[i]);
		print_bytes("vector", number, (int)i, -1, vector, kanary_vector_size(vector));
		free(vector);
	}
	print_bytes("file", number, -1, -1, fixture.file, fixture.size);
	print_bytes("verdict", number, -1, -1, verdict, sizeof(verdict));
	printf("static const struct kanary_judge_step steps_%u[] = {\n", number);
	for (i = 0; i < VECTORS; i++)
		printf("\t{ (const void *)vector_%u_%u, paths_%u_%u, %u },\n", number, i, number,
		       i, paths[i]);
	printf("};\n");
	free(container);
	free(scratch);
	free(stream);
	model_fixture_destroy(&fixture);
}

int main(void)
{
	unsigned int number, count = sizeof(models) / sizeof(models[0]);

	printf("/* SPDX-License-Identifier: GPL-2.0 */\n/* Written by reference.c. */\n");
	printf("static_assert(REFERENCE_VECTORS == %d && REFERENCE_PERIOD == %d);\n", VECTORS,
	       PERIOD);
	for (number = 0; number < count; number++)
		print_model(number);
	printf("const struct reference kanary_reference[] = {\n");
	for (number = 0; number < count; number++)
		printf("\t{ \"%s\", file_%u, sizeof(file_%u), steps_%u, (const void *)verdict_%u },\n",
		       models[number].name, number, number, number, number);
	printf("};\n");
	return 0;
}
