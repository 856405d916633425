// SPDX-License-Identifier: GPL-2.0
/* Calls that are no evidence: who takes them into a dataset, and what becomes of their vectors. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "command_fixture.h"
#include "recording/dataset.h"
#include "recording/recording.h"

/* A vector of so many clock_gettime, and of so many read. */
static void add_clocks(struct kanary_dataset *dataset, uint32_t index, uint16_t reads,
		       uint16_t clocks, uint16_t reason)
{
	_Alignas(8) uint8_t
		bytes[sizeof(struct kanary_vector) + 2 * sizeof(struct kanary_count)] = { 0 };
	struct kanary_vector *vector = (struct kanary_vector *)bytes;

	vector->stream = 1;
	vector->index = index;
	vector->time = 1 + index;
	vector->calls = reads + clocks;
	vector->reason = reason;
	if (reads)
		vector->counts[vector->length++] =
			(struct kanary_count){ .bin = 0, .count = reads };
	if (clocks)
		vector->counts[vector->length++] =
			(struct kanary_count){ .bin = 228, .count = clocks };
	assert_true(kanary_dataset_add(dataset, 0, vector));
}

static void clocks_are_dropped_if_so_said(void **state)
{
	struct kanary_dataset keep = { 0 }, drop = { .clock = KANARY_DATASET_CLOCK_DROP };

	add_clocks(&keep, 0, 2, 3, KANARY_REASON_PERIOD);
	add_clocks(&drop, 0, 2, 3, KANARY_REASON_PERIOD);
	assert_true(kanary_dataset_finish(&keep) && kanary_dataset_finish(&drop));
	assert_int_equal(kanary_dataset_vector(&keep, 0)->calls, 5);
	assert_int_equal(kanary_dataset_vector(&drop, 0)->calls, 2);
	assert_int_equal(kanary_dataset_vector(&drop, 0)->length, 1);
	kanary_dataset_free(&drop);
	kanary_dataset_free(&keep);
}

static void vectors_of_clocks_alone_are_none(void **state)
{
	struct kanary_dataset dataset = { .clock = KANARY_DATASET_CLOCK_DROP };
	const struct kanary_vector *last;

	/* beginning, middle and end are of clocks alone; the vector of index 6 was lost */
	add_clocks(&dataset, 0, 0, 5, KANARY_REASON_PERIOD);
	add_clocks(&dataset, 1, 5, 0, KANARY_REASON_PERIOD);
	add_clocks(&dataset, 2, 0, 5, KANARY_REASON_PERIOD);
	add_clocks(&dataset, 3, 0, 5, KANARY_REASON_PERIOD);
	add_clocks(&dataset, 4, 3, 2, KANARY_REASON_PERIOD);
	add_clocks(&dataset, 5, 0, 5, KANARY_REASON_EXIT);
	add_clocks(&dataset, 7, 0, 5, KANARY_REASON_PERIOD);
	add_clocks(&dataset, 8, 5, 0, KANARY_REASON_PERIOD);
	assert_true(kanary_dataset_finish(&dataset));
	assert_int_equal(dataset.count, 3);
	assert_int_equal(dataset.streams, 2);
	assert_int_equal(dataset.stream[0].length, 2);
	/* its beginning was seen, as was its end */
	assert_int_equal(kanary_dataset_vector(&dataset, 0)->index, 0);
	last = kanary_dataset_vector(&dataset, 1);
	assert_int_equal(last->calls, 3);
	assert_int_equal(last->index, 1);
	assert_int_equal(last->reason, KANARY_REASON_EXIT);
	assert_int_equal(kanary_dataset_vector(&dataset, 2)->index, 7);
	kanary_dataset_free(&dataset);
}

static void clocks_alone_are_an_empty_dataset(void **state)
{
	struct kanary_dataset dataset = { .clock = KANARY_DATASET_CLOCK_DROP };

	add_clocks(&dataset, 0, 0, 5, KANARY_REASON_EXIT);
	assert_true(kanary_dataset_finish(&dataset));
	assert_int_equal(dataset.count, 0);
	kanary_dataset_free(&dataset);
}

/* A recording of one vector: two reads and three clock_gettime. */
static void write_recording(const char *path, const char *source)
{
	struct kanary_recording_writer *writer = kanary_recording_create(path, 64, 0, source, 0);
	_Alignas(8) uint8_t
		bytes[sizeof(struct kanary_vector) + 2 * sizeof(struct kanary_count)] = { 0 };
	struct kanary_vector *vector = (struct kanary_vector *)bytes;

	assert_non_null(writer);
	vector->calls = 5;
	vector->length = 2;
	vector->counts[0] = (struct kanary_count){ .bin = 0, .count = 2 };
	vector->counts[1] = (struct kanary_count){ .bin = 228, .count = 3 };
	assert_int_equal(kanary_recording_write(writer, vector), 0);
	assert_int_equal(kanary_recording_finish(writer), 0);
}

/* Calls of the first vector of these recordings, or 0 where they are refused. */
static uint32_t calls_of(enum kanary_dataset_clock clock, const char *first, const char *second)
{
	struct kanary_dataset dataset = { .clock = clock };
	struct kanary_selection selection = { 0 };
	uint32_t calls = 0;

	if (kanary_dataset_read(&dataset, first, &selection) &&
	    kanary_dataset_read(&dataset, second, &selection) && kanary_dataset_finish(&dataset))
		calls = kanary_dataset_vector(&dataset, 0)->calls;
	kanary_dataset_free(&dataset);
	kanary_selection_free(&selection);
	return calls;
}

static void a_kernels_clocks_are_dropped_and_a_traces_kept(void **state)
{
	const enum kanary_dataset_clock by_source = KANARY_DATASET_CLOCK_BY_SOURCE;

	write_recording("clock-kernel.rec", "kernel");
	write_recording("clock-trace.rec", "strace");
	assert_int_equal(calls_of(by_source, "clock-kernel.rec", "clock-kernel.rec"), 2);
	assert_int_equal(calls_of(by_source, "clock-trace.rec", "clock-trace.rec"), 5);
	assert_int_equal(calls_of(by_source, "clock-kernel.rec", "clock-trace.rec"), 0);
	assert_int_equal(calls_of(by_source, "clock-trace.rec", "clock-kernel.rec"), 0);
	assert_int_equal(calls_of(KANARY_DATASET_CLOCK_KEEP, "clock-kernel.rec",
				  "clock-trace.rec"), 5);
	assert_int_equal(calls_of(KANARY_DATASET_CLOCK_DROP, "clock-trace.rec",
				  "clock-kernel.rec"), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clocks_are_dropped_if_so_said),
		cmocka_unit_test(vectors_of_clocks_alone_are_none),
		cmocka_unit_test(clocks_alone_are_an_empty_dataset),
		cmocka_unit_test(a_kernels_clocks_are_dropped_and_a_traces_kept),
	};

	return cmocka_run_group_tests(tests, command_directory, command_directory_remove);
}
