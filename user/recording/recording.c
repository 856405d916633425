// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checksum.h"
#include "path_record.h"
#include "recording.h"
#include "vector.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "recordings are little endian, and so is every system that Kanary runs on"
#endif

/* What precedes a record in the file. */
struct frame {
	u16 size;
	u16 kind;
	u32 checksum;
};

enum kind {
	KIND_VECTOR,
	KIND_PATH,
	KIND_CONTAINER,
	KIND_HOST,
	KIND_LOSS,
	KIND_FILE,
};

_Static_assert(KANARY_VECTOR_SIZE_MAX <= UINT16_MAX, "a vector does not fit into a frame");
_Static_assert(sizeof(struct kanary_recording_container) + KANARY_RECORDING_TEXT_MAX <=
	       KANARY_VECTOR_SIZE_MAX, "a note does not fit where a vector does");

struct kanary_recording_writer {
	FILE *file;
	int error;	/* the first, as -errno */
};

struct kanary_recording_reader {
	FILE *file;
	struct kanary_recording_header header;
	u64 offset;	/* of what is read next */
	u64 vectors;
	bool ended;
	char damage[256];	/* empty for none */
	struct kanary_recording_file imported;	/* empty where no note told */
	/* aligned as the checks want it, with room for the padding */
	_Alignas(8) u8 record[KANARY_VECTOR_SIZE_MAX + 8];
};

static u32 checksum_frame(const struct frame *frame, const void *record)
{
	u32 crc = kanary_checksum_update(0, frame, offsetof(struct frame, checksum));

	return kanary_checksum_update(crc, record, frame->size);
}

static u32 checksum_header(const struct kanary_recording_header *header)
{
	struct kanary_recording_header copy = *header;

	copy.checksum = 0;
	return kanary_checksum_update(0, &copy, sizeof(copy));
}

static size_t padding_of(size_t size)
{
	return -size & 7;
}

static void write_bytes(struct kanary_recording_writer *writer, const void *data, size_t size)
{
	if (writer->error || fwrite(data, 1, size, writer->file) == size)
		return;
	writer->error = errno ? -errno : -EIO;
}

struct kanary_recording_writer *kanary_recording_create(const char *path, uint32_t period,
							uint32_t abi, const char *source,
							uint64_t created)
{
	struct kanary_recording_header header = {
		.version = KANARY_RECORDING_VERSION,
		.period = period,
		.abi = abi,
		.created = created,
	};
	struct kanary_recording_writer *writer = calloc(1, sizeof(*writer));
	int error;

	if (!writer)
		return NULL;
	writer->file = fopen(path, "wbe");
	if (!writer->file)
		goto err_free;
	memcpy(header.magic, KANARY_RECORDING_MAGIC, sizeof(header.magic));
	snprintf(header.source, sizeof(header.source), "%s", source);
	header.checksum = checksum_header(&header);
	write_bytes(writer, &header, sizeof(header));
	/* A full disk is better known before an hour of recording than after it. */
	if (kanary_recording_flush(writer)) {
		errno = -writer->error;
		goto err_close;
	}
	return writer;

err_close:
	error = errno;
	fclose(writer->file);
	errno = error;
err_free:
	error = errno;
	free(writer);
	errno = error;
	return NULL;
}

static int write_record(struct kanary_recording_writer *writer, enum kind kind,
			const void *record, size_t size)
{
	static const u8 zeros[8];
	struct frame frame = { .size = (u16)size, .kind = kind };

	frame.checksum = checksum_frame(&frame, record);
	write_bytes(writer, &frame, sizeof(frame));
	write_bytes(writer, record, size);
	write_bytes(writer, zeros, padding_of(size));
	return writer->error;
}

int kanary_recording_write(struct kanary_recording_writer *writer,
			   const struct kanary_vector *vector)
{
	return write_record(writer, KIND_VECTOR, vector, kanary_vector_size(vector));
}

int kanary_recording_write_path(struct kanary_recording_writer *writer,
				const struct kanary_path *path)
{
	return write_record(writer, KIND_PATH, path, kanary_path_record_size(path->length));
}

