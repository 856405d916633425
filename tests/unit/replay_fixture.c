// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model_fixture.h"
#include "recording/random_path.h"
#include "recording/random_vector.h"
#include "recording/recording.h"
#include "replay_fixture.h"
#include "vector.h"

enum { SLOTS = 9 };

/* Whatever its size, an error is somewhere on the curve. Paths may speak louder than the rest. */
static void spread(const struct kanary_model_knot *knots, uint32_t count, uint32_t most)
{
	struct kanary_model_knot *knot = (struct kanary_model_knot *)knots;
	uint32_t i;

	for (i = 0; i < count; i++) {
		knot[i].error = (u32)lround(exp2(31.0 * i / (count - 1))) + i;
		knot[i].surprise = most * i / count;
	}
}

static void spread_all(const struct kanary_model *model)
{
	uint32_t knots = model->header->knots;

	spread(model->process_knot, knots, 1500);
	spread(model->sequence.knot, knots, 1500);
	spread(model->container.knot, knots, 1500);
	spread(model->paths.knot, knots, 1500);
	spread(model->name_knot, knots, 2600);
	spread(model->grams_knot, knots, 1500);
	spread(model->task_knot, knots, 1500);
}

void replay_fixture_write_model(void)
{
	const struct model_fixture_shape shape = {
		.inputs = 16, .code = 4, .kinds = 2, .names = 4000, .states = 200,
		.paths_inputs = 8, .paths_code = 2, .sequence = { 4, 3, 2, 0 },
		.container = { 4, 3, 1, 0 },
	};
	struct model_fixture fixture;
	struct kanary_model_header *header;
	FILE *file;

	model_fixture_create_whole(&fixture, 1, &shape);
	header = fixture.file;
	header->threshold = REPLAY_FIXTURE_THRESHOLD;
	header->budget = 40;
	header->critical_threshold = REPLAY_FIXTURE_CRITICAL;
	header->critical_budget = 400;
	spread_all(&fixture.model);
	model_fixture_reference(&fixture.model);
	model_fixture_seal(fixture.file, fixture.size);
	file = fopen("model", "w");
	assert_non_null(file);
	assert_int_equal(fwrite(fixture.file, 1, fixture.size, file), fixture.size);
	assert_int_equal(fclose(file), 0);
	model_fixture_destroy(&fixture);
}

/* Of one slot; the first has the daemon. */
struct process {
	uint64_t stream;
	uint64_t cgroup;
	uint32_t index;
};

static uint32_t next_slot(uint64_t *state)
{
	return model_fixture_random(state) % 3 ? model_fixture_random(state) % SLOTS : 0;
}

static enum kanary_reason next_reason(uint64_t *state, uint32_t slot)
{
	uint32_t draw = model_fixture_random(state) % 8;

	if (!slot)
		return KANARY_REASON_PERIOD;
	return draw == 0 ? KANARY_REASON_EXIT : draw == 1 ? KANARY_REASON_EXEC :
							    KANARY_REASON_PERIOD;
}

void replay_fixture_write_recording(const char *path, uint64_t seed, bool late)
{
	static struct kanary_random_vector source;
	static struct kanary_random_path paths;
	static union {
		struct kanary_vector vector;
		u8 bytes[KANARY_VECTOR_SIZE_MAX];
	} memory;
	struct kanary_vector *vector = &memory.vector;
	struct process process[SLOTS] = { 0 };
	struct kanary_recording_writer *writer;
	uint64_t streams = 0, state = seed;
	uint32_t i, slot, before;

	writer = kanary_recording_create(path, 500, 0, "test", 0);
	assert_non_null(writer);
	kanary_random_vector_seed(&source, seed);
	kanary_random_path_seed(&paths, seed);
	for (i = 0; i < REPLAY_FIXTURE_VECTORS; i++) {
		const struct kanary_vector *random = kanary_random_vector_next(&source, false);

		memcpy(vector, random, kanary_vector_size(random));
		slot = next_slot(&state);
		if (!process[slot].stream) {
			process[slot].stream = ++streams;
			process[slot].index = late && streams < SLOTS;
			process[slot].cgroup = slot % REPLAY_FIXTURE_CONTAINERS;
		}
		if (slot && model_fixture_random(&state) % 20 == 0)
			process[slot].cgroup = (process[slot].cgroup + 1) %
					       REPLAY_FIXTURE_CONTAINERS;
		vector->stream = process[slot].stream;
		vector->index = process[slot].index++;
		vector->cgroup = process[slot].cgroup;
		vector->pid = (u32)vector->stream;
		vector->time = 1000 * (i + 1);
		vector->reason = next_reason(&state, slot);
		for (before = model_fixture_random(&state) % 6; before; before--)
			assert_int_equal(kanary_recording_write_path(writer,
					 kanary_random_path_next(&paths, vector)), 0);
		assert_int_equal(kanary_recording_write(writer, vector), 0);
		if (vector->reason != KANARY_REASON_PERIOD)
			process[slot].stream = 0;
	}
	assert_int_equal(kanary_recording_finish(writer), 0);
}
