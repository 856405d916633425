// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checksum.h"
#include "path_record.h"
#include "recording/random_vector.h"
#include "recording/recording.h"
#include "vector.h"

#define VECTORS 6
/* Small enough to be cut at every byte, with an odd and an even number of counts. */
#define FILE_SIZE_MAX 4096

static char path[] = "/tmp/kanary-recording-XXXXXX";
static u8 file[FILE_SIZE_MAX];
static size_t file_size;
/* Bytes of the file up to which vector i is whole: its padding may be missing. */
static size_t whole_at[VECTORS];
static size_t ends_at[VECTORS];
static size_t path_at;
static _Alignas(8) u8 memory[VECTORS][256];

static _Alignas(8) u8 path_memory[sizeof(struct kanary_path) + 16];

static struct kanary_path *path_record(void)
{
	return (void *)path_memory;
}

static struct kanary_vector *vector_at(int i)
{
	return (void *)memory[i];
}

static void make_vectors(void)
{
	int i, bin;

	for (i = 0; i < VECTORS; i++) {
		struct kanary_vector *vector = vector_at(i);

		vector->stream = 7 + i;
		vector->cgroup = 1234;
		vector->index = i;
		vector->reason = i % 3;
		vector->length = 1 + i;
		strcpy(vector->comm, "test");
		for (bin = 0; bin <= i; bin++) {
			vector->counts[bin].bin = 100 * bin + i;
			vector->counts[bin].count = 1 + bin;
			vector->calls += 1 + bin;
		}
	}
	path_record()->stream = 8;
	path_record()->cgroup = 1234;
	path_record()->length = 11;
	memcpy(path_record()->name, "/etc/\n\x1b\xff\"=x", 11);
}

static void write_bytes(const void *data, size_t size)
{
	FILE *stream = fopen(path, "w");

	assert_non_null(stream);
	assert_int_equal(fwrite(data, 1, size, stream), size);
	assert_int_equal(fclose(stream), 0);
}

static int setup(void **state)
{
	struct kanary_recording_writer *writer;
	size_t offset = sizeof(struct kanary_recording_header);
	FILE *stream;
	int i;

	close(mkstemp(path));
	make_vectors();
	writer = kanary_recording_create(path, 256, 1, "test", 99);
	assert_non_null(writer);
	for (i = 0; i < VECTORS; i++) {
		size_t size = kanary_vector_size(vector_at(i));

		/* a path before the second vector is nothing to those who read vectors */
		if (i == 1) {
			assert_int_equal(kanary_recording_write_path(writer, path_record()), 0);
			path_at = offset;
			offset += 8 + (kanary_path_record_size(11) + 7) / 8 * 8;
		}
		assert_null(kanary_vector_check(vector_at(i), size));
		assert_int_equal(kanary_recording_write(writer, vector_at(i)), 0);
		whole_at[i] = offset + 8 + size;
		offset += 8 + (size + 7) / 8 * 8;
		ends_at[i] = offset;
	}
	assert_int_equal(kanary_recording_finish(writer), 0);
	stream = fopen(path, "r");
	file_size = fread(file, 1, sizeof(file), stream);
	fclose(stream);
	assert_int_equal(file_size, offset);
	return 0;
}

static int teardown(void **state)
{
	return unlink(path);
}

/* Reads what is at path; every vector has to be the one that was written. */
static int count_vectors(bool *damaged)
{
	struct kanary_recording_reader *reader;
	const struct kanary_vector *vector;
	const char *why = NULL;
	int count = 0;

	reader = kanary_recording_open(path, &why);
	if (!reader) {
		assert_non_null(why);
		return -1;
	}
	while ((vector = kanary_recording_next(reader))) {
		assert_true(count < VECTORS);
		assert_memory_equal(vector, vector_at(count),
				    kanary_vector_size(vector_at(count)));
		count++;
	}
	*damaged = kanary_recording_damage(reader) != NULL;
	/* The end is the end. */
	assert_null(kanary_recording_next(reader));
	kanary_recording_close(reader);
	return count;
}

static void test_whole(void **state)
{
	const struct kanary_recording_header *header;
	struct kanary_recording_reader *reader;
	bool damaged;
	const char *why;

	write_bytes(file, file_size);
	assert_int_equal(count_vectors(&damaged), VECTORS);
	assert_false(damaged);
	reader = kanary_recording_open(path, &why);
	header = kanary_recording_describe(reader);
	assert_int_equal(header->period, 256);
	assert_int_equal(header->abi, 1);
	assert_int_equal(header->created, 99);
	assert_string_equal(header->source, "test");
	kanary_recording_close(reader);
}

