/* SPDX-License-Identifier: GPL-2.0 */
#include "model_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "checksum.h"
#include "feature.h"
#include "score.h"

const struct kanary_log model_fixture_no_log;

/* Grams of a random model's empty context, and of any other at most. */
enum { ROOT_GRAMS = 300, STATE_GRAMS = 5 };

/* From so many names on a random model knows usual paths. */
enum { WORLD_NAMES = 1000 };

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

/* Behind others, up to twelve of @bins from @first on; one in five may be as high as can be. */
static uint32_t add_counts(uint64_t *state, struct kanary_count *counts, uint32_t length,
			   uint32_t first, uint32_t bins)
{
	uint32_t kinds = (uint32_t)between(state, 0, 12), i;
	uint32_t bin = 0;

	for (i = 0; i < kinds; i++, length++) {
		bin += (uint32_t)between(state, i ? 1 : 0, (int32_t)bins / 12);
		counts[length].bin = (uint16_t)(first + bin);
		counts[length].count = (uint16_t)between(state, 1, i % 5 ? 40 : 65535);
	}
	return length;
}

uint32_t model_fixture_reserved(uint64_t *state, struct kanary_count *counts, uint32_t length)
{
	return add_counts(state, counts, length, KANARY_BINS, KANARY_RESERVED_BINS);
}

