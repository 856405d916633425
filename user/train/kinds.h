/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kinds of processes: what those that bear one name do in all, as points in the
 * space of features. One name has several where it does different things.
 */
#ifndef KANARY_KINDS_H
#define KANARY_KINDS_H

#include "recording/dataset.h"
#include "train/features/feature_map.h"
#include "model.h"

/**
 * struct kanary_kinds - as they go into a model
 * @inputs: features
 * @count: up to KANARY_MODEL_KINDS_MAX
 * @kind: by name
 * @centroid: [count][inputs], Q0.15
 */
struct kanary_kinds {
	uint32_t inputs;
	uint32_t count;
	struct kanary_model_kind kind[KANARY_MODEL_KINDS_MAX];
	s16 *centroid;
};

/**
 * kanary_kinds_learn() - name by name, most frequent names first
 * @max: kinds at most
 *
 * A long-lived process is looked at several times, as it is before it ends. The
 * points of a name: farthest first (Gonzalez 1985), then Lloyd's iterations.
 *
 * Return: false where memory is short.
 */
bool kanary_kinds_learn(struct kanary_kinds *kinds, const struct kanary_dataset *dataset,
			const struct kanary_feature_map *features, uint32_t max);

/** kanary_kinds_write() - into a file whose header has their number */
void kanary_kinds_write(const struct kanary_kinds *kinds, void *file);

void kanary_kinds_free(struct kanary_kinds *kinds);

/** kanary_kinds_label() - a name as a model bears it: what is not printable becomes '?' */
void kanary_kinds_label(const char comm[KANARY_COMM_SIZE], char label[KANARY_COMM_SIZE]);

/**
 * struct kanary_kinds_match - what a process is most like
 * @kind: number in the model
 * @distance: to its centroid; 0 the same, 1.41 nothing in common
 * @confidence: 0.5 where a kind of another name is as near, 1 where it is this alone; less
 *	by as much as @fit is less than 1
 * @fit: 1 for what is as near to a kind of that name as its own processes are, within twice
 *	their distance; less by the square of what is beyond
 * @none: whether it is like none of the kinds: @fit is below 0.5
 */
struct kanary_kinds_match {
	uint32_t kind;
	double distance;
	double confidence;
	double fit;
	bool none;
};

/**
 * kanary_kinds_nearest() - which kind a process is of
 * @model: with one kind at least
 * @x: its features, Q0.15
 * @calls: that they were counted from: few calls are farther off by chance
 */
void kanary_kinds_nearest(const struct kanary_model *model, const s16 *x, uint32_t calls,
			  struct kanary_kinds_match *match);

/** kanary_kinds_known() - whether any kind bears a label */
bool kanary_kinds_known(const struct kanary_model *model, const char label[KANARY_COMM_SIZE]);

#endif /* KANARY_KINDS_H */
