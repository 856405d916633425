/* SPDX-License-Identifier: GPL-2.0 */
/* What a head over a sequence learns from: successive elements, in runs of one part each. */
#ifndef KANARY_SEQUENCE_SOURCE_H
#define KANARY_SEQUENCE_SOURCE_H

#include "recording/dataset.h"
#include "drift.h"
#include "feature_map.h"

/**
 * struct kanary_sequence_source - elements
 * @period: calls of a whole vector, the resolution of a feature
 * @inputs: features of an element
 * @count: elements
 * @copies: versions of them, see drift.h
 * @runs: of them
 * @run: where they are and what they are for; borrowed
 * @x: [copies][count][inputs], Q0.15
 */
struct kanary_sequence_source {
	uint32_t period;
	uint32_t inputs;
	uint32_t count;
	uint32_t copies;
	uint32_t runs;
	const struct kanary_dataset_run *run;
	s16 *x;
};

/**
 * kanary_sequence_source_vectors() - the vectors of each task
 * @source: set; borrows the runs of @dataset
 *
 * Return: false where memory is short.
 */
bool kanary_sequence_source_vectors(struct kanary_sequence_source *source,
				    const struct kanary_dataset *dataset,
				    const struct kanary_feature_map *features,
				    struct kanary_drift *drift);

/** kanary_sequence_source_windows() - sequences of @steps elements that a part has */
uint32_t kanary_sequence_source_windows(const struct kanary_dataset_run *run, uint32_t runs,
					enum kanary_dataset_part part, uint32_t steps);

/** kanary_sequence_source_enough() - whether the runs bear a head */
bool kanary_sequence_source_enough(const struct kanary_dataset_run *run, uint32_t runs,
				   uint32_t steps);

void kanary_sequence_source_free(struct kanary_sequence_source *source);

#endif /* KANARY_SEQUENCE_SOURCE_H */
