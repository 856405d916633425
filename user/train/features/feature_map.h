/* SPDX-License-Identifier: GPL-2.0 */
/* From vectors to what the networks read: the feature map, and features as score.c makes them. */
#ifndef KANARY_FEATURE_MAP_H
#define KANARY_FEATURE_MAP_H

#include "recording/dataset.h"
#include "model.h"

/**
 * struct kanary_feature_map - the feature map, and what goes with it
 * @inputs: features, even
 * @seen: inputs that stand for one system call each; those from here on are
 *	shared by all others
 * @decay_limit: as in struct kanary_model_header
 * @first: bin that @map begins with
 * @bins: that it is for; others are left out
 * @clock: the map whose counts tell when to halve; NULL for its own
 * @map: input of each bin
 */
struct kanary_feature_map {
	uint32_t inputs;
	uint32_t seen;
	uint32_t decay_limit;
	uint32_t first;
	uint32_t bins;
	const struct kanary_feature_map *clock;
	u16 map[KANARY_BINS];
};

/**
 * struct kanary_feature_counts - counts of a stream so far
 * @total: sum of @counts
 * @counts: by input, halved as the decay limit says
 * @clock_total: sum of @clock_counts
 * @clock_counts: the same of the map's clock, if it has one
 */
struct kanary_feature_counts {
	u32 total;
	u32 counts[KANARY_MODEL_INPUTS_MAX];
	u32 clock_total;
	u32 clock_counts[KANARY_MODEL_INPUTS_MAX];
};

/**
 * kanary_feature_map_choose() - system calls of all but the calibration part, most frequent first
 * @inputs: at most so many, more than twice KANARY_FEATURE_MAP_SHARED, even
 * @decay_limit: for @features
 *
 * At least KANARY_FEATURE_MAP_SHARED inputs are shared, by hash, among the bins
 * that training never saw; and as many among those too rare for an input of their
 * own, if there are any. The two are kept apart: what is rare would hide what is new.
 */
void kanary_feature_map_choose(struct kanary_feature_map *features,
			    const struct kanary_dataset *dataset, uint32_t inputs,
			    uint32_t decay_limit);

#define KANARY_FEATURE_MAP_SHARED 4

/**
 * kanary_feature_map_paths() - paths' bins, folded to so many @inputs
 * @clock: map of the calls: counts of paths are halved with those of calls, as a vector
 *	has any number of them; it must live as long as @features
 */
void kanary_feature_map_paths(struct kanary_feature_map *features, uint32_t inputs,
			      const struct kanary_feature_map *clock);

/** kanary_feature_map_used() - inputs that any vector of @dataset counts towards */
uint32_t kanary_feature_map_used(const struct kanary_feature_map *features,
				 const struct kanary_dataset *dataset);

/** kanary_feature_map_add() - the next vector of a stream; @x Q0.15 of its counts so far */
void kanary_feature_map_add(const struct kanary_feature_map *features,
			 struct kanary_feature_counts *state, const struct kanary_vector *vector,
			 s16 *x);

/** kanary_feature_map_own() - @x Q0.15 of one vector's own counts */
void kanary_feature_map_own(const struct kanary_feature_map *features,
			 const struct kanary_vector *vector, s16 *x);

#endif /* KANARY_FEATURE_MAP_H */
