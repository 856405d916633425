// SPDX-License-Identifier: GPL-2.0
/* A path, as any task can name it: taking it apart is the same for each that is told to be one. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "path.h"
#include "path_record.h"

static void hold(int condition)
{
	if (!condition)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint16_t bins[KANARY_PATH_DEPTH_MAX];
	struct kanary_path_walk walk;
	struct kanary_path *record;
	uint32_t number, i;
	uint8_t *name;

	if (!size)
		return 0;
	/* A block of its own, without a zero behind it. */
	name = malloc(size);
	memcpy(name, data, size);
	kanary_path_take(name, (uint32_t)size, data[0] & KANARY_PATH_FLAGS, &walk);
	hold(walk.count <= KANARY_PATH_COMPONENTS);
	number = kanary_path_bins(name, (uint32_t)size, data[0] & KANARY_PATH_FLAGS, bins);
	hold(number >= 1 && number <= KANARY_PATH_DEPTH_MAX);
	for (i = 0; i < number; i++)
		hold(bins[i] >= KANARY_PATH_FIRST && bins[i] < KANARY_VECTOR_BINS);
	free(name);

	record = malloc(size);
	memcpy(record, data, size);
	if (!kanary_path_record_check(record, size)) {
		hold(kanary_path_record_size(record->length) == size);
		hold(record->length >= 1 && !memchr(record->name, 0, record->length));
	}
	free(record);
	return 0;
}