static void test_paths_are_where_they_were_written(void **state)
{
	struct kanary_recording_reader *reader;
	struct kanary_recording_record record;
	int vectors = 0, paths = 0;
	const char *why;

	write_bytes(file, file_size);
	reader = kanary_recording_open(path, &why);
	while (kanary_recording_read(reader, &record)) {
		assert_int_not_equal(!record.vector, !record.path);
		vectors += record.vector != NULL;
		if (!record.path)
			continue;
		paths++;
		assert_int_equal(vectors, 1);
		assert_memory_equal(record.path, path_record(), kanary_path_record_size(11));
	}
	assert_int_equal(vectors, VECTORS);
	assert_int_equal(paths, 1);
	assert_null(kanary_recording_damage(reader));
	kanary_recording_close(reader);
}

static void test_records_of_other_kinds_end_it(void **state)
{
	struct kanary_recording_reader *reader;
	u8 copy[FILE_SIZE_MAX];
	const char *why;
	u32 crc;

	/* a good checksum does not make it a kind that we know */
	memcpy(copy, file, file_size);
	copy[path_at + 2] = 9;
	crc = kanary_checksum_update(0, copy + path_at, 4);
	crc = kanary_checksum_update(crc, copy + path_at + 8, kanary_path_record_size(11));
	memcpy(copy + path_at + 4, &crc, sizeof(crc));
	write_bytes(copy, file_size);
	reader = kanary_recording_open(path, &why);
	while (kanary_recording_next(reader))
		;
	assert_non_null(strstr(kanary_recording_damage(reader), "unknown kind at byte"));
	assert_non_null(strstr(kanary_recording_damage(reader), "1 whole"));
	kanary_recording_close(reader);
}

/* What kanary_recording_read_any() makes of one record of a kind; the reason, or NULL. */
static const char *read_note(u16 kind, const void *note, u16 size)
{
	static char damage[256];
	struct { u16 size, kind; u32 checksum; } frame = { size, kind, 0 };
	struct kanary_recording_reader *reader;
	struct kanary_recording_record record;
	u8 copy[FILE_SIZE_MAX] = { 0 }, *at = copy + sizeof(struct kanary_recording_header);
	const char *why;
	bool got;

	memcpy(copy, file, sizeof(struct kanary_recording_header));
	frame.checksum = kanary_checksum_update(0, &frame, 4);
	frame.checksum = kanary_checksum_update(frame.checksum, note, size);
	memcpy(at, &frame, sizeof(frame));
	memcpy(at + sizeof(frame), note, size);
	write_bytes(copy, sizeof(struct kanary_recording_header) + 8 + (size + 7) / 8 * 8);
	reader = kanary_recording_open(path, &why);
	got = kanary_recording_read_any(reader, &record);
	why = kanary_recording_damage(reader);
	assert_int_equal(got, why == NULL);
	snprintf(damage, sizeof(damage), "%s", why ? why : "");
	kanary_recording_close(reader);
	return *damage ? damage : NULL;
}

static void refuse_note(u16 kind, const void *note, u16 size, const char *expected)
{
	const char *why = read_note(kind, note, size);

	if (!why || !strstr(why, expected))
		fail_msg("says '%s', not '%s'", why ? why : "nothing", expected);
}

static void test_notes_are_checked(void **state)
{
	struct {
		struct kanary_recording_container note;
		char text[KANARY_RECORDING_TEXT_MAX + 32];
	} container = { .note.cgroup = 5, .text = "docker\0web\0id\0image\0/path" };
	struct {
		struct kanary_recording_host note;
		char text[32];
	} host = { .text = "boot\0release" };
	struct kanary_recording_loss loss = { .end = KANARY_RECORDING_ENDED };
	u16 size = sizeof(container.note) + 26;

	assert_null(read_note(2, &container, size));
	refuse_note(2, &container, size - 1, "number of texts");
	refuse_note(2, &container, size + 1, "number of texts");
	refuse_note(2, &container, sizeof(container.note), "number of texts");
	refuse_note(2, &container, sizeof(container.note) - 1, "too short");
	memset(container.text + 25, 'x', KANARY_RECORDING_TEXT_MAX);
	refuse_note(2, &container, sizeof(container.note) + KANARY_RECORDING_TEXT_MAX + 1,
		    "too long");
	container.note.event = KANARY_RECORDING_EVENTS;
	refuse_note(2, &container, size, "unknown event");
	container.note.event = 0;
	container.note.cgroup = 0;
	refuse_note(2, &container, size, "without a cgroup");

	assert_null(read_note(3, &host, 8 + 13));
	refuse_note(3, &host, 8 + 12, "number of texts");
	refuse_note(3, &host, 7, "too short");
	assert_null(read_note(4, &loss, sizeof(loss)));
	refuse_note(4, &loss, sizeof(loss) - 1, "another size");
	loss.end = KANARY_RECORDING_ENDS;
	refuse_note(4, &loss, sizeof(loss), "unknown end");
	assert_null(read_note(5, "a/b.txt", 8));
	refuse_note(5, "a/b.txt", 7, "number of texts");
	refuse_note(5, "a\0b.txt", 8, "number of texts");
}

