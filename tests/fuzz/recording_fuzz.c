// SPDX-License-Identifier: GPL-2.0
/* A recording, first as it is, then with right checksums, so that what is behind them is read. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "checksum.h"
#include "fuzz_file.h"
#include "path_record.h"
#include "recording/recording.h"
#include "recording/selection.h"
#include "vector.h"

/* What it says of its containers is not to be trusted more than the rest. */
static void select_all(const char *path)
{
	static const char *const wishes[] = { "web", "7", "*", "/a", "ab" };
	struct kanary_selection selection = { 0 };
	size_t i;

	for (i = 0; i < sizeof(wishes) / sizeof(*wishes); i++)
		if (!kanary_selection_add(&selection, wishes[i]))
			abort();
	kanary_selection_resolve(&selection, path);
	kanary_selection_wants(&selection, 7);
	kanary_selection_free(&selection);
}

static void read_all(const uint8_t *data, size_t size)
{
	const char *path = fuzz_file_write("", data, size), *why = NULL;
	struct kanary_recording_reader *reader = kanary_recording_open(path, &why);
	struct kanary_recording_record record;

	if (!reader) {
		if (!why)
			abort();
		return;
	}
	kanary_recording_describe(reader);
	while (kanary_recording_read_any(reader, &record)) {
		const struct kanary_vector *vector = record.vector;
		const struct kanary_path *path = record.path;

		if (!!vector + !!path + !!record.container + !!record.host + !!record.loss != 1 ||
		    (vector && kanary_vector_check(vector, kanary_vector_size(vector))) ||
		    (path && kanary_path_record_check(path,
						      kanary_path_record_size(path->length))))
			abort();
	}
	kanary_recording_damage(reader);
	kanary_recording_close(reader);
	select_all(path);
}

static void seal(uint8_t *data, size_t size)
{
	struct kanary_recording_header *header = (void *)data;
	size_t offset = sizeof(*header);
	uint16_t length;
	u32 checksum;

	if (size < sizeof(*header))
		return;
	memcpy(header->magic, KANARY_RECORDING_MAGIC, sizeof(header->magic));
	header->version = KANARY_RECORDING_VERSION;
	header->checksum = 0;
	header->checksum = kanary_checksum_update(0, header, sizeof(*header));
	while (size - offset >= 8) {
		memcpy(&length, data + offset, sizeof(length));
		if (length > size - offset - 8)
			return;
		checksum = kanary_checksum_update(0, data + offset, 4);
		checksum = kanary_checksum_update(checksum, data + offset + 8, length);
		memcpy(data + offset + 4, &checksum, sizeof(checksum));
		offset += 8 + length + (-(size_t)length & 7);
		if (offset > size)
			return;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + 1);

	if (size)
		memcpy(copy, data, size);
	read_all(copy, size);
	seal(copy, size);
	read_all(copy, size);
	free(copy);
	return 0;
}
