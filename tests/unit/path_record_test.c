/* SPDX-License-Identifier: GPL-2.0 */
/* Records of paths from outside: each way to be wrong has its own sentence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "model_fixture.h"
#include "path_record.h"

union storage {
	struct kanary_path path;
	uint8_t bytes[KANARY_PATH_RECORD_SIZE_MAX];
};

static union storage storage;

static size_t make_valid(struct kanary_path *path)
{
	memset(path, 0, KANARY_PATH_RECORD_SIZE_MAX);
	path->stream = 3;
	path->call = 257;
	path->length = 11;
	memcpy(path->name, "/etc/passwd", 11);
	return kanary_path_record_size(11);
}

static void refused(struct kanary_path *path, size_t size, const char *sentence)
{
	const char *why = kanary_path_record_check(path, size);

	if (!why)
		fail_msg("accepted, although: %s", sentence);
	assert_string_equal(why, sentence);
	assert_null(kanary_path_record_check(path, make_valid(path)));
}

static void each_fault_has_its_sentence(void **state)
{
	struct kanary_path *path = &storage.path;
	size_t size = make_valid(path);

	assert_int_equal(sizeof(*path), 40);
	assert_null(kanary_path_record_check(path, size));

	refused(path, 0, "path is shorter than its fixed part");
	refused(path, 39, "path is shorter than its fixed part");
	refused(path, size - 1, "size of the path does not follow from its length");
	refused(path, size + 1, "size of the path does not follow from its length");
	path->length = 0;
	refused(path, size, "length of the path is out of range (1 to 256)");
	path->length = KANARY_PATH_SIZE_MAX + 1;
	refused(path, size, "length of the path is out of range (1 to 256)");
	path->call = KANARY_BINS;
	refused(path, size, "path has a system call out of range");
	path->reserved[2] = 1;
	refused(path, size, "reserved bytes of the path are not 0");
	path->name[10] = 0;
	refused(path, size, "path has a byte of 0");
	path->flags = KANARY_PATH_FLAGS + 1;
	refused(path, size, "path has an unknown flag");
	path->flags = KANARY_PATH_RELATIVE;
	refused(path, size, "path is not relative as its flag says");
	path->name[0] = 'x';
	refused(path, size, "path is not relative as its flag says");
	path->flags = KANARY_PATH_DIRFD;
	refused(path, size, "absolute path has a directory");
}

static void any_name_will_do(void **state)
{
	struct kanary_path *path = &storage.path;

	make_valid(path);
	path->length = KANARY_PATH_SIZE_MAX;
	memset(path->name, 0xff, KANARY_PATH_SIZE_MAX);
	path->flags = KANARY_PATH_RELATIVE | KANARY_PATH_DIRFD | KANARY_PATH_TRUNCATED |
		      KANARY_PATH_SECOND;
	assert_null(kanary_path_record_check(path, KANARY_PATH_RECORD_SIZE_MAX));
	memcpy(path->name, "\x1b[2J\n\\ ", 7);
	assert_null(kanary_path_record_check(path, KANARY_PATH_RECORD_SIZE_MAX));
	make_valid(path);
	path->length = 1;
	path->flags = KANARY_PATH_TRUNCATED;
	assert_null(kanary_path_record_check(path, kanary_path_record_size(1)));
}

/* Noise in a buffer of exactly its size: the sanitizer sees any read beyond. */
static void noise_is_never_read_beyond_its_end(void **state)
{
	uint64_t random = 7;
	uint32_t round, i;
	uint8_t *bytes;
	size_t size;

	for (round = 0; round < 20000; round++) {
		size = model_fixture_random(&random) % 100;
		bytes = malloc(size ? size : 1);
		for (i = 0; i < size; i++)
			bytes[i] = (uint8_t)model_fixture_random(&random);
		if (size >= 40) {
			((struct kanary_path *)bytes)->length = (u16)(size - 40);
			((struct kanary_path *)bytes)->call %= 1000;
			memset(((struct kanary_path *)bytes)->reserved, 0, 6);
		}
		kanary_path_record_check((void *)bytes, size);
		free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_has_its_sentence),
		cmocka_unit_test(any_name_will_do),
		cmocka_unit_test(noise_is_never_read_beyond_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