/* Who reads vectors and paths does not meet them; texts that do not fit are cut, not left out. */
static void test_notes_are_beside_vectors(void **state)
{
	static const struct kanary_recording_loss loss = { .vectors = 9 };
	char name[2 * KANARY_RECORDING_TEXT_MAX];
	const char *const texts[] = { "docker", name, "id", NULL, "/path" };
	struct kanary_recording_writer *writer;
	struct kanary_recording_reader *reader;
	struct kanary_recording_record record;
	const char *why;

	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = 0;
	writer = kanary_recording_create(path, 256, 0, "test", 0);
	assert_int_equal(kanary_recording_write_host(writer, 3, "boot", "release"), 0);
	assert_int_equal(kanary_recording_write_container(writer, 7, 8, KANARY_RECORDING_GONE,
							  texts), 0);
	assert_int_equal(kanary_recording_write_file(writer, "traces/one.txt"), 0);
	assert_int_equal(kanary_recording_write(writer, vector_at(0)), 0);
	assert_int_equal(kanary_recording_write_file(writer, name), 0);
	assert_int_equal(kanary_recording_write_loss(writer, &loss), 0);
	assert_int_equal(kanary_recording_finish(writer), 0);

	reader = kanary_recording_open(path, &why);
	assert_true(kanary_recording_read_any(reader, &record));
	assert_string_equal(kanary_recording_note_text(record.host->text, 1), "release");
	assert_true(kanary_recording_read_any(reader, &record));
	assert_int_equal(record.container->cgroup, 7);
	assert_int_equal(record.container->event, KANARY_RECORDING_GONE);
	assert_int_equal(strlen(kanary_recording_note_text(record.container->text, 1)),
			 KANARY_RECORDING_TEXT_MAX - 7 - 4);
	assert_string_equal(kanary_recording_note_text(record.container->text, 3), "");
	assert_string_equal(kanary_recording_file(reader), "");
	assert_true(kanary_recording_read_any(reader, &record));
	assert_string_equal(record.file->text, "traces/one.txt");
	assert_true(kanary_recording_read_any(reader, &record));
	assert_non_null(record.vector);
	assert_string_equal(kanary_recording_file(reader), "traces/one.txt");
	assert_true(kanary_recording_read_any(reader, &record));
	assert_int_equal(strlen(record.file->text), KANARY_RECORDING_TEXT_MAX - 1);
	assert_true(kanary_recording_read_any(reader, &record));
	assert_int_equal(record.loss->vectors, 9);
	assert_false(kanary_recording_read_any(reader, &record));
	assert_null(kanary_recording_damage(reader));
	kanary_recording_close(reader);

	reader = kanary_recording_open(path, &why);
	assert_true(kanary_recording_read(reader, &record));
	assert_non_null(record.vector);
	assert_false(kanary_recording_read(reader, &record));
	kanary_recording_close(reader);
}

static void test_version_3_is_read(void **state)
{
	struct kanary_recording_header *header = (void *)file;
	struct kanary_recording_header kept = *header;
	bool damaged;

	header->version = 3;
	header->checksum = 0;
	header->checksum = kanary_checksum_update(0, header, sizeof(*header));
	write_bytes(file, file_size);
	*header = kept;
	assert_int_equal(count_vectors(&damaged), VECTORS);
	assert_false(damaged);
}

static void test_cut_anywhere(void **state)
{
	size_t cut;

	for (cut = 0; cut < file_size; cut++) {
		bool at_end = cut == sizeof(struct kanary_recording_header), damaged = false;
		int expected = cut < sizeof(struct kanary_recording_header) ? -1 : 0, i, got;

		for (i = 0; i < VECTORS; i++) {
			expected += whole_at[i] <= cut;
			at_end |= ends_at[i] == cut;
		}
		at_end |= path_at + 8 + (kanary_path_record_size(11) + 7) / 8 * 8 == cut;
		write_bytes(file, cut);
		got = count_vectors(&damaged);
		if (got != expected || (got >= 0 && damaged == at_end))
			fail_msg("cut at byte %zu: %d vectors instead of %d, %s", cut, got,
				 expected, damaged ? "damaged" : "whole");
	}
}