int kanary_recording_write_container(struct kanary_recording_writer *writer, uint64_t cgroup,
				     uint64_t time, enum kanary_recording_event event,
				     const char *const texts[KANARY_RECORDING_TEXTS])
{
	_Alignas(8) u8 bytes[sizeof(struct kanary_recording_container) + KANARY_RECORDING_TEXT_MAX];
	struct kanary_recording_container *container = (void *)bytes;
	size_t size;

	container->cgroup = cgroup;
	container->time = time;
	container->event = event;
	container->reserved = 0;
	size = kanary_recording_note_join(container->text, KANARY_RECORDING_TEXT_MAX, texts,
					  KANARY_RECORDING_TEXTS);
	return write_record(writer, KIND_CONTAINER, container, sizeof(*container) + size);
}

int kanary_recording_write_host(struct kanary_recording_writer *writer, uint64_t time,
				const char *boot, const char *release)
{
	_Alignas(8) u8 bytes[sizeof(struct kanary_recording_host) + KANARY_RECORDING_TEXT_MAX];
	struct kanary_recording_host *host = (void *)bytes;
	const char *const texts[] = { boot, release };
	size_t size;

	host->time = time;
	size = kanary_recording_note_join(host->text, KANARY_RECORDING_TEXT_MAX, texts, 2);
	return write_record(writer, KIND_HOST, host, sizeof(*host) + size);
}

int kanary_recording_write_loss(struct kanary_recording_writer *writer,
				const struct kanary_recording_loss *loss)
{
	return write_record(writer, KIND_LOSS, loss, sizeof(*loss));
}

int kanary_recording_write_file(struct kanary_recording_writer *writer, const char *name)
{
	struct kanary_recording_file file;
	size_t size = kanary_recording_note_join(file.text, sizeof(file.text), &name, 1);

	return write_record(writer, KIND_FILE, &file, size);
}

int kanary_recording_flush(struct kanary_recording_writer *writer)
{
	errno = 0;
	if (fflush(writer->file) && !writer->error)
		writer->error = errno ? -errno : -EIO;
	return writer->error;
}

int kanary_recording_finish(struct kanary_recording_writer *writer)
{
	int error;

	kanary_recording_flush(writer);
	error = writer->error;
	if (fclose(writer->file) && !error)
		error = -errno;
	free(writer);
	return error;
}

static const char *check_header(const struct kanary_recording_header *header, size_t size)
{
	static char sentence[128];

	if (!size)
		return "the file is empty";
	if (size < sizeof(header->magic) ||
	    memcmp(header->magic, KANARY_RECORDING_MAGIC, sizeof(header->magic)))
		return "not a Kanary recording";
	if (size < sizeof(*header))
		return "cut off within its header";
	/* Before the checksum: another version may keep that elsewhere. */
	if (header->version < KANARY_RECORDING_VERSION_MIN ||
	    header->version > KANARY_RECORDING_VERSION) {
		snprintf(sentence, sizeof(sentence),
			 "recording of version %u, this kanary reads versions %u to %u: record again",
			 header->version, KANARY_RECORDING_VERSION_MIN, KANARY_RECORDING_VERSION);
		return sentence;
	}
	if (header->checksum != checksum_header(header))
		return "damaged header: its checksum does not match";
	if (header->period < KANARY_PERIOD_MIN || header->period > KANARY_PERIOD_MAX)
		return "header with a period out of range";
	if (header->abi > 1)
		return "header with an unknown ABI";
	if (!memchr(header->source, 0, sizeof(header->source)))
		return "header with an endless source";
	return NULL;
}

struct kanary_recording_reader *kanary_recording_open(const char *path, const char **why)
{
	struct kanary_recording_reader *reader = calloc(1, sizeof(*reader));
	size_t size;

	if (!reader) {
		*why = strerror(ENOMEM);
		return NULL;
	}
	reader->file = fopen(path, "rbe");
	if (!reader->file) {
		*why = strerror(errno);
		goto err_free;
	}
	errno = 0;
	size = fread(&reader->header, 1, sizeof(reader->header), reader->file);
	if (ferror(reader->file))
		*why = strerror(errno);
	else
		*why = check_header(&reader->header, size);
	if (*why)
		goto err_close;
	reader->offset = size;
	return reader;

err_close:
	fclose(reader->file);
err_free:
	free(reader);
	return NULL;
}

