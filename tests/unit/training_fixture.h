/* SPDX-License-Identifier: GPL-2.0 */
/* A made-up service whose vectors come in phases. */
#ifndef TRAINING_FIXTURE_H
#define TRAINING_FIXTURE_H

#include <gsl/gsl_rng.h>

#include "recording/dataset.h"
#include "vector.h"

#define TRAINING_PERIOD 128

/**
 * enum training_kind - what a stream does
 * @TRAINING_NORMAL: four vectors of serving, four of writing back, and so on
 * @TRAINING_SHUFFLED: the same vectors in an order that never was
 * @TRAINING_NOVEL: as normal, but from the middle on with calls that never were
 */
enum training_kind {
	TRAINING_NORMAL,
	TRAINING_SHUFFLED,
	TRAINING_NOVEL,
};

/** training_fixture_vector() - vector @index of a stream, into @vector of KANARY_VECTOR_SIZE_MAX */
void training_fixture_vector(gsl_rng *random, enum training_kind kind, uint64_t stream,
			     uint32_t index, uint32_t length, struct kanary_vector *vector);

/** training_fixture_dataset() - finished: @streams normal ones of 20..69 vectors, or of @length */
void training_fixture_dataset(struct kanary_dataset *dataset, uint32_t streams, uint32_t length,
			      unsigned long seed);

#endif /* TRAINING_FIXTURE_H */