static void test_damage_says_where(void **state)
{
	struct kanary_recording_reader *reader;
	const char *why;
	char expected[64];

	write_bytes(file, ends_at[2] + 5);
	reader = kanary_recording_open(path, &why);
	while (kanary_recording_next(reader))
		;
	snprintf(expected, sizeof(expected), "cut off at byte %zu: 3 whole", ends_at[2]);
	assert_non_null(strstr(kanary_recording_damage(reader), expected));
	kanary_recording_close(reader);
}

static void test_flip_anywhere(void **state)
{
	size_t bit;

	for (bit = 0; bit < 8 * file_size; bit++) {
		int intact = 0, got, i;
		bool damaged = false;

		for (i = 0; i < VECTORS; i++)
			intact += ends_at[i] <= bit / 8;
		file[bit / 8] ^= 1 << bit % 8;
		write_bytes(file, file_size);
		file[bit / 8] ^= 1 << bit % 8;
		got = count_vectors(&damaged);
		if (bit / 8 < sizeof(struct kanary_recording_header))
			intact = -1;
		if (got != intact || (got >= 0 && !damaged))
			fail_msg("bit %zu flipped: %d vectors instead of %d, %s", bit, got, intact,
				 damaged ? "damaged" : "whole");
	}
}

static void test_open_refuses(const void *data, size_t size, const char *expected)
{
	const char *why = NULL;

	write_bytes(data, size);
	assert_null(kanary_recording_open(path, &why));
	if (!strstr(why, expected))
		fail_msg("says '%s', not '%s'", why, expected);
}

static void test_refusals(void **state)
{
	struct kanary_recording_header header;
	const char *why = NULL;

	test_open_refuses("", 0, "is empty");
	test_open_refuses("KANARYM\n and so on", 18, "not a Kanary recording");
	test_open_refuses(file, 40, "cut off within its header");

	/* Another version, complete with a good checksum. */
	memcpy(&header, file, sizeof(header));
	header.version = 1;
	header.checksum = 0;
	header.checksum = kanary_checksum_update(0, &header, sizeof(header));
	test_open_refuses(&header, sizeof(header), "version 1, this kanary reads versions 3 to 4");

	assert_null(kanary_recording_open("/nonexistent/file", &why));
	assert_string_equal(why, strerror(ENOENT));
	assert_null(kanary_recording_open("/tmp", &why));
	assert_string_equal(why, strerror(EISDIR));
}

static void test_full_disk(void **state)
{
	struct kanary_recording_writer *writer;

	writer = kanary_recording_create("/dev/full", 256, 0, "test", 0);
	assert_null(writer);
	assert_int_equal(errno, ENOSPC);
}

static void test_largest_vectors(void **state)
{
	static struct kanary_random_vector source;
	struct kanary_recording_writer *writer;
	struct kanary_recording_reader *reader;
	const struct kanary_vector *vector;
	u32 count = 0, longest = 0;
	const char *why;
	int i;

	kanary_random_vector_seed(&source, 42);
	writer = kanary_recording_create(path, 256, 0, "test", 0);
	for (i = 0; i < 2000; i++) {
		vector = kanary_random_vector_next(&source, i == 1999);
		why = kanary_vector_check(vector, kanary_vector_size(vector));
		if (why)
			fail_msg("random vector %d: %s", i, why);
		longest = vector->length > longest ? vector->length : longest;
		assert_int_equal(kanary_recording_write(writer, vector), 0);
	}
	assert_int_equal(kanary_recording_finish(writer), 0);
	assert_int_equal(longest, KANARY_VECTOR_BINS);

	kanary_random_vector_seed(&source, 42);
	reader = kanary_recording_open(path, &why);
	while ((vector = kanary_recording_next(reader))) {
		const struct kanary_vector *expected =
			kanary_random_vector_next(&source, ++count == 2000);

		assert_memory_equal(vector, expected, kanary_vector_size(expected));
	}
	assert_int_equal(count, 2000);
	assert_null(kanary_recording_damage(reader));
	kanary_recording_close(reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_paths_are_where_they_were_written),
		cmocka_unit_test(test_records_of_other_kinds_end_it),
		cmocka_unit_test(test_notes_are_checked),
		cmocka_unit_test(test_notes_are_beside_vectors),
		cmocka_unit_test(test_version_3_is_read),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_damage_says_where),
		cmocka_unit_test(test_flip_anywhere),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_largest_vectors),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
