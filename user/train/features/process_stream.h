/* SPDX-License-Identifier: GPL-2.0 */
/* The processes of each container in the order in which they ended. */
#ifndef KANARY_PROCESS_STREAM_H
#define KANARY_PROCESS_STREAM_H

#include "recording/dataset.h"
#include "feature_map.h"
#include "sequence_source.h"

/**
 * struct kanary_process_stream - processes, container by container
 * @count: processes that ended, by exec or exit
 * @stream: [count], number of each one's stream in the dataset
 * @run: successive processes of one container in one part
 * @runs: of them
 */
struct kanary_process_stream {
	uint32_t count;
	uint32_t *stream;
	struct kanary_dataset_run *run;
	uint32_t runs;
};

/**
 * kanary_process_stream_create() - find and order them, and give each run its part
 * @dataset: finished
 * @steps: processes in a sequence
 *
 * By the time of their last vectors: the kernel takes vectors in this order. What was
 * recorded without times, such as imported traces, has no order and is left out, as is
 * a process whose beginning was not recorded (see kanary_score_ends()). A
 * container's processes are cut into contiguous blocks like a long stream's vectors.
 *
 * Return: false where memory is short.
 */
bool kanary_process_stream_create(struct kanary_process_stream *processes,
				  const struct kanary_dataset *dataset, uint32_t steps);

/**
 * kanary_process_stream_source() - as elements to learn from
 * @source: set; borrows the runs of @processes
 *
 * Return: false where memory is short.
 */
bool kanary_process_stream_source(struct kanary_sequence_source *source,
				  const struct kanary_process_stream *processes,
				  const struct kanary_dataset *dataset,
				  const struct kanary_feature_map *features);

/** kanary_process_stream_features() - of one stream at its end, as the process head reads them */
void kanary_process_stream_features(const struct kanary_dataset *dataset, uint32_t stream,
				    const struct kanary_feature_map *features, s16 *x);

void kanary_process_stream_free(struct kanary_process_stream *processes);

#endif /* KANARY_PROCESS_STREAM_H */
