/* SPDX-License-Identifier: GPL-2.0 */
/* Random models and vectors that are valid, for any test that needs one. */
#ifndef MODEL_FIXTURE_H
#define MODEL_FIXTURE_H

#include <stdint.h>

#include "model.h"

/* The path of the reference of a model with names; its first component is known. */
#define MODEL_FIXTURE_PATH "/srv/data/new-file"

/**
 * struct model_fixture - a model in memory
 * @file: the file, @size bytes
 * @size: of @file
 * @model: parsed and prepared
 * @packed: memory of its packed weights
 */
struct model_fixture {
	void *file;
	size_t size;
	struct kanary_model model;
	void *packed;
};

/**
 * struct model_fixture_shape - dimensions of a random model
 * @inputs: of the process head
 * @code: width of its bottleneck
 * @sequence: head, hidden 0 for none
 * @container: likewise
 * @kinds: of processes, or 0
 * @names: entries of the names head, 0 for none
 * @states: of the grams head, 0 for none
 * @paths_inputs: of the path histogram head, 0 for none
 * @paths_code: width of its bottleneck
 */
struct model_fixture_shape {
	unsigned int inputs;
	unsigned int code;
	struct kanary_model_shape sequence;
	struct kanary_model_shape container;
	unsigned int kinds;
	unsigned int names;
	unsigned int states;
	unsigned int paths_inputs;
	unsigned int paths_code;
};

/* Of a vector without one. */
extern const struct kanary_log model_fixture_no_log;

/** model_fixture_random() - next number of a generator that is the same everywhere */
uint32_t model_fixture_random(uint64_t *state);

/**
 * model_fixture_create() - a random model, valid to the last byte, reference verdict included
 * @seed: the same seed and dimensions give the same file
 * @hidden: 0 for a model without a sequence head, @steps and @stride 0 too
 */
void model_fixture_create(struct model_fixture *fixture, uint64_t seed, unsigned int inputs,
			  unsigned int code, unsigned int hidden, unsigned int steps,
			  unsigned int stride);

/** model_fixture_create_whole() - the same with what else a model may have */
void model_fixture_create_whole(struct model_fixture *fixture, uint64_t seed,
				const struct model_fixture_shape *shape);

/** model_fixture_destroy() - free its memory */
void model_fixture_destroy(struct model_fixture *fixture);

/** model_fixture_reference() - set the reference verdict of a changed model; it is prepared */
void model_fixture_reference(const struct kanary_model *model);

/** model_fixture_seal() - set the checksum of a changed file */
void model_fixture_seal(void *file, size_t size);

/**
 * model_fixture_counts() - random counts of a vector
 * @counts: room for KANARY_BINS
 * @calls: their sum, 1 .. KANARY_PERIOD_MAX
 *
 * Return: length.
 */
uint32_t model_fixture_counts(uint64_t *state, struct kanary_count *counts, uint32_t calls);

/**
 * model_fixture_reserved() - random counts of a vector that nobody reads, behind those of its calls
 * @counts: room for 12 more
 * @length: of @counts so far
 *
 * Return: length; the same as before, now and then.
 */
uint32_t model_fixture_reserved(uint64_t *state, struct kanary_count *counts, uint32_t length);

/**
 * model_fixture_paths() - random counts of a vector's paths, behind all others
 * @counts: room for 12 more
 * @length: of @counts so far
 *
 * Return: length; the same as before, now and then.
 */
uint32_t model_fixture_paths(uint64_t *state, struct kanary_count *counts, uint32_t length);

/**
 * model_fixture_log() - random calls in their order
 * @call: [KANARY_LOG_MAX], for @log
 * @calls: of the log
 */
void model_fixture_log(uint64_t *state, struct kanary_log *log, u16 *call, uint32_t calls);

#endif /* MODEL_FIXTURE_H */