const struct kanary_recording_header *
kanary_recording_describe(const struct kanary_recording_reader *reader)
{
	return &reader->header;
}

static bool give_up(struct kanary_recording_reader *reader, const char *what)
{
	reader->ended = true;
	if (ferror(reader->file))
		what = strerror(errno);
	snprintf(reader->damage, sizeof(reader->damage),
		 "%s at byte %llu: %llu whole vectors before it were read", what,
		 (unsigned long long)reader->offset, (unsigned long long)reader->vectors);
	return false;
}

static const char *check_note(const void *bytes, const struct frame *frame,
			      struct kanary_recording_record *record)
{
	switch (frame->kind) {
	case KIND_CONTAINER:
		record->container = bytes;
		return kanary_recording_note_container(bytes, frame->size);
	case KIND_HOST:
		record->host = bytes;
		return kanary_recording_note_host(bytes, frame->size);
	case KIND_LOSS:
		record->loss = bytes;
		return kanary_recording_note_loss(bytes, frame->size);
	case KIND_FILE:
		record->file = bytes;
		return kanary_recording_note_file(bytes, frame->size);
	default:
		return "record of an unknown kind";
	}
}

/* Takes the record that has been read for what its frame says it is. */
static const char *check_record(const struct kanary_recording_reader *reader,
				const struct frame *frame, struct kanary_recording_record *record)
{
	if (frame->checksum != checksum_frame(frame, reader->record))
		return "damaged (checksum)";
	if (frame->kind == KIND_VECTOR) {
		record->vector = (const void *)reader->record;
		return kanary_vector_check(record->vector, frame->size);
	}
	if (frame->kind == KIND_PATH) {
		record->path = (const void *)reader->record;
		return kanary_path_record_check(record->path, frame->size);
	}
	return check_note(reader->record, frame, record);
}

bool kanary_recording_read_any(struct kanary_recording_reader *reader,
			       struct kanary_recording_record *record)
{
	size_t got, padding, i;
	struct frame frame;
	const char *why;

	memset(record, 0, sizeof(*record));
	if (reader->ended)
		return false;
	errno = 0;
	got = fread(&frame, 1, sizeof(frame), reader->file);
	if (!got && !ferror(reader->file)) {
		reader->ended = true;
		return false;
	}
	if (got < sizeof(frame))
		return give_up(reader, "cut off");
	if (!frame.size || frame.size > KANARY_VECTOR_SIZE_MAX)
		return give_up(reader, "damaged (impossible size of a record)");
	padding = padding_of(frame.size);
	got = fread(reader->record, 1, frame.size + padding, reader->file);
	if (got < frame.size)
		return give_up(reader, "cut off");
	why = check_record(reader, &frame, record);
	if (why)
		return give_up(reader, why);
	for (i = frame.size; i < got; i++)
		if (reader->record[i])
			return give_up(reader, "damaged (padding)");

	if (record->file)
		strcpy(reader->imported.text, record->file->text);
	reader->vectors += record->vector != NULL;
	if (got < frame.size + padding) {
		/* The record is whole, the file is not. */
		give_up(reader, "cut off");
		return true;
	}
	reader->offset += sizeof(frame) + frame.size + padding;
	return true;
}

bool kanary_recording_read(struct kanary_recording_reader *reader,
			   struct kanary_recording_record *record)
{
	while (kanary_recording_read_any(reader, record))
		if (record->vector || record->path)
			return true;
	return false;
}

const struct kanary_vector *kanary_recording_next(struct kanary_recording_reader *reader)
{
	struct kanary_recording_record record;

	while (kanary_recording_read(reader, &record))
		if (record.vector)
			return record.vector;
	return NULL;
}

const char *kanary_recording_file(const struct kanary_recording_reader *reader)
{
	return reader->imported.text;
}

const char *kanary_recording_damage(const struct kanary_recording_reader *reader)
{
	return *reader->damage ? reader->damage : NULL;
}

void kanary_recording_close(struct kanary_recording_reader *reader)
{
	if (!reader)
		return;
	fclose(reader->file);
	free(reader);
}
