/* SPDX-License-Identifier: GPL-2.0 */
/* Vectors from outside: each way to be wrong has its own sentence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "model_fixture.h"
#include "vector.h"

union storage {
	struct kanary_vector vector;
	uint8_t bytes[KANARY_VECTOR_SIZE_MAX];
};

static union storage storage;

static size_t make_valid(struct kanary_vector *vector)
{
	memset(vector, 0, sizeof(*vector));
	vector->length = 3;
	vector->calls = 60;
	vector->reason = KANARY_REASON_EXIT;
	memcpy(vector->comm, "redis-server", 12);
	vector->counts[0] = (struct kanary_count){ 0, 10 };
	vector->counts[1] = (struct kanary_count){ 7, 20 };
	vector->counts[2] = (struct kanary_count){ KANARY_BINS - 1, 30 };
	return kanary_vector_size(vector);
}

static void refused(struct kanary_vector *vector, size_t size, const char *sentence)
{
	const char *why = kanary_vector_check(vector, size);

	if (!why)
		fail_msg("accepted, although: %s", sentence);
	assert_string_equal(why, sentence);
	assert_null(kanary_vector_check(vector, make_valid(vector)));
}

static void each_fault_has_its_sentence(void **state)
{
	struct kanary_vector *vector = &storage.vector;
	size_t size = make_valid(vector);

	assert_int_equal(sizeof(*vector), 72);
	assert_null(kanary_vector_check(vector, size));

	refused(vector, 0, "vector is shorter than its fixed part");
	refused(vector, 71, "vector is shorter than its fixed part");
	refused(vector, size - 1, "size of the vector does not follow from its length");
	refused(vector, size + 4, "size of the vector does not follow from its length");
	vector->length = 0;
	refused(vector, size, "length of the vector is out of range (1 to 2496)");
	vector->length = KANARY_VECTOR_BINS + 1;
	refused(vector, size, "length of the vector is out of range (1 to 2496)");
	vector->length = 65535;
	refused(vector, size, "length of the vector is out of range (1 to 2496)");
	vector->calls = 0;
	refused(vector, size, "calls of the vector are out of range (1 to 32768)");
	vector->calls = KANARY_PERIOD_MAX + 1;
	refused(vector, size, "calls of the vector are out of range (1 to 32768)");
	vector->calls = 61;
	refused(vector, size, "counts of the vector do not add up to its calls");
	vector->reason = KANARY_REASON_EXIT + 1;
	refused(vector, size, "vector has an unknown reason");
	memset(vector->comm, 'x', sizeof(vector->comm));
	refused(vector, size, "task name of the vector is not terminated");
	vector->counts[2].bin = KANARY_VECTOR_BINS;
	refused(vector, size, "vector has a bin out of range");
	vector->counts[1].bin = 0;
	refused(vector, size, "bins of the vector do not ascend");
	vector->counts[1].count = 0;
	refused(vector, size, "vector has a count of 0");
}

/* Counts of older recordings, of which nothing is asked but that they stand in their place. */
static void reserved_bins_are_taken(void **state)
{
	struct kanary_vector *vector = &storage.vector;
	size_t size;

	make_valid(vector);
	assert_int_equal(kanary_vector_calls(vector), 3);
	vector->length = 5;
	vector->counts[3] = (struct kanary_count){ KANARY_BINS, 59 };
	vector->counts[4] = (struct kanary_count){ KANARY_PATH_FIRST - 1, 65535 };
	size = kanary_vector_size(vector);
	assert_null(kanary_vector_check(vector, size));
	assert_int_equal(kanary_vector_calls(vector), 3);
	vector->counts[4].count = 0;
	refused(vector, size, "vector has a count of 0");
	/* alone they are no calls */
	vector->length = 1;
	vector->counts[0] = (struct kanary_count){ KANARY_BINS, 60 };
	refused(vector, kanary_vector_size(vector), "counts of the vector do not add up to its calls");
}

