/* SPDX-License-Identifier: GPL-2.0 */
/* Recordings in memory, by stream, and who of them may be learned from. */
#ifndef KANARY_DATASET_H
#define KANARY_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kanary_netlink.h"
#include "path_list.h"
#include "selection.h"

/**
 * enum kanary_dataset_part - what a vector is used for
 * @KANARY_DATASET_TRAIN: to fit weights
 * @KANARY_DATASET_VALIDATION: to know when to stop, and how large errors are
 * @KANARY_DATASET_CALIBRATION: for the tail probabilities; nothing is fitted to it
 */
enum kanary_dataset_part {
	KANARY_DATASET_TRAIN,
	KANARY_DATASET_VALIDATION,
	KANARY_DATASET_CALIBRATION,
	KANARY_DATASET_PARTS,
};

/**
 * enum kanary_dataset_clock - whether calls that are no evidence (evidence.h) are taken
 * @KANARY_DATASET_CLOCK_BY_SOURCE: not those of a kernel's recordings; all of imported traces
 * @KANARY_DATASET_CLOCK_KEEP: they are
 * @KANARY_DATASET_CLOCK_DROP: they are not
 */
enum kanary_dataset_clock {
	KANARY_DATASET_CLOCK_BY_SOURCE,
	KANARY_DATASET_CLOCK_KEEP,
	KANARY_DATASET_CLOCK_DROP,
};

/* Ways to hold out a fifth. */
#define KANARY_DATASET_TURNS 5

/**
 * struct kanary_dataset_stream - vectors of one program image in one task
 * @first: number of its first vector
 * @length: vectors, without a gap
 */
struct kanary_dataset_stream {
	uint32_t first;
	uint32_t length;
};

/**
 * struct kanary_dataset_run - successive vectors of one stream in one part
 * @first: number of its first vector
 * @length: vectors
 * @stream: number of the stream
 * @part: what they are used for
 * @unmatched: of these, vectors from the first on that are for training, and the
 *	like of which no held-out part has: the start of a daemon, a program that was
 *	seen once or twice
 */
struct kanary_dataset_run {
	uint32_t first;
	uint32_t length;
	uint32_t stream;
	uint32_t unmatched;
	enum kanary_dataset_part part;
};

/**
 * struct kanary_dataset - all of it
 * @period: calls per vector, of all recordings
 * @clock: to be chosen before the first vector; decided by the first recording that is read
 * @count: vectors, numbered stream by stream
 * @streams: entries of @stream
 * @turn: which fifth is to be held out for calibration, 0 .. KANARY_DATASET_TURNS - 1
 * @runs: entries of @run, after kanary_dataset_split_make()
 * @in_part: vectors of each part
 * @paths: that were told, if any
 * @containers: pairs of recording and container
 * @seconds: what the containers were watched for, summed
 */
struct kanary_dataset {
	uint32_t period;
	enum kanary_dataset_clock clock;
	uint32_t count;
	uint32_t streams;
	uint32_t turn;
	uint32_t runs;
	uint32_t in_part[KANARY_DATASET_PARTS];
	uint32_t containers;
	double seconds;
	struct kanary_dataset_stream *stream;
	struct kanary_dataset_run *run;
	struct kanary_path_list paths;
	/* the rest belongs to dataset.c */
	uint8_t *bytes;
	size_t used;
	size_t size;
	struct kanary_dataset_entry *entry;
	uint32_t entries;
	uint32_t room;
	uint32_t files;
	bool by_source;
};

/**
 * kanary_dataset_add() - take a copy of a vector, or of what is evidence in it
 * @file: number of the recording that it comes from: streams are unique within one
 *
 * Return: false where memory is short.
 */
bool kanary_dataset_add(struct kanary_dataset *dataset, uint32_t file,
			const struct kanary_vector *vector);

/** kanary_dataset_add_path() - the same of a path, before the vector that it was counted in */
bool kanary_dataset_add_path(struct kanary_dataset *dataset, uint32_t file,
			     const struct kanary_path *path);

/**
 * kanary_dataset_read() - add a recording
 * @path: of the recording
 * @selection: whose vectors to take, found anew in each recording; NULL for all
 *
 * After the last recording kanary_selection_check() says what was in none of them.
 * A recording that is cut off is taken up to the cut, with a note on stderr.
 *
 * Return: false after one line on stderr.
 */
bool kanary_dataset_read(struct kanary_dataset *dataset, const char *path,
			 struct kanary_selection *selection);

/**
 * kanary_dataset_finish() - no more vectors: sort them into streams
 *
 * Where vectors were lost, a new stream begins. Vectors without evidence are left out, as though
 * their stream had not made them.
 *
 * Return: false where memory is short.
 */
bool kanary_dataset_finish(struct kanary_dataset *dataset);

/** kanary_dataset_vector() - the vector of a number below the count */
const struct kanary_vector *kanary_dataset_vector(const struct kanary_dataset *dataset,
						  uint32_t number);

/** kanary_dataset_file() - number of the recording that a vector is from */
uint32_t kanary_dataset_file(const struct kanary_dataset *dataset, uint32_t number);

/** kanary_dataset_free() - free what is inside */
void kanary_dataset_free(struct kanary_dataset *dataset);

#endif /* KANARY_DATASET_H */
