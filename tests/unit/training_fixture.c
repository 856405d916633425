// SPDX-License-Identifier: GPL-2.0
#include "training_fixture.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#define PHASE 4

/* Shares of calls, in percent: of a phase that serves and of one that writes back. */
static const struct {
	uint16_t bin;
	uint16_t share[2];
} mix[] = {
	{ 0, { 40, 5 } }, { 1, { 30, 30 } }, { 9, { 1, 3 } }, { 74, { 0, 20 } }, { 77, { 0, 10 } },
	{ 202, { 4, 12 } }, { 232, { 25, 20 } },
};

void training_fixture_vector(gsl_rng *random, enum training_kind kind, uint64_t stream,
			     uint32_t index, uint32_t length, struct kanary_vector *vector)
{
	uint32_t phase = index / PHASE % 2, i, call;

	memset(vector, 0, sizeof(*vector));
	if (kind == TRAINING_SHUFFLED)
		phase = index % 2;
	vector->stream = stream;
	vector->cgroup = 7;
	vector->time = (stream * 100 + index) * 50000000ULL;
	vector->index = index;
	strcpy(vector->comm, "service");
	for (i = 0; i < sizeof(mix) / sizeof(*mix); i++) {
		uint32_t count = 0;

		for (call = 0; call < TRAINING_PERIOD; call++)
			count += gsl_rng_uniform(random) * 100 < mix[i].share[phase];
		if (!count)
			continue;
		vector->counts[vector->length].bin = mix[i].bin;
		vector->counts[vector->length++].count = count;
		vector->calls += count;
	}
	if (kind == TRAINING_NOVEL && index >= length / 2)
		for (i = 0; i < 3; i++) {
			vector->counts[vector->length].bin = 300 + 7 * i;
			vector->counts[vector->length++].count = 4;
			vector->calls += 4;
		}
}

void training_fixture_dataset(struct kanary_dataset *dataset, uint32_t streams, uint32_t length,
			      unsigned long seed)
{
	_Alignas(8) uint8_t bytes[KANARY_VECTOR_SIZE_MAX];
	struct kanary_vector *vector = (struct kanary_vector *)bytes;
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	uint32_t stream, index;

	memset(dataset, 0, sizeof(*dataset));
	dataset->period = TRAINING_PERIOD;
	gsl_rng_set(random, seed);
	for (stream = 1; stream <= streams; stream++) {
		uint32_t vectors = length ? length : 20 + gsl_rng_uniform_int(random, 50);

		for (index = 0; index < vectors; index++) {
			training_fixture_vector(random, TRAINING_NORMAL, stream, index, vectors,
						vector);
			assert_true(kanary_dataset_add(dataset, 0, vector));
		}
	}
	assert_true(kanary_dataset_finish(dataset));
	gsl_rng_free(random);
}