static void log_is_as_long_as_the_vector(void **state)
{
	struct kanary_vector *vector = &storage.vector;
	u16 *call = (u16 *)(vector->counts + 3);
	size_t size;
	u32 i;

	make_valid(vector);
	vector->context = 2;
	vector->logged = 60;
	size = kanary_vector_size(vector);
	assert_int_equal(size, 72 + 3 * 4 + 62 * 2);
	memset(call, 0, 62 * 2);
	call[0] = KANARY_LOG_START;
	call[61] = KANARY_BINS - 1;
	assert_null(kanary_vector_check(vector, size));
	assert_ptr_equal(kanary_vector_log(vector).call, call);

	for (i = 1; i < 62; i += 60) {
		call[i] = KANARY_LOG_START;
		assert_string_equal(kanary_vector_check(vector, size),
				    "log of the vector has a bin out of range");
		call[i] = 0;
	}
	refused(vector, size - 2, "size of the vector does not follow from its length");
	vector->context = 0;
	vector->logged = 59;
	refused(vector, size - 6, "log of the vector has not as many calls as the vector");
	vector->context = 9;
	vector->logged = 60;
	refused(vector, size + 14, "context of the vector's log is too long (up to 8 calls)");
	vector->context = 1;
	refused(vector, kanary_vector_size(vector), "vector without a log has a context of one");
	vector->reserved = 1;
	refused(vector, kanary_vector_size(vector), "reserved bytes of the vector are not 0");
}

static void paths_have_no_fixed_sum(void **state)
{
	struct kanary_vector *vector = &storage.vector;

	make_valid(vector);
	vector->length = 5;
	vector->counts[3] = (struct kanary_count){ KANARY_PATH_FIRST, 65535 };
	vector->counts[4] = (struct kanary_count){ KANARY_VECTOR_BINS - 1, 1 };
	assert_null(kanary_vector_check(vector, kanary_vector_size(vector)));
	assert_int_equal(kanary_vector_calls(vector), 3);
	/* paths alone are no calls */
	vector->length = 1;
	vector->counts[0] = (struct kanary_count){ KANARY_PATH_FIRST, 60 };
	refused(vector, kanary_vector_size(vector), "counts of the vector do not add up to its calls");
}

static void longest_vector_is_valid(void **state)
{
	struct kanary_vector *vector = &storage.vector;
	unsigned int i;

	make_valid(vector);
	vector->length = KANARY_VECTOR_BINS;
	vector->calls = KANARY_BINS * 32;
	vector->context = KANARY_LOG_CONTEXT;
	vector->logged = KANARY_LOG_CALLS;
	for (i = 0; i < KANARY_BINS; i++)
		vector->counts[i] = (struct kanary_count){ (u16)i, 32 };
	for (; i < KANARY_PATH_FIRST; i++)
		vector->counts[i] = (struct kanary_count){ (u16)i, 1 };
	for (; i < KANARY_VECTOR_BINS; i++)
		vector->counts[i] = (struct kanary_count){ (u16)i, 65535 };
	memset(vector->counts + KANARY_VECTOR_BINS, 0, KANARY_LOG_MAX * sizeof(u16));
	assert_int_equal(kanary_vector_calls(vector), KANARY_BINS);
	assert_int_equal(kanary_vector_size(vector), KANARY_VECTOR_SIZE_MAX);
	assert_null(kanary_vector_check(vector, KANARY_VECTOR_SIZE_MAX));
}

/* Noise in a buffer of exactly its size: the sanitizer sees any read beyond. */
static void noise_is_never_read_beyond_its_end(void **state)
{
	uint64_t random = 5;
	uint32_t round, i;
	uint8_t *bytes;
	size_t size;

	for (round = 0; round < 20000; round++) {
		size = model_fixture_random(&random) % 200;
		bytes = malloc(size ? size : 1);
		for (i = 0; i < size; i++)
			bytes[i] = (uint8_t)model_fixture_random(&random);
		if (size >= 72) {
			((struct kanary_vector *)bytes)->length = (u16)((size - 72) / 4);
			((struct kanary_vector *)bytes)->calls %= 40000;
			((struct kanary_vector *)bytes)->reason %= 4;
			((struct kanary_vector *)bytes)->comm[15] = 0;
			((struct kanary_vector *)bytes)->context %= 12;
			((struct kanary_vector *)bytes)->logged %= 64;
			((struct kanary_vector *)bytes)->reserved %= 2;
		}
		kanary_vector_check((void *)bytes, size);
		free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_has_its_sentence),
		cmocka_unit_test(reserved_bins_are_taken),
		cmocka_unit_test(paths_have_no_fixed_sum),
		cmocka_unit_test(log_is_as_long_as_the_vector),
		cmocka_unit_test(longest_vector_is_valid),
		cmocka_unit_test(noise_is_never_read_beyond_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