uint32_t model_fixture_paths(uint64_t *state, struct kanary_count *counts, uint32_t length)
{
	return add_counts(state, counts, length, KANARY_PATH_FIRST, KANARY_PATH_BINS);
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

void model_fixture_reference(const struct kanary_model *model)
{
	struct kanary_model_reference *reference = (void *)model->reference;
	struct kanary_log log = kanary_model_reference_log(reference);
	struct kanary_score_container *container;
	struct kanary_score_stream *stream;
	uint32_t i;
	void *scratch;

	stream = malloc(kanary_score_stream_size(model));
	scratch = malloc(kanary_score_scratch_size(model));
	container = malloc(kanary_score_container_size(model) + 1);
	kanary_score_stream_init(model, stream);
	kanary_score_container_init(model, container);
	for (i = 0; i < reference->repeat; i++) {
		kanary_score_path(model, stream, reference->path, reference->path_length,
				  reference->path_flags);
		kanary_score_vector(model, stream, reference->counts, reference->length, &log,
				    scratch, &reference->verdict);
		kanary_score_process(model, container, scratch, &reference->verdict);
	}
	free(container);
	free(stream);
	free(scratch);
}

static void set_reference(struct model_fixture *fixture, uint64_t *state)
{
	struct kanary_model_reference *reference = (void *)fixture->model.reference;
	const struct kanary_model *model = &fixture->model;
	struct kanary_count counts[KANARY_VECTOR_BINS];
	struct kanary_log log;
	uint32_t length;

	length = model_fixture_counts(state, counts, model->header->period);
	if (model->paths.knot)
		length = model_fixture_paths(state, counts, length);
	if (length > KANARY_MODEL_REFERENCE_COUNTS)
		length = KANARY_MODEL_REFERENCE_COUNTS;
	memcpy(reference->counts, counts, length * sizeof(*counts));
	reference->length = length;
	if (model->name_knot) {
		reference->path_length = strlen(MODEL_FIXTURE_PATH);
		memcpy(reference->path, MODEL_FIXTURE_PATH, reference->path_length);
	}
	reference->repeat = model->header->sequence.steps;
	if (model->header->container.steps > reference->repeat)
		reference->repeat = model->header->container.steps;
	if (!reference->repeat)
		reference->repeat = 1;
	if (model->grams_start) {
		model_fixture_log(state, &log, reference->call,
				  KANARY_MODEL_REFERENCE_LOG - KANARY_LOG_CONTEXT);
		reference->context = (u16)log.context;
		reference->logged = (u16)log.calls;
	}
	model_fixture_reference(model);
}

void model_fixture_seal(void *file, size_t size)
{
	struct kanary_model_header *header = file;

	header->checksum = 0;
	header->checksum = kanary_checksum_update(0, file, size);
}

static void fill_sequence(uint64_t *state, const struct kanary_model *model,
			  const struct kanary_model_sequence *head)
{
	uint32_t i;

	if (!head->weight)
		return;
	for (i = 0; i < model->header->inputs; i++)
		((u32 *)head->weight)[i] = model_fixture_random(state) % 4096;
	fill_layer(state, &head->encoder);
	fill_layer(state, &head->decoder);
	fill_layer(state, &head->output);
	fill_knots(state, head->knot, model->header->knots, 1 << 26, 1 << 25);
}

static void fill_histogram(uint64_t *state, const struct kanary_model *model,
			   const struct kanary_model_histogram *head)
{
	if (!head->knot)
		return;
	fill_layer(state, &head->encode);
	fill_layer(state, &head->decode);
	fill_knots(state, head->knot, model->header->knots, 1 << 22, 1 << 24);
}

void model_fixture_log(uint64_t *state, struct kanary_log *log, u16 *call, uint32_t calls)
{
	uint32_t i;

	log->call = call;
	log->calls = calls;
	log->context = (uint32_t)between(state, 0, KANARY_LOG_CONTEXT);
	for (i = 0; i < log->context + calls; i++)
		call[i] = (u16)between(state, 0, i % 7 ? KANARY_BINS / 3 : KANARY_BINS - 1);
	if (log->context && between(state, 0, 1))
		call[0] = KANARY_LOG_START;
}

static uint32_t draw_grams(uint64_t *state, uint32_t states, uint32_t *length)
{
	uint32_t sum = 0, i;

	for (i = 0; i < states; i++)
		sum += length[i] = i ? (uint32_t)between(state, 1, STATE_GRAMS) : ROOT_GRAMS;
	return sum;
}

static void fill_grams(uint64_t *random, const struct kanary_model *model, const uint32_t *length)
{
	struct kanary_model_state *state = (struct kanary_model_state *)model->grams_state;
	struct kanary_model_gram *gram = (struct kanary_model_gram *)model->gram;
	uint32_t states = model->header->grams.states, i, j, step;
	u32 *start = (u32 *)model->grams_start;

	for (i = 0; i < states; i++) {
		start[i + 1] = start[i] + length[i];
		state[i].backoff = (u16)between(random, 0, i ? 3000 : 30000);
		if (i) {
			do {
				state[i].shorter = model_fixture_random(random) % i;
				state[i].depth = state[state[i].shorter].depth + 1;
			} while (state[i].depth > KANARY_MODEL_DEPTH_MAX);
		}
		step = (KANARY_LOG_START + 1) / length[i];
		for (j = 0; j < length[i]; j++, gram++) {
			gram->bin = (u16)between(random, (int32_t)(j * step),
						 (int32_t)((j + 1) * step - 1));
			gram->bits = (u16)between(random, 0, 12000);
			gram->next = model_fixture_random(random) % states;
		}
	}
	fill_knots(random, model->grams_knot, model->header->knots, 12000, 40000);
}

static void fill_kinds(uint64_t *state, const struct kanary_model *model)
{
	struct kanary_model_kind *kind = (struct kanary_model_kind *)model->kind;
	uint32_t i;

	for (i = 0; i < model->header->kinds; i++) {
		snprintf(kind[i].label, sizeof(kind[i].label), "kind-%u", i);
		kind[i].processes = 1 + model_fixture_random(state) % 100;
		kind[i].spread = model_fixture_random(state) % (1 << 20);
	}
	for (i = 0; i < model->header->kinds * model->header->inputs; i++)
		((s16 *)model->centroid)[i] = (s16)between(state, 0, 32767);
}

/* Where real paths are, and random ones of user/recording/random_path.c. */
static const char *const known_paths[] = {
	"/etc/passwd", "/etc/hosts", "/etc/hostname", "/etc/shadow", "/etc/ld.so.cache",
	"/usr/lib/x86_64-linux-gnu/libc.so.6", "/lib/x86_64-linux-gnu/libc.so.6",
	"/proc/self/maps", "/proc/812/fd/812", "/proc/812/stat", "/var/log/page.html",
	"/srv/data/page.html", "/tmp/tmp.qXz7Kp", "/dev/null", "/home/a/.ssh", "/root/.ssh",
	"/sys/dev", "etc/data", "lib/log",
};

/* The entry that is nearest to @key becomes its own: keys go on ascending. */
static struct kanary_name_entry *know(const struct kanary_model *model, u32 step, u32 key)
{
	struct kanary_name_entry *entry = (struct kanary_name_entry *)model->names.entry;

	entry += key / step < model->names.count ? key / step : model->names.count - 1;
	entry->key = key;
	return entry;
}

/* Each as a component of its directory, of any directory of that name, and of any at all. */
static void know_path(const struct kanary_model *model, u32 step, const char *path)
{
	u32 contexts[2], i, j;
	struct kanary_path_walk walk;

	kanary_path_take((const u8 *)path, strlen(path), *path == '/' ? 0 : KANARY_PATH_RELATIVE,
			 &walk);
	know(model, step, walk.prefix[0]);
	for (i = 1; i <= walk.count; i++) {
		contexts[0] = kanary_name_head_alike(walk.name[i - 1]);
		contexts[1] = kanary_name_head_any();
		know(model, step, walk.prefix[i]);
		for (j = 0; j < 2; j++) {
			know(model, step, contexts[j]);
			know(model, step, kanary_name_head_child(contexts[j], walk.name[i]));
		}
	}
}

/* Of paths that the reference may have, too: without these all would be news. */
static void fill_names(uint64_t *state, const struct kanary_model *model)
{
	struct kanary_name_entry *entry = (struct kanary_name_entry *)model->names.entry;
	uint32_t count = model->names.count, i;
	struct kanary_path_walk walk;
	u32 step = count ? UINT32_MAX / count : 0;

	if (!count)
		return;
	for (i = 0; i < count; i++) {
		entry[i].key = i * step + (u32)between(state, 0, (s32)(step / 2));
		entry[i].cost = (u16)between(state, 0, KANARY_NAME_HEAD_COST_MAX);
		entry[i].novel = model_fixture_random(state) % 4 ?
			(u16)between(state, 0, KANARY_NAME_HEAD_COST_MAX) :
			KANARY_NAME_HEAD_NO_CONTEXT;
	}
	/* A table that has room for it knows some of the world. */
	if (count >= WORLD_NAMES)
		for (i = 0; i < sizeof(known_paths) / sizeof(*known_paths); i++)
			know_path(model, step, known_paths[i]);
	kanary_path_take((const u8 *)MODEL_FIXTURE_PATH, strlen(MODEL_FIXTURE_PATH), 0, &walk);
	know(model, step, walk.prefix[1])->novel = (u16)between(state, 1,
								KANARY_NAME_HEAD_COST_MAX);
	fill_knots(state, model->name_knot, model->header->knots, 1 << 14, 1 << 16);
}

void model_fixture_create(struct model_fixture *fixture, uint64_t seed, unsigned int inputs,
			  unsigned int code, unsigned int hidden, unsigned int steps,
			  unsigned int stride)
{
	const struct model_fixture_shape shape = {
		.inputs = inputs, .code = code,
		.sequence = { (u16)hidden, (u16)steps, (u16)stride, 0 },
	};

	model_fixture_create_whole(fixture, seed, &shape);
}

void model_fixture_create_whole(struct model_fixture *fixture, uint64_t seed,
				const struct model_fixture_shape *shape)
{
	unsigned int inputs = shape->inputs;
	uint64_t state = seed * 2 + 1;
	struct kanary_model_header header = {
		.magic = "KANARYM", .version = KANARY_MODEL_VERSION, .period = 500,
		.decay_limit = 20000, .threshold = 500, .critical_threshold = 25600,
		.budget = 10000, .critical_budget = 1000000, .vectors = 12345,
		.flags = KANARY_MODEL_PROCESS |
			 (shape->sequence.hidden ? KANARY_MODEL_SEQUENCE : 0) |
			 (shape->container.hidden ? KANARY_MODEL_CONTAINER : 0) |
			 (shape->states ? KANARY_MODEL_GRAMS : 0) |
			 (shape->names ? KANARY_MODEL_PATH_NAMES : 0) |
			 (shape->paths_inputs ? KANARY_MODEL_PATH_HISTOGRAM : 0),
		.inputs = (u16)inputs, .code = (u16)shape->code, .knots = 6, .codebook = 5,
		.sequence = shape->sequence, .container = shape->container,
		.kinds = (u16)shape->kinds,
		.paths_inputs = (u16)shape->paths_inputs, .paths_code = (u16)shape->paths_code,
		.names = shape->names, .codebook_gate = 1 << 24, .name = "fixture-1",
	};
	struct kanary_model *model = &fixture->model;
	uint32_t *grams = calloc((size_t)shape->states + 1, sizeof(*grams));
	const char *why;
	unsigned int i;

	if (shape->states) {
		header.grams.states = shape->states;
		header.grams.grams = draw_grams(&state, shape->states, grams);
	}
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
	for (i = 0; i < header.codebook * inputs; i++)
		((s16 *)model->codeword)[i] = (s16)between(&state, -32767, 32767);
	fill_layer(&state, &model->encode);
	fill_layer(&state, &model->decode);
	fill_knots(&state, model->process_knot, header.knots, 1 << 24, 1 << 22);
	fill_sequence(&state, model, &model->sequence);
	fill_sequence(&state, model, &model->container);
	fill_histogram(&state, model, &model->paths);
	fill_names(&state, model);
	if (model->grams_start)
		fill_grams(&state, model, grams);
	if (model->task_knot)
		fill_knots(&state, model->task_knot, header.knots, 1 << 10, 1 << 16);
	free(grams);
	fill_kinds(&state, model);

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
