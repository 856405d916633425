// SPDX-License-Identifier: GPL-2.0
#include "sequence_source.h"

#include <stdlib.h>
#include <string.h>

/* Sequences below which there is no head. */
#define TRAIN_ENOUGH 64
#define VALIDATION_ENOUGH 8
#define CALIBRATION_ENOUGH 30

uint32_t kanary_sequence_source_windows(const struct kanary_dataset_run *run, uint32_t runs,
					enum kanary_dataset_part part, uint32_t steps)
{
	uint32_t count = 0, i;

	for (i = 0; i < runs; i++)
		if (run[i].part == part && run[i].length >= steps)
			count += run[i].length - steps + 1;
	return count;
}

bool kanary_sequence_source_enough(const struct kanary_dataset_run *run, uint32_t runs,
				   uint32_t steps)
{
	return kanary_sequence_source_windows(run, runs, KANARY_DATASET_TRAIN, steps) >=
		       TRAIN_ENOUGH &&
	       kanary_sequence_source_windows(run, runs, KANARY_DATASET_VALIDATION, steps) >=
		       VALIDATION_ENOUGH &&
	       kanary_sequence_source_windows(run, runs, KANARY_DATASET_CALIBRATION, steps) >=
		       CALIBRATION_ENOUGH;
}

bool kanary_sequence_source_vectors(struct kanary_sequence_source *source,
				    const struct kanary_dataset *dataset,
				    const struct kanary_feature_map *features,
				    struct kanary_drift *drift)
{
	uint32_t inputs = features->inputs, copy, i, j;
	s16 *x;

	*source = (struct kanary_sequence_source){
		.period = dataset->period,
		.inputs = inputs,
		.count = dataset->count,
		.copies = kanary_drift_copies(drift),
		.runs = dataset->runs,
		.run = dataset->run,
	};
	source->x = malloc((size_t)source->copies * dataset->count * inputs * sizeof(s16));
	if (!source->x)
		return false;
	for (i = 0; i < dataset->runs; i++) {
		const struct kanary_dataset_run *run = &dataset->run[i];

		for (copy = 0; copy < source->copies; copy++) {
			x = source->x + ((size_t)copy * dataset->count + run->first) * inputs;
			kanary_drift_draw(drift, copy);
			for (j = 0; j < run->length; j++, x += inputs)
				kanary_feature_map_own(features, kanary_drift_vector(drift,
					kanary_dataset_vector(dataset, run->first + j)), x);
		}
	}
	return true;
}

void kanary_sequence_source_free(struct kanary_sequence_source *source)
{
	free(source->x);
	memset(source, 0, sizeof(*source));
}
