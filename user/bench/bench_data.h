/* SPDX-License-Identifier: GPL-2.0 */
/* ADFA-LD in memory, each trace in its part of the protocol. */
#ifndef KANARY_BENCH_DATA_H
#define KANARY_BENCH_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kanary_netlink.h"

/**
 * enum kanary_bench_part - what a trace is used for
 * @KANARY_BENCH_TRAIN: normal, all that a method may learn from
 * @KANARY_BENCH_DESIGN: normal validation of an odd number: for choices
 * @KANARY_BENCH_REPORTED: normal validation of an even number: for figures alone
 * @KANARY_BENCH_ATTACK: attacks, for figures alone
 */
enum kanary_bench_part {
	KANARY_BENCH_TRAIN,
	KANARY_BENCH_DESIGN,
	KANARY_BENCH_REPORTED,
	KANARY_BENCH_ATTACK,
	KANARY_BENCH_PARTS,
};

/**
 * struct kanary_bench_trace - the calls of one process from its start to its end
 * @first: place of its first call in struct kanary_bench_data's @call
 * @length: calls, at least 1
 * @part: what it is used for
 * @run: of an attack: its run's place among the runs. A run is a folder of the attacks; a
 *	file that lies beside these is one, too
 * @odd: whether the number of a validation trace, or of an attack's run, is odd
 */
struct kanary_bench_trace {
	size_t first;
	uint32_t length;
	enum kanary_bench_part part;
	uint32_t run;
	bool odd;
};

/**
 * struct kanary_bench_data - all traces, those of a part in the order of their names
 * @call: [@calls], i386 system call numbers below KANARY_BINS_BANK, trace after trace
 * @trace: [@traces], part after part but for the two halves of the validation,
 *	which are mixed
 * @in_part: traces of each part
 * @runs: of attacks; the traces of each are in a row
 * @duplicates: validation traces that are equal to one of training, call for call
 */
struct kanary_bench_data {
	uint16_t *call;
	size_t calls;
	struct kanary_bench_trace *trace;
	uint32_t traces;
	uint32_t in_part[KANARY_BENCH_PARTS];
	uint32_t runs;
	uint32_t duplicates;
	/* the rest belongs to bench_data.c */
	size_t call_room;
	size_t trace_room;
};

/**
 * kanary_bench_data_read() - read ADFA-LD, as a .zip or unpacked
 * @attacks: whether to read the attacks at all
 *
 * Return: false after one line on stderr; free what is inside either way.
 */
bool kanary_bench_data_read(struct kanary_bench_data *data, const char *path, bool attacks);

/**
 * kanary_bench_data_vectors() - the vectors that the kernel would have made of a trace
 * @number: of the trace, which is the vectors' stream and pid, too, plus 1
 * @period: calls per vector
 * @take: called for each; returns 0 or -errno
 *
 * Return: 0, or -errno of @take.
 */
int kanary_bench_data_vectors(const struct kanary_bench_data *data, uint32_t number,
			      uint32_t period,
			      int (*take)(void *taker, const struct kanary_vector *vector),
			      void *taker);

/** kanary_bench_data_free() - free what is inside */
void kanary_bench_data_free(struct kanary_bench_data *data);

#endif /* KANARY_BENCH_DATA_H */
