/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Recording files: vectors and paths as they came from the kernel, or from an importer,
 * and notes on whose they are.
 *
 *	struct kanary_recording_header, then for each record
 *	u16 size		bytes of the record
 *	u16 kind		0 vector, 1 path, 2 container, 3 host, 4 losses, 5 file
 *	u32 checksum		CRC-32C of the record, with size and kind before it
 *	struct kanary_vector	or struct kanary_path, or a note of recording_note.h: size
 *				bytes, padded with zeros to a multiple of 8
 *
 * A path stands before the vector in which it was counted first, as far as its order is
 * known. Little endian. A file may end anywhere: everything before the cut is read.
 * Version 3 is the same without notes, and is read, too.
 */
#ifndef KANARY_RECORDING_H
#define KANARY_RECORDING_H

#include <stdbool.h>
#include <stdint.h>

#include "kanary_netlink.h"
#include "recording_note.h"
#include "types.h"

#define KANARY_RECORDING_MAGIC "KANARYR\n"
#define KANARY_RECORDING_VERSION 4
/* The oldest that is read. */
#define KANARY_RECORDING_VERSION_MIN 3

/**
 * struct kanary_recording_header - first bytes of a recording
 * @magic: KANARY_RECORDING_MAGIC
 * @version: KANARY_RECORDING_VERSION_MIN .. KANARY_RECORDING_VERSION
 * @checksum: CRC-32C of the header, with this field as 0
 * @period: calls per vector
 * @abi: 0 native x86-64 numbers, 1 the file was imported from an i386 trace
 * @created: seconds since 1970, 0 where reproducibility matters more
 * @source: where it comes from, for people: "kernel", "adfa", "strace"
 */
struct kanary_recording_header {
	uint8_t magic[8];
	uint32_t version;
	uint32_t checksum;
	uint32_t period;
	uint32_t abi;
	uint64_t created;
	char source[32];
};

/**
 * struct kanary_recording_record - one of these is set
 * @vector: valid
 * @path: valid; its name is nevertheless what a stranger wrote
 * @container: valid; its texts likewise
 * @host: valid
 * @loss: valid
 * @file: valid
 */
struct kanary_recording_record {
	const struct kanary_vector *vector;
	const struct kanary_path *path;
	const struct kanary_recording_container *container;
	const struct kanary_recording_host *host;
	const struct kanary_recording_loss *loss;
	const struct kanary_recording_file *file;
};

struct kanary_recording_writer;
struct kanary_recording_reader;

/**
 * kanary_recording_create() - start a file
 *
 * Return: a writer, or NULL with errno set.
 */
struct kanary_recording_writer *kanary_recording_create(const char *path, uint32_t period,
							uint32_t abi, const char *source,
							uint64_t created);

/** kanary_recording_write() - append a valid vector; 0 or -errno */
int kanary_recording_write(struct kanary_recording_writer *writer,
			   const struct kanary_vector *vector);

/** kanary_recording_write_path() - append a valid path; 0 or -errno */
int kanary_recording_write_path(struct kanary_recording_writer *writer,
				const struct kanary_path *path);

/**
 * kanary_recording_write_container() - note a container
 * @texts: by enum kanary_recording_text; NULL counts as empty
 *
 * Return: 0 or -errno.
 */
int kanary_recording_write_container(struct kanary_recording_writer *writer, uint64_t cgroup,
				     uint64_t time, enum kanary_recording_event event,
				     const char *const texts[KANARY_RECORDING_TEXTS]);

/** kanary_recording_write_host() - note where and when; before all else; 0 or -errno */
int kanary_recording_write_host(struct kanary_recording_writer *writer, uint64_t time,
				const char *boot, const char *release);

/** kanary_recording_write_loss() - note what is missing so far; 0 or -errno */
int kanary_recording_write_loss(struct kanary_recording_writer *writer,
				const struct kanary_recording_loss *loss);

/** kanary_recording_write_file() - note where what follows is from; cut if too long; 0 or -errno */
int kanary_recording_write_file(struct kanary_recording_writer *writer, const char *name);

/** kanary_recording_flush() - hand everything to the kernel, so a crash of ours loses nothing */
int kanary_recording_flush(struct kanary_recording_writer *writer);

/** kanary_recording_finish() - flush and close; 0 or -errno of the first failure */
int kanary_recording_finish(struct kanary_recording_writer *writer);

/**
 * kanary_recording_open() - read a file
 * @why: set to one sentence where NULL is returned
 */
struct kanary_recording_reader *kanary_recording_open(const char *path, const char **why);

/** kanary_recording_describe() - the file's header */
const struct kanary_recording_header *
kanary_recording_describe(const struct kanary_recording_reader *reader);

/**
 * kanary_recording_read() - the next vector or path, past all notes
 * @record: set; valid until the next call
 *
 * Return: false at the end of what can be read.
 */
bool kanary_recording_read(struct kanary_recording_reader *reader,
			   struct kanary_recording_record *record);

/** kanary_recording_read_any() - the same of the next record of whatever kind */
bool kanary_recording_read_any(struct kanary_recording_reader *reader,
			       struct kanary_recording_record *record);

/**
 * kanary_recording_file() - which file the record that was read last was imported from
 *
 * Return: "" where no note told; valid until the reader is closed, and another with the next note.
 */
const char *kanary_recording_file(const struct kanary_recording_reader *reader);

/**
 * kanary_recording_next() - the next vector, past all else
 *
 * Return: a vector that is valid until the next call, or NULL at the end of what can be read.
 */
const struct kanary_vector *kanary_recording_next(struct kanary_recording_reader *reader);

/**
 * kanary_recording_damage() - after NULL: what ended the file early
 *
 * Return: NULL for a whole file, or a sentence with the offset and the vectors read before it.
 */
const char *kanary_recording_damage(const struct kanary_recording_reader *reader);

void kanary_recording_close(struct kanary_recording_reader *reader);

#endif /* KANARY_RECORDING_H */
